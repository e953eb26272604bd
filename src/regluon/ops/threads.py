"""Small products of matrices on one thread.

MKL, which multiplies matrices for torch on x86 processors, shares out even a product of 32x32 among the
cores, and waking them takes longer than the product: 6.2 µs on two cores, 2.2 on one. It can be told to use
one thread for the calls of this thread alone.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import linear

__all__ = ["ALL", "ONE", "SMALL", "few_threads", "product", "small_linear"]

ONE, ALL = ctypes.c_int(1), ctypes.c_int(0)


def _setting() -> Callable[[Any], Any] | None:
    """MKL's call that sets this thread's number of threads, from within torch's library; None without MKL."""
    for path in Path(torch.__file__).with_name("lib").glob("*torch_cpu.*"):
        try:
            return ctypes.PyDLL(str(path)).MKL_Set_Num_Threads_Local
        except (AttributeError, OSError):
            continue
    return None


_mkls = _setting()

few_threads: Callable[[Any], Any] = _mkls or (lambda count: None)
"""Takes ``ONE``, and ``ALL`` again."""

SMALL = range(2**12, 2**18 + 1) if _mkls else range(0)
"""Multiplications of a product for which one thread is quicker; MKL takes one for fewer by itself."""

_mm = torch.mm


def product(a: Tensor, b: Tensor) -> Tensor:
    """``torch.mm``"""
    if a.numel() * b.size(-1) not in SMALL:
        return _mm(a, b)
    few_threads(ONE)
    try:
        return _mm(a, b)
    finally:
        few_threads(ALL)


def small_linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """``torch.nn.functional.linear`` for a product that is SMALL"""
    few_threads(ONE)
    try:
        return linear(x, weight, bias)
    finally:
        few_threads(ALL)
