"""Data sets of image files, in folders and in files of records."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

from regluon import image, recordio
from regluon.base import MXNetError
from regluon.gluon.data.dataset import Dataset, RecordFileDataset

__all__ = ["ImageFolderDataset", "ImageRecordDataset"]


class ImageRecordDataset(RecordFileDataset):
    """Images in a file of records: images (height, width, channels), uint8, and labels as they stand there.

    Parameters
    ----------
    filename : str
        The file, ``name.rec``; beside it is ``name.idx``.
    flag : int
        1 for images in colours, 0 for gray ones.
    transform : callable, optional
        ``transform(image, label)`` is what an example becomes.
    """

    def __init__(
        self, filename: str, flag: int = 1, transform: Callable[[Any, Any], Any] | None = None
    ) -> None:
        super().__init__(filename)
        self._flag = flag
        self._transform = transform

    def __getitem__(self, idx: Any) -> Any:
        header, content = recordio.unpack(super().__getitem__(idx))
        try:
            data = image.imdecode(content, flag=self._flag)
        except (MXNetError, ValueError) as error:
            key = self._record.keys[idx]
            place = self._record.idx[key]
            raise MXNetError(f"{self.filename}, record {key} at byte {place}: {error}") from error
        return (data, header.label) if self._transform is None else self._transform(data, header.label)


class ImageFolderDataset(Dataset):
    """Image files, whose folders are their classes: ``root/cat/1.jpg``, ``root/dog/7.png``.

    Parameters
    ----------
    root : str
        The folder of the folders.
    flag : int
        1 for images in colours, 0 for gray ones.
    transform : callable, optional
        ``transform(image, label)`` is what an example becomes.

    Attributes
    ----------
    synsets : list of str
        The classes: ``synsets[label]`` is a folder's name.
    items : list of tuple
        Each file and its label.
    """

    def __init__(self, root: str, flag: int = 1, transform: Callable[[Any, Any], Any] | None = None) -> None:
        self._root = os.path.expanduser(root)
        self._flag = flag
        self._transform = transform
        self._exts = [".jpg", ".jpeg", ".png"]
        self.synsets: list[str] = []
        self.items: list[tuple[str, int]] = []
        self._list_images(self._root)

    def _list_images(self, root: str) -> None:
        for folder in sorted(os.listdir(root)):
            path = os.path.join(root, folder)
            if not os.path.isdir(path):
                warnings.warn(f"Ignoring {path}, which is not a directory.", stacklevel=3)
                continue
            self.synsets.append(folder)
            for name in sorted(os.listdir(path)):
                self._add(os.path.join(path, name), len(self.synsets) - 1)

    def _add(self, path: str, label: int) -> None:
        kind = os.path.splitext(path)[1]
        if kind.lower() in self._exts:
            self.items.append((path, label))
        else:
            text = f"Ignoring {path} of type {kind}. Only support {', '.join(self._exts)}"
            warnings.warn(text, stacklevel=4)

    def __getitem__(self, idx: Any) -> Any:
        path, label = self.items[idx]
        data = image.imread(path, flag=self._flag)
        return (data, label) if self._transform is None else self._transform(data, label)

    def __len__(self) -> int:
        return len(self.items)
