"""Errors and the tables that join MXNet's, NumPy's and torch's names of element types."""

from __future__ import annotations

import numbers
import os
import platform
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
import torch

__all__ = [
    "DTYPE_OF_FLAG",
    "FLAG_OF_DTYPE",
    "DTypeLike",
    "MXNetError",
    "NotImplementedForSymbol",
    "NotSupportedForSparseNDArray",
    "classproperty",
    "data_dir",
    "dtype_name",
    "integer_types",
    "mx_real_t",
    "numeric_types",
    "numpy_dtype",
    "register_error",
    "string_types",
    "torch_dtype",
]

DTypeLike: TypeAlias = Any
"""A name ("float32"), a NumPy type or dtype, a Python type or a torch dtype."""


class MXNetError(RuntimeError):
    """An error of the engine: wrong shapes, types, contexts, files, or a missing device."""


error_types: dict[str, type] = {}
"""Classes of errors by their names."""


def register_error(func_name: Any = None, cls: Any = None) -> Any:
    """Keeps a class of errors under a name, its own if none is given; also a decorator."""
    if callable(func_name):
        func_name, cls = func_name.__name__, func_name

    def register(kind: Any) -> Any:
        error_types[func_name if isinstance(func_name, str) else kind.__name__] = kind
        return kind

    return register if cls is None else register(cls)


class _NotFor(MXNetError):  # noqa: N818 (MXNet's names)
    _reason = ""

    def __init__(self, function: Any, alias: str | None, *args: Any) -> None:
        super().__init__()
        self.function = function.__name__
        self.alias = alias
        self.args = tuple([str(type(a)) for a in args])

    def __str__(self) -> str:
        alias = f' (namely operator "{self.alias}")' if self.alias else ""
        given = f" with arguments ({', '.join(self.args)})" if self.args else ""
        return f"Function {self.function}{alias}{given} {self._reason} and only available in NDArray."


@register_error
class NotImplementedForSymbol(_NotFor):
    """A function of arrays was given symbols."""

    _reason = "is not implemented for Symbol"


class NotSupportedForSparseNDArray(_NotFor):
    """A function of dense arrays was given sparse ones."""

    _reason = "is not supported for SparseNDArray"


class _ClassProperty:
    def __init__(self, get: Callable[[Any], Any]) -> None:
        self.get = get

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self.get(type(instance) if owner is None else owner)


def classproperty(func: Callable[[Any], Any]) -> Any:
    """The decorator of a method that is read like an attribute of the class."""
    return _ClassProperty(func)


def data_dir() -> str:
    """Where downloaded files are kept: the environment's MXNET_HOME, or else ``~/.mxnet``."""
    return os.getenv("MXNET_HOME") or data_dir_default()


def data_dir_default() -> str:
    """Where downloaded files are kept if the environment says nothing."""
    if platform.system() == "Windows":
        return os.path.join(os.environ.get("APPDATA", os.path.expanduser("~")), "mxnet")
    return os.path.join(os.path.expanduser("~"), ".mxnet")


def py_str(text: bytes) -> str:
    """Text of bytes in UTF-8."""
    return text.decode("utf-8")


def _as_list(obj: Any) -> Any:
    """Lists and tuples as they are, anything else in a list."""
    return obj if isinstance(obj, (list, tuple)) else [obj]


integer_types = (int, np.int32, np.int64)
numeric_types = (float, int, np.generic)
string_types = (str,)
mx_real_t = np.float32

# MXNet's type flags, as they stand in .params files and in symbol attributes.
DTYPE_OF_FLAG: dict[int, torch.dtype] = {
    0: torch.float32,
    1: torch.float64,
    2: torch.float16,
    3: torch.uint8,
    4: torch.int32,
    5: torch.int8,
    6: torch.int64,
    7: torch.bool,
    12: torch.bfloat16,
}
FLAG_OF_DTYPE = {dtype: flag for flag, dtype in DTYPE_OF_FLAG.items()}

_NAMES: dict[torch.dtype, str] = {
    dtype: str(dtype).removeprefix("torch.") for dtype in DTYPE_OF_FLAG.values()
}
# NumPy has no bfloat16; MXNet shows one as this record of 16 bits.
_BFLOAT16 = np.dtype([("bfloat16", np.uint16)])
_NUMPY: dict[torch.dtype, Any] = {
    dtype: getattr(np, "bool_" if name == "bool" else name)
    for dtype, name in _NAMES.items()
    if dtype is not torch.bfloat16
}
_NUMPY[torch.bfloat16] = _BFLOAT16

_TORCH: dict[Any, torch.dtype] = {
    **{name: dtype for dtype, name in _NAMES.items()},
    **{numpy: dtype for dtype, numpy in _NUMPY.items()},
    **{np.dtype(numpy): dtype for dtype, numpy in _NUMPY.items()},
    **{dtype: dtype for dtype in _NAMES},
    None: torch.float32,
    float: torch.float64,
    int: torch.int64,
    bool: torch.bool,
}


def torch_dtype(dtype: DTypeLike) -> torch.dtype:
    """The torch dtype of anything that MXNet takes as a type; None is float32.

    Raises
    ------
    TypeError
        If there is no such type here; the message lists those there are.
    """
    try:
        return _TORCH[dtype]
    except (KeyError, TypeError):
        pass
    try:
        return _TORCH[np.dtype(dtype)]
    except (KeyError, TypeError):
        known = ", ".join(_NAMES.values())
        raise TypeError(f"type {dtype!r} is not supported; there are {known}") from None


def numpy_dtype(dtype: torch.dtype) -> Any:
    """The NumPy scalar type of a torch dtype, as ``NDArray.dtype`` shows it."""
    return _NUMPY[dtype]


def dtype_name(dtype: torch.dtype) -> str:
    """MXNet's name of a torch dtype, for example ``"float32"``."""
    return _NAMES[dtype]


def is_number(value: object) -> bool:
    """True for Python and NumPy scalars, booleans included."""
    return isinstance(value, (numbers.Number, np.generic))


def as_number(value: Any) -> float | int | bool:
    """A Python number from a Python or NumPy scalar."""
    return cast("float | int | bool", value.item() if isinstance(value, np.generic) else value)
