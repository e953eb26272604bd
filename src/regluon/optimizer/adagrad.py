"""AdaGrad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import adagrad
from regluon.ops.many import Many
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["AdaGrad"]


@register
class AdaGrad(Optimizer):
    """Steps that shrink with all gradients so far (Duchi, Hazan and Singer, 2011)::

        g = clip(rescale_grad * grad)
        h = h + g ** 2
        w = w - lr * (g / sqrt(h + eps) + wd * w)

    Parameters
    ----------
    eps
        Keeps the quotient finite.
    """

    def __init__(self, eps: float = 1e-7, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: Any, weight: NDArray) -> NDArray:
        return zeros_like(weight)

    def is_lazy(self, weight: NDArray) -> bool:
        return True

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        (h,) = state
        g, scale = self._scaled(g)
        adagrad(w, g, scale, h, lr, wd, self.float_stable_eps)
