"""The base of optimizers that update one weight after the other."""

from __future__ import annotations

from typing import Any

from regluon.ops.many import Many
from regluon.optimizer.batch import Batch
from regluon.optimizer.optimizer import Optimizer

__all__ = ["OneByOne"]


class OneByOne(Optimizer):
    """An optimizer for which it matters which weight it updates, and when.

    ``formula`` gets lists of one weight, in the order of the weights; a subclass that must know the index of
    the weight defines :meth:`step` in its place.
    """

    def apply(self, batch: Batch) -> None:
        """One update of a batch: :meth:`step` of each weight."""
        if batch.halves:
            batch.load()
        for i, index in enumerate(batch.indices):
            self.step(index, *batch.part([i]))
        if batch.halves:
            batch.store()

    def step(self, index: Any, w: Many, g: Many, state: list[Many]) -> None:
        """Counts an update of a weight and makes it."""
        self._update_count(index)
        count = self._index_update_count[index]
        self.formula(w, g, state, self._get_lr(index), self._get_wd(index), count)
