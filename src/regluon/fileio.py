"""Files that are the old one or the new one, never half."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
from collections.abc import Iterator
from typing import BinaryIO, TextIO

__all__ = ["atomic_write", "atomic_write_text"]

_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "there is no such folder",
    PermissionError: "it is not writable",
}


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A binary file to write, which takes the place of ``path`` when the block ends without an error.

    Until then ``path`` is untouched: whoever opens it, also after a crash or a power cut, finds the whole
    old file or the whole new one. The new one keeps the mode (and, where allowed, the owner) of the old. A
    link is followed, and a pipe or device is written directly, as it has no old contents to keep.

    A process that is killed within the block may leave its ``.NAME.*.tmp`` behind, in the same folder.

    Raises
    ------
    OSError
        If the folder is not there or not writable, the path is a folder or read-only, or the disk is full.
        The message says which; the temporary file is removed.
    """
    given = os.fsdecode(path)
    old = _status(given)
    if old is not None and not stat.S_ISREG(old.st_mode) and not stat.S_ISDIR(old.st_mode):
        with open(given, "wb") as file:
            yield file
        return
    target = os.path.realpath(given)
    _refuse_unwritable(given, target, old)
    temporary = _temporary_name(target)
    try:
        with _create(temporary, given) as file:
            _inherit(file, old)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(os.path.dirname(target))


@contextlib.contextmanager
def atomic_write_text(path: str | os.PathLike[str], encoding: str = "utf-8") -> Iterator[TextIO]:
    """``atomic_write`` for text; line ends are written as they are given."""
    with atomic_write(path) as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        try:
            yield text
        finally:
            text.detach()


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _refuse_unwritable(given: str, target: str, old: os.stat_result | None) -> None:
    """Replacing asks only the folder's permission, so the file's own has to be asked for here."""
    if not given:
        raise FileNotFoundError(errno.ENOENT, "cannot write: the file name is empty", given)
    if not os.path.basename(given) or (old is not None and stat.S_ISDIR(old.st_mode)):
        raise IsADirectoryError(errno.EISDIR, "cannot write: this is a folder, not a file", given)
    if old is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "cannot write: the file is read-only", given)


def _temporary_name(target: str) -> str:
    folder, name = os.path.split(target)
    # Cut, so that a name of the greatest length that a file may have still gets a temporary one.
    return os.path.join(folder, f".{name[:40]}.{secrets.token_hex(6)}.tmp")


def _create(temporary: str, given: str) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        # Not mkstemp, which makes the file private: a new file's mode is the umask's affair.
        return os.fdopen(os.open(temporary, flags, 0o666), "wb")
    except OSError as error:
        reason = _REASONS.get(type(error), error.strerror)
        problem = f"cannot write into folder {os.path.dirname(temporary)!r}: {reason}"
        raise OSError(error.errno, problem, given) from None


def _inherit(file: BinaryIO, old: os.stat_result | None) -> None:
    if old is None or not hasattr(os, "fchmod"):
        return
    with contextlib.suppress(PermissionError):
        os.fchown(file.fileno(), old.st_uid, old.st_gid)
    os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode))


def _sync_folder(folder: str) -> None:
    """Makes the new name last; file systems that cannot do it for a folder are left alone."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
