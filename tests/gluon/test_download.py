"""Files from the network, here from a server of this machine."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import pytest

from regluon.gluon.utils import check_sha1, download

SHA1 = "a9993e364706816aba3e25717850c26c9cd0d89d"  # of "abc", as FIPS 180 gives it
LARGE = bytes(range(256)) * 12345
LARGE_SHA1 = hashlib.sha1(LARGE).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        self.asked.append(self.path)

    def log_error(self, format: str, *args: object) -> None:
        pass


class Flaky(Quiet):
    """Breaks off after 1000 bytes the first ``failures`` times; knows ranges unless ``whole``."""

    failures = 0
    whole = False
    ranges: list[str | None] = []  # noqa: RUF012

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.ranges.append(asked)
        data = Path(self.translate_path(self.path)).read_bytes()
        first = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and not self.whole else 0
        if first >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(data) - first))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        broken = Flaky.failures > 0
        Flaky.failures -= broken
        self.wfile.write(data[first : first + 1000] if broken else data[first:])


@pytest.fixture
def flaky(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where ``large`` is, on a server that breaks off."""
    folder = tmp_path / "flaky"
    folder.mkdir()
    (folder / "large").write_bytes(LARGE)
    monkeypatch.setattr(Flaky, "ranges", [])
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Flaky, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/large"
        server.shutdown()
        thread.join()


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where ``abc`` and ``large`` are."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "abc").write_bytes(b"abc")
    (folder / "large").write_bytes(LARGE)
    Quiet.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
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
    assert Path("other/large").read_bytes() == LARGE


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
    with pytest.raises(UserWarning, match=f"content hash does not match: {SHA1} instead of {'0' * 40}"):
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


def test_goes_on_where_the_connection_ended(flaky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flaky, "failures", 3)
    with pytest.raises(OSError, match=f"ended after 2000 of {len(LARGE)} bytes"):
        download(flaky, sha1_hash=LARGE_SHA1, retries=2)
    assert not os.path.exists("large")
    download(flaky, sha1_hash=LARGE_SHA1)  # the third failure, then the rest
    assert Path("large").read_bytes() == LARGE
    assert Flaky.ranges == [None, "bytes=1000-", "bytes=2000-", "bytes=3000-"]
    assert os.listdir() == ["large"]


def test_begins_anew_without_a_hash(flaky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flaky, "failures", 1)
    download(flaky)
    assert Path("large").read_bytes() == LARGE
    assert Flaky.ranges == [None, None]
    assert os.listdir() == ["large"]


def test_a_server_that_sends_all_of_it(flaky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flaky, "failures", 1)
    monkeypatch.setattr(Flaky, "whole", True)
    download(flaky, sha1_hash=LARGE_SHA1)
    assert Path("large").read_bytes() == LARGE


@pytest.mark.parametrize("there", [b"other", LARGE[::-1], LARGE + b"more"])
def test_what_is_there_is_no_part_of_it(flaky: str, there: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash tells; the next attempt begins anew. All of it is asked for the byte behind its end."""
    monkeypatch.setattr(Flaky, "failures", 1)
    with pytest.raises(OSError, match="ended after"):
        download(flaky, sha1_hash=LARGE_SHA1, retries=1)
    (part,) = os.listdir()
    Path(part).write_bytes(there)
    download(flaky, sha1_hash=LARGE_SHA1, retries=2)
    assert Path("large").read_bytes() == LARGE
    assert os.listdir() == ["large"]


def test_all_of_it_had_come(flaky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flaky, "failures", 1)
    with pytest.raises(OSError, match="ended after"):
        download(flaky, sha1_hash=LARGE_SHA1, retries=1)
    (part,) = os.listdir()
    Path(part).write_bytes(LARGE)
    download(flaky, sha1_hash=LARGE_SHA1)
    assert Path("large").read_bytes() == LARGE
    assert len(Flaky.ranges) == 1


@pytest.mark.skipif(not find_spec("fcntl"), reason="no locks of files")
def test_two_at_once_do_not_mix(flaky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flaky, "failures", 1)
    with pytest.raises(OSError, match="ended after"):
        download(flaky, sha1_hash=LARGE_SHA1, retries=1)
    (part,) = os.listdir()
    with open(part, "ab") as other:
        import_module("fcntl").flock(other, import_module("fcntl").LOCK_EX)
        download(flaky, sha1_hash=LARGE_SHA1)
    assert Path("large").read_bytes() == LARGE
    assert Path(part).read_bytes() == LARGE[:1000]
    assert Flaky.ranges == [None, None]


def test_a_bar_in_a_terminal(flaky: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    download(flaky)
    shown = sys.stdout.getvalue()  # type: ignore[attr-defined]
    assert "large" in shown
    assert "3.2/3.2 MB" in shown
