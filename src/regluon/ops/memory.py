"""How an array of four axes lies in memory: in the order of its axes, or with its channels, axis 1, last."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["LAST", "is_last", "laid"]

LAST = torch.channels_last


def is_last(x: Tensor) -> bool:
    """Whether the channels are last in memory, and only then in order."""
    return x.dim() == 4 and not x.is_contiguous() and x.is_contiguous(memory_format=LAST)


def laid(x: Tensor, last: bool) -> Tensor:
    """x with its channels last in memory, or in the order of its axes."""
    return x.contiguous(memory_format=LAST) if last else x.contiguous()
