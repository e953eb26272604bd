"""Losses of classes, distributions and sequences of classes."""

from __future__ import annotations

from typing import Any

from regluon.gluon.loss.loss import Loss, _apply_weighting, given

__all__ = ["CTCLoss", "KLDivLoss", "SoftmaxCELoss", "SoftmaxCrossEntropyLoss"]


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
            *given(pred, label, sample_weight),
            axis=self._axis,
            from_logits=self._from_logits,
            weight=self._weight,
            batch_axis=self._batch_axis,
        )


SoftmaxCELoss = SoftmaxCrossEntropyLoss


class KLDivLoss(Loss):
    """L = Σ label (log label - pred), the divergence of two distributions

    pred holds logarithms of probabilities.

    Parameters
    ----------
    from_logits
        Whether pred holds logarithms of probabilities; else their softmax is taken.
    axis
        The axis of the softmax.
    weight
        A factor for all losses, 1 if None.
    batch_axis
        The axis along which the samples lie.

    Inputs
    ------
    pred : (...)
    label : probabilities, in pred's shape
    sample_weight : factors of the elements' losses, in a shape that stretches over pred's

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(
        self,
        from_logits: bool = True,
        axis: int = -1,
        weight: float | None = None,
        batch_axis: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(weight, batch_axis, **kwargs)
        self._from_logits, self._axis = from_logits, axis

    def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
        """The loss of each sample."""
        logs = pred if self._from_logits else F.log_softmax(pred, axis=self._axis)
        loss = label * (F.log(label + 1e-12) - logs)
        loss = _apply_weighting(F, loss, self._weight, sample_weight)
        return F.sum(loss, axis=self._batch_axis, exclude=True)


class CTCLoss(Loss):
    """L = -log of the sum of the probabilities of all alignments of label with pred

    The last class is the blank. Graves, Fernández, Gomez and Schmidhuber, "Connectionist Temporal
    Classification", 2006.

    Parameters
    ----------
    layout
        The order of pred's axes, batch, time and classes: "NTC" or "TNC".
    label_layout
        That of label's: "NT" or "TN".
    weight
        A factor for all losses, 1 if None.

    Inputs
    ------
    pred : (batch, time, classes), before the softmax
    label : (batch, longest), class numbers; -1 behind the end of shorter ones
    pred_lengths : (batch,), how many steps of pred count, all if None
    label_lengths : (batch,), how long the labels are, up to the first -1 if None
    sample_weight : (batch,), factors of the losses

    Outputs
    -------
    loss : (batch,)
    """

    def __init__(
        self, layout: str = "NTC", label_layout: str = "NT", weight: float | None = None, **kwargs: Any
    ) -> None:
        if layout not in ("NTC", "TNC"):
            raise AssertionError(f"Only 'NTC' and 'TNC' layouts for pred are supported. Got: {layout}")
        if label_layout not in ("NT", "TN"):
            raise AssertionError(f"Only 'NT' and 'TN' layouts for label are supported. Got: {label_layout}")
        self._layout, self._label_layout = layout, label_layout
        super().__init__(weight, label_layout.find("N"), **kwargs)

    def hybrid_forward(
        self,
        F: Any,
        pred: Any,
        label: Any,
        pred_lengths: Any = None,
        label_lengths: Any = None,
        sample_weight: Any = None,
    ) -> Any:
        """The loss of each sample."""
        loss = F.CTCLoss(
            F.swapaxes(pred, 0, 1) if self._layout == "NTC" else pred,
            F.swapaxes(label, 0, 1) if self._batch_axis == 1 else label,
            pred_lengths,
            label_lengths,
            use_data_lengths=pred_lengths is not None,
            use_label_lengths=label_lengths is not None,
            blank_label="last",
        )
        return _apply_weighting(F, loss, self._weight, sample_weight)
