"""Reads ``.params`` data that may be damaged or hostile.

Every size that the data claims is held against the bytes that are left before anything is allocated, so
memory stays within the size of the file and a constant per array, and every loop ends with the data.
"""

from __future__ import annotations

import math
import os
import struct
from io import BufferedReader, BytesIO
from typing import NoReturn, TypeAlias

import torch

from regluon.base import DTYPE_OF_FLAG, MXNetError, dtype_name
from regluon.ndarray.params_format import (
    INDEX_ARRAYS,
    LIST_MAGIC,
    MAX_RANK,
    STORAGE_OF_FLAG,
    V1,
    V2,
    V3,
    StoredArray,
    sparse_fault,
)

__all__ = ["read_arrays"]

_Binary: TypeAlias = BufferedReader | BytesIO
_U32, _I32, _U64, _HEADER, _CONTEXT = (struct.Struct(f"<{f}") for f in ("I", "i", "Q", "QQQ", "ii"))
_NEVER_FILLED = StoredArray(None, ())
_MAX_SIZE = 2**63 - 1


def read_arrays(
    file: _Binary, size: int, source: str, contents: bool = True
) -> tuple[list[StoredArray], list[str]]:
    """The arrays of a file of ``size`` bytes, read from its start, and their names (none, or one for each).

    Without ``contents`` the arrays' elements are skipped: tensors are on torch's ``meta`` device.

    Rank 0 has two meanings. MXNet 1.9 writes a scalar so; before there were scalars it was an array never
    filled, after which nothing follows. A file is read in the first way or else in the second.

    Raises
    ------
    MXNetError
        If the data is not of this format; names ``source``, the array and the position.
    """
    reader = _Reader(file, size, source, contents)
    try:
        return _read_list(reader)
    except MXNetError as error:
        if not reader.saw_rank_0:
            raise
        first = error.with_traceback(None)
    try:
        return _read_list(_Reader(file, size, source, contents, scalars=False))
    except MXNetError:
        raise first from None


class _Reader:
    """A position in data of known size."""

    __slots__ = ("_file", "_size", "_source", "at", "contents", "saw_rank_0", "scalars", "where")

    def __init__(
        self, file: _Binary, size: int, source: str, contents: bool, *, scalars: bool = True
    ) -> None:
        file.seek(0)
        self._file, self._size, self._source = file, size, source
        self.at, self.where = 0, "the header"
        self.contents, self.scalars, self.saw_rank_0 = contents, scalars, False

    def fail(self, problem: str, back: int = 0) -> NoReturn:
        """Raises at the current position, or ``back`` bytes before it."""
        place = f"{self.where}, byte {self.at - back}"
        raise MXNetError(f"cannot read {self._source} as MXNet parameters: {place}: {problem}")

    def claim(self, count: int, what: str) -> None:
        """Fails unless ``count`` bytes are left."""
        left = self._size - self.at
        if count > left:
            self.fail(f"{what} needs {count:,} bytes, but {left:,} are left")

    def take(self, count: int, what: str) -> bytes:
        self.claim(count, what)
        data = self._file.read(count)
        self._advance(count, len(data))
        return data

    def number(self, layout: struct.Struct, what: str) -> int:
        return int(layout.unpack(self.take(layout.size, what))[0])

    def tensor(self, what: str, dtype: torch.dtype, shape: tuple[int, ...]) -> torch.Tensor:
        what = f"{what} of shape {shape} and type {dtype_name(dtype)}"
        self.claim(math.prod(shape) * dtype.itemsize, what)
        # Of no elements too: strides are counted in bytes.
        if math.prod(max(size, 1) for size in shape) * dtype.itemsize > _MAX_SIZE:
            self.fail(f"{what} is beyond all memory")
        if not self.contents:
            skipped = torch.empty(shape, dtype=dtype, device="meta")
            self._file.seek(skipped.nbytes, os.SEEK_CUR)
            self.at += skipped.nbytes
            return skipped
        result = torch.empty(shape, dtype=dtype, device="cpu")
        if result.numel():
            raw = result.view(-1).view(torch.uint8)
            self._advance(raw.numel(), self._file.readinto(raw.numpy().data))
            if dtype is torch.bool:
                raw.clamp_(max=1)
        return result

    def _advance(self, wanted: int, got: int) -> None:
        if got != wanted:
            self.fail(f"the file ended after {got:,} of {wanted:,} bytes: it changed while it was read")
        self.at += got


