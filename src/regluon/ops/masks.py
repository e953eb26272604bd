"""Comparisons whose result is numbers."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

__all__ = ["mask"]


def mask(compare: Callable[..., Tensor], lhs: Tensor, rhs: Tensor) -> Tensor:
    """1 where ``compare`` (a torch function) holds, else 0, in lhs's type.

    Written in that type at once, without a pass from bool; and multiplying by it is several times quicker
    than by bool or :func:`torch.where`, which are not vectorized on CPUs.
    """
    return compare(lhs, rhs, out=lhs.new_empty(0))
