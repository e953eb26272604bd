"""Adam and its variants."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import adam
from regluon.ops.many import Many, absolute, add_, addcdiv_, addcmul_, maximum_, mul, mul_, shift_, sqrt_
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.one_by_one import OneByOne
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["Adam", "Adamax", "Nadam"]


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

    def is_lazy(self, weight: NDArray) -> bool:
        return self.lazy_update

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        m, v = state
        lr *= math.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        adam(w, self._decayed(w, g, wd), m, v, lr, self.beta1, self.beta2, self.epsilon)


@register
class Adamax(Optimizer):
    """Adam with the largest recent gradient in place of the mean square (Kingma and Ba, 2014, section 7)::

        g = clip(rescale_grad * grad + wd * w)
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g))
        w = w - lr / (1 - beta1 ** t) * m / u

    Parameters
    ----------
    beta1, beta2
        How long the average of the gradient and its largest size remember.
    """

    def __init__(
        self, learning_rate: float = 0.002, beta1: float = 0.9, beta2: float = 0.999, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2 = beta1, beta2

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        return zeros_like(weight), zeros_like(weight)

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        m, u = state
        g = self._decayed(w, g, wd)
        mul_(m, self.beta1)
        add_(m, g, 1 - self.beta1)
        mul_(u, self.beta2)
        maximum_(u, absolute(g))
        addcdiv_(w, m, u, -lr / (1 - self.beta1**t))


@register
class Nadam(OneByOne):
    """Adam with Nesterov's momentum (Dozat, 2016)::

        g = clip(rescale_grad * grad + wd * w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        k(t) = beta1 * (1 - 0.5 * 0.96 ** (t * schedule_decay))
        s = s * k(t)
        n = (1 - k(t)) * g / (1 - s) + k(t + 1) * m / (1 - s * k(t + 1))
        w = w - lr * n / (sqrt(v / (1 - beta2 ** t)) + epsilon)

    As in MXNet, there is one s, multiplied in the update of every weight.

    Parameters
    ----------
    beta1, beta2
        How long the averages of the gradient and of its square remember.
    epsilon
        Keeps the quotient finite.
    schedule_decay
        How fast the momentum k grows to beta1.
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        schedule_decay: float = 0.004,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1, self.beta2 = beta1, beta2
        self.epsilon = epsilon
        self.schedule_decay = schedule_decay
        self.m_schedule = 1.0

    def create_state(self, index: Any, weight: NDArray) -> tuple[NDArray, NDArray]:
        return zeros_like(weight), zeros_like(weight)

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        m, v = state
        g = self._decayed(w, g, wd)
        now, later = self._momentum(t), self._momentum(t + 1)
        self.m_schedule *= now
        mul_(m, self.beta1)
        add_(m, g, 1 - self.beta1)
        mul_(v, self.beta2)
        addcmul_(v, g, g, 1 - self.beta2)
        ahead = mul(g, (1 - now) / (1 - self.m_schedule))
        add_(ahead, m, later / (1 - self.m_schedule * later))
        root = mul(v, 1 / (1 - self.beta2**t))
        sqrt_(root)
        shift_(root, self.epsilon)
        addcdiv_(w, ahead, root, -lr)

    def _momentum(self, t: int) -> float:
        return self.beta1 * (1 - 0.5 * math.pow(0.96, t * self.schedule_decay))
