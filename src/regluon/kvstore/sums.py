"""Sums of arrays over the contexts of one process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch

from regluon.ndarray import NDArray
from regluon.ndarray.sparse.storage import put
from regluon.ndarray.sparse.storage import total as plus

__all__ = ["broadcast", "sum_into"]


def sum_into(total: NDArray, parts: Sequence[NDArray]) -> None:
    """``total = sum(parts)``; it may be one of them, the first."""
    if total.stype != "default":
        put(reduce(plus, [p.as_in_context(total.context) for p in parts]), total)
        return
    target = total._data
    first, *others = [p._data.to(target.device) for p in parts]
    if others:
        torch.add(first, others.pop(0), out=target)
        for other in others:
            target.add_(other)
    elif first is not target:
        target.copy_(first)


def broadcast(value: NDArray, targets: Sequence[NDArray]) -> None:
    """Copies ``value`` into the targets, itself excepted."""
    for target in targets:
        if target is not value:
            value.copyto(target)
