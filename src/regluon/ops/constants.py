"""Numbers as zero-dimensional tensors, kept: torch takes those at half the cost of a Python number."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["constant"]

_LIMIT = 4096
_kept: dict[tuple[float, torch.dtype], Tensor] = {}


def constant(value: float, dtype: torch.dtype) -> Tensor:
    """``value`` as a tensor of shape () on the CPU, which mixes with any device. Not to be written to."""
    key = (value, dtype)
    found = _kept.get(key)
    if found is None:
        found = torch.tensor(value, dtype=dtype)
        if len(_kept) >= _LIMIT:
            _kept.clear()
        # Zero is looked up as often as any other, but -0.0 == 0.0 must not share a tensor with it.
        if value != 0 or str(value)[0] != "-":
            _kept[key] = found
    return found
