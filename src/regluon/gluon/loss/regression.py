"""Losses of numbers: how far a prediction is from its label."""

from __future__ import annotations

from math import pi
from typing import Any

from regluon.gluon.loss.loss import Loss, _apply_weighting, _reshape_like

__all__ = ["HuberLoss", "L1Loss", "L2Loss", "PoissonNLLLoss"]


class L2Loss(Loss):
    """L = ½ mean (label - pred)²

    Parameters
    ----------
    weight
        A factor for all losses.
    batch_axis
        The axis along which the samples lie.

    Inputs
    ------
    pred : (...)
    label : as many elements as pred
    sample_weight : factors of the elements' losses, in a shape that stretches over pred's: (batch, 1)
        weights the samples of a matrix

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(self, weight: float | None = 1.0, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each sample."""
        arrays = (pred, label) if sample_weight is None else (pred, label, sample_weight)
        return F._internal._regluon_l2_loss(*arrays, weight=self._weight, batch_axis=self._batch_axis)


class L1Loss(Loss):
    """L = mean \\|label - pred\\|

    The parameters, the inputs and the output are those of :class:`L2Loss`.
    """

    def __init__(self, weight: float | None = None, batch_axis: int = 0, **kwargs: Any) -> None:
        super().__init__(weight, batch_axis, **kwargs)

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each sample."""
        arrays = (pred, label) if sample_weight is None else (pred, label, sample_weight)
        return F._internal._regluon_l1_loss(*arrays, weight=self._weight, batch_axis=self._batch_axis)


class HuberLoss(Loss):
    """L = mean ½ d² / rho where d = \\|label - pred\\| is at most rho, mean (d - ½ rho) elsewhere

    The inputs and the output are those of :class:`L2Loss`.

    Parameters
    ----------
    rho
        Where the square turns into a line.
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.
    """

    def __init__(
        self, rho: float = 1, weight: float | None = None, batch_axis: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._rho = rho

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each sample."""
        distance = F.abs(_reshape_like(F, label, pred) - pred)
        line, square = distance - 0.5 * self._rho, (0.5 / self._rho) * F.square(distance)
        return self._mean(F, F.where(distance > self._rho, line, square), sample_weight)


class PoissonNLLLoss(Loss):
    """L = mean (e^pred - target pred), or mean (pred - target log(pred + epsilon)): minus the log-likelihood

    Counts ``target`` come from a Poisson distribution of which pred is the logarithm of the mean.

    Parameters
    ----------
    weight
        A factor for all losses, 1 if None.
    from_logits
        Whether pred is the logarithm; else it is the mean itself.
    batch_axis
        Without effect: the mean is over all elements.
    compute_full
        Whether to add log(target!), which pred does not change, by Stirling's formula for targets above 1.

    Inputs
    ------
    pred : (...)
    target : as many elements as pred
    sample_weight : factors of the elements' losses, in a shape that stretches over pred's

    Outputs
    -------
    loss : (1,)
    """

    def __init__(
        self,
        weight: float | None = None,
        from_logits: bool = True,
        batch_axis: int = 0,
        compute_full: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_logits, self._compute_full = from_logits, compute_full

    def hybrid_forward(
        self, F: Any, pred: Any, target: Any, sample_weight: Any = None, epsilon: float = 1e-8
    ) -> Any:
        """The mean loss."""
        target = _reshape_like(F, target, pred)
        if self._from_logits:
            loss = F.exp(pred) - target * pred
        else:
            loss = pred - target * F.log(pred + epsilon)
        if self._compute_full:
            large = target > 1
            count = F.where(large, target, F.ones_like(target))  # log(0) would be infinite
            loss = loss + large * (count * F.log(count) - count + 0.5 * F.log(2 * pi * count))
        return F.mean(_apply_weighting(F, loss, self._weight, sample_weight))
