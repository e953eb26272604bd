"""LBSGD."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.ndarray.ndarray import NDArray, wrap
from regluon.ops.formulas import descend, heavy_ball
from regluon.ops.many import Many
from regluon.optimizer.batch import context_of, zeros_like
from regluon.optimizer.one_by_one import OneByOne
from regluon.optimizer.optimizer import register

__all__ = ["LBSGD"]


@register
class LBSGD(OneByOne):
    """Gradient descent with the mean of ``batch_scale`` gradients, and a learning rate that warms up.

    Every ``batch_scale``-th update is one of SGD, with the mean gradient and the learning rate times::

        1 + (batch_scale - 1) * s,  s = min(n / (warmup_epochs * updates_per_epoch), 1)

    where n is the number of updates. The others leave the weight as it is.

    Parameters
    ----------
    momentum
        How much of the last step is gone again.
    warmup_strategy
        ``linear`` as above; ``power2`` and ``sqrt`` with s² and √s; ``lars`` has in place of the factor the
        square root of ``norm(w)² / (norm(g)² + wd * norm(w)²)``, from 0.01 to 100.
    warmup_epochs, updates_per_epoch
        How long it takes to warm up.
    batch_scale
        How many gradients make one.
    begin_epoch
        The epoch to count from.
    num_epochs
        Not used, as in MXNet.
    """

    def __init__(
        self,
        momentum: float = 0.0,
        multi_precision: bool = False,
        warmup_strategy: str = "linear",
        warmup_epochs: int = 5,
        batch_scale: int = 1,
        updates_per_epoch: int = 32,
        begin_epoch: int = 0,
        num_epochs: int = 60,
        **kwargs: Any,
    ) -> None:
        super().__init__(multi_precision=multi_precision, **kwargs)
        self.momentum = momentum
        self.warmup_strategy = warmup_strategy
        self.warmup_epochs = warmup_epochs
        self.batch_scale = batch_scale
        self.updates_per_epoch = updates_per_epoch
        self.init_updates = begin_epoch * updates_per_epoch
        self.num_epochs = num_epochs
        self.lbmult = 1
        self.cumgrads: dict[Any, dict[str, Any]] = {}
        self.adaptive = False
        self.admult = 1

    def create_state(self, index: Any, weight: NDArray) -> NDArray | None:
        return zeros_like(weight) if self.momentum != 0.0 else None

    def step(self, index: Any, w: Many, g: Many, state: list[Many]) -> None:
        """Adds up a gradient; updates the weight with every ``batch_scale``-th."""
        lr, wd = self._get_lr(index), self._get_wd(index)
        self._update_count(index)
        sum_, count = self._add_up(index, g[0])
        if count % self.batch_scale:
            return
        g = [sum_ / self.batch_scale]
        lr *= self._of_norms(w[0], g[0], wd) if self.warmup_strategy == "lars" else self._warmth(count)
        self.cumgrads[index]["cum_grad"] = 0
        g, scale = self._scaled(g)
        if not state:
            if self.momentum > 0:
                raise MXNetError(
                    f"LBSGD: momentum became {self.momentum} after states had been made without one; "
                    "give it to the constructor"
                )
            descend(w, g, scale, lr, wd)
        else:
            heavy_ball(w, g, scale, state[0], lr, wd, max(self.momentum, 0.0))

    def _add_up(self, index: Any, g: Tensor) -> tuple[Tensor, int]:
        """The sum of the gradients since the last update of a weight, and how many came in all."""
        known = self.cumgrads.get(index)
        count = known["num_cums"] + 1 if known and known["num_cums"] > 0 else self.init_updates + 1
        before = known["cum_grad"] if known else 0
        # The gradient's own array will hold the next one.
        total = before._data + g if isinstance(before, NDArray) else g.clone()
        self.cumgrads[index] = {"cum_grad": wrap(total, context_of(total), None), "num_cums": count}
        return total, count

    def _warmth(self, updates: int) -> float:
        """The factor on the learning rate after so many updates."""
        whole = self.warmup_epochs * self.updates_per_epoch
        if updates >= whole:
            return float(self.batch_scale)
        if whole <= 1:
            return 1.0
        done = updates / whole
        share = {"linear": done, "power2": done * done, "sqrt": math.sqrt(done)}
        return 1.0 + (self.batch_scale - 1) * share.get(self.warmup_strategy, 0.0)

    @staticmethod
    def _of_norms(w: Tensor, g: Tensor, wd: float) -> float:
        of_weight, of_grad = (float(torch.sum(torch.square(x))) for x in (w, g))
        return min(max(math.sqrt(of_weight / (of_grad + wd * of_weight + 1e-18)), 0.01), 100)
