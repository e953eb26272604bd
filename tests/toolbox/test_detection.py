"""Record files of pictures with boxes, as Pikachu's are."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx
from regluon.toolbox import detection

pytest.importorskip("cv2")

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])
RECORDS = {"train": 6, "val": 4}
SIDE = 40


def box(i: int) -> list[float]:
    return [0.1 + 0.05 * i, 0.2, 0.4 + 0.05 * i, 0.7]


@pytest.fixture
def pikachu(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = data / "pikachu"
    folder.mkdir()
    for name, count in RECORDS.items():
        paths = [str(folder / f"{name}.{end}") for end in ("idx", "rec")]
        file = mx.recordio.MXIndexedRecordIO(*paths, "w")
        for i in range(count):
            header = mx.recordio.IRHeader(0, [4, 5, SIDE, SIDE, 0, *box(i)], i, 0)
            picture = np.full((SIDE, SIDE, 3), 20 * i, np.uint8)
            file.write_idx(i, mx.recordio.pack_img(header, picture))
        file.close()
    for name in detection.PIKACHU_SHA1:
        digest = hashlib.sha1((folder / name).read_bytes()).hexdigest()
        monkeypatch.setitem(detection.PIKACHU_SHA1, name, digest)
    return folder


@BOOKS
@pytest.mark.usefixtures("pikachu")
def test_load_data_pikachu(book: Any) -> None:
    train, val = book.load_data_pikachu(2, edge_size=32)
    batches = list(val)
    assert len(batches) == 2
    for i, batch in enumerate(batches):
        assert batch.data[0].shape == (2, 3, 32, 32)
        boxes = batch.label[0].asnumpy()
        np.testing.assert_allclose(boxes, [[[0, *box(2 * i + k)]] for k in range(2)], rtol=1e-6)
        np.testing.assert_allclose(batch.data[0].asnumpy()[1], 20 * (2 * i + 1), atol=2)
    shades = [round(float(x.mean().asscalar()) / 20) for batch in train for x in batch.data[0]]
    assert sorted(shades) == list(range(6))


@BOOKS
@pytest.mark.usefixtures("pikachu")
def test_pictures_to_train_with_are_cut_at_random(book: Any) -> None:
    train, _ = book.load_data_pikachu(6)
    mx.random.seed(1)
    boxes = []
    for _ in range(3):
        train.reset()
        batch = train.next()
        assert batch.data[0].shape == (6, 3, 256, 256)
        boxes.append(np.sort(batch.label[0].asnumpy()[:, 0, 1]))
    assert len({b.tobytes() for b in boxes}) > 1
