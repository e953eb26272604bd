"""LAMB."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import lamb_direction, lamb_steps
from regluon.ops.many import Many
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["LAMB"]


@register
class LAMB(Optimizer):
    """Adam's directions, with steps in proportion to the weights' norms (You and others, 2019)::

        g = clip(rescale_grad * grad)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        u = m / (1 - beta1 ** t) / (sqrt(v / (1 - beta2 ** t)) + epsilon) + wd * w
        w = w - lr * norm(w) / norm(u) * u

    Parameters
    ----------
    beta1, beta2
        How long the averages of the gradient and of its square remember.
    epsilon
        Keeps the quotient finite.
    lower_bound, upper_bound
        Where the norm of the weight is cut, if given.
    bias_correction
        Whether the averages are divided by ``1 - beta ** t``, as they begin with 0.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-6,
        lower_bound: float | None = None,
        upper_bound: float | None = None,
        bias_correction: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2 = beta1, beta2
        self.epsilon = epsilon
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound
        self.bias_correction = bias_correction
        self.aggregate_num = max(1, min(45, int(os.getenv("MXNET_OPTIMIZER_AGGREGATION_SIZE", "45"))))

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        return zeros_like(weight), zeros_like(weight)

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        m, v = state
        g = self._decayed(w, g, 0.0)
        steps = t if self.bias_correction else None
        u = lamb_direction(w, g, m, v, wd, self.beta1, self.beta2, self.epsilon, steps)
        lamb_steps(w, u, w, lr, self.lower_bound or None, self.upper_bound or None)
