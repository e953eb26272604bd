"""Files of trained vectors: which there are, and where they are to be."""

from __future__ import annotations

import os
import tarfile
import zipfile
from importlib.resources import files
from typing import NamedTuple

from regluon.gluon.utils import check_sha1, download

__all__ = ["Known", "fetch", "known"]


class Known(NamedTuple):
    """The files of one kind of embedding: SHA-1 of each and of each archive, and the archive of each."""

    sums: dict[str, str]
    archive_sums: dict[str, str]
    archives: dict[str, str]


def known(kind: str) -> Known:
    """What MXNet lists for a kind of embedding, in ``files.txt``."""
    text = files(__package__).joinpath("files.txt").read_text(encoding="utf-8")
    rows = [row for row in map(str.split, text.splitlines()) if row[0] == kind]
    return Known(
        {name: sha1 for _, name, sha1, _, _ in rows},
        {archive: sha1 for *_, archive, sha1 in rows},
        {name: archive for _, name, _, archive, _ in rows},
    )


def fetch(url: str, folder: str, name: str, sha1: str, archive_sha1: str) -> str:
    """The path of a file of vectors: as it is in the folder, or out of its archive there or at ``url``.

    Raises
    ------
    OSError
        If there is neither and no way to the server. The message says which file to put where.
    """
    path = os.path.join(folder, name)
    if os.path.exists(path) and check_sha1(path, sha1):
        return path
    archive = os.path.join(folder, os.path.basename(url))
    try:
        download(url, archive, sha1_hash=archive_sha1)
    except (OSError, RuntimeError, UserWarning) as error:
        state = "has another SHA-1" if os.path.exists(path) else "is not there"
        raise OSError(
            f"{path} {state}, and {url} cannot be fetched ({error}). Put the file {name} (SHA-1 {sha1}), or "
            f"its archive {os.path.basename(url)} (SHA-1 {archive_sha1}), into {folder}"
        ) from error
    if archive.endswith(".zip"):
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(folder)
    elif archive.endswith(".gz"):
        with tarfile.open(archive, "r:gz") as packed:
            packed.extractall(folder, filter="data")
    return path
