"""Fashion-MNIST from files in its format."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx
from regluon.toolbox import fashion_mnist

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])
EXAMPLES = {"train": 70, "t10k": 20}


def images(kind: str) -> np.ndarray[Any, Any]:
    return np.random.default_rng(len(kind)).integers(0, 256, (EXAMPLES[kind], 28, 28), np.uint8)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The books' place for the files, in another home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(fashion_mnist, "WORKERS", 0)
    monkeypatch.setattr("regluon.gluon.data.vision.downloaded.check_sha1", lambda *_: True)
    folder = tmp_path / ".mxnet" / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    for kind, n in EXAMPLES.items():
        with gzip.open(folder / f"{kind}-images-idx3-ubyte.gz", "wb") as file:
            file.write(struct.pack(">4I", 0x803, n, 28, 28) + images(kind).tobytes())
        with gzip.open(folder / f"{kind}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(struct.pack(">2I", 0x801, n) + bytes(i % 10 for i in range(n)))
    return folder


@BOOKS
@pytest.mark.usefixtures("root")
def test_batches(book: Any) -> None:
    train, test = book.load_data_fashion_mnist(32)
    assert [X.shape for X, _ in train] == [(32, 1, 28, 28), (32, 1, 28, 28), (6, 1, 28, 28)]
    ((X, y),) = test
    np.testing.assert_allclose(X.asnumpy()[:, 0], images("t10k") / 255, rtol=1e-6)
    assert y.asnumpy().tolist() == [i % 10 for i in range(20)]
    assert X.dtype == np.float32
    first, second = ([int(i) for _, y in train for i in y.asnumpy()] for _ in range(2))
    assert first != second
    assert sorted(first) == sorted(second) == sorted(i % 10 for i in range(70))


@BOOKS
def test_resized_and_elsewhere(book: Any, root: Path) -> None:
    pytest.importorskip("cv2")
    _, test = book.load_data_fashion_mnist(20, resize=40, root=str(root))
    ((X, _),) = test
    assert X.shape == (20, 1, 40, 40)
    assert 0 <= X.min().asscalar() < X.max().asscalar() <= 1


@BOOKS
def test_in_worker_processes(book: Any, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cv2")
    monkeypatch.setattr(fashion_mnist, "WORKERS", 1)
    _, test = book.load_data_fashion_mnist(16, resize=30, root=str(root))
    assert [X.shape for X, _ in test] == [(16, 1, 30, 30), (4, 1, 30, 30)]


@BOOKS
def test_the_batches_are_those_of_the_books_way(book: Any, root: Path) -> None:
    images = mx.gluon.data.vision.FashionMNIST(str(root), train=True)
    to_tensor = mx.gluon.data.vision.transforms.ToTensor()
    one_by_one = mx.gluon.data.DataLoader(images.transform_first(to_tensor), 32, shuffle=True)
    train, _ = book.load_data_fashion_mnist(32)
    pairs = []
    for loader in (train, one_by_one):
        np.random.seed(5)  # noqa: NPY002 (what DataLoader draws from)
        pairs.append(list(loader))
    for (X, y), (other_X, other_y) in zip(*pairs, strict=True):
        assert (X.dtype, y.dtype) == (other_X.dtype, other_y.dtype)
        np.testing.assert_array_equal(X.asnumpy(), other_X.asnumpy())
        np.testing.assert_array_equal(y.asnumpy(), other_y.asnumpy())


@BOOKS
def test_without_files_or_a_network(book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise OSError("Network is unreachable")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(OSError, match=r"train-images-idx3-ubyte\.gz") as error:
        book.load_data_fashion_mnist(32, root=str(tmp_path))
    assert str(tmp_path) in str(error.value)


def test_names() -> None:
    assert d2lzh.get_fashion_mnist_labels(range(10)) == [
        *("t-shirt", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ]
