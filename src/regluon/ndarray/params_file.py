"""MXNet's ``.params`` files at the level of tensors: read, and written to the byte as MXNet 1.9.1 does."""

from __future__ import annotations

import io
import os
import stat
import struct
from collections.abc import Iterator, Sequence

import torch

from regluon.base import FLAG_OF_DTYPE, MXNetError, dtype_name
from regluon.fileio import atomic_write
from regluon.ndarray.params_format import (
    LIST_MAGIC,
    MAX_RANK,
    STORAGE_FLAG,
    V2,
    V3,
    StoredArray,
    sparse_fault,
)
from regluon.ndarray.params_reader import read_arrays

__all__ = ["StoredArray", "dump_array", "dumps", "load", "load_array", "loads", "save"]

# A whole file around one array: magic number, reserved, one array; no names.
_HEAD, _TAIL = struct.pack("<QQQ", LIST_MAGIC, 0, 1), struct.pack("<Q", 0)


def load(path: str | os.PathLike[str], contents: bool = True) -> tuple[list[StoredArray], list[str]]:
    """The arrays of a file, in memory of their own, and their names: none, or one for each.

    Without ``contents`` the elements are skipped, and the tensors on torch's ``meta`` device: for a look.

    Reads all that MXNet 1.x reads: every version of the format, dense and sparse. Bytes after the names are
    ignored, as there.

    Raises
    ------
    MXNetError
        If there is no such file, or it is damaged: says what is wrong, in which array, at which byte.
    """
    name = os.fsdecode(path)
    try:
        # Asked before opening: to open a pipe waits for its writer.
        if not stat.S_ISREG(os.stat(name).st_mode):
            raise MXNetError(f"cannot read {name!r}: it is not a file")
        with open(name, "rb") as file:
            return read_arrays(file, os.fstat(file.fileno()).st_size, repr(name), contents)
    except OSError as error:
        raise MXNetError(f"cannot read {name!r}: {error.strerror}") from error


def loads(data: bytes | bytearray | memoryview) -> tuple[list[StoredArray], list[str]]:
    """``load`` from the bytes of such a file."""
    return read_arrays(io.BytesIO(data), memoryview(data).nbytes, f"a buffer of {len(data):,} bytes")


def save(path: str | os.PathLike[str], arrays: Sequence[StoredArray], names: Sequence[str] = ()) -> None:
    """Writes arrays, with one name for each or without names, atomically.

    Raises
    ------
    MXNetError
        If the format cannot hold an array or a name.
    OSError
        If the file cannot be written. In both cases what was there before is untouched.
    """
    with atomic_write(path) as file:
        for piece in _pieces(arrays, names):
            file.write(piece)


def dumps(arrays: Sequence[StoredArray], names: Sequence[str] = ()) -> bytes:
    """The bytes that ``save`` writes."""
    return b"".join(_pieces(arrays, names))


def dump_array(array: StoredArray) -> bytes:
    """One array as it stands in a file, which is what MXNet pickles of an array."""
    return dumps([array])[len(_HEAD) : -len(_TAIL)]


def load_array(data: bytes | bytearray) -> StoredArray:
    """The array of :func:`dump_array`, in memory of its own.

    Raises
    ------
    MXNetError
        If it is damaged.
    """
    (array,), _ = loads(_HEAD + data + _TAIL)
    return array


def _pieces(arrays: Sequence[StoredArray], names: Sequence[str]) -> Iterator[bytes | memoryview]:
    if names and len(names) != len(arrays):
        raise MXNetError(f"cannot save {len(arrays)} arrays under {len(names)} names")
    yield struct.pack("<QQQ", LIST_MAGIC, 0, len(arrays))
    for number, array in enumerate(arrays):
        fault = _fault(array)
        if fault:
            label = f"{names[number]!r}" if names else f"{number + 1} of {len(arrays)}"
            raise MXNetError(f"cannot save array {label}: {fault}")
        yield from _array_pieces(array)
    yield struct.pack("<Q", len(names))
    for name in names:
        raw = _encoded(name)
        yield struct.pack("<Q", len(raw)) + raw


def _fault(array: StoredArray) -> str | None:
    """Why MXNet's format cannot hold this array."""
    if array.data is None:
        return "it has no data"
    for tensor in (array.data, *array.aux):
        if tensor.dtype not in FLAG_OF_DTYPE:
            known = ", ".join(map(dtype_name, FLAG_OF_DTYPE))
            return f"MXNet's format has no {tensor.dtype}; cast it to one of {known}"
    if len(array.shape) > MAX_RANK:
        return f"rank {len(array.shape)} is above {MAX_RANK}"
    if array.stype != "default":
        return sparse_fault(array)
    if tuple(array.data.shape) != array.shape:
        return f"it says shape {array.shape}, but its data has {tuple(array.data.shape)}"
    return None


def _array_pieces(array: StoredArray) -> Iterator[bytes | memoryview]:
    assert array.data is not None
    head = [struct.pack("<Ii", V3 if array.numpy_shape else V2, STORAGE_FLAG[array.stype])]
    if array.stype != "default":
        head.append(_shape(array.data.shape))
    head.append(_shape(array.shape))
    head.append(struct.pack("<iii", array.device_type, array.device_id, FLAG_OF_DTYPE[array.data.dtype]))
    head.extend(struct.pack("<i", FLAG_OF_DTYPE[a.dtype]) + _shape(a.shape) for a in array.aux)
    yield b"".join(head)
    for tensor in (array.data, *array.aux):
        yield _raw(tensor)


def _shape(shape: Sequence[int]) -> bytes:
    return struct.pack(f"<i{len(shape)}q", len(shape), *shape)


def _raw(tensor: torch.Tensor) -> memoryview:
    packed = tensor.detach().cpu().contiguous()
    # Not view(-1): with no or one element its stride may be 0, which the view as bytes refuses.
    return packed.as_strided((packed.numel(),), (1,)).view(torch.uint8).numpy().data


def _encoded(name: str) -> bytes:
    try:
        raw = name.encode()
    except UnicodeEncodeError as error:
        raise MXNetError(f"cannot save under the name {name!r}: it has no UTF-8 form") from error
    if b"\0" in raw:
        raise MXNetError(f"cannot save under the name {name!r}: MXNet would cut it at the zero character")
    return raw
