"""NumPy's ``.npz`` files: a ZIP archive with an array in each member. Pickles in them are refused."""

from __future__ import annotations

import math
import os
import zipfile
import zlib
from collections.abc import Sequence
from typing import IO, Any, NamedTuple

import numpy as np
import torch
from numpy.lib import format as npy

from regluon.fileio import atomic_write
from regluon.usage import UsageError

__all__ = ["load", "save"]

_SUFFIX = ".npy"
_MAX_NAME = 60_000
# Deflate makes at most this many bytes of one.
_MAX_RATIO = 1040
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    SyntaxError,
)


class _Header(NamedTuple):
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def load(path: str | os.PathLike[str], contents: bool = True) -> tuple[list[torch.Tensor], list[str]]:
    """The arrays of a file and their names; without ``contents`` on torch's ``meta`` device.

    Raises
    ------
    UsageError
        If the file is damaged, or holds what is no array of numbers.
    """
    name = os.fsdecode(path)
    try:
        with zipfile.ZipFile(name) as archive:
            members = archive.infolist()
            arrays = [_read(archive, member, contents) for member in members]
    except OSError as error:
        raise UsageError(f"cannot read {name!r}: {error.strerror or error}") from None
    except (*_DAMAGED, MemoryError) as error:
        raise UsageError(f"cannot read {name!r} as NumPy arrays: {error}") from None
    return arrays, [member.filename.removesuffix(_SUFFIX) for member in members]


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, contents: bool) -> torch.Tensor:
    if member.file_size > member.compress_size * _MAX_RATIO:
        raise ValueError(f"{member.filename!r} claims {member.file_size:,} bytes, which can't be")
    with archive.open(member) as file:
        header = _header(file, member)
    if not contents:
        return torch.empty(header.shape, dtype=_torch_type(header.dtype, member.filename), device="meta")
    with archive.open(member) as file:
        array = np.ascontiguousarray(npy.read_array(file, allow_pickle=False)).reshape(header.shape)
    return torch.from_numpy(array.astype(array.dtype.newbyteorder("="), copy=False))


def _header(file: IO[bytes], member: zipfile.ZipInfo) -> _Header:
    version = npy.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(
            f"{member.filename!r} has version {version}, which only arrays with named fields need"
        )
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(file)
    _torch_type(dtype, member.filename)
    if min(shape, default=0) < 0 or file.tell() + math.prod(shape) * dtype.itemsize != member.file_size:
        raise ValueError(f"{member.filename!r} is not as long as shape {shape} and type {dtype} say")
    return _Header(shape, dtype)


def _torch_type(dtype: np.dtype[Any], name: str) -> torch.dtype:
    try:
        if dtype.hasobject:
            raise TypeError
        return torch.from_numpy(np.empty(0, dtype.newbyteorder("="))).dtype
    except TypeError:
        raise ValueError(f"{name!r} is of type {dtype}, which is no type of numbers here") from None


def save(path: str | os.PathLike[str], arrays: Sequence[torch.Tensor], names: Sequence[str]) -> None:
    """Writes arrays under names, atomically and not compressed, as ``numpy.savez`` does.

    Raises
    ------
    UsageError
        If the format can't hold a name.
    """
    for name in names:
        if "\0" in name or len(name.encode()) > _MAX_NAME:
            raise UsageError(f"a .npz file cannot hold the name {name[:60]!r}")
    with atomic_write(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in zip(names, arrays, strict=True):
            # A fixed date, so that equal arrays make equal files.
            with archive.open(zipfile.ZipInfo(name + _SUFFIX), "w", force_zip64=True) as member:
                npy.write_array(member, array.detach().cpu().numpy(), allow_pickle=False)
