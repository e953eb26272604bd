"""Data sets in place, and files from the network."""

from __future__ import annotations

import bz2
import gzip
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from regluon import MXNetError, nd, test_utils

COUNTS = {"train": 5, "t10k": 3}


def images(part: str) -> np.ndarray:
    return np.random.RandomState(len(part)).randint(0, 256, (COUNTS[part], 28, 28)).astype("uint8")


def files() -> dict[str, bytes]:
    found = {}
    for part, count in COUNTS.items():
        found[f"{part}-images-idx3-ubyte"] = struct.pack(">4I", 2051, count, 28, 28) + images(part).tobytes()
        found[f"{part}-labels-idx1-ubyte"] = struct.pack(">2I", 2049, count) + bytes(range(count))
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.mark.parametrize("place", ["", "data", "home/.mxnet/datasets/mnist"])
@pytest.mark.parametrize("packed", [True, False])
def test_mnist(here: Path, place: str, packed: bool) -> None:
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte.gz must be in \., data"):
        test_utils.get_mnist()
    (here / place).mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (here / place / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)
    found = test_utils.get_mnist()
    assert found["train_data"].shape == (5, 1, 28, 28)
    assert found["train_data"].dtype == np.float32
    np.testing.assert_array_equal(found["test_data"][:, 0], images("t10k").astype("float32") / 255)
    assert (found["test_label"].tolist(), found["test_label"].dtype) == ([0, 1, 2], np.int8)


@pytest.mark.parametrize("damaged", [b"", b"\0\0\x08\x03", struct.pack(">2I", 2049, 9) + b"12", b"12345678"])
def test_a_damaged_file(here: Path, damaged: bytes) -> None:
    for name, content in files().items():
        (here / name).write_bytes(damaged if name.startswith("train-l") else content)
    with pytest.raises(MXNetError, match="train-labels-idx1-ubyte is no file of MNIST"):
        test_utils.get_mnist()


def test_files_of_bytes(here: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"mnist\.zip"):
        test_utils.get_mnist_ubyte()
    (here / "data").mkdir()
    with zipfile.ZipFile(here / "data" / "mnist.zip", "w") as archive:
        for name, content in files().items():
            archive.writestr(name, content)
    test_utils.get_mnist_ubyte()
    assert (here / "data" / "t10k-labels-idx1-ubyte").is_file()
    train, test = test_utils.get_mnist_iterator(batch_size=2, input_shape=(784,))
    assert next(train).data[0].shape == (2, 784)
    assert next(test).label[0].asnumpy().tolist() == [0, 1]
    train, _ = test_utils.get_mnist_iterator(batch_size=2, input_shape=(1, 28, 28), num_parts=2, part_index=1)
    assert next(train).data[0].shape == (2, 1, 28, 28)


def test_other_files_in_place(here: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"mnist\.pkl\.gz must be in data\."):
        test_utils.get_mnist_pkl()
    with pytest.raises(FileNotFoundError, match=r"cifar/train\.rec, .* must be in data, or cifar10\.zip"):
        test_utils.get_cifar10()
    (here / "data" / "cifar").mkdir(parents=True)
    (here / "data" / "mnist.pkl.gz").touch()
    for name in ("train.rec", "train.lst", "test.rec", "test.lst"):
        (here / "data" / "cifar" / name).touch()
    test_utils.get_mnist_pkl()
    test_utils.get_cifar10()


def test_downloads(here: Path) -> None:
    (here / "origin.txt").write_text("content", encoding="utf-8")
    url = (here / "origin.txt").as_uri()
    assert test_utils.download(url, dirname="folder") == "folder/origin.txt"
    assert test_utils.download(url, "other.txt") == "other.txt"
    (here / "other.txt").write_text("changed", encoding="utf-8")
    test_utils.download(url, "other.txt")
    assert (here / "other.txt").read_text(encoding="utf-8") == "changed"
    test_utils.download(url, "other.txt", overwrite=True)
    assert (here / "other.txt").read_text(encoding="utf-8") == "content"
    with pytest.raises(AssertionError, match="at least 0"):
        test_utils.download(url, retries=-1)
    with pytest.raises(OSError, match="nothing"):
        test_utils.download((here / "nothing").as_uri(), "x", retries=1)


def test_archives(here: Path) -> None:
    with zipfile.ZipFile(here / "origin.zip", "w") as archive:
        archive.writestr("within.txt", "content")
    for _ in range(2):
        test_utils.get_zip_data("folder", (here / "origin.zip").as_uri(), "origin.zip")
        assert (here / "folder" / "within.txt").read_text(encoding="utf-8") == "content"
    (here / "origin.bz2").write_bytes(bz2.compress(b"content"))
    for _ in range(2):
        test_utils.get_bz2_data("folder", "plain.txt", (here / "origin.bz2").as_uri(), "origin.bz2")
        assert (here / "folder" / "plain.txt").read_bytes() == b"content"
    assert not (here / "folder" / "origin.bz2").exists()


def test_models(here: Path) -> None:
    (here / "a.json").touch()
    (here / "a.params").touch()
    info = {
        "net": {"symbol": (here / "a.json").as_uri(), "params": (here / "a.params").as_uri()},
        "half": {"symbol": ""},
    }
    assert test_utils.download_model("net", "models", info) == ("models/net", 0)
    assert sorted(p.name for p in (here / "models").iterdir()) == ["net-0000.params", "net-symbol.json"]
    assert test_utils.download_model("imagenet1k-resnet-18") == (None, 0)
    with pytest.raises(AssertionError, match="the params url of half is missing"):
        test_utils.download_model("half", meta_info=info)


def test_one_batch_again_and_again() -> None:
    real = mx.io.NDArrayIter(nd.array([1, 2, 3, 4]), nd.array([5, 6, 7, 8]), batch_size=2)
    dummy: Any = test_utils.DummyIter(real)
    assert isinstance(dummy, mx.io.DataIter)
    assert (dummy.batch_size, dummy.provide_data) == (2, real.provide_data)
    for _ in range(3):
        assert next(dummy).data[0].asnumpy().tolist() == [1, 2]
    dummy.reset()
    assert iter(dummy).next() is dummy.the_batch
