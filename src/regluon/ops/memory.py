"""How tensors lie in memory, in the order of their axes or with the channels last; and whose memory it is."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["LARGE", "LAST", "hand_over", "is_last", "laid"]

LAST = torch.channels_last


def is_last(x: Tensor) -> bool:
    """Whether the channels are last in memory, and only then in order."""
    return x.dim() == 4 and not x.is_contiguous() and x.is_contiguous(memory_format=LAST)


def laid(x: Tensor, last: bool) -> Tensor:
    """x with its channels last in memory, or in the order of its axes."""
    return x.contiguous(memory_format=LAST) if last else x.contiguous()


LARGE = 2**16
"""From how many numbers on a copy takes longer than to find out that it is not needed."""

_uses = getattr(torch._C, "_storage_Use_Count", None)


def hand_over(target: Tensor, source: Tensor) -> bool:
    """Gives ``source``'s memory to ``target`` instead of copying; whether that was possible.

    The caller must be the only one who has ``source``. Nothing else may look into either one's memory:
    neither a view nor NumPy, which torch notes by forbidding the memory to be resized.
    """
    if _uses is None or source.numel() < LARGE or source.shape != target.shape or source.is_sparse:
        return False
    if source.dtype is not target.dtype or not (source.is_contiguous() and source.is_cpu and target.is_cpu):
        return False
    if target._use_count() > 1 or source._use_count() > 1:  # type: ignore[attr-defined]
        return False
    for x in (source, target):
        memory = x.untyped_storage()
        if _uses(memory._cdata) > 2 or not memory.resizable() or memory.nbytes() != x.nbytes:
            return False
    target.set_(source)  # type: ignore[call-overload]
    return True