def _read_list(reader: _Reader) -> tuple[list[StoredArray], list[str]]:
    header = reader.take(_HEADER.size, "the header")
    magic, _, count = _HEADER.unpack(header)
    if magic != LIST_MAGIC:
        reader.fail(f"it starts with {header[:8]!r}: this is no file of nd.save", len(header))
    reader.claim(count * _U32.size, f"a list of {count:,} arrays")
    arrays = []
    for number in range(1, count + 1):
        reader.where = f"array {number} of {count}"
        arrays.append(_read_array(reader))
    return arrays, _read_names(reader, count)


def _read_array(reader: _Reader) -> StoredArray:
    magic = reader.number(_U32, "its magic number")
    if magic not in (V1, V2, V3) and magic > MAX_RANK:
        reader.fail(f"{magic:#010x} is neither the magic number of an array nor a rank", _U32.size)
    stype = _read_storage_type(reader, magic) if magic in (V2, V3) else "default"
    stored_shape = () if stype == "default" else _read_shape(reader, "the shape of its data")
    shape = _read_old_shape(reader, magic) if magic <= MAX_RANK else _read_shape(reader, "its shape")
    if not shape and magic != V3:
        reader.saw_rank_0 = True
        if not reader.scalars:
            return _NEVER_FILLED
    if stype == "default":
        stored_shape = shape
    return _read_content(reader, shape, stype, stored_shape, magic == V3)


def _read_content(
    reader: _Reader, shape: tuple[int, ...], stype: str, stored_shape: tuple[int, ...], numpy_shape: bool
) -> StoredArray:
    device_type, device_id = _CONTEXT.unpack(reader.take(_CONTEXT.size, "its context"))
    dtype = _read_dtype(reader, "its")
    kinds = [
        (name, _read_dtype(reader, name), _read_shape(reader, f"the shape of {name}"))
        for name in INDEX_ARRAYS[stype]
    ]
    data = reader.tensor("data", dtype, stored_shape)
    aux = [reader.tensor(*kind) for kind in kinds]
    array = StoredArray(data, shape, stype, tuple(aux), device_type, device_id, numpy_shape)
    fault = sparse_fault(array) if stype != "default" and reader.contents else None
    if fault:
        reader.fail(f"a {stype} array that contradicts itself: {fault}")
    return array


def _read_storage_type(reader: _Reader, magic: int) -> str:
    flag = reader.number(_I32, "its storage type")
    if flag not in STORAGE_OF_FLAG:
        reader.fail(f"unknown storage type {flag}", _I32.size)
    if flag and magic == V3:
        reader.fail(f"storage type {flag} under NumPy shapes, which are for dense arrays", _I32.size)
    return STORAGE_OF_FLAG[flag]


def _read_dtype(reader: _Reader, whose: str) -> torch.dtype:
    flag = reader.number(_I32, f"{whose} type flag")
    if flag not in DTYPE_OF_FLAG:
        reader.fail(f"unknown type flag {flag}; there are {sorted(DTYPE_OF_FLAG)}", _I32.size)
    return DTYPE_OF_FLAG[flag]


def _read_shape(reader: _Reader, what: str) -> tuple[int, ...]:
    rank = reader.number(_I32, f"the rank of {what}")
    if not 0 <= rank <= MAX_RANK:
        reader.fail(f"rank {rank} of {what} is not in 0...{MAX_RANK}", _I32.size)
    return _checked(reader, struct.unpack(f"<{rank}q", reader.take(rank * 8, what)), rank * 8)


def _read_old_shape(reader: _Reader, rank: int) -> tuple[int, ...]:
    return _checked(reader, struct.unpack(f"<{rank}I", reader.take(rank * 4, "its shape")), rank * 4)


def _checked(reader: _Reader, shape: tuple[int, ...], width: int) -> tuple[int, ...]:
    if any(size < 0 for size in shape):
        reader.fail(f"shape {shape} has a negative size", width)
    # Strides count sizes of 0 as 1 and may not overflow either, so neither may this product.
    if math.prod(max(size, 1) for size in shape) > _MAX_SIZE:
        reader.fail(f"shape {shape} is beyond all memory", width)
    return shape


def _read_names(reader: _Reader, count: int) -> list[str]:
    reader.where = "the names"
    names = reader.number(_U64, "the number of names")
    if names not in (0, count):
        reader.fail(f"{names:,} names for {count:,} arrays", _U64.size)
    return [_read_name(reader, number, count) for number in range(1, names + 1)]


def _read_name(reader: _Reader, number: int, count: int) -> str:
    reader.where = f"name {number} of {count}"
    raw = reader.take(reader.number(_U64, "its length"), "the name")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        reader.fail(f"{raw[:40]!r} is not UTF-8 text ({error.reason})", len(raw))
