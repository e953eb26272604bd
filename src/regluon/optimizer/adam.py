"""Adam."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import adam
from regluon.ops.many import Many
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["Adam"]


@register
class Adam(Optimizer):
    """Steps of about equal size in all directions (Kingma and Ba, 2014)::

        g = clip(rescale_grad * grad + wd * w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        w = w - lr * sqrt(1 - beta2 ** t) / (1 - beta1 ** t) * m / (sqrt(v) + epsilon)

    Parameters
    ----------
    beta1, beta2
        How long the averages of the gradient and of its square remember.
    epsilon
        Keeps the quotient finite.
    lazy_update
        For sparse gradients: whether only their rows move. Dense ones are not concerned.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        lazy_update: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2 = beta1, beta2
        self.epsilon = epsilon
        self.lazy_update = lazy_update

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        return zeros_like(weight), zeros_like(weight)

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        m, v = state
        lr *= math.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        adam(w, self._decayed(w, g, wd), m, v, lr, self.beta1, self.beta2, self.epsilon)
