"""The base of all losses, and what they share."""

from __future__ import annotations

from typing import Any

from regluon import ndarray
from regluon.base import numeric_types
from regluon.gluon.hybrid_block import HybridBlock

__all__ = ["Loss", "_apply_weighting", "_reshape_like"]


def _apply_weighting(F: Any, loss: Any, weight: float | None = None, sample_weight: Any = None) -> Any:
    """``loss`` times both weights. For the losses that programs write themselves."""
    if sample_weight is not None:
        loss = F.broadcast_mul(loss, sample_weight)
    if weight is None:
        return loss
    if not isinstance(weight, numeric_types):
        raise AssertionError(f"weight must be a number, not {weight!r}")
    return loss * weight


def _reshape_like(F: Any, x: Any, y: Any) -> Any:
    """``x`` in the shape of ``y``. For the losses that programs write themselves."""
    return x.reshape(y.shape) if F is ndarray else F.reshape_like(x, y)


def given(*arrays: Any) -> tuple[Any, ...]:
    """The arrays without those left out at the end."""
    while arrays[-1] is None:
        arrays = arrays[:-1]
    return arrays


class Loss(HybridBlock):
    """The base of all losses: means over all axes but the batch's.

    Parameters
    ----------
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.
    """

    def __init__(self, weight: float | None, batch_axis: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._weight = weight
        self._batch_axis = batch_axis

    def _mean(self, F: Any, loss: Any, sample_weight: Any) -> Any:
        """The weighted mean over all axes but the batch's."""
        loss = _apply_weighting(F, loss, self._weight, sample_weight)
        return F.mean(loss, axis=self._batch_axis, exclude=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_axis={self._batch_axis}, w={self._weight})"
