"""What a Trainer's step goes through, made once for the arrays that the parameters have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regluon.gluon.parameter import Parameter
from regluon.kvstore import KVStore
from regluon.kvstore.sums import broadcast, sum_into
from regluon.ndarray import NDArray
from regluon.optimizer import Updater
from regluon.optimizer.batch import zeros_like

__all__ = ["Plan", "sums_only"]


class Plan:
    """The arrays of parameters, and what to do with them.

    ``versions`` tell whether the parameters still have these arrays. ``datas`` are those whose gradients must
    be fresh; ``reduce`` makes sums of these over the contexts, and ``updates`` new weights.
    """

    __slots__ = ("datas", "reduce", "updates", "versions")

    def __init__(
        self, parameters: Sequence[Parameter], updaters: Sequence[Updater], store: Any, update_on_store: bool
    ) -> None:
        self.versions = [(p, p._version) for p in parameters]
        learned = {i: p for i, p in enumerate(parameters) if p.grad_req != "null"}
        indices = list(learned)
        datas = [p._list_arrays() for p in learned.values()]
        grads = [p.list_grad() for p in learned.values()]
        self.datas: list[Any] = [data for copies in datas for data in copies]
        self.reduce: Callable[[], None] | None = None
        self.updates: list[Callable[[], None]] = []
        if not indices:
            return
        if not update_on_store:
            by_context = zip(updaters, zip(*grads, strict=True), zip(*datas, strict=True), strict=True)
            self.updates = [updater.prepare(indices, g, d) for updater, g, d in by_context]
            if sums_only(store):
                self.reduce = lambda: _sum(grads)
            elif store is not None:
                self.reduce = lambda: _pushpull(store, indices, grads, [None] * len(indices))
        elif sums_only(store):
            self.updates = _first_and_copy(updaters[0], indices, grads, datas)
        else:
            self.updates = [lambda: _pushpull(store, indices, grads, datas)]

    def is_stale(self) -> bool:
        """Whether a parameter has other arrays now."""
        for parameter, version in self.versions:  # noqa: SIM110 (on the path of every step)
            if parameter._version != version:
                return True
        return False


def sums_only(store: Any) -> bool:
    """Whether a store does nothing but sum within this process: that is done here, for all keys together."""
    return isinstance(store, KVStore) and store._is_plain


def _sum(grads: Sequence[Sequence[NDArray]]) -> None:
    for parts in grads:
        sum_into(parts[0], parts)
        broadcast(parts[0], parts)


def _pushpull(store: Any, indices: Sequence[int], values: Sequence[Any], outs: Sequence[Any]) -> None:
    for index, value, out in zip(indices, values, outs, strict=True):
        store.pushpull(index, value, out=out, priority=-index)


def _first_and_copy(
    updater: Updater, indices: Sequence[int], grads: list[list[NDArray]], datas: list[list[NDArray]]
) -> list[Callable[[], None]]:
    """Sums the gradients aside, updates the copies on the first context, and copies these to the others."""
    firsts = [copies[0] for copies in datas]
    if len(datas[0]) == 1:
        return [updater.prepare(indices, [parts[0] for parts in grads], firsts)]
    totals = [zeros_like(parts[0]) for parts in grads]

    def total() -> None:
        for target, parts in zip(totals, grads, strict=True):
            sum_into(target, parts)

    def copy() -> None:
        for copies in datas:
            broadcast(copies[0], copies)

    return [total, updater.prepare(indices, totals, firsts), copy]
