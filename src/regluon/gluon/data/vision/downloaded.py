"""Data sets whose files are in a folder, or fetched into it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from regluon.base import data_dir
from regluon.gluon.data.dataset import Dataset
from regluon.gluon.utils import _get_repo_file_url, check_sha1, download

__all__ = ["DownloadedDataset", "File", "folder_of"]


class File(NamedTuple):
    """A file's name and its SHA-1."""

    name: str
    sha1: str


def folder_of(name: str) -> str:
    """Where the files of a data set are by default."""
    return os.path.join(data_dir(), "datasets", name)


class DownloadedDataset(Dataset):
    """Images and labels in memory.

    A subclass defines ``_get_data``, which sets ``_data`` and ``_label``.
    """

    _namespace: str

    def __init__(self, root: str, transform: Callable[[Any, Any], Any] | None) -> None:
        self._transform = transform
        self._data: Any = None
        self._label: Any = None
        self._root = os.path.expanduser(root)
        os.makedirs(self._root, exist_ok=True)
        self._get_data()

    def _get_data(self) -> None:
        raise NotImplementedError

    def __getitem__(self, idx: Any) -> Any:
        data, label = self._data[idx], self._label[idx]
        return (data, label) if self._transform is None else self._transform(data, label)

    def __len__(self) -> int:
        return len(self._label)

    def _path(self, file: File) -> str:
        return os.path.join(self._root, file.name)

    def _is_right(self, file: File) -> bool:
        return os.path.exists(self._path(file)) and check_sha1(self._path(file), file.sha1)

    def _fetch(self, file: File) -> None:
        """Has a file in the folder, as MXNet's server has it.

        Where that can't be reached, a file that is there and has another SHA-1 will do: one that was packed
        again, say.

        Raises
        ------
        OSError
            If there is neither; it tells which file to put where.
        """
        if self._is_right(file):
            return
        url = self._url(file)
        try:
            download(url, self._path(file), sha1_hash=file.sha1, retries=1)
        except (OSError, RuntimeError, UserWarning) as error:
            if not os.path.exists(self._path(file)):
                raise OSError(self._wanted([file], error)) from error
            self._warn(file)

    def _warn(self, file: File) -> None:
        warnings.warn(
            f"{self._path(file)} is read although it is not MXNet's file, whose SHA-1 is {file.sha1}",
            stacklevel=2,
        )

    def _url(self, file: File) -> str:
        return _get_repo_file_url(f"gluon/dataset/{self._namespace}", file.name)

    def _wanted(self, files: Iterable[File], error: BaseException) -> str:
        lines = [f"  {file.name} (SHA-1 {file.sha1}), as of {self._url(file)}" for file in files]
        return (
            f"{type(self).__name__} is not in {self._root} and can't be fetched ({error}). "
            f"Put there:\n" + "\n".join(lines)
        )
