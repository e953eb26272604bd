"""A small data set in the folders of Pascal VOC 2012."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx

cv2 = pytest.importorskip("cv2")

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])
SIZES = {"a": (20, 30), "b": (12, 40), "c": (25, 25)}  # height, width


@pytest.fixture
def voc(data: Path) -> Path:
    root = data / "VOCdevkit" / "VOC2012"
    for folder in ("ImageSets/Segmentation", "JPEGImages", "SegmentationClass"):
        (root / folder).mkdir(parents=True)
    for name, (height, width) in SIZES.items():
        draw = np.random.default_rng(ord(name))
        picture = np.full((height, width, 3), (40, 80, 120), np.uint8)  # blue, green, red
        label = np.array(d2lzh.VOC_COLORMAP, np.uint8)[draw.integers(0, 21, (height, width))]
        cv2.imwrite(str(root / "JPEGImages" / f"{name}.jpg"), picture)
        cv2.imwrite(str(root / "SegmentationClass" / f"{name}.png"), label[..., ::-1])
    (root / "ImageSets" / "Segmentation" / "train.txt").write_text("a\nb\nc\n", encoding="utf-8")
    (root / "ImageSets" / "Segmentation" / "val.txt").write_text("c\n", encoding="utf-8")
    return root


def colormap2label() -> Any:
    table = mx.nd.zeros(256**3)
    for i, (red, green, blue) in enumerate(d2lzh.VOC_COLORMAP):
        table[(red * 256 + green) * 256 + blue] = i
    return table


def wanted_labels(name: str) -> np.ndarray[Any, Any]:
    return np.random.default_rng(ord(name)).integers(0, 21, SIZES[name])


def test_classes_and_colors() -> None:
    assert gluonbook.voc_classes == d2lzh.VOC_CLASSES
    assert gluonbook.voc_colormap == d2lzh.VOC_COLORMAP
    colors = dict(zip(d2lzh.VOC_CLASSES, d2lzh.VOC_COLORMAP, strict=True))
    assert colors["background"] == [0, 0, 0]
    assert colors["aeroplane"] == [128, 0, 0]
    assert colors["person"] == [192, 128, 128]
    assert colors["tv/monitor"] == [0, 64, 128]
    assert len(set(map(tuple, d2lzh.VOC_COLORMAP))) == 21


@BOOKS
@pytest.mark.usefixtures("voc")
def test_read_voc_images(book: Any) -> None:
    features, labels = book.read_voc_images()
    assert [x.shape[:2] for x in features] == [x.shape[:2] for x in labels] == list(SIZES.values())
    assert features[0][5, 5].asnumpy() == pytest.approx([120, 80, 40], abs=3)
    indices = book.voc_label_indices(labels[1], colormap2label())
    np.testing.assert_array_equal(indices.asnumpy(), wanted_labels("b"))


@BOOKS
def test_which_images_are_read(book: Any, voc: Path) -> None:
    flag = {"train": False} if book is gluonbook else {"is_train": False}
    features, _ = book.read_voc_images(root=str(voc), **flag)
    assert [x.shape for x in features] == [(25, 25, 3)]


@BOOKS
@pytest.mark.usefixtures("data")
def test_without_the_data_set(book: Any) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"train\.txt \(/.*\) is not there: download_voc_pascal\(\) first"
    ):
        book.read_voc_images()


@BOOKS
def test_voc_rand_crop(book: Any) -> None:
    rows = mx.nd.arange(20 * 30).reshape((20, 30, 1)).astype("int32")
    for _ in range(5):
        feature, label = book.voc_rand_crop(rows, rows + 1, 7, 9)
        assert feature.shape == label.shape == (7, 9, 1)
        assert (label - feature == 1).asnumpy().all()


@BOOKS
def test_dataset(book: Any, voc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = book.VOCSegDataset(True, (15, 20), str(voc), colormap2label())
    assert capsys.readouterr().out == "read 2 examples\n"  # the image "b" is not high enough
    assert len(data) == 2
    batches = list(mx.gluon.data.DataLoader(data, 2))
    ((X, y),) = batches
    assert (X.shape, y.shape) == ((2, 3, 15, 20), (2, 15, 20))
    normal = (np.array([120, 80, 40]) / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(X[0, :, 3, 3].asnumpy(), normal, atol=0.06)
    windows = np.lib.stride_tricks.sliding_window_view(wanted_labels("a"), (15, 20))
    assert (windows == y[0].asnumpy()).all((2, 3)).any()
