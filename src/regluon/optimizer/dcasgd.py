"""DCASGD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.many import Many, add_, copy_, mul, mul_, times_
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["DCASGD"]


@register
class DCASGD(Optimizer):
    """Gradient descent that makes up for gradients that come late (Zheng and others, 2016)::

        g = clip(rescale_grad * grad)
        m = momentum * m - lr * (g + wd * w + lamda * g ** 2 * (w - p))
        p = w
        w = w + m

    Parameters
    ----------
    momentum
        How much of the last step is gone again.
    lamda
        How much is made up.
    """

    def __init__(self, momentum: float = 0.0, lamda: float = 0.04, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.weight_previous: dict[Any, Any] = {}
        self.lamda = lamda

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray | None, NDArray]:
        return zeros_like(weight) if self.momentum != 0.0 else None, weight.copy()

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        *moments, previous = state
        g = self._decayed(w, g, 0.0)
        change = mul(w, 1.0)
        add_(change, previous, -1.0)
        times_(change, g)
        times_(change, g)
        mul_(change, self.lamda)
        add_(change, g)
        if wd:
            add_(change, w, wd)
        copy_(previous, w)
        if moments:
            (m,) = moments
            mul_(m, self.momentum)
            add_(m, change, -lr)
            add_(w, m)
        else:
            add_(w, change, -lr)
