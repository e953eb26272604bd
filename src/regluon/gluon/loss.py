"""Losses: one number for each sample of a batch."""

from __future__ import annotations

from typing import Any

from regluon import ndarray
from regluon.base import numeric_types
from regluon.gluon.block import HybridBlock
from regluon.reference import absent

__all__ = [
    "L1Loss",
    "L2Loss",
    "Loss",
    "SigmoidBCELoss",
    "SigmoidBinaryCrossEntropyLoss",
    "SoftmaxCELoss",
    "SoftmaxCrossEntropyLoss",
]


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


def _given(*arrays: Any) -> tuple[Any, ...]:
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

    def __repr__(self) -> str:
        return f"{type(self).__name__}(batch_axis={self._batch_axis}, w={self._weight})"


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


class SigmoidBinaryCrossEntropyLoss(Loss):
    """L = -mean(pos_weight label log p + (1 - label) log(1 - p)), with p = σ(pred)

    Computed without a detour over p, so that large predictions do no harm.

    Parameters
    ----------
    from_sigmoid
        Whether pred is p already.
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.

    Inputs
    ------
    pred : (...)
    label : probabilities, as many as pred has elements
    sample_weight : factors of the elements' losses, in a shape that stretches over pred's
    pos_weight : factors of the positive part, in a shape that stretches over pred's: (1, classes)

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(
        self,
        from_sigmoid: bool = False,
        weight: float | None = None,
        batch_axis: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_sigmoid = from_sigmoid

    def hybrid_forward(
        self, F: Any, pred: Any, label: Any, sample_weight: Any = None, pos_weight: Any = None
    ) -> Any:
        """The loss of each sample."""
        fused = F._internal._regluon_bce_loss if self._from_sigmoid else F._internal._regluon_sigmoid_bce_loss
        arrays = _given(pred, label, sample_weight, pos_weight)
        return fused(*arrays, weight=self._weight, batch_axis=self._batch_axis)


SigmoidBCELoss = SigmoidBinaryCrossEntropyLoss


class SoftmaxCrossEntropyLoss(Loss):
    """L = -mean log softmax(pred)[label], or with dense labels -mean Σ label log softmax(pred)

    Parameters
    ----------
    axis
        The axis of the classes.
    sparse_label
        Whether the label holds class numbers; else it holds probabilities.
    from_logits
        Whether pred holds logarithms of probabilities already.
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.

    Inputs
    ------
    pred : (...), of extent classes along ``axis``
    label : pred's shape without ``axis``, or with extent 1 there; as many elements as pred if dense
    sample_weight : factors of the losses, in a shape that stretches over pred's with extent 1 along ``axis``

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(
        self,
        axis: int = -1,
        sparse_label: bool = True,
        from_logits: bool = False,
        weight: float | None = None,
        batch_axis: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._axis = axis
        self._sparse_label = sparse_label
        self._from_logits = from_logits

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each sample."""
        internal = F._internal
        fused = (
            internal._regluon_softmax_ce_loss
            if self._sparse_label
            else internal._regluon_softmax_ce_dense_loss
        )
        return fused(
            *_given(pred, label, sample_weight),
            axis=self._axis,
            from_logits=self._from_logits,
            weight=self._weight,
            batch_axis=self._batch_axis,
        )


SoftmaxCELoss = SoftmaxCrossEntropyLoss

__getattr__ = absent(__name__, "gluon.loss")
