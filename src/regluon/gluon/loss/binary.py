"""Losses of two classes."""

from __future__ import annotations

from typing import Any

from regluon.gluon.loss.loss import Loss, _reshape_like, given

__all__ = [
    "HingeLoss",
    "LogisticLoss",
    "SigmoidBCELoss",
    "SigmoidBinaryCrossEntropyLoss",
    "SquaredHingeLoss",
]


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
        arrays = given(pred, label, sample_weight, pos_weight)
        return fused(*arrays, weight=self._weight, batch_axis=self._batch_axis)


SigmoidBCELoss = SigmoidBinaryCrossEntropyLoss


class HingeLoss(Loss):
    """L = mean max(0, margin - pred label)

    Parameters
    ----------
    margin
        From which distance on the right side of 0 there is no loss.
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.

    Inputs
    ------
    pred : (...)
    label : -1 or 1, as many elements as pred
    sample_weight : factors of the elements' losses, in a shape that stretches over pred's

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(
        self, margin: float = 1, weight: float | None = None, batch_axis: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each sample."""
        distance = self._margin - pred * _reshape_like(F, label, pred)
        return self._mean(F, F.relu(distance), sample_weight)


class SquaredHingeLoss(Loss):
    """L = mean max(0, margin - pred label)²

    The parameters, the inputs and the output are those of :class:`HingeLoss`.
    """

    def __init__(
        self, margin: float = 1, weight: float | None = None, batch_axis: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._margin = margin

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each sample."""
        distance = self._margin - pred * _reshape_like(F, label, pred)
        return self._mean(F, F.square(F.relu(distance)), sample_weight)


class LogisticLoss(Loss):
    """L = mean log(1 + exp(-pred label))

    Parameters
    ----------
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.
    label_format
        ``"signed"`` for labels -1 and 1, ``"binary"`` for 0 and 1.

    Inputs
    ------
    pred : (...)
    label : as many elements as pred
    sample_weight : factors of the elements' losses, in a shape that stretches over pred's

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(
        self,
        weight: float | None = None,
        batch_axis: int = 0,
        label_format: str = "signed",
        **kwargs: Any,
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._label_format = label_format
        if label_format not in ("signed", "binary"):
            raise ValueError(f"label_format can only be signed or binary, not {label_format!r}")

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each sample."""
        if self._label_format == "signed":
            label = (label + 1.0) / 2.0
        fused = F._internal._regluon_sigmoid_bce_loss
        return fused(*given(pred, label, sample_weight), weight=self._weight, batch_axis=self._batch_axis)
