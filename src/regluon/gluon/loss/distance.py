"""Losses of pairs and triples of vectors: what belongs together shall be close."""

from __future__ import annotations

from typing import Any

from regluon.gluon.loss.classification import KLDivLoss
from regluon.gluon.loss.loss import Loss, _apply_weighting, _reshape_like

__all__ = ["CosineEmbeddingLoss", "SDMLLoss", "TripletLoss"]


class TripletLoss(Loss):
    """L = max(0, Σ (positive - pred)² - Σ (negative - pred)² + margin)

    Parameters
    ----------
    margin
        By how much the negative example shall be farther away.
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.

    Inputs
    ------
    pred : (...)
    positive, negative : as many elements as pred

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(
        self, margin: float = 1, weight: float | None = None, batch_axis: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, pred: Any, positive: Any, negative: Any) -> Any:
        """The loss of each sample."""
        near = F.square(_reshape_like(F, positive, pred) - pred)
        far = F.square(_reshape_like(F, negative, pred) - pred)
        distance = F.sum(near - far, axis=self._batch_axis, exclude=True)
        return _apply_weighting(F, F.relu(distance + self._margin), self._weight, None)


class CosineEmbeddingLoss(Loss):
    """L = 1 - cos(input1, input2) for label 1, max(0, cos(input1, input2) - margin) for label -1

    Parameters
    ----------
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.
    margin
        Up to which cosine vectors that do not belong together cost nothing.

    Inputs
    ------
    input1, input2 : (batch, size)
    label : -1 or 1, batch elements
    sample_weight : factors of the losses, in a shape that stretches over (batch, 1)

    Outputs
    -------
    loss : (batch, 1)
    """

    def __init__(
        self, weight: float | None = None, batch_axis: int = 0, margin: float = 0, **kwargs: Any
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, input1: Any, input2: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each pair."""
        cosine = self._cosine_similarity(F, _reshape_like(F, input1, input2), input2)
        label = label.reshape((-1, 1))
        apart = F.relu((label == -1) * (cosine - self._margin))
        loss = (1 - cosine) * (label == 1) + apart
        return _apply_weighting(F, loss, self._weight, sample_weight)

    def _cosine_similarity(self, F: Any, x: Any, y: Any, axis: int = -1) -> Any:
        product = F.sum(x * y, axis=axis).reshape((-1, 1))
        lengths = F.norm(x, axis=axis) * F.norm(y, axis=axis)
        return product / F.maximum(lengths.reshape((-1, 1)), 1e-12)


class SDMLLoss(Loss):
    """L = Σ q (log q - log p), with p = softmax(-\\|x1[i] - x2[j]\\|²) along j

    q is 1 - s at j = i and s / (batch - 1) elsewhere: x1[i] and x2[i] belong together, all others in the
    batch serve as what does not. Bonadiman, Kumar and Mittal, "Large Scale Question Paraphrase Retrieval with
    Smoothed Deep Metric Learning", 2019.

    Parameters
    ----------
    smoothing_parameter
        The s above.
    weight, batch_axis
        Without effect.

    Inputs
    ------
    x1, x2 : (batch, size)

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(
        self,
        smoothing_parameter: float = 0.3,
        weight: float | None = 1.0,
        batch_axis: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self.kl_loss = KLDivLoss(from_logits=True)
        self.smoothing_parameter = smoothing_parameter

    def _compute_distances(self, x1: Any, x2: Any) -> Any:
        if x1.shape != x2.shape:
            raise AssertionError(f"SDMLLoss: x1 and x2 must have one shape, not {x1.shape} and {x2.shape}")
        batch, size = x1.shape
        rows = x1.expand_dims(1).broadcast_to((batch, batch, size))
        columns = x2.expand_dims(0).broadcast_to((batch, batch, size))
        return ((rows - columns) ** 2).sum(axis=2)

    def _compute_labels(self, F: Any, batch_size: int) -> Any:
        same = F.eye(batch_size)
        share = self.smoothing_parameter / (batch_size - 1)
        return same * (1 - self.smoothing_parameter) + (1 - same) * share

    def hybrid_forward(self, F: Any, x1: Any, x2: Any) -> Any:
        """The loss of each pair."""
        logs = F.log_softmax(-self._compute_distances(x1, x2), axis=1)
        return self.kl_loss(logs, self._compute_labels(F, x1.shape[0]).as_in_context(logs.context))
