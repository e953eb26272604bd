"""Data sets of image files, in folders and in files of records."""

from __future__ import annotations

import os
import struct
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from regluon import image, recordio
from regluon.base import MXNetError
from regluon.gluon.data.dataset import Dataset, RecordFileDataset
from regluon.io.damaged import leave_out

__all__ = ["ImageFolderDataset", "ImageRecordDataset"]


class _Images(Dataset):
    """Images that files hold, of which some may be damaged."""

    def _read(self, idx: int) -> Any:
        """An example, not transformed."""
        raise NotImplementedError

    def skip_damaged(self) -> SoundImages:
        """The examples whose images can be read, as a data set; not in MXNet.

        All are read once. Its ``damaged`` tells what is left out, which is also logged.
        """
        return SoundImages(self)


class SoundImages(Dataset):
    """Those images of a data set that can be read.

    Attributes
    ----------
    damaged : list of str
        What is left out: the faults, each with its file.
    """

    def __init__(self, images: _Images) -> None:
        self._images = images
        self.damaged: list[str] = []
        with ThreadPoolExecutor() as pool:
            faults = list(pool.map(self._fault, range(len(images))))
        self._numbers = [number for number, fault in enumerate(faults) if fault is None]
        for fault in faults:
            if fault is not None:
                leave_out(fault, self.damaged)

    def _fault(self, idx: int) -> str | None:
        try:
            self._images._read(idx)
        except (MXNetError, OSError) as error:
            return str(error)
        return None

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, idx: Any) -> Any:
        return self._images[self._numbers[idx]]


class ImageRecordDataset(RecordFileDataset, _Images):
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
        data, label = self._read(idx)
        return (data, label) if self._transform is None else self._transform(data, label)

    def _read(self, idx: int) -> Any:
        try:
            header, content = recordio.unpack(super().__getitem__(idx) or b"")
            data = image.imdecode(content, flag=self._flag)
        except (MXNetError, ValueError, struct.error) as error:
            key = self._record.keys[idx]
            place = self._record.idx[key]
            raise MXNetError(f"{self.filename}, record {key} at byte {place}: {error}") from error
        return data, header.label


class ImageFolderDataset(_Images):
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
        data, label = self._read(idx)
        return (data, label) if self._transform is None else self._transform(data, label)

    def _read(self, idx: int) -> Any:
        path, label = self.items[idx]
        try:
            return image.imread(path, flag=self._flag), label
        except MXNetError as error:
            raise MXNetError(f"{path}: {error}") from error

    def __len__(self) -> int:
        return len(self.items)
