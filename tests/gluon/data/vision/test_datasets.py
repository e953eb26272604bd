"""Data sets of images: small files in the real formats are read, bad ones refused, missing ones asked for."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import regluon
from regluon import nd, recordio
from regluon.base import MXNetError
from regluon.gluon.data import DataLoader, RecordFileDataset, vision
from regluon.gluon.data.vision.downloaded import File
from vision_cases import CASES, DIGITS, PHOTOS, described, idx, photos_file, write_all

RECORDED = json.loads((Path(__file__).parents[3] / "data" / "vision.json").read_text())
MNISTS = [vision.MNIST, vision.FashionMNIST]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    # An address where nobody listens.
    monkeypatch.setenv("MXNET_GLUON_REPO", "http://127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def sha1(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()


def write_mnist(folder: Path, prefix: str, images: np.ndarray, labels: np.ndarray) -> tuple[File, File]:
    pair = (folder / f"{prefix}-images-idx3-ubyte.gz", folder / f"{prefix}-labels-idx1-ubyte.gz")
    pair[0].write_bytes(idx(images))
    pair[1].write_bytes(idx(labels))
    return File(pair[0].name, sha1(pair[0])), File(pair[1].name, sha1(pair[1]))


@pytest.mark.filterwarnings("ignore:.*is read although")
@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{CASES[n][0]}-{n}")
def test_data_sets_are_mxnets(number: int, tmp_path: Path) -> None:
    write_all(regluon, str(tmp_path))
    assert json.loads(json.dumps(described(regluon, number, str(tmp_path)))) == RECORDED[number]


@pytest.mark.parametrize("kind", MNISTS)
def test_digits(kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.uint8([3, 1, 4, 1, 5])
    files = {
        True: write_mnist(tmp_path, "train", DIGITS, labels),
        False: write_mnist(tmp_path, "t10k", DIGITS[:2], labels[:2]),
    }
    monkeypatch.setattr(kind, "_files", files)
    data = kind(str(tmp_path))
    image, label = data[2]
    assert (image.shape, image.dtype, image.context.device_type) == ((28, 28, 1), np.uint8, "cpu")
    np.testing.assert_array_equal(image.asnumpy()[..., 0], DIGITS[2])
    assert (label, type(label)) == (4, np.int32)
    assert data[1:3][0].shape == (2, 28, 28, 1)
    test = kind(str(tmp_path), train=False, transform=lambda x, y: (x.astype("float32") / 255, -y))
    assert (len(data), len(test)) == (5, 2)
    assert test[0][1] == -3
    assert test[0][0].dtype == np.float32


def test_digits_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = write_mnist(tmp_path, "train", DIGITS, np.arange(5, dtype="uint8"))
    monkeypatch.setattr(vision.MNIST, "_files", {True: files})
    data = vision.MNIST(str(tmp_path)).transform_first(vision.transforms.ToTensor())
    batches = list(DataLoader(data, batch_size=3))
    assert [x.shape for x, _ in batches] == [(3, 1, 28, 28), (2, 1, 28, 28)]
    assert (batches[0][1].dtype, batches[0][1].asnumpy().tolist()) == (np.int32, [0, 1, 2])
    np.testing.assert_allclose(batches[1][0].asnumpy()[0, 0], DIGITS[3] / np.float32(255), rtol=1e-6)


@pytest.mark.parametrize("kind", [*MNISTS, vision.CIFAR10, vision.CIFAR100])
def test_without_network_the_files_are_asked_for(kind: Any, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Put there:") as caught:
        kind(str(tmp_path / "new"))
    text = str(caught.value)
    archive = getattr(kind, "_archive", None)
    for file in [archive] if archive else kind._files[True][:1]:
        assert f"{file.name} (SHA-1 {file.sha1})" in text
        assert f"http://127.0.0.1:9/gluon/dataset/{kind._namespace}/{file.name}" in text
    assert str(tmp_path / "new") in text


def test_other_files_than_mxnets_are_read_with_a_warning(tmp_path: Path) -> None:
    write_mnist(tmp_path, "train", DIGITS, np.arange(5, dtype="uint8"))
    with pytest.warns(UserWarning, match=r"train-.*-ubyte.gz is read although it is not MXNet's"):
        data = vision.MNIST(str(tmp_path))
    assert len(data) == 5


def test_damaged_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(images: bytes, labels: bytes) -> None:
        paths = [tmp_path / "images", tmp_path / "labels"]
        for path, content in zip(paths, (images, labels), strict=True):
            path.write_bytes(content)
        files = tuple(File(path.name, sha1(path)) for path in paths)
        monkeypatch.setattr(vision.MNIST, "_files", {True: files})
        vision.MNIST(str(tmp_path))

    good, labels = idx(DIGITS), idx(np.arange(5, dtype="uint8"))
    with pytest.raises(ValueError, match=r"images can't be read"):
        read(good[:-20], labels)
    with pytest.raises(ValueError, match=r"images can't be read"):
        read(b"no gzip file", labels)
    with pytest.raises(ValueError, match=r"images holds 5 bytes after the number 0x801"):
        read(labels + gzip.compress(b"12345678"), labels)
    with pytest.raises(ValueError, match=r"images holds 7 bytes"):
        read(gzip.compress(gzip.decompress(good)[:23]), labels)
    with pytest.raises(ValueError, match="5 images and 4 labels"):
        read(good, idx(np.arange(4, dtype="uint8")))


FIRST = photos_file(np.arange(6, dtype="uint8"))
SECOND = photos_file(np.arange(6, 8, dtype="uint8"), PHOTOS[:2])


def use_photos(folder: Path, monkeypatch: pytest.MonkeyPatch, archive: str) -> None:
    """CIFAR10 of two training files and one to test with, as they are or in an archive."""
    content = {"data_batch_1.bin": FIRST, "data_batch_2.bin": SECOND, "test_batch.bin": SECOND}
    files = {name: File(name, hashlib.sha1(c).hexdigest()) for name, c in content.items()}
    kinds = {True: tuple(files.values())[:2], False: tuple(files.values())[2:]}
    monkeypatch.setattr(vision.CIFAR10, "_files", kinds)
    source = folder / "source"
    source.mkdir()
    for name, c in content.items():
        (source / name if archive else folder / name).write_bytes(c)
    if archive:
        with tarfile.open(folder / "cifar-10-binary.tar.gz", "w:gz") as tar:
            tar.add(source, arcname=archive)
        digest = sha1(folder / "cifar-10-binary.tar.gz")
        monkeypatch.setattr(vision.CIFAR10, "_archive", File("cifar-10-binary.tar.gz", digest))


@pytest.mark.parametrize("archive", ["", ".", "cifar-10-batches-bin", "../outside"])
def test_photos(archive: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "root"
    folder.mkdir()
    use_photos(folder, monkeypatch, archive)
    data = vision.CIFAR10(str(folder))
    image, label = data[4]
    assert (image.shape, image.dtype) == ((32, 32, 3), np.uint8)
    np.testing.assert_array_equal(image.asnumpy(), PHOTOS[4].transpose(1, 2, 0))
    assert (label, type(label)) == (4, np.int32)
    assert [data[i][1] for i in range(len(data))] == list(range(8))
    assert len(vision.CIFAR10(str(folder), train=False)) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["root"]


@pytest.mark.parametrize("fine", [False, True])
def test_photos_of_two_labels(fine: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.stack([np.arange(6), np.arange(50, 56)], 1).astype("uint8")
    (tmp_path / "train.bin").write_bytes(photos_file(labels))
    monkeypatch.setattr(vision.CIFAR100, "_files", {True: (File("train.bin", sha1(tmp_path / "train.bin")),)})
    data = vision.CIFAR100(str(tmp_path), fine_label=fine)
    assert [label for _, label in (data[i] for i in range(6))] == labels[:, int(fine)].tolist()
    np.testing.assert_array_equal(data[5][0].asnumpy(), PHOTOS[5].transpose(1, 2, 0))


def test_damaged_photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test.bin").write_bytes(FIRST[:-1])
    with (
        pytest.warns(UserWarning, match=r"test.bin is read although"),
        pytest.raises(ValueError, match=r"test.bin has \d+ bytes, not a multiple of 3074"),
    ):
        vision.CIFAR100(str(tmp_path), train=False)
    archive = tmp_path / "cifar-100-binary.tar.gz"
    archive.write_bytes(gzip.compress(b"no archive" * 100)[:-9])
    monkeypatch.setattr(vision.CIFAR100, "_archive", File(archive.name, sha1(archive)))
    with pytest.raises(ValueError, match="can't be read"):
        vision.CIFAR100(str(tmp_path))
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(tmp_path / "test.bin", arcname="other.bin")
    monkeypatch.setattr(vision.CIFAR100, "_archive", File(archive.name, sha1(archive)))
    with pytest.raises(ValueError, match=r"does not hold train.bin"):
        vision.CIFAR100(str(tmp_path))


def png(value: int, shape: tuple[int, ...] = (3, 4, 3)) -> bytes:
    return bytes(cv2.imencode(".png", np.full(shape, value, "uint8"))[1].tobytes())


def test_folders_of_images(tmp_path: Path) -> None:
    for name, value in (("dog/b.PNG", 20), ("cat/a.png", 10), ("dog/a.png", 15)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(png(value))
    (tmp_path / "dog" / "notes.txt").write_text("none")
    (tmp_path / "file").write_text("none")
    with pytest.warns(UserWarning, match=r"Ignoring .*") as caught:
        data = vision.ImageFolderDataset(str(tmp_path))
    texts = sorted(str(w.message).replace(str(tmp_path), "") for w in caught)
    assert texts == [
        "Ignoring /dog/notes.txt of type .txt. Only support .jpg, .jpeg, .png",
        "Ignoring /file, which is not a directory.",
    ]
    assert data.synsets == ["cat", "dog"]
    assert data.items == [
        (str(tmp_path / "cat/a.png"), 0),
        (str(tmp_path / "dog/a.png"), 1),
        (str(tmp_path / "dog/b.PNG"), 1),
    ]
    assert [(int(x[0, 0, 0].asscalar()), y) for x, y in (data[i] for i in range(len(data)))] == [
        (10, 0),
        (15, 1),
        (20, 1),
    ]
    (tmp_path / "dog" / "notes.txt").unlink()
    (tmp_path / "file").unlink()
    gray = vision.ImageFolderDataset(str(tmp_path), flag=0, transform=lambda x, y: (x.shape, y + 1))
    assert gray[0] == ((3, 4, 1), 1)


def write_records(folder: Path, contents: list[tuple[Any, bytes]]) -> str:
    file = recordio.MXIndexedRecordIO(str(folder / "x.idx"), str(folder / "x.rec"), "w")
    for number, (label, content) in enumerate(contents):
        file.write_idx(number, recordio.pack(recordio.IRHeader(0, label, number, 0), content))
    file.close()
    return str(folder / "x.rec")


def test_records_of_images(tmp_path: Path) -> None:
    name = write_records(tmp_path, [(3.0, png(7)), (np.float32([1, 2]), png(9)), (5.0, b"no image")])
    assert len(RecordFileDataset(name)) == 3
    assert recordio.unpack(RecordFileDataset(name)[0])[1] == png(7)
    data = vision.ImageRecordDataset(name)
    image, label = data[0]
    assert (image.shape, image.dtype, label) == ((3, 4, 3), np.uint8, 3.0)
    assert data[1][1].tolist() == [1, 2]
    assert vision.ImageRecordDataset(name, flag=0)[1][0].shape == (3, 4, 1)
    assert vision.ImageRecordDataset(name, transform=lambda x, y: y * 2)[0] == 6
    with pytest.raises(MXNetError, match=r"x.rec, record 2 at byte \d+: .+"):
        data[2]


def test_records_are_read_by_workers(tmp_path: Path) -> None:
    name = write_records(tmp_path, [(float(i), png(i)) for i in range(8)])
    data = vision.ImageRecordDataset(name).transform_first(vision.transforms.ToTensor())
    found = [x for x, _ in DataLoader(data, batch_size=4, num_workers=2)]
    values = nd.concat(*found, dim=0)[:, 0, 0, 0].asnumpy()
    np.testing.assert_allclose(values, np.arange(8) / 255, rtol=1e-6)


def test_damaged_images_are_named_and_skipped_if_asked(tmp_path: Path) -> None:
    folder = tmp_path / "folder" / "cat"
    folder.mkdir(parents=True)
    writer = recordio.MXIndexedRecordIO(str(tmp_path / "x.idx"), str(tmp_path / "x.rec"), "w")
    for i in range(6):
        content = b"nothing" if i == 2 else png(i, (4, 5, 3))
        (folder / f"{i}.png").write_bytes(content)
        writer.write_idx(i * 10, recordio.pack((0, float(i), i, 0), content))
    writer.write_idx(60, b"short")
    place = dict(writer.idx)
    writer.close()
    for data, fault in (
        (vision.ImageRecordDataset(str(tmp_path / "x.rec")), f"x.rec, record 20 at byte {place[20]}: "),
        (vision.ImageFolderDataset(str(tmp_path / "folder")), "cat/2.png: "),
    ):
        with pytest.raises(MXNetError, match=re.escape(fault)):
            data[2]
        sound = data.skip_damaged()
        assert [int(image.asnumpy()[0, 0, 0]) for image, _ in sound] == [0, 1, 3, 4, 5]
        assert fault in sound.damaged[0]
        assert len(sound.damaged) == len(data) - 5
        loader = DataLoader(sound, 2, num_workers=2, thread_pool=True)
        assert sum(len(batch) for batch, _ in loader) == 5


def test_threads_share_a_file_of_records(tmp_path: Path) -> None:
    writer = recordio.MXIndexedRecordIO(str(tmp_path / "x.idx"), str(tmp_path / "x.rec"), "w")
    for i in range(300):
        writer.write_idx(i, recordio.pack((0, float(i), i, 0), png(i % 256, (3, 3 + i % 5, 3))))
    writer.close()
    data = vision.ImageRecordDataset(str(tmp_path / "x.rec")).transform_first(lambda x: x[0, 0])
    loader = DataLoader(data, 10, num_workers=4, thread_pool=True)
    pixels, labels = zip(*loader, strict=True)
    assert nd.concat(*labels, dim=0).asnumpy().tolist() == list(range(300))
    assert nd.concat(*pixels, dim=0).asnumpy()[:, 0].tolist() == [i % 256 for i in range(300)]
