"""What MXNet's iterators over images do not show: threads, damaged records, rounds that are left, ends."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from image_record_cases import png, write_files
from regluon import io, recordio
from regluon.base import MXNetError

pytest.importorskip("cv2")

WANTED = {"data_shape": (3, 6, 7), "batch_size": 2, "rand_crop": True, "rand_mirror": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("records")
    write_files(recordio, str(path))
    return path


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """Records of which the third is no image, and the fifth is damaged as a record."""
    path = tmp_path / "damaged.rec"
    writer = recordio.MXIndexedRecordIO(str(tmp_path / "damaged.idx"), str(path), "w")
    for i in range(8):
        content = b"no image" if i == 2 else png(np.full((6, 7, 3), i, np.uint8))
        writer.write_idx(i, recordio.pack((0, float(i), i, 0), content))
    places = dict(writer.idx)
    writer.close()
    with path.open("r+b") as file:
        file.seek(places[4])
        file.write(b"\0\0\0\0")
    return path


def labels(iterator: Any) -> list[float]:
    return [
        float(label)
        for batch in iterator
        for label in batch.label[0].asnumpy()[: iterator.batch_size - batch.pad]
    ]


def batches(iterator: Any) -> list[bytes]:
    return [batch.data[0].asnumpy().tobytes() + batch.label[0].asnumpy().tobytes() for batch in iterator]


@pytest.mark.parametrize("kind", ["ImageRecordIter", "ImageRecordIter_v1"])
def test_any_number_of_threads_makes_the_same_images(kind: str, folder: Path) -> None:
    path = str(folder / "few.rec")
    one, four = (
        getattr(io, kind)(path_imgrec=path, preprocess_threads=n, shuffle=True, **WANTED) for n in (1, 4)
    )
    assert batches(one) == batches(four)


def test_a_round_that_was_left_counts_as_over_at_the_last_batch_that_was_seen(folder: Path) -> None:
    path = str(folder / "many.rec")
    given = {
        "path_imgrec": path,
        "data_shape": (1, 2, 2),
        "batch_size": 5,
        "rand_crop": True,
        "shuffle": True,
    }
    found = []
    for wait in (0.0, 0.3):  # however much is made ahead
        iterator = io.ImageRecordIter(**given)
        iterator.next()
        time.sleep(wait)
        iterator.reset()
        found.append(batches(iterator))
    assert found[0] == found[1]
    assert len(found[0]) == 10


def test_damaged_records_are_named(damaged: Path) -> None:
    given = {"path_imgrec": str(damaged), "data_shape": (3, 6, 7), "batch_size": 1}
    place = recordio.MXIndexedRecordIO(str(damaged.with_suffix(".idx")), str(damaged), "r").idx
    iterator = io.ImageRecordIter(**given)
    assert [next(iterator).label[0].asscalar() for _ in range(2)] == [0, 1]
    with pytest.raises(MXNetError, match=rf"damaged\.rec.* at byte {place[2]}.*id 2.*skip_damaged=True"):
        next(iterator)
    with pytest.raises(StopIteration):
        next(iterator)


@pytest.mark.parametrize("index", ["", "damaged.idx"])
def test_damaged_records_are_skipped_and_told(index: str, damaged: Path, caplog: Any) -> None:
    place = recordio.MXIndexedRecordIO(str(damaged.with_suffix(".idx")), str(damaged), "r").idx
    given = {"path_imgidx": str(damaged.parent / index)} if index else {}
    given |= {"path_imgrec": str(damaged), "data_shape": (3, 6, 7), "batch_size": 2, "skip_damaged": True}
    iterator = io.ImageRecordIter(**given)
    for _ in range(2):
        assert sorted(labels(iterator)) == [0, 1, 3, 5, 6, 7]
        iterator.reset()
    assert len(iterator.damaged) == 2
    assert f"byte {place[2]}" in iterator.damaged[0]
    assert f"byte {place[4]}" in iterator.damaged[1]
    assert "skipped (1 so far)" in caplog.text


def test_a_list_says_what_is_wrong_with_it(folder: Path) -> None:
    (folder / "wrong.lst").write_text("0\t1.0\tx.png\n1\tone\tx.png\n")
    given = {"path_imgrec": str(folder / "few.rec"), "path_imglist": str(folder / "wrong.lst")}
    with pytest.raises(MXNetError, match=r"wrong\.lst, line 2: .*'one'"):
        io.ImageRecordIter(data_shape=(3, 6, 7), batch_size=2, **given)


def test_its_thread_ends_with_it(folder: Path) -> None:
    def count() -> int:
        return sum(thread.name == "image batches" for thread in threading.enumerate())

    gc.collect()
    assert any(_until(lambda: count() == 0)), "an iterator of another test is still there"
    iterator = io.ImageRecordIter(path_imgrec=str(folder / "many.rec"), data_shape=(1, 3, 4), batch_size=2)
    assert count() == 1
    del iterator
    gc.collect()
    assert any(_until(lambda: count() == 0))


def _until(holds: Any) -> Iterator[bool]:
    for _ in range(100):
        yield holds()
        time.sleep(0.02)


def test_long_files_are_mixed_piece_by_piece(tmp_path: Path) -> None:
    path = str(tmp_path / "long.rec")
    writer = recordio.MXRecordIO(path, "w")
    picture = png(np.zeros((4, 4), np.uint8))
    for i in range(40):  # of about 0.5 MB each, so that 16 make a piece
        writer.write(recordio.pack((0, float(i), i, 0), picture + bytes(500_000)))
    writer.close()
    given = {"path_imgrec": path, "data_shape": (1, 4, 4), "batch_size": 4}
    mixed = labels(io.ImageRecordIter(shuffle=True, **given))
    assert sorted(mixed) == list(range(40))
    assert sorted(mixed[:16]) == list(range(16))
    assert mixed[:16] != list(range(16))
    pieces = labels(io.ImageRecordIter(shuffle=True, shuffle_chunk_size=4, shuffle_chunk_seed=2, **given))
    assert sorted(pieces) == list(range(40))
    assert max(pieces[:8]) - min(pieces[:8]) < 8
    assert pieces[0] > 8


def test_files_in_a_row_and_in_a_folder_are_one(tmp_path: Path) -> None:
    for name, first in (("a.rec", 0), ("b.rec", 3)):
        writer = recordio.MXRecordIO(str(tmp_path / name), "w")
        for i in range(first, first + 3):
            writer.write(recordio.pack((0, float(i), i, 0), png(np.zeros((4, 4), np.uint8))))
        writer.close()
    given = {"data_shape": (1, 4, 4), "batch_size": 1}
    row = f"{tmp_path / 'a.rec'};{tmp_path / 'b.rec'}"
    for path in (row, str(tmp_path)):
        assert labels(io.ImageRecordIter(path_imgrec=path, **given)) == [0, 1, 2, 3, 4, 5]
        halves = [
            labels(io.ImageRecordIter(path_imgrec=path, num_parts=2, part_index=i, **given)) for i in (0, 1)
        ]
        assert halves == [[0, 1, 2], [3, 4, 5]]


def test_a_mean_image_is_made_once(tmp_path: Path, folder: Path) -> None:
    mean = tmp_path / "mean.bin"
    given = {"path_imgrec": str(folder / "few.rec"), "data_shape": (3, 6, 7), "batch_size": 5}
    plain = io.ImageRecordIter(**given).next().data[0].asnumpy()
    less = io.ImageRecordIter(mean_img=str(mean), **given).next().data[0].asnumpy()
    np.testing.assert_allclose(less, plain - plain.mean(axis=0), atol=1e-3)
    written = mean.read_bytes()
    mirrored = io.ImageRecordIter(mean_img=str(mean), mirror=True, **given).next().data[0].asnumpy()
    np.testing.assert_allclose(mirrored, less[..., ::-1])
    assert mean.read_bytes() == written
    with pytest.raises(MXNetError, match=r"mean\.bin.*\(3, 5, 7\)"):
        io.ImageRecordIter(mean_img=str(mean), **{**given, "data_shape": (3, 5, 7)})
