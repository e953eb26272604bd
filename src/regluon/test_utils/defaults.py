"""What tests run with when they don't say: context, type, tolerances by type."""

from __future__ import annotations

import numbers
import os
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import torch

from regluon.context import Context, as_context, current_context, entered

__all__ = [
    "default_atols",
    "default_context",
    "default_dtype",
    "default_numeric_eps",
    "default_rtols",
    "effective_dtype",
    "get_atol",
    "get_etol",
    "get_rtol",
    "get_tolerance",
    "get_tols",
    "set_default_context",
]

Tolerance: TypeAlias = float | Mapping[Any, float] | None
"""A number, one for each type, or None for the default of the type."""

_FLOAT64: Any = np.dtype(np.float64)
_EXACT = (np.bool_, np.int8, np.uint8, np.int32, np.uint32, np.int64, np.uint64)
_TF32_CAPABILITY = (8, 0)


def default_context() -> Context:
    """The current context."""
    return current_context()


def set_default_context(ctx: Context) -> None:
    """Makes ``ctx`` the current context of this thread."""
    entered.current = as_context(ctx)


def default_dtype() -> Any:
    """float32"""
    return np.float32


def _by_dtype(half: float, single: float, double: float, exact: tuple[Any, ...] = ()) -> dict[Any, float]:
    floats = {np.float16: half, np.float32: single, np.float64: double}
    return {np.dtype(kind): tol for kind, tol in {**floats, **dict.fromkeys(exact, 0)}.items()}


def default_rtols() -> dict[Any, float]:
    """The relative tolerance of each type."""
    return _by_dtype(1e-2, 1e-4, 1e-5, _EXACT)


def default_atols() -> dict[Any, float]:
    """The absolute tolerance of each type."""
    return _by_dtype(1e-1, 1e-3, 1e-20, _EXACT)


def default_numeric_eps() -> dict[Any, float]:
    """The step of finite differences in each type: a power of two, which loses no bits."""
    return _by_dtype(2.0**-6, 2.0**-9, 2.0**-14)


def effective_dtype(dat: Any) -> Any:
    """The type whose tolerance an array deserves: float16 for float32 where a GPU multiplies in TF32."""
    dtype, ctx = np.dtype(dat.dtype), getattr(dat, "ctx", None)
    if dtype == np.float32 and isinstance(ctx, Context) and _multiplies_in_tf32(ctx):
        return np.dtype(np.float16)
    return dtype


def _multiplies_in_tf32(ctx: Context) -> bool:
    if ctx.device_type != "gpu" or os.environ.get("NVIDIA_TF32_OVERRIDE") == "0":
        return False
    allowed = torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32
    return bool(allowed) and torch.cuda.get_device_capability(ctx.torch_device) >= _TF32_CAPABILITY


def get_tolerance(dat: Any, tol: Tolerance, default_tol: Mapping[Any, float]) -> float:
    """``tol`` if it is a number, or what it, or else ``default_tol``, has for the type of ``dat``."""
    given: Any = {} if tol is None else tol
    if isinstance(given, numbers.Number):
        return given  # type: ignore[return-value]
    dtype = effective_dtype(dat)
    return given.get(dtype, default_tol[dtype])  # type: ignore[no-any-return]


def get_tols(x: Any, y: Any, rtol: Tolerance, atol: Tolerance) -> tuple[float, float]:
    """The relative and the absolute tolerance for two arrays: that of the less precise type."""
    pair = [np.array(a) if isinstance(a, numbers.Number) else a for a in (x, y)]
    relative = max(get_tolerance(a, rtol, default_rtols()) for a in pair)
    absolute = max(get_tolerance(a, atol, default_atols()) for a in pair)
    return relative, absolute


def get_atol(atol: float | None = None, dtype: Any = _FLOAT64) -> float:
    """``atol``, or the default absolute tolerance of a type."""
    return default_atols()[dtype] if atol is None else atol


def get_rtol(rtol: float | None = None, dtype: Any = _FLOAT64) -> float:
    """``rtol``, or the default relative tolerance of a type."""
    return default_rtols()[dtype] if rtol is None else rtol


def get_etol(etol: float | None = None) -> float:
    """The share of elements that may be wrong: ``etol``, or none."""
    return 0 if etol is None else etol
