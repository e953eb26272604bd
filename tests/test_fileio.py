"""Atomic writing: the old file or the new one."""

from __future__ import annotations

import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from regluon import fileio
from regluon.fileio import atomic_write, atomic_write_text

not_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user"
)


def write(path: Path | str, data: bytes) -> None:
    with atomic_write(path) as file:
        file.write(data)


def test_new_file_and_replacement(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250)
    write(path, b"old")
    assert path.read_bytes() == b"old"
    write(str(path), b"new and longer")
    assert path.read_bytes() == b"new and longer"
    assert os.listdir(tmp_path) == [path.name]


def test_nothing_is_seen_before_the_end(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old")
    with atomic_write(old) as a, atomic_write(new) as b:
        a.write(b"half")
        b.write(b"half")
        a.flush()
        assert old.read_bytes() == b"old"
        assert not new.exists()


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_an_error_keeps_the_old_file(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail() -> None:
        with atomic_write(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_text(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    with atomic_write_text(path) as file:
        file.write("漢字\nü\r\n")
    assert path.read_bytes() == "漢字\nü\r\n".encode()
    with pytest.raises(UnicodeEncodeError), atomic_write_text(path, encoding="ascii") as file:
        file.write("first, then ü")
    assert path.read_bytes() == "漢字\nü\r\n".encode()
    assert os.listdir(tmp_path) == ["page.html"]


def test_modes(tmp_path: Path) -> None:
    old, new, ordinary = tmp_path / "old", tmp_path / "new", tmp_path / "ordinary"
    old.write_bytes(b"old")
    old.chmod(0o640)
    ordinary.write_bytes(b"")
    write(old, b"new")
    write(new, b"new")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == ordinary.stat().st_mode


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "folder" / "made")
    write(dangling, b"made")
    assert (tmp_path / "folder" / "made").read_bytes() == b"made"


def test_a_device_stays_one() -> None:
    write(os.devnull, b"gone")
    assert not stat.S_ISREG(os.stat(os.devnull).st_mode)


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("file", b"here")
    assert (tmp_path / "file").read_bytes() == b"here"


@pytest.mark.parametrize(
    ("name", "error", "problem"),
    [
        ("nowhere/file", FileNotFoundError, "nowhere': there is no such folder"),
        ("", FileNotFoundError, "the file name is empty"),
        ("folder", IsADirectoryError, "this is a folder"),
        ("made/", IsADirectoryError, "this is a folder"),
        ("file/below", NotADirectoryError, "Not a directory"),
    ],
)
def test_bad_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: type[OSError], problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(error, match=problem) as caught:
        write(name, b"")
    assert caught.value.filename == name
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


@not_root
def test_unwritable_places(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    folder.mkdir(mode=0o555)
    file.write_bytes(b"old")
    file.chmod(0o444)
    with pytest.raises(PermissionError, match="folder': it is not writable"):
        write(folder / "file", b"")
    with pytest.raises(PermissionError, match="the file is read-only"):
        write(file, b"new")
    assert file.read_bytes() == b"old"


def test_permission_errors_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, where the user who runs the tests may do everything."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(PermissionError, match="the file is read-only"):
        write(path, b"new")
    monkeypatch.undo()

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PermissionError, match="it is not writable"):
        write(path, b"new")
    assert path.read_bytes() == b"old"


WRITER = """
import runpy, sys
write = runpy.run_path(sys.argv[1])["atomic_write"]
number = 0
while True:
    with write(sys.argv[2]) as file:
        for _ in range(64):
            file.write(bytes([number % 256]) * 4096)
    number += 1
"""


def test_killed_at_any_moment(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    path = tmp_path / "file"
    write(path, b"\xff" * 64 * 4096)
    seen = set()
    for _ in range(12):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, fileio.__file__, str(path)])
        time.sleep(chance.uniform(0.05, 0.35))
        writer.kill()
        writer.wait()
        data = path.read_bytes()
        assert len(data) == 64 * 4096
        assert len(set(data)) == 1
        seen.add(data[0])
    assert seen - {0xFF}, "no writer came to its end"
