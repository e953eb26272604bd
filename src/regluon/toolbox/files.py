"""The books' data sets: taken from where the books have them, else from the network."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from collections.abc import Sequence

from regluon.gluon.utils import download

__all__ = ["fetch", "fetch_unpacked", "mkdir_if_not_exist", "missing", "place"]


def mkdir_if_not_exist(path: Sequence[str]) -> None:
    """Make the folder whose path has these parts, and those it is in, unless it is there."""
    os.makedirs(os.path.join(*path), exist_ok=True)


def fetch(path: str, url: str, sha1_hash: str, keep: bool = False) -> str:
    """The file `path`, downloaded unless it is there.

    Parameters
    ----------
    path : str
    url : str
    sha1_hash : str
        What the file must be; one that is there and is another is downloaded anew.
    keep : bool
        Whether to take the file that is there, whatever it is.

    Errors
    ------
    FileNotFoundError
        If it can't be downloaded: which file is wanted where.
    """
    if keep and os.path.exists(path):
        return path
    try:
        return download(url, path, sha1_hash=sha1_hash)
    except (OSError, RuntimeError, UserWarning) as error:
        state = "has another SHA-1" if os.path.exists(path) else "is not there"
        raise FileNotFoundError(
            f"{place(path)} {state}, and the download failed ({error}). Put the file of SHA-1 {sha1_hash} "
            f"there; it comes from {url}"
        ) from error


def missing(path: str, source: str) -> FileNotFoundError:
    """The error for a file that no one offers alone: which file is wanted where, and where it comes from."""
    return FileNotFoundError(f"{place(path)} is not there. Put the file there; it comes from {source}")


def fetch_unpacked(folder: str, inside: str, url: str, sha1_hash: str) -> str:
    """The path of a folder out of an archive, which is downloaded and unpacked unless the folder is there.

    Parameters
    ----------
    folder : str
        Where the archive goes.
    inside : str
        The path of the wanted folder in the archive, and in `folder`. It is there as a whole or not at all.
    url, sha1_hash : str
        The archive's.

    Errors
    ------
    FileNotFoundError
        If the archive can't be downloaded, or holds no such folder.
    """
    target = os.path.join(folder, inside)
    if not os.path.isdir(target):
        archive = fetch(os.path.join(folder, url.rpartition("/")[2]), url, sha1_hash)
        _unpack(archive, folder, inside)
    return target


def _unpack(archive: str, folder: str, inside: str) -> None:
    scratch = tempfile.mkdtemp(prefix=".unpacking.", dir=folder)
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        source = os.path.join(scratch, inside)
        if not os.path.isdir(source):
            raise FileNotFoundError(f"{archive} holds no folder {inside}")
        os.makedirs(os.path.dirname(os.path.join(folder, inside)), exist_ok=True)
        os.replace(source, os.path.join(folder, inside))
    finally:
        shutil.rmtree(scratch)


def place(path: str) -> str:
    """The path as given, and what that is, which depends on the current folder."""
    full = os.path.abspath(os.path.expanduser(path))
    return path if os.path.isabs(path) else f"{path} ({full})"
