"""LARS."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.ndarray.ndarray import NDArray
from regluon.ops.many import Many, add_, mul_, times_
from regluon.ops.precision import multi_sum_sq
from regluon.ops.updates_lamb import multi_lars
from regluon.optimizer.batch import Batch, pick
from regluon.optimizer.optimizer import register
from regluon.optimizer.sgd import Descent

__all__ = ["LARS"]


@register
class LARS(Descent):
    """Gradient descent with a rate for each weight in proportion to its norm, for large batches (You, 2017)::

        lr = lr * eta * norm(w) / (norm(rescale_grad * grad) + wd * norm(w) + eps)
        m = momentum * m - lr * (clip(rescale_grad * grad) + wd * w)
        w = w + m

    The rate is as it was where a norm is 0, and for parameters whose names end in ``gamma``, ``beta`` or
    ``bias``. Only those ending in ``_weight`` decay, unless ``set_wd_mult`` says otherwise.

    Parameters
    ----------
    momentum
        How much of the last step is gone again.
    lazy_update
        For sparse gradients: whether only their rows decay and move. Dense ones are not concerned,
        nor float16 weights with ``multi_precision``.
    eta
        The size of a step in proportion to the weight.
    eps
        Keeps the quotient finite.
    momentum_correction
        Whether the momentum is multiplied by the quotient of this learning rate and the last, when a
        scheduler changes it (Goyal and others, 2017).
    """

    def __init__(
        self,
        momentum: float = 0.0,
        lazy_update: bool = True,
        eta: float = 0.001,
        eps: float = 0,
        momentum_correction: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.momentum_correction = momentum_correction
        self.lazy_update = lazy_update
        self.aggregate_num = int(os.getenv("MXNET_OPTIMIZER_AGGREGATION_SIZE", "4"))
        self.eta = eta
        self.eps = eps
        self.skip = 0
        self.last_lr: float | None = None
        self.cur_lr: float | None = None

    def is_lazy(self, weight: NDArray) -> bool:
        return self.lazy_update and not self._has_master(weight)

    def set_wd_mult(self, args_wd_mult: dict[Any, float]) -> None:
        """Sets factors on the weight decay, by the names or indices of parameters.

        Of the names in ``param_idx2name``, those that do not end in ``_weight`` have 0.
        """
        exempt = {n: 0.0 for n in self.idx2name.values() if not n.endswith("_weight")}
        super().set_wd_mult({**exempt, **self._of_symbol("__wd_mult__"), **args_wd_mult})

    def _get_lrs(self, indices: Sequence[Any]) -> list[float]:
        lr = self.learning_rate
        self.last_lr = lr if self.cur_lr is None else self.cur_lr
        self.cur_lr = lr
        return super()._get_lrs(indices)

    def apply(self, batch: Batch) -> None:
        """One update of a batch, ``aggregate_num`` weights at once: only the first see a change of rate."""
        if batch.halves:
            batch.load()
        for start in range(0, len(batch.indices), self.aggregate_num):
            self._step(batch, range(start, min(start + self.aggregate_num, len(batch.indices))))
        if batch.halves:
            batch.store()

    def _step(self, batch: Batch, at: Sequence[int]) -> None:
        indices = [batch.indices[i] for i in at]
        self._update_count(indices)
        lrs, wds = self._get_lrs(indices), self._get_wds(indices)
        w, g, state = batch.part(at)
        true = pick(batch.halves or batch.weights, at), pick(batch.half_grads or batch.grads, at)
        rates = self._rates(indices, *true, lrs, wds)
        g, scale = self._scaled(g)
        steps = [torch.mul(x, wd) for x, wd in zip(w, wds, strict=True)]
        add_(steps, g, scale)
        times_(steps, [rate.to(x.dtype) for x, rate in zip(w, rates, strict=True)])
        if self.momentum <= 0:
            add_(w, steps, -1.0)
            return
        if not state:
            raise MXNetError(
                f"LARS: momentum became {self.momentum} after states had been made without one; "
                "give it to the constructor"
            )
        (m,) = state
        mul_(m, self._corrected_momentum())
        add_(m, steps, -1.0)
        add_(w, m)

    def _rates(self, indices: list[Any], w: Many, g: Many, lrs: list[float], wds: list[float]) -> Tensor:
        """The learning rate of each weight, on the device."""
        names = [str(self.idx2name.get(i, i)) for i in indices]
        adapted = torch.tensor([not n.endswith(("gamma", "beta", "bias")) for n in names])
        device, n = w[0].device, len(w)
        rates = torch.tensor(lrs, dtype=torch.float32).to(device)
        found = multi_lars(
            rates,
            multi_sum_sq(*w, num_arrays=n),
            multi_sum_sq(*g, num_arrays=n),
            torch.tensor(wds, dtype=torch.float32).to(device),
            eta=self.eta,
            eps=self.eps,
            rescale_grad=self.rescale_grad,
        )
        return torch.where(adapted.to(device), found, rates)

    def _corrected_momentum(self) -> float:
        if not self.momentum_correction or not self.last_lr or self.cur_lr is None:
            return self.momentum
        return self.momentum * (self.cur_lr / self.last_lr)
