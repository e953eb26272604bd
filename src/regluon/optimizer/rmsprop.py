"""RMSProp, in its two forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import rmsprop, rmsprop_centered
from regluon.ops.many import Many, clamp_
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["RMSProp"]


@register
class RMSProp(Optimizer):
    """Steps divided by the recent size of gradients (Tieleman and Hinton, 2012)::

        g = clip(rescale_grad * grad + wd * w)
        n = gamma1 * n + (1 - gamma1) * g ** 2
        w = w - lr * g / sqrt(n + epsilon)

    and with ``centered=True`` by their recent spread, with a momentum (Graves, 2013)::

        b = gamma1 * b + (1 - gamma1) * g
        d = gamma2 * d - lr * g / sqrt(n - b**2 + epsilon)
        w = w + d

    Parameters
    ----------
    gamma1
        How long the averages remember.
    gamma2
        The momentum of the centered form.
    epsilon
        Keeps the quotient finite.
    centered
        Which form.
    clip_weights
        Weights are cut to ``[-clip_weights, clip_weights]``, if given.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        gamma1: float = 0.9,
        gamma2: float = 0.9,
        epsilon: float = 1e-8,
        centered: bool = False,
        clip_weights: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.gamma1, self.gamma2 = gamma1, gamma2
        self.centered = centered
        self.epsilon = epsilon
        self.clip_weights = clip_weights

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, ...]:
        return tuple(zeros_like(weight) for _ in range(3 if self.centered else 1))

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        g = self._decayed(w, g, wd)
        if len(state) == 1:
            rmsprop(w, g, state[0], lr, self.gamma1, self.epsilon)
        else:
            n, b, d = state
            rmsprop_centered(w, g, n, b, d, lr, self.gamma1, self.gamma2, self.epsilon)
        if self.clip_weights:
            clamp_(w, self.clip_weights)
