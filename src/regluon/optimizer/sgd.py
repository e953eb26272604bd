"""Gradient descent, plain and with momentum."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from regluon.base import MXNetError
from regluon.ndarray.ndarray import NDArray
from regluon.ops.formulas import descend, heavy_ball, nesterov
from regluon.ops.many import Many
from regluon.optimizer.batch import is_half, zeros_like
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["NAG", "SGD", "Descent", "ccSGD"]


class Descent(Optimizer):
    """What SGD and NAG share: a momentum, kept if it is not 0."""

    momentum: float

    def _has_master(self, weight: NDArray) -> bool:
        return bool(self.multi_precision) and is_half(weight)

    def create_state(self, index: Any, weight: NDArray) -> NDArray | None:
        return zeros_like(weight) if self.momentum != 0.0 else None

    @staticmethod
    def _with_master(state: Any, master: NDArray) -> tuple[Any, Any]:
        return state, master

    @staticmethod
    def _split_master(state: Any) -> tuple[Any, NDArray]:
        return state[0], state[1]


@register
class SGD(Descent):
    """Gradient descent::

        g = clip(rescale_grad * grad) + wd * w
        m = momentum * m - lr * g
        w = w + m

    Parameters
    ----------
    momentum
        How much of the last step is gone again.
    lazy_update
        For sparse gradients: whether only their rows decay and move. Dense ones are not concerned,
        nor float16 weights with ``multi_precision``.
    """

    def __init__(self, momentum: float = 0.0, lazy_update: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.lazy_update = lazy_update
        # For subclasses with an ``update`` of their own, which get as many weights at once.
        self.aggregate_num = int(os.getenv("MXNET_OPTIMIZER_AGGREGATION_SIZE", "4"))

    def is_lazy(self, weight: NDArray) -> bool:
        return self.lazy_update and not self._has_master(weight)

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        if self.momentum <= 0:
            g, scale = self._scaled(g) if self.clip_gradient else (g, self.rescale_grad)
            descend(w, g, scale, lr, wd)
            return
        if not state:
            raise MXNetError(
                f"SGD: momentum became {self.momentum} after states had been made without one; "
                "give it to the constructor"
            )
        g, scale = self._scaled(g)
        heavy_ball(w, g, scale, state[0], lr, wd, self.momentum)


@register
class ccSGD(SGD):  # noqa: N801
    """An old name of :class:`SGD`."""


@register
class NAG(Descent):
    """Nesterov's accelerated gradient::

        g = clip(rescale_grad * grad)
        m = momentum * m - lr * (g + wd * w)
        w = w + momentum * m - lr * (g + wd * w)

    As in MXNet, the momentum that is kept for the next step is then made with the new ``w``; without weight
    decay that is the same.

    Parameters
    ----------
    momentum
        How much of the last step is gone again; 0 is plain gradient descent.
    """

    def __init__(self, momentum: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        g, scale = self._scaled(g)
        if state:
            nesterov(w, g, scale, state[0], lr, wd, self.momentum)
        else:
            descend(w, g, scale, lr, wd)
