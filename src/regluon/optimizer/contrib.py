"""``mx.optimizer.contrib``: GroupAdaGrad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.creation import zeros
from regluon.ndarray.ndarray import NDArray
from regluon.ops.many import Many
from regluon.ops.updates_adaptive import group_adagrad_update
from regluon.optimizer.optimizer import Optimizer, register

__all__ = ["GroupAdaGrad"]


@register
class GroupAdaGrad(Optimizer):
    """AdaGrad with one rate for each row of a matrix, without weight decay::

        g = clip(rescale_grad * grad)
        h = h + mean(g ** 2) of each row
        w = w - lr * g / sqrt(h + eps)

    Parameters
    ----------
    eps
        Keeps the quotient finite.
    """

    def __init__(self, eps: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: Any, weight: NDArray) -> NDArray:
        if len(weight.shape) != 2:
            raise AssertionError(f"GroupAdaGrad updates matrices, but weight {index!r} is {weight.shape}")
        return zeros((weight.shape[0], 1), weight.context, weight.dtype)

    def is_lazy(self, weight: NDArray) -> bool:
        return True

    def formula(self, w: Many, g: Many, state: Sequence[Many], lr: float, wd: float, t: int) -> None:
        if wd:
            raise AssertionError("Weight decay is not supported for GroupAdaGrad")
        attributes = {
            "lr": lr,
            "rescale_grad": self.rescale_grad,
            "clip_gradient": self.clip_gradient or -1.0,
            "epsilon": self.float_stable_eps,
        }
        for weight, grad, history in zip(w, g, state[0], strict=True):
            new, new_history = group_adagrad_update(weight, grad, history, **attributes)
            weight.copy_(new)
            history.copy_(new_history)
