"""Numbers as zero-dimensional tensors, kept: torch takes those at half the cost of a Python number."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["constant", "operand"]

_LIMIT = 4096


def _kept(make: Callable[[float, torch.dtype], Tensor]) -> Callable[[float, torch.dtype], Tensor]:
    """``make``, remembering what it made."""
    kept: dict[tuple[float, torch.dtype], Tensor] = {}

    def look_up(value: float, dtype: torch.dtype) -> Tensor:
        key = (value, dtype)
        found = kept.get(key)
        if found is None:
            found = make(value, dtype)
            if len(kept) >= _LIMIT:
                kept.clear()
            # Zero is looked up as often as any other, but -0.0 == 0.0 must not share a tensor with it. What
            # torch's tracers make is of other classes, and of no use when they are done.
            if type(found) is Tensor and (value != 0 or str(value)[0] != "-"):
                kept[key] = found
        return found

    look_up.__doc__ = make.__doc__
    return look_up


def _constant(value: float, dtype: torch.dtype) -> Tensor:
    """``value`` as a tensor of shape () on the CPU, which mixes with any device. Not to be written to.

    A number that an integer type does not hold wraps around, as MXNet's conversions do.
    """
    try:
        return torch.tensor(value, dtype=dtype)
    except (RuntimeError, OverflowError):
        return torch.tensor(float(value), dtype=torch.float64).to(dtype)


def _operand(value: float, dtype: torch.dtype) -> Tensor:
    """``value`` as MXNet takes it beside an array of that type: cast to the type, but int64 beside bool."""
    return _constant(value, torch.int64 if dtype is torch.bool else dtype)


constant = _kept(_constant)
operand = _kept(_operand)
