"""AdaDelta."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.many import Many, add_, addcmul_, div_, mul_, plus, sqrt_, times_
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["AdaDelta"]


@register
class AdaDelta(Optimizer):
    """Steps of the recent size of steps, without a learning rate (Zeiler, 2012)::

        g = clip(rescale_grad * grad)
        a = rho * a + (1 - rho) * g ** 2
        d = sqrt(b + epsilon) / sqrt(a + epsilon) * g
        b = rho * b + (1 - rho) * d ** 2
        w = w - (d + wd * w)

    Parameters
    ----------
    rho
        How long the averages remember.
    epsilon
        Lets the first steps begin.
    """

    def __init__(self, rho: float = 0.90, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rho = rho
        self.epsilon = epsilon

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        return zeros_like(weight), zeros_like(weight)

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        a, b = state
        g, scale = self._scaled(g)
        rest = 1 - self.rho
        mul_(a, self.rho)
        addcmul_(a, g, g, rest * scale * scale)
        d = plus(b, self.epsilon)
        div_(d, plus(a, self.epsilon))
        sqrt_(d)
        times_(d, g)
        mul_(b, self.rho)
        addcmul_(b, d, d, rest * scale * scale)
        if wd:
            add_(w, w, -wd)
        add_(w, d, -scale)
