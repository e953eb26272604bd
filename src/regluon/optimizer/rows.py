"""Weights whose gradients are stored by rows: an update that moves these rows alone, or a dense one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.base import MXNetError
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.sparse.storage import tensor_of
from regluon.ndarray.sparse.updates import rows_in
from regluon.ops.many import Many
from regluon.optimizer.batch import Batch, arrays_of

__all__ = ["RowBatch", "is_stored"]


def is_stored(weight: NDArray, grad: NDArray) -> bool:
    """Whether a weight or its gradient is sparse."""
    return weight.stype != "default" or grad.stype != "default"


class RowBatch(Batch):
    """One weight, of which an update sees the rows that its gradient has, if ``lazy``; else all of it.

    As the rows are others each time, :meth:`load` and :meth:`store` go around an update.
    """

    __slots__ = ("_all", "_grad", "_half", "_kept", "_lazy")

    def __init__(
        self, index: Any, weight: NDArray, grad: NDArray, state: Any, master: NDArray | None, lazy: bool
    ) -> None:
        super().__init__()
        if weight.shape != grad.shape or weight.dtype != grad.dtype:
            raise MXNetError(
                f"update of weight {index!r}: it is {weight.shape} {weight.dtype.__name__}, but its gradient "
                f"is {grad.shape} {grad.dtype.__name__}"
            )
        self.indices, self.single = [index], index
        self._grad = grad
        self._half = None if master is None else weight
        self._kept: Sequence[NDArray] = [weight if master is None else master, *arrays_of(state)]
        self._lazy = lazy and grad.stype == "row_sparse"
        self._all: Many = []
        self.halves = [tensor_of(weight)]  # says that load and store are needed

    def load(self) -> None:
        """Takes the rows that the gradient has now."""
        grad: Any = self._grad
        self._all = found = [rows_in(a) for a in self._kept]
        if self._lazy:
            found = [table[grad._parts.indices] for table in found]
            self.grads = [grad._parts.values.to(found[0].dtype)]
        else:
            self.grads = [tensor_of(grad).to(found[0].dtype)]
        self.weights = found[:1]
        self.states = tuple([[state] for state in found[1:]])

    def store(self) -> None:
        """Puts the rows back."""
        grad: Any = self._grad
        if self._lazy:
            new = [self.weights[0], *[state for (state,) in self.states]]
            for table, rows in zip(self._all, new, strict=True):
                table[grad._parts.indices] = rows
        if self._half is not None:
            rows_in(self._half).copy_(self._all[0])
