"""Iterators over images against MXNet 1.9.1 (tests/oracle/record_image_iters.py): batches, boxes, draws."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon
from image_iter_cases import BOXES, CASES, GIVEN, PICTURES, batches, dumps, png, write
from regluon import image, recordio
from regluon.ndarray import array

DATA = np.load(Path(__file__).parents[1] / "data" / "image_iters.npz")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    write(regluon, str(tmp_path))
    return str(tmp_path)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{CASES[n][0]}-{n}")
def test_batches_are_mxnets(number: int, folder: str) -> None:
    if f"error{number}" in DATA:
        with pytest.raises((AssertionError, RuntimeError, ValueError)) as caught:
            batches(regluon, number, folder)
        assert type(caught.value).__name__ == str(DATA[f"error{number}"])
        return
    found, said = batches(regluon, number, folder)
    assert said == str(DATA[f"said{number}"])
    assert [-1 if one is None else one[2] for one in found] == DATA[f"pads{number}"].tolist()
    some = [one for one in found if one is not None]
    for i, name in enumerate(("data", "label")):
        expected = DATA[f"{name}{number}"]
        mine = np.concatenate([one[i] for one in some])
        assert mine.dtype == expected.dtype
        np.testing.assert_allclose(mine, expected, rtol=0, atol=1e-5 * max(1, np.abs(expected).max()))


def test_dumps_are_mxnets() -> None:
    expected = json.loads(str(DATA["dumps"]))
    assert json.loads(json.dumps(dumps(regluon))) == expected


def test_a_broken_image_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "x")
    record = recordio.MXIndexedRecordIO(path + ".idx", path + ".rec", "w")
    for key, content in ((3, png(PICTURES[0])), (5, b"nothing")):
        record.write_idx(key, recordio.pack(recordio.IRHeader(0, 1, 0, 0), content))
    record.close()
    shape = {"data_shape": (3, 4, 4), "batch_size": 1}
    iterator = image.ImageIter(path_imgrec=path + ".rec", path_imgidx=path + ".idx", **shape)
    iterator.next()
    with pytest.raises(RuntimeError, match=r"Broken image index: 5 of .*x.rec, at byte \d+"):
        iterator.next()
    iterator = image.ImageIter(path_imgrec=path + ".rec", **shape)
    iterator.next()
    with pytest.raises(RuntimeError, match=r"Broken image in a record of .*x.rec"):
        iterator.next()
    (tmp_path / "bad.png").write_bytes(b"nothing")
    iterator = image.ImageIter(imglist=[[1.0, "bad.png"]], path_root=str(tmp_path), **shape)
    with pytest.raises(RuntimeError, match=r"Broken image filename: bad.png"):
        iterator.next()


@pytest.mark.parametrize("indexed", [True, False])
def test_broken_images_are_skipped_if_asked(
    indexed: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = str(tmp_path / "x")
    record = recordio.MXIndexedRecordIO(path + ".idx", path + ".rec", "w")
    header = recordio.IRHeader(0, 1, 0, 0)
    for key, content in ((3, png(PICTURES[0])), (5, b"nothing"), (7, png(PICTURES[0]))):
        record.write_idx(key, recordio.pack(header, content))
    record.write_idx(9, b"short")
    record.close()
    index = {"path_imgidx": path + ".idx"} if indexed else {}
    shape = {"data_shape": (3, 4, 4), "batch_size": 1, "path_imgrec": path + ".rec", **index}
    iterator = image.ImageIter(skip_damaged=True, **shape)
    for _ in range(2):
        assert len(list(iterator)) == 2
        iterator.reset()
    assert len(iterator.damaged) == 2
    assert "at byte" in iterator.damaged[0]
    assert "skipped (2 so far)" in caplog.text


def test_broken_images_with_boxes_are_skipped_if_asked(tmp_path: Path) -> None:
    record = recordio.MXRecordIO(str(tmp_path / "x.rec"), "w")
    for number, content in enumerate((png(PICTURES[0]), b"nothing", png(PICTURES[0]))):
        label = np.array([2, 5, number, 0, 0, 1, 1], np.float32)
        record.write(recordio.pack(recordio.IRHeader(0, label, 0, 0), content))
    record.close()
    given = {"data_shape": (3, 4, 4), "batch_size": 1, "path_imgrec": str(tmp_path / "x.rec")}
    with pytest.raises(RuntimeError, match=r"Broken image in a record of .*x.rec"):
        list(image.ImageDetIter(**given))
    iterator = image.ImageDetIter(skip_damaged=True, **given)
    assert [batch.label[0].asnumpy()[0, 0, 0] for batch in iterator] == [0, 2]
    assert len(iterator.damaged) == 1


@pytest.mark.parametrize("line", ["2\tcat\tb.png", "b.png", "", "2 0 b.png"])
def test_a_wrong_list_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "x.lst").write_text(f"1\t0\ta.png\n{line}\n")
    with pytest.raises(ValueError, match=r"x.lst, line 2: not a key, numbers and a file's name"):
        image.ImageIter(1, (3, 4, 4), path_imglist=str(tmp_path / "x.lst"))


def test_lists_of_labels(folder: str) -> None:
    listed = [[[1, 2], "0.png"], [np.float32([3, 4]), "1.png"], [5, 6, "2.png"]]
    iterator = image.ImageIter(3, (3, 4, 4), label_width=2, imglist=listed, path_root=folder)
    assert iterator.next().label[0].asnumpy().tolist() == [[1, 2], [3, 4], [5, 6]]
    few = image.ImageIter(7, (3, 4, 4), imglist=GIVEN[:3], path_root=folder)
    assert few.next().label[0].asnumpy().tolist() == [0, 1, 2, 0, 1, 2, 0]
    few.hard_reset()
    assert few.next().pad == 4


def test_plain_labels_are_no_boxes(folder: str) -> None:
    with pytest.raises(RuntimeError, match="boxes take 7 numbers"):
        image.ImageDetIter(1, (3, 4, 4), path_imgrec=f"{folder}/plain.rec")


def boxed(folder: str, **options: Any) -> image.ImageDetIter:
    return image.ImageDetIter(
        2, (3, 8, 8), path_imgrec=f"{folder}/boxes.rec", path_imgidx=f"{folder}/boxes.idx", **options
    )


def test_shapes_of_boxes_are_brought_together(folder: str) -> None:
    both = boxed(folder)
    assert both.label_shape == (2, 6)
    listed = [[*BOXES[0], "0.png"]]
    one = image.ImageDetIter(1, (3, 8, 8), imglist=listed, path_root=folder)
    assert one.label_shape == (1, 6)
    assert both.sync_label_shape(one, verbose=True) is one
    assert one.label_shape == (2, 6)
    assert one.next().label[0].asnumpy()[0, 1].tolist() == [-1] * 6
    one.reshape((3, 4, 5), (3, 6))
    assert one.provide_data == [("data", (1, 3, 4, 5))]
    assert one.provide_label == [("label", (1, 3, 6))]
    for shape, text in (((1, 6), "reduce label count"), ((3, 5), "width inconsistent"), ((3,), "length 2")):
        with pytest.raises(ValueError, match=text):
            one.reshape(label_shape=shape)
    with pytest.raises(AssertionError, match="invalid iterator"):
        both.sync_label_shape(None)  # type: ignore[arg-type]


def test_boxes_are_drawn(folder: str) -> None:
    plain = np.concatenate([b.data[0].asnumpy() for b in boxed(folder, last_batch_handle="discard")])
    drawn = list(boxed(folder).draw_next(color=(255, 0, 0), thickness=1, id2labels={0: "a"}))
    assert [d.shape for d in drawn] == [(8, 8, 3)] * 5
    assert drawn[0].dtype == np.uint8
    assert drawn[0][1, 2].tolist() == [0, 0, 255]  # a corner of the first box, red
    assert drawn[0][7, 7].tolist() == plain[0][::-1, 7, 7].tolist()
    normalized = list(boxed(folder, mean=True, std=True).draw_next(mean=True, std=True, color=(255, 0, 0)))
    assert np.abs(normalized[0][7, 7].astype(int) - drawn[0][7, 7]).max() <= 1


def test_wrong_augmenters() -> None:
    with pytest.raises(TypeError, match="Borrowing from invalid"):
        image.DetBorrowAug(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Allow DetAugmenter in list only"):
        image.DetRandomSelectAug([image.CastAug()])
    with pytest.raises(AssertionError, match="one length"):
        image.CreateMultiRandCropAugmenter([0.1, 0.2], max_attempts=[1, 2, 3])
    with pytest.raises(AssertionError, match="pad_val"):
        image.DetRandomPadAug(pad_val="red")
    with pytest.raises(AssertionError, match="area range"):
        image.DetRandomCropAug(area_range="all")
    with pytest.raises(NotImplementedError):
        image.DetAugmenter()(array([1]), None)


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (image.DetRandomCropAug, {"area_range": (0.5, 0.1)}),
        (image.DetRandomCropAug, {"aspect_ratio_range": (0, 1)}),
        (image.DetRandomPadAug, {"area_range": (1, 1)}),
        (image.DetRandomPadAug, {"aspect_ratio_range": (2, 1)}),
    ],
)
def test_impossible_ranges_do_nothing(make: Any, options: Any) -> None:
    with pytest.warns(UserWarning, match=r"Skip Det.* due to invalid"):
        augmenter = make(**options)
    picture, label = array(PICTURES[0], dtype="uint8"), np.float32([[0, 0, 0, 1, 1]])
    assert augmenter(picture, label) == (picture, label)


def test_an_empty_selection_does_nothing() -> None:
    random.seed(1)
    picture = array(PICTURES[0], dtype="uint8")
    assert image.DetRandomSelectAug([])(picture, None) == (picture, None)


def test_impossible_parts_leave_the_image() -> None:
    picture, label = array(PICTURES[0], dtype="uint8"), np.float32([[0, 0.1, 0.1, 0.2, 0.2]])
    tiny = image.DetRandomCropAug(min_object_covered=1, area_range=(0.01, 0.02), max_attempts=5)
    assert tiny(picture, label) == (picture, label)
    narrow = image.DetRandomPadAug(area_range=(1.0, 1.05), max_attempts=5)
    assert narrow(picture, label) == (picture, label)
