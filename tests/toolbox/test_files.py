"""Data sets from a server, from where they are, and errors that say what is wanted where."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

import d2lzh
import gluonbook
from regluon.toolbox import detection, files, optimization, segmentation, sequences, text

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])


def sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def archive(*paths: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path in paths:
            member = tarfile.TarInfo(path)
            member.size = len(path)
            tar.addfile(member, io.BytesIO(path.encode()))
    return buffer.getvalue()


@pytest.fixture
def server(tmp_path: Path) -> Any:
    """Puts a file on a server: its URL."""
    folder = tmp_path / "server"
    folder.mkdir()

    def offer(name: str, content: bytes) -> str:
        (folder / name).write_bytes(content)
        return (folder / name).as_uri()

    return offer


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise OSError("Network is unreachable")

    monkeypatch.setattr("urllib.request.urlopen", refuse)


def test_a_file_is_fetched_once(data: Path, server: Any) -> None:
    url = server("corpus.txt", b"words")
    assert files.fetch("../data/new/corpus.txt", url, sha1(b"words")) == "../data/new/corpus.txt"
    assert (data / "new" / "corpus.txt").read_bytes() == b"words"
    server("corpus.txt", b"others")
    files.fetch("../data/new/corpus.txt", url, sha1(b"words"))
    assert (data / "new" / "corpus.txt").read_bytes() == b"words"


def test_a_file_of_another_sum(data: Path, server: Any) -> None:
    url = server("corpus.txt", b"words")
    (data / "corpus.txt").write_bytes(b"wor")
    files.fetch("../data/corpus.txt", "nowhere", sha1(b"words"), keep=True)
    assert (data / "corpus.txt").read_bytes() == b"wor"
    files.fetch("../data/corpus.txt", url, sha1(b"words"))
    assert (data / "corpus.txt").read_bytes() == b"words"


@pytest.mark.usefixtures("no_network")
def test_without_a_network_the_error_says_what_is_wanted_where(data: Path) -> None:
    cases = [
        (d2lzh.load_data_time_machine, "timemachine.txt", sequences.TIME_MACHINE_SHA1),
        (d2lzh.get_data_ch7, "airfoil_self_noise.dat", optimization.AIRFOIL_SHA1),
        (d2lzh.download_imdb, "aclImdb_v1.tar.gz", text.IMDB_SHA1),
        (d2lzh.download_voc_pascal, "VOCtrainval_11-May-2012.tar", segmentation.VOC_SHA1),
        (lambda: d2lzh._download_pikachu("../data"), "train.rec", detection.PIKACHU_SHA1["train.rec"]),
    ]
    for load, name, digest in cases:
        with pytest.raises(FileNotFoundError, match="Network is unreachable") as error:
            load()
        message = str(error.value)
        assert message.startswith(f"../data/{name} ({data / name}) is not there")
        assert f"Put the file of SHA-1 {digest} there; it comes from http" in message
    assert list(data.iterdir()) == []


@pytest.mark.usefixtures("no_network")
def test_a_broken_file_is_told_of(data: Path) -> None:
    (data / "train.rec").write_bytes(b"half")
    with pytest.raises(
        FileNotFoundError, match=r"train\.rec \(.*\) has another SHA-1, and the download failed"
    ):
        gluonbook._download_pikachu("../data")


def test_imdb_is_unpacked(data: Path, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    content = archive("aclImdb/train/pos/0_9.txt", "aclImdb/train/neg/0_1.txt", "aclImdb/README")
    monkeypatch.setattr(text, "IMDB_URL", server("aclImdb_v1.tar.gz", content))
    monkeypatch.setattr(text, "IMDB_SHA1", sha1(content))
    d2lzh.download_imdb()
    assert sorted(d2lzh.read_imdb()) == [["aclimdb/train/neg/0_1.txt", 0], ["aclimdb/train/pos/0_9.txt", 1]]
    (data / "aclImdb_v1.tar.gz").unlink()
    monkeypatch.setattr(text, "IMDB_URL", "nowhere")
    d2lzh.download_imdb("../data")  # the folder is there
    assert [path.name for path in data.iterdir()] == ["aclImdb"]


@BOOKS
def test_voc_is_unpacked_beside_what_is_there(
    book: Any, data: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / "VOCdevkit" / "VOC2007").mkdir(parents=True)
    content = archive("VOCdevkit/VOC2012/JPEGImages/a.jpg")
    monkeypatch.setattr(segmentation, "VOC_URL", server("VOC.tar", content))
    monkeypatch.setattr(segmentation, "VOC_SHA1", sha1(content))
    assert book.download_voc_pascal() == "../data/VOCdevkit/VOC2012"
    assert sorted(path.name for path in (data / "VOCdevkit").iterdir()) == ["VOC2007", "VOC2012"]
    assert (data / "VOCdevkit" / "VOC2012" / "JPEGImages" / "a.jpg").exists()


def test_an_archive_of_something_else_leaves_nothing(data: Path, server: Any) -> None:
    content = archive("other/file", "aclImdb/train")
    url = server("some.tar.gz", content)
    with pytest.raises(FileNotFoundError, match=r"some\.tar\.gz holds no folder aclImdb/test"):
        files.fetch_unpacked("../data", "aclImdb/test", url, sha1(content))
    assert [path.name for path in data.iterdir()] == ["some.tar.gz"]


def test_an_archive_does_not_write_outside(data: Path, server: Any) -> None:
    content = archive("aclImdb/a", "../../outside")
    with pytest.raises(tarfile.OutsideDestinationError):
        files.fetch_unpacked("../data", "aclImdb", server("bad.tar.gz", content), sha1(content))
    assert [path.name for path in data.iterdir()] == ["bad.tar.gz"]


@BOOKS
def test_pikachu(book: Any, data: Path, tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in detection.PIKACHU_SHA1:
        server(name, name.encode())
        monkeypatch.setitem(detection.PIKACHU_SHA1, name, sha1(name.encode()))
    monkeypatch.setattr(detection, "PIKACHU_URL", (tmp_path / "server").as_uri() + "/")
    book._download_pikachu("../data/pikachu")
    assert sorted(path.name for path in (data / "pikachu").iterdir()) == ["train.idx", "train.rec", "val.rec"]


def test_mkdir_if_not_exist(data: Path) -> None:
    for _ in range(2):
        d2lzh.mkdir_if_not_exist([str(data), "train_valid_test", "train", "dog"])
    assert (data / "train_valid_test" / "train" / "dog").is_dir()
