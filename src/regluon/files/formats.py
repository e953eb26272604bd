"""The formats of files of arrays: which file is which, and what each can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import torch

from regluon.base import FLAG_OF_DTYPE, MXNetError
from regluon.files import npz_format, safetensors_format
from regluon.ndarray import params_file
from regluon.ndarray.params_file import StoredArray
from regluon.usage import UsageError

__all__ = ["FORMATS", "Format", "format_of", "type_name"]

_REAL = {torch.float64, torch.float32, torch.float16, torch.bool, torch.int64, torch.int32, torch.int16}
_REAL |= {torch.int8, torch.uint64, torch.uint32, torch.uint16, torch.uint8}
_NARROW = {
    torch.bfloat16,
    torch.float8_e4m3fn,
    torch.float8_e4m3fnuz,
    torch.float8_e5m2,
    torch.float8_e5m2fnuz,
}


class Format(NamedTuple):
    """A format of files.

    Parameters
    ----------
    title
        Its name.
    types
        What elements can be.
    load
        Reads a file: the arrays, and a name for each or none. Its second argument is whether elements are
        read, or else skipped.
    save
        Writes arrays under names.
    """

    title: str
    types: frozenset[torch.dtype]
    load: Callable[[Path, bool], tuple[list[StoredArray], list[str]]]
    save: Callable[[Path, list[StoredArray], list[str]], None]


def _load_params(path: Path, contents: bool) -> tuple[list[StoredArray], list[str]]:
    try:
        return params_file.load(path, contents)
    except MXNetError as error:
        raise UsageError(str(error)) from None


def _save_params(path: Path, arrays: list[StoredArray], names: list[str]) -> None:
    # As nd.save does: one array without axes makes it a file with NumPy's shapes.
    numpy_shape = any(not array.shape for array in arrays)
    marked = [replace(a, numpy_shape=True) if numpy_shape else a for a in arrays]
    try:
        params_file.save(path, marked, names)
    except MXNetError as error:
        raise UsageError(str(error)) from None


def _of_tensors(title: str, types: set[torch.dtype], module: ModuleType) -> Format:
    """A format of dense arrays, all with names, whose files a module reads and writes."""

    def load(path: Path, contents: bool) -> tuple[list[StoredArray], list[str]]:
        tensors, names = module.load(path, contents)
        return list(map(StoredArray.dense, tensors)), names

    def save(path: Path, arrays: list[StoredArray], names: list[str]) -> None:
        module.save(path, [array.data for array in arrays], names)

    return Format(title, frozenset(types), load, save)


FORMATS = {
    ".params": Format("MXNet parameters", frozenset(FLAG_OF_DTYPE), _load_params, _save_params),
    ".npz": _of_tensors("NumPy arrays", _REAL | {torch.complex64, torch.complex128}, npz_format),
    ".safetensors": _of_tensors("safetensors", _REAL | _NARROW | {torch.complex64}, safetensors_format),
}


def format_of(path: Path) -> Format:
    """The format that a file's suffix says.

    Raises
    ------
    UsageError
        For another suffix.
    """
    if path.suffix not in FORMATS:
        raise UsageError(f"{path}: not a file of arrays by its name; there are {', '.join(FORMATS)}")
    return FORMATS[path.suffix]


def type_name(dtype: torch.dtype) -> str:
    """``"float32"`` for ``torch.float32``."""
    return str(dtype).removeprefix("torch.")
