"""The losses of ops/loss.py out of MXNet's operators, as MXNet computes them: what a symbol file holds."""

from __future__ import annotations

from typing import Any

from regluon.ops.loss import (
    bce_loss,
    l1_loss,
    l2_loss,
    sigmoid_bce_loss,
    softmax_ce_dense_loss,
    softmax_ce_loss,
)
from regluon.ops.registry import composition


def _average(F: Any, loss: Any, sample_weight: Any, weight: float | None, batch_axis: int) -> Any:
    if sample_weight is not None:
        loss = F.broadcast_mul(loss, sample_weight)
    return F.mean(loss if weight is None else loss * weight, axis=batch_axis, exclude=True)


@composition(l2_loss)
def _(F: Any, pred: Any, label: Any, sample_weight: Any = None, *, weight: Any, batch_axis: int) -> Any:
    loss = F.square(F.reshape_like(label, pred) - pred)
    return _average(F, loss, sample_weight, (1.0 if weight is None else weight) / 2, batch_axis)


@composition(l1_loss)
def _(F: Any, pred: Any, label: Any, sample_weight: Any = None, *, weight: Any, batch_axis: int) -> Any:
    loss = F.abs(F.reshape_like(label, pred) - pred)
    return _average(F, loss, sample_weight, weight, batch_axis)


@composition(softmax_ce_loss)
def _(
    F: Any,
    pred: Any,
    label: Any,
    sample_weight: Any = None,
    *,
    axis: int,
    from_logits: bool,
    weight: Any,
    batch_axis: int,
) -> Any:
    logs = pred if from_logits else F.log_softmax(pred, axis=axis)
    loss = -F.pick(logs, label, axis=axis, keepdims=True)
    return _average(F, loss, sample_weight, weight, batch_axis)


@composition(softmax_ce_dense_loss)
def _(
    F: Any,
    pred: Any,
    label: Any,
    sample_weight: Any = None,
    *,
    axis: int,
    from_logits: bool,
    weight: Any,
    batch_axis: int,
) -> Any:
    logs = pred if from_logits else F.log_softmax(pred, axis=axis)
    loss = -F.sum(logs * F.reshape_like(label, logs), axis=axis, keepdims=True)
    return _average(F, loss, sample_weight, weight, batch_axis)


@composition(sigmoid_bce_loss)
def _(
    F: Any,
    pred: Any,
    label: Any,
    sample_weight: Any = None,
    pos_weight: Any = None,
    *,
    weight: Any,
    batch_axis: int,
) -> Any:
    label = F.reshape_like(label, pred)
    # max(x, 0) + log(1 + exp(-|x|)) is log(1 + exp(x)) without an overflow.
    tail = F.Activation(-F.abs(pred), act_type="softrelu")
    if pos_weight is None:
        loss = F.relu(pred) - pred * label + tail
    else:
        log_weight = F.broadcast_mul(pos_weight - 1, label) + 1
        loss = pred - pred * label + log_weight * (tail + F.relu(-pred))
    return _average(F, loss, sample_weight, weight, batch_axis)


@composition(bce_loss)
def _(
    F: Any,
    pred: Any,
    label: Any,
    sample_weight: Any = None,
    pos_weight: Any = None,
    *,
    weight: Any,
    batch_axis: int,
) -> Any:
    label = F.reshape_like(label, pred)
    positive = F.log(pred + 1e-12) * label
    if pos_weight is not None:
        positive = F.broadcast_mul(positive, pos_weight)
    loss = -(positive + F.log(1.0 - pred + 1e-12) * (1.0 - label))
    return _average(F, loss, sample_weight, weight, batch_axis)
