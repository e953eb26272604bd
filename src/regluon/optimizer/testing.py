"""An optimizer for tests."""

from __future__ import annotations

from typing import Any

from regluon.ndarray.ndarray import NDArray
from regluon.ops.many import Many, add_, copy_
from regluon.optimizer.batch import zeros_like
from regluon.optimizer.one_by_one import OneByOne
from regluon.optimizer.optimizer import register

__all__ = ["Test"]


@register
class Test(OneByOne):
    """Adds gradients, for tests: ``w = w + rescale_grad * grad``; the state is a copy of the weight."""

    __test__ = False

    def create_state(self, index: Any, weight: NDArray) -> NDArray:
        return zeros_like(weight)

    def step(self, index: Any, w: Many, g: Many, state: list[Many]) -> None:
        """Makes an update, uncounted."""
        add_(w, g, self.rescale_grad)
        copy_(state[0], w)
