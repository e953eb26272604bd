"""Followers of the leader: Ftrl and FTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import ftml, ftrl
from regluon.ops.many import Many
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["FTML", "Ftrl"]


@register
class Ftrl(Optimizer):
    """Follow the regularized leader, whose weights become 0 (McMahan and others, 2013)::

        g = clip(rescale_grad * grad)
        z = z + g - (sqrt(n + g ** 2) - sqrt(n)) * w / lr
        n = n + g ** 2
        w = (sign(z) * lamda1 - z) / ((beta + sqrt(n)) / lr + wd) if abs(z) > lamda1 else 0

    Parameters
    ----------
    lamda1
        The L1 penalty.
    beta
        Makes the first steps smaller.
    """

    def __init__(
        self, lamda1: float = 0.01, learning_rate: float = 0.1, beta: float = 1, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.lamda1 = lamda1
        self.beta = beta
        # As in MXNet, a scheduler keeps its own base rate.
        self.lr = learning_rate

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        return zeros_like(weight), zeros_like(weight)

    def is_lazy(self, weight: NDArray) -> bool:
        return weight.stype == "row_sparse"

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        z, n = state
        ftrl(w, self._decayed(w, g, 0.0), z, n, lr, wd, self.lamda1, self.beta)


@register
class FTML(Optimizer):
    """Follow the moving leader (Zheng and Kwok, 2017)::

        g = clip(rescale_grad * grad + wd * w)
        v = beta2 * v + (1 - beta2) * g ** 2
        e = (1 - beta1 ** t) / lr * (sqrt(v / (1 - beta2 ** t)) + epsilon)
        z = beta1 * z + (1 - beta1) * g - (e - beta1 * d) * w
        d = e
        w = -z / d

    Parameters
    ----------
    beta1, beta2
        How long the averages of the gradient and of its square remember.
    epsilon
        Keeps the quotient finite.
    """

    def __init__(
        self, beta1: float = 0.6, beta2: float = 0.999, epsilon: float = 1e-8, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.beta1, self.beta2 = beta1, beta2
        self.epsilon = epsilon

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        return zeros_like(weight), zeros_like(weight), zeros_like(weight)

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        d, v, z = state
        ftml(w, self._decayed(w, g, wd), d, v, z, lr, self.beta1, self.beta2, self.epsilon, t)
