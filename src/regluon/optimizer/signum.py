"""Signum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import signsgd, signum
from regluon.ops.many import Many
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["Signum"]


@register
class Signum(Optimizer):
    """Steps of one size, with the signs of the momentum (Bernstein and others, 2018)::

        g = clip(rescale_grad * grad) + wd * w
        m = momentum * m - (1 - momentum) * g
        w = (1 - lr * wd_lh) * w + lr * sign(m)

    and without momentum ``w = (1 - lr * wd) * w - lr * sign(grad)``.

    Parameters
    ----------
    momentum
        How long the average of the gradient remembers; 0 for none.
    wd_lh
        A decay of the weight beside its gradient (Loshchilov and Hutter, 2017), with momentum only.
    """

    def __init__(
        self, learning_rate: float = 0.01, momentum: float = 0.9, wd_lh: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum = momentum
        self.wd_lh = wd_lh

    def create_state(self, index: Any, weight: NDArray) -> NDArray | None:
        return zeros_like(weight) if self.momentum != 0.0 else None

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        if not state:
            signsgd(w, g, lr, wd)
            return
        g, scale = self._scaled(g)
        signum(w, g, scale, state[0], lr, wd, max(self.momentum, 0.0), self.wd_lh)
