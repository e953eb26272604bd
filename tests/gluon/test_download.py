"""Files from the network, here from a server of this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from regluon.gluon.utils import check_sha1, download

SHA1 = "a9993e364706816aba3e25717850c26c9cd0d89d"  # of "abc", as FIPS 180 gives it


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.asked.append(self.path)

    def log_error(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where ``abc`` and ``large`` are."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "abc").write_bytes(b"abc")
    (folder / "large").write_bytes(bytes(range(256)) * 12345)
    Quiet.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def test_check_sha1(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert check_sha1(str(tmp_path / "file"), SHA1)
    assert not check_sha1(str(tmp_path / "file"), SHA1[::-1])


def test_where_it_goes(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert download(f"{url}/abc") == "abc"
    assert Path("abc").read_bytes() == b"abc"
    assert capsys.readouterr().out == f"Downloading abc from {url}/abc...\n"
    assert download(f"{url}/abc", path=str(tmp_path)) == str(tmp_path / "abc")
    assert download(f"{url}/abc", path="new/folder/name") == "new/folder/name"
    assert download(f"{url}/large", path="other" + os.sep) == os.path.join("other", "large")
    assert Path("other/large").read_bytes() == bytes(range(256)) * 12345


def test_what_is_there_is_not_fetched_again(url: str) -> None:
    Path("abc").write_bytes(b"old")
    download(f"{url}/abc")
    download(f"{url}/abc", sha1_hash=hashlib.sha1(b"old").hexdigest())
    assert (Path("abc").read_bytes(), Quiet.asked) == (b"old", [])
    download(f"{url}/abc", sha1_hash=SHA1)
    assert Path("abc").read_bytes() == b"abc"
    Path("abc").write_bytes(b"old")
    download(f"{url}/abc", overwrite=True)
    assert (Path("abc").read_bytes(), len(Quiet.asked)) == (b"abc", 2)


def test_another_hash_leaves_what_was_there(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("abc").write_bytes(b"old")
    with pytest.raises(UserWarning, match=f"content hash does not match: {SHA1}"):
        download(f"{url}/abc", sha1_hash="0" * 40, retries=2)
    assert Path("abc").read_bytes() == b"old"
    assert os.listdir() == ["abc"]
    assert "retrying, 1 attempts left" in capsys.readouterr().out


@pytest.mark.parametrize(("retries", "attempts"), [(0, 1), (1, 1), (3, 3)])
def test_what_the_server_does_not_have(url: str, retries: int, attempts: int) -> None:
    with pytest.raises(RuntimeError, match=r"Failed downloading url .*404"):
        download(f"{url}/none", retries=retries)
    assert len(Quiet.asked) == attempts
    assert os.listdir() == []


def test_no_server() -> None:
    with pytest.raises(OSError, match="refused"):
        download("http://127.0.0.1:9/abc", retries=1)


def test_bad_arguments() -> None:
    with pytest.raises(AssertionError, match="Can't construct file-name"):
        download("http://127.0.0.1:9/")
    with pytest.raises(AssertionError, match="at least 0, currently it's -1"):
        download("http://127.0.0.1:9/abc", retries=-1)


def test_an_unproved_server_is_warned_of(url: str) -> None:
    with pytest.warns(UserWarning, match="Unverified HTTPS request"):
        download(f"{url}/abc", verify_ssl=False)
    assert Path("abc").read_bytes() == b"abc"
