"""The files of MNIST."""

from __future__ import annotations

import logging
import os
import struct
from types import SimpleNamespace
from typing import Any, BinaryIO

import numpy as np

from regluon.base import MXNetError
from regluon.io.native import MXDataIter, Rows, Source
from regluon.io.parameters import read, table
from regluon.ndarray import array
from regluon.random.engine import permutation
from regluon.random.mt import Stream

__all__ = ["MNISTIter"]

_KNOWN = table(
    """
str image=./train-images-idx3-ubyte label=./train-labels-idx1-ubyte
str data_name=data label_name=softmax_label
int batch_size=128 seed=0 num_parts=1 part_index=0
bool shuffle=1 flat=0 silent=0
dtype dtype
"""
)


def _open(path: str, axes: int) -> tuple[BinaryIO, tuple[int, ...]]:
    """A file of unsigned bytes after its magic number and its extents."""
    try:
        file = open(path, "rb")  # noqa: SIM115 (closed by the caller)
    except OSError as error:
        raise MXNetError(f"{path}: {error.strerror}") from error
    head = file.read(4 * (axes + 1))
    magic, *extents = struct.unpack(f">{axes + 1}I", head) if len(head) == 4 * (axes + 1) else (0, 0)
    left = os.fstat(file.fileno()).st_size - len(head)
    if magic != 0x800 + axes or int(np.prod(extents, dtype=object)) > left:
        file.close()
        raise MXNetError(f"{path}: invalid mnist format: no unpacked file of unsigned bytes with {axes} axes")
    return file, tuple(extents)


def _idx(path: str, axes: int) -> Rows:
    file, extents = _open(path, axes)
    with file:
        return np.frombuffer(file.read(int(np.prod(extents))), np.uint8).reshape(extents)


def MNISTIter(*args: Any, **kwargs: Any) -> MXDataIter:
    """Batches of MNIST's images, as numbers from 0 to 255/256, and labels. All arguments are given by name.

    A last batch that is not full is left out.

    Parameters
    ----------
    image, label : str
        The files, unpacked.
    batch_size : int
    shuffle : bool
        Whether the order is changed once, in the way that ``seed`` tells.
    flat : bool
        Whether images are vectors, not (1, height, width).
    seed : int
    silent : bool
        Whether not to log what was read.
    num_parts, part_index : int
        Which of how many parts of the examples is read.
    data_name, label_name : str
        The names of the arrays.

    Raises
    ------
    MXNetError
        For files that are missing or of another format.
    """
    o = read("MNISTIter", _KNOWN, args, kwargs)
    if o.dtype not in (None, "float32"):
        raise MXNetError(f"MNISTIter makes float32, not {o.dtype}")
    images, labels = _part(_idx(o.image, 3), o), _part(_idx(o.label, 1), o)
    if len(images) != len(labels):
        raise MXNetError(f"{o.image} has {len(images)} images, {o.label} has {len(labels)} labels")
    if o.shuffle:
        order = permutation(Stream(o.seed), len(images), True)
        images, labels = images[order], labels[order]
    images = images.reshape(len(images), -1) if o.flat else images[:, np.newaxis]
    if not o.silent:
        logging.info(
            "MNISTIter: load %d images, shuffle=%d, shape=%s", len(images), o.shuffle, images.shape[1:]
        )

    def take(rows: Rows) -> tuple[Any, Any]:
        return array(images[rows] * np.float32(1 / 256)), array(labels[rows].astype(np.float32))

    if o.batch_size > len(images):
        raise MXNetError(f"there are {len(images)} images, fewer than batch_size, which is {o.batch_size}")
    source = Source(len(images), take, o.batch_size, "discard", numbered=False)
    return MXDataIter(source, o.data_name, o.label_name)


def _part(examples: Rows, o: SimpleNamespace) -> Rows:
    parts, index = o.num_parts, o.part_index
    start, end = (int(len(examples) / parts * i) for i in (index, index + 1))
    return examples[start:end]
