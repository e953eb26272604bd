"""Sums of gradients over the contexts of one process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch

from regluon.base import MXNetError
from regluon.ndarray import NDArray
from regluon.ndarray.sparse.storage import put
from regluon.ndarray.sparse.storage import total as plus

__all__ = ["LocalStore", "as_store", "broadcast", "sum_into"]


class LocalStore:
    """The key-value store behind ``kvstore="device"`` and ``"local"``: it only brings arrays together.

    Its methods are those by which a Trainer talks to any store.
    """

    rank = 0
    num_workers = 1

    def __init__(self, kind: str) -> None:
        self.type = kind

    def is_capable(self, capability: str) -> bool:
        """Whether it can do more than sum: it lets a Trainer update on it."""
        return capability.lower() == "optimizer"

    def set_gradient_compression(self, compression_params: dict[str, Any]) -> None:
        """Refuses: within a process there is nothing to compress for."""
        raise MXNetError(
            f"compression_params={compression_params}: gradients of one process are not compressed; "
            "leave it out"
        )

    def broadcast(self, key: Any, value: NDArray, out: Sequence[NDArray], priority: int = 0) -> None:
        """Copies ``value`` into all of ``out``."""
        broadcast(value, out)

    def pushpull(self, key: Any, value: Sequence[NDArray], out: Any = None, priority: int = 0) -> None:
        """Puts the sum of ``value`` into all of ``out``, or of ``value`` itself."""
        targets = value if out is None else out
        sum_into(targets[0], value)
        broadcast(targets[0], targets)


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


def as_store(kvstore: Any, contexts: int) -> Any:
    """The store that a Trainer's ``kvstore`` stands for; one context alone needs none."""
    if kvstore is None or hasattr(kvstore, "pushpull"):
        return kvstore
    if not isinstance(kvstore, str):
        raise TypeError(f"kvstore must be KVStore, str or None, not {kvstore!r}")
    if any(kind in kvstore for kind in ("dist", "horovod", "byteps", "p3")):
        raise MXNetError(
            f"kvstore={kvstore!r}: training by several processes is a declared gap; 'device' sums the "
            "gradients of the contexts of one process"
        )
    return None if contexts <= 1 else LocalStore(kvstore)
