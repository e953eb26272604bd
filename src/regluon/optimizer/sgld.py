"""SGLD."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from regluon.ops.formulas import descend
from regluon.ops.many import Many, add_
from regluon.optimizer.batch import context_of
from regluon.optimizer.one_by_one import OneByOne
from regluon.optimizer.optimizer import register
from regluon.random import generator

__all__ = ["SGLD"]


@register
class SGLD(OneByOne):
    """Gradient descent with noise, which draws weights from their distribution (Welling and Teh, 2011)

    w = w - lr / 2 * (g + wd * w) + normal(0, sqrt(lr)), where g = clip(rescale_grad * grad)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        g, scale = self._scaled(g)
        descend(w, g, scale, lr / 2, wd)
        spread = math.sqrt(lr)
        add_(w, [generator(context_of(x)).normal(0.0, spread, tuple(x.shape), x.dtype) for x in w])
