"""What a ``.params`` file holds: its magic numbers, and one stored array.

All numbers are little-endian. A file is::

    u64 0x112, u64 reserved, u64 n, n arrays, u64 m (0 or n), m times (u64 length, UTF-8 name)

and an array, from the newest form to the oldest::

    u32 V3 (NumPy shapes: rank 0 is a scalar) or V2
        i32 storage type, [shape of the data], shape, i32 device type, i32 device number, i32 type flag,
        per index array (i32 type flag, shape), data, index arrays
    u32 V1 shape, i32 device type, i32 device number, i32 type flag, data
    u32 rank, rank times u32, and the rest as in V1

where a shape is ``i32 rank, rank times i64`` and what is in brackets is there for sparse arrays only.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

__all__ = [
    "INDEX_ARRAYS",
    "LIST_MAGIC",
    "MAX_RANK",
    "STORAGE_FLAG",
    "STORAGE_OF_FLAG",
    "V1",
    "V2",
    "V3",
    "StoredArray",
    "sparse_fault",
]

LIST_MAGIC = 0x112
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
# What NumPy can show. It also tells a rank from a magic number in the oldest form.
MAX_RANK = 64

STORAGE_OF_FLAG = {0: "default", 1: "row_sparse", 2: "csr"}
STORAGE_FLAG = {name: flag for flag, name in STORAGE_OF_FLAG.items()}
INDEX_ARRAYS = {"default": (), "row_sparse": ("indices",), "csr": ("indptr", "indices")}


@dataclass(frozen=True, slots=True, eq=False)
class StoredArray:
    """One array as the file has it.

    Parameters
    ----------
    data
        The values: all of a dense array, the stored rows or elements of a sparse one. None where the file
        says that the array was never given a value.
    shape
        The array's shape; equals that of ``data`` for a dense one.
    stype
        "default" (dense), "row_sparse" or "csr".
    aux
        The index arrays: none; row numbers; or row starts and column numbers. The row starts of a csr array
        without elements may be empty.
    device_type, device_id
        The context that it was saved from: 1 cpu, 2 gpu, 3 cpu_pinned, 5 cpu_shared.
    numpy_shape
        Whether it is marked as saved under NumPy shape semantics, without which MXNet cannot read a scalar.
    """

    data: torch.Tensor | None
    shape: tuple[int, ...]
    stype: str = "default"
    aux: tuple[torch.Tensor, ...] = ()
    device_type: int = 1
    device_id: int = 0
    numpy_shape: bool = False

    @classmethod
    def dense(
        cls, data: torch.Tensor, device_type: int = 1, device_id: int = 0, numpy_shape: bool = False
    ) -> StoredArray:
        """The stored form of a dense tensor."""
        shape = tuple(data.shape)
        return cls(data, shape, device_type=device_type, device_id=device_id, numpy_shape=numpy_shape)


def sparse_fault(array: StoredArray) -> str | None:
    """What is wrong with a sparse array, where using it would reach outside its memory; else None."""
    assert array.data is not None
    if any(index.dtype not in (torch.int64, torch.int32) for index in array.aux):
        return "its index arrays are not of type int64 or int32"
    if any(index.dim() != 1 for index in array.aux):
        return "its index arrays are not of rank 1"
    return (_csr_fault if array.stype == "csr" else _row_sparse_fault)(array.data, array.shape, *array.aux)


def _row_sparse_fault(data: torch.Tensor, shape: tuple[int, ...], rows: torch.Tensor) -> str | None:
    if not shape or tuple(data.shape) != (rows.numel(), *shape[1:]):
        return f"{rows.numel()} row numbers and data of shape {tuple(data.shape)} do not make shape {shape}"
    return _range_fault("row number", rows, shape[0])


def _csr_fault(
    data: torch.Tensor, shape: tuple[int, ...], starts: torch.Tensor, columns: torch.Tensor
) -> str | None:
    count = columns.numel()
    if len(shape) != 2 or tuple(data.shape) != (count,):
        return f"{count} column numbers and data of shape {tuple(data.shape)} do not make shape {shape}"
    if starts.numel() == 0 and count == 0:
        return None
    if starts.numel() != shape[0] + 1:
        return f"{starts.numel()} row starts, but {shape[0]} rows need {shape[0] + 1}"
    if starts[0] != 0 or starts[-1] != count or bool((starts[1:] < starts[:-1]).any()):
        return f"its row starts do not rise from 0 to the {count} elements"
    return _range_fault("column number", columns, shape[1])


def _range_fault(what: str, indices: torch.Tensor, size: int) -> str | None:
    wrong = indices[(indices < 0) | (indices >= size)]
    return f"{what} {int(wrong[0])} is not in 0...{size - 1}" if wrong.numel() else None
