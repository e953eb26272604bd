"""Batches of images, out of records or files."""

from __future__ import annotations

import logging
import os
import random
import struct
from typing import Any

import numpy as np

from regluon import recordio
from regluon.base import MXNetError, numeric_types
from regluon.image.create import CreateAugmenter
from regluon.image.files import imdecode
from regluon.io import DataBatch, DataIter
from regluon.io.damaged import leave_out
from regluon.ndarray import NDArray, array, empty, transpose, zeros

__all__ = ["ImageIter"]

_LABEL_TYPES = ("int32", "float32", "int64", "float64")


class ImageIter(DataIter):
    """Batches of images that augmenters have changed, and their labels.

    Parameters
    ----------
    batch_size : int
    data_shape : tuple of int
        (3, height, width)
    label_width : int
        How many numbers a label has.
    path_imgrec : str, optional
        A file of records; or else images are files, in a list:
    path_imglist : str, optional
        A file of lines of a key, a label's numbers, and a file's name, with tabs between. With
        ``path_imgrec``, the labels are taken from here.
    imglist : list, optional
        Such lines: ``[label, file]`` or ``[number, number, file]``.
    path_root : str, optional
        The folder of the files.
    path_imgidx : str, optional
        The file that tells where the records begin, without which they can be neither shuffled nor parted.
    shuffle : bool
        Whether to change the order at each reset, by Python's ``random``.
    part_index, num_parts : int
        Which of how many parts is read.
    aug_list : list of Augmenter, optional
        What is done to the images; what ``CreateAugmenter(data_shape, **kwargs)`` returns if None.
    data_name, label_name : str
        The names of the arrays.
    dtype : str
        The type of the labels in lists.
    last_batch_handle : str
        What becomes of a last batch that is not full: "pad" fills it up from the beginning, "discard" leaves
        it out, "roll_over" has it begin the next round.

    Raises
    ------
    RuntimeError
        While it is read, for an image that is none, with its file or index. With the further parameter
        ``skip_damaged=True``, which MXNet does not have, it is left out, and told in ``damaged``.
    """

    auglist: Any
    imgrec: Any
    seq: list[Any] | None
    _place = 0

    def __init__(
        self,
        batch_size: int,
        data_shape: tuple[int, int, int],
        label_width: int = 1,
        path_imgrec: str | None = None,
        path_imglist: str | None = None,
        path_root: str | None = None,
        path_imgidx: str | None = None,
        shuffle: bool = False,
        part_index: int = 0,
        num_parts: int = 1,
        aug_list: Any = None,
        imglist: Any = None,
        data_name: str = "data",
        label_name: str = "softmax_label",
        dtype: str = "float32",
        last_batch_handle: str = "pad",
        **kwargs: Any,
    ) -> None:
        super().__init__(batch_size)
        if not (path_imgrec or path_imglist or isinstance(imglist, list)):
            raise AssertionError("give one of path_imgrec, path_imglist and imglist")
        if dtype not in _LABEL_TYPES:
            raise AssertionError(f"{dtype} label not supported; there are {', '.join(_LABEL_TYPES)}")
        self._open(path_imgrec, path_imgidx)
        self._list(path_imglist, imglist, dtype)
        self.path_root = path_root
        self.check_data_shape(data_shape)
        self.provide_data = [(data_name, (batch_size, *data_shape))]
        label_shape = (batch_size, label_width) if label_width > 1 else (batch_size,)
        self.provide_label = [(label_name, label_shape)]
        self.data_shape = data_shape
        self.label_width = label_width
        self.shuffle = shuffle
        self._order(bool(shuffle or num_parts > 1 or path_imgidx), part_index, num_parts)
        self.damaged: list[str] = []
        self._skips = bool(kwargs.pop("skip_damaged", False))
        self.auglist = CreateAugmenter(data_shape, **kwargs) if aug_list is None else aug_list
        self.cur = 0
        self._allow_read = True
        self.last_batch_handle = last_batch_handle
        self._cache: tuple[NDArray, NDArray, int] | None = None
        self.reset()

    def _open(self, path_imgrec: str | None, path_imgidx: str | None) -> None:
        self.imgrec = self.imgidx = None
        if not path_imgrec:
            return
        logging.info("%s: loading recordio %s...", type(self).__name__, path_imgrec)
        if path_imgidx:
            self.imgrec = recordio.MXIndexedRecordIO(path_imgidx, path_imgrec, "r")
            self.imgidx = list(self.imgrec.keys)
        else:
            self.imgrec = recordio.MXRecordIO(path_imgrec, "r")

    def _list(self, path: str | None, lines: Any, dtype: str) -> None:
        """Labels and files by key."""
        self.imglist: dict[Any, tuple[NDArray, str]] | None = None
        if path:
            logging.info("%s: loading image list %s...", type(self).__name__, path)
            self.imglist = _read_list(path, dtype)
        elif isinstance(lines, list):
            logging.info("%s: loading image list...", type(self).__name__)
            self.imglist = {str(i): _line(line, dtype) for i, line in enumerate(lines, start=1)}

    def _order(self, by_key: bool, part_index: int, num_parts: int) -> None:
        if self.imgrec is None:
            self.seq = list(self.imglist or ())
        elif by_key:
            if self.imgidx is None:
                raise AssertionError("path_imgidx is needed to shuffle records or to read a part of them")
            self.seq = self.imgidx
        else:
            self.seq = None
        if num_parts > 1 and self.seq is not None:
            if part_index >= num_parts:
                raise AssertionError(f"there is no part {part_index} of {num_parts}")
            count = len(self.seq) // num_parts
            self.seq = self.seq[part_index * count : (part_index + 1) * count]
        self.num_image = None if self.seq is None else len(self.seq)

    def reset(self) -> None:
        """Goes before the first image, but for those that roll over."""
        if self.seq is not None and self.shuffle:
            random.shuffle(self.seq)
        if self.last_batch_handle != "roll_over" or self._cache is None:
            self._rewind()

    def hard_reset(self) -> None:
        """Goes before the first image, and forgets what rolls over."""
        if self.seq is not None and self.shuffle:
            random.shuffle(self.seq)
        self._rewind()
        self._cache = None

    def _rewind(self) -> None:
        if self.imgrec is not None:
            self.imgrec.reset()
        self.cur = 0
        self._allow_read = True

    def next_sample(self) -> tuple[Any, bytes]:
        """The next image's label, and its bytes as in its file."""
        if not self._allow_read:
            raise StopIteration
        if self.seq is None:
            return self._next_record()
        if self.cur >= len(self.seq):
            if self.last_batch_handle != "discard":
                self.cur = 0
            raise StopIteration
        key = self.seq[self.cur]
        self.cur += 1
        label, name = (None, "") if self.imglist is None else self.imglist[key]
        if self.imgrec is None:
            return label, self.read_image(name)
        header, content = recordio.unpack(self.imgrec.read_idx(key))
        return header.label if label is None else label, content

    def _next_record(self) -> tuple[Any, bytes]:
        self._place = self.imgrec.handle.tell()
        record = self.imgrec.read()
        if record is None:
            if self.last_batch_handle != "discard":
                self.imgrec.reset()
            raise StopIteration
        header, content = recordio.unpack(record)
        return header.label, content

    def _sample(self) -> tuple[Any, NDArray]:
        """The next label and image. One that is damaged is skipped, if asked, else its error is raised."""
        while True:
            try:
                label, content = self.next_sample()
                return label, self.imdecode(content)
            except (RuntimeError, OSError, struct.error) as error:
                # Without an index nothing tells where the next record begins.
                if not self._skips or (self.seq is None and isinstance(error, MXNetError)):
                    raise
                leave_out(error, self.damaged)

    def next(self) -> DataBatch:
        """The next batch."""
        if self._cache is None:
            data, label = self._empty()
            count = self._batchify(data, label)
        else:
            data, label, count = self._cache
        pad = self.batch_size - count
        if pad:
            self._fill(data, label, count)
        return DataBatch([data], [label], pad=pad)

    def _empty(self) -> tuple[NDArray, NDArray]:
        return zeros((self.batch_size, *self.data_shape)), empty(self.provide_label[0][1])

    def _fill(self, data: NDArray, label: NDArray, count: int) -> None:
        """Fills a last batch up, if there is to be one."""
        if self.last_batch_handle == "discard":
            raise StopIteration
        if self.last_batch_handle == "roll_over" and self._cache is None:
            self._cache = (data, label, count)
            raise StopIteration
        while count < self.batch_size:
            before, count = count, self._batchify(data, label, count)
            if count == before:
                break
        if self.last_batch_handle == "pad":
            self._allow_read = False
        else:
            self._cache = None

    def _batchify(self, batch_data: NDArray, batch_label: NDArray, start: int = 0) -> int:
        """Writes examples from place ``start`` on, as long as there are any; returns where they end."""
        i = start
        try:
            while i < self.batch_size:
                label, data = self._sample()
                try:
                    self.check_valid_image(data)
                except RuntimeError as error:
                    logging.debug("Invalid image, skipping:  %s", error)
                    continue
                batch_data[i] = self.postprocess_data(self.augmentation_transform(data))
                batch_label[i] = label
                i += 1
        except StopIteration:
            if not i:
                raise
        return i

    def check_data_shape(self, data_shape: Any) -> None:
        """Raises a ValueError if it is not (3, height, width)."""
        if len(data_shape) != 3:
            raise ValueError(f"data_shape should have length 3, with dimensions CxHxW, not {data_shape}")
        if data_shape[0] != 3:
            raise ValueError(f"This iterator expects inputs to have 3 channels, not {data_shape[0]}.")

    def check_valid_image(self, data: Any) -> None:
        """Raises a RuntimeError if it is no image."""
        if len(data[0].shape) == 0:
            raise RuntimeError("Data shape is wrong")

    def imdecode(self, s: bytes) -> NDArray:
        """The image that the bytes of a file hold."""
        try:
            return imdecode(s)
        except Exception as error:
            raise RuntimeError(f"Broken image {self._where()}, {error}") from error

    def _where(self) -> str:
        """What tells the last image from others."""
        if self.seq is None:
            return f"in a record of {self.imgrec.uri}, at byte {self._place}"
        key = self.seq[self.cur - 1]
        if self.imglist is not None:
            return f"filename: {self.imglist[key][1]}"
        return f"index: {key} of {self.imgrec.uri}, at byte {self.imgrec.idx[key]}"

    def read_image(self, fname: str) -> bytes:
        """The bytes of a file."""
        with open(os.path.join(self.path_root or "", fname), "rb") as file:
            return file.read()

    def augmentation_transform(self, data: NDArray) -> NDArray:
        """The image after all augmenters."""
        for augmenter in self.auglist:
            data = augmenter(data)
        return data

    def postprocess_data(self, datum: NDArray) -> NDArray:
        """The image with its channels first."""
        return transpose(datum, axes=(2, 0, 1))


def _read_list(path: str, dtype: str) -> dict[Any, tuple[NDArray, str]]:
    found: dict[Any, tuple[NDArray, str]] = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                key, *label, name = line.strip().split("\t")
                found[int(key)] = (array(np.array(label, np.float64), dtype=dtype), name)
            except ValueError as error:
                text = f"{path}, line {number}: not a key, numbers and a file's name, with tabs between"
                raise ValueError(f"{text}: {error}") from error
    return found


def _line(line: Any, dtype: str) -> tuple[NDArray, str]:
    label: Any = line[:-1] if len(line) > 2 else line[0]
    if isinstance(label, numeric_types):
        label = [label]
    return array(label, dtype=dtype), line[-1]
