"""Losses as one operator each: most of a small net's training step is the dispatch of operators.

Each is the mean over all axes but ``batch_axis`` of ``weight * sample_weight * element``, in shape (batch,).
The weight is 1 if None; ``sample_weight`` is anything that stretches over the elements' losses.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn.functional import softplus

from regluon.ops.activation import require_floating
from regluon.ops.constants import constant
from regluon.ops.kernels import kernel
from regluon.ops.masks import mask
from regluon.ops.nn import row_numbers
from regluon.ops.registry import Shape, Tensor, gradient, prepare, register
from regluon.ops.softmax import along

# torch has a module-level __getattr__, which makes looking a name up in it slow.
_sub = torch.sub
_mul = torch.mul
_neg = torch.neg

# ½ d² in one call: Huber's loss with its bend at the largest number.
huber = torch._C._nn.huber_loss
LARGEST = {t: torch.finfo(t).max for t in (torch.float16, torch.bfloat16, torch.float32, torch.float64)}
_EPSILON = 1e-12

log_softmax_back = kernel("_log_softmax_backward_data")
MANY_CLASSES = 512
"""From so many on torch's kernel for the logarithm's gradient is worth its calls: 700x5000 take 2.0 ms, not
3.3."""


@register("_regluon_l2_loss", same_type=True)
def l2_loss(
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    weight: float | None = None,
    batch_axis: int = 0,
) -> Tensor:
    """½ (label - pred)²; the label has as many elements as the prediction"""
    return l2_loss_call(weight=weight, batch_axis=batch_axis)(pred, label, sample_weight)


@prepare(l2_loss)
def l2_loss_call(*, weight: float | None, batch_axis: int) -> Callable[..., Tensor]:
    """:func:`l2_loss` for these attributes."""

    def call(pred: Tensor, label: Tensor, sample_weight: Tensor | None = None) -> Tensor:
        like = label if label.shape == pred.shape else _like(label, pred)
        largest = LARGEST.get(pred.dtype)
        if largest is None:
            require_floating(pred)
        half_square = huber(pred, like, 0, largest)  # type: ignore[arg-type]
        return _average(half_square, sample_weight, weight, batch_axis)

    return call


@gradient(l2_loss)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    weight: float | None,
    batch_axis: int,
) -> Any:
    plain, weighted = _heads(g, pred.shape, sample_weight, weight, batch_axis)
    difference = _sub(pred, _like(label, pred))
    of_pred = _chained(difference, weighted, sample_weight) if need[0] else None
    of_label = _chained(_neg(difference), weighted, sample_weight).reshape(label.shape) if need[1] else None
    if sample_weight is None:
        return of_pred, of_label
    return of_pred, of_label, _of_weight(need[2], torch.square(difference) / 2, plain, sample_weight)


@register("_regluon_l1_loss", same_type=True)
def l1_loss(
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    weight: float | None = None,
    batch_axis: int = 0,
) -> Tensor:
    """\\|label - pred\\|; the label has as many elements as the prediction"""
    require_floating(pred)
    return _average(torch.abs(_sub(pred, _like(label, pred))), sample_weight, weight, batch_axis)


@gradient(l1_loss)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    weight: float | None,
    batch_axis: int,
) -> Any:
    plain, weighted = _heads(g, pred.shape, sample_weight, weight, batch_axis)
    difference = _sub(pred, _like(label, pred))
    sign = torch.sign(difference)
    of_pred = _chained(sign, weighted, sample_weight) if need[0] else None
    of_label = _chained(_neg(sign), weighted, sample_weight).reshape(label.shape) if need[1] else None
    if sample_weight is None:
        return of_pred, of_label
    return of_pred, of_label, _of_weight(need[2], torch.abs(difference), plain, sample_weight)


@register("_regluon_softmax_ce_loss", visible=1)
def softmax_ce_loss(
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    axis: int = -1,
    from_logits: bool = False,
    weight: float | None = None,
    batch_axis: int = 0,
) -> tuple[Tensor, Tensor, Tensor]:
    """-log softmax(pred)[label] along ``axis``, where pred holds logarithms already if ``from_logits``

    The label holds class numbers, in pred's shape without ``axis``, or with extent 1 there. The logarithms
    and the class numbers are hidden outputs.
    """
    if sample_weight is not None and sample_weight.dtype is not pred.dtype:
        raise ValueError("sample_weight must have pred's type; astype() gives it")
    logs = pred if from_logits else along(torch.log_softmax, pred, axis)
    classes = _classes(label, pred, axis)
    minus = -1.0 if weight is None else -weight
    return _average(torch.gather(logs, axis, classes), sample_weight, minus, batch_axis), logs, classes


@gradient(softmax_ce_loss)
def _(
    g: Tensor,
    need: Any,
    out: tuple[Tensor, Tensor, Tensor],
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    axis: int,
    from_logits: bool,
    weight: float | None,
    batch_axis: int,
) -> Any:
    _, logs, classes = out
    plain, weighted = _heads(g, classes.shape, sample_weight, weight, batch_axis)
    of_pred = None
    if need[0]:
        share = _fitted(weighted, classes.shape)
        of_pred = (
            at_classes(pred, classes, share, axis) if from_logits else of_logits(logs, classes, share, axis)
        )
    if sample_weight is None:
        return of_pred, None
    element = _neg(torch.gather(logs, axis, classes))
    return of_pred, None, _of_weight(need[2], element, plain, sample_weight)


def at_classes(like: Tensor, classes: Tensor, share: Tensor, axis: int) -> Tensor:
    """-share at the classes, 0 elsewhere."""
    return torch.zeros_like(like).scatter_(axis, classes, _neg(share))


def of_logits(logs: Tensor, classes: Tensor, share: Tensor, axis: int) -> Tensor:
    """share (exp(logs) - 1 at the classes, 0 elsewhere), with extent 1 in classes and share along ``axis``"""
    if logs.shape[axis] >= MANY_CLASSES and axis in (-1, logs.dim() - 1):
        heads = at_classes(logs, classes, share, axis)
        return log_softmax_back(heads, logs, axis, logs.dtype)  # type: ignore[no-any-return]
    return _mul(torch.exp(logs), share).scatter_add_(axis, classes, _neg(share))


@register("_regluon_softmax_ce_dense_loss", same_type=True, visible=1)
def softmax_ce_dense_loss(
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    axis: int = -1,
    from_logits: bool = False,
    weight: float | None = None,
    batch_axis: int = 0,
) -> tuple[Tensor, Tensor]:
    """-Σ label log softmax(pred) along ``axis``, where pred holds logarithms already if ``from_logits``

    The label holds probabilities, as many as pred. The logarithms are a hidden output.
    """
    logs = pred if from_logits else along(torch.log_softmax, pred, axis)
    total = torch.sum(_mul(logs, _like(label, pred)), (axis,), keepdim=True)
    return _average(total, sample_weight, -1.0 if weight is None else -weight, batch_axis), logs


@gradient(softmax_ce_dense_loss)
def _(
    g: Tensor,
    need: Any,
    out: tuple[Tensor, Tensor],
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    *,
    axis: int,
    from_logits: bool,
    weight: float | None,
    batch_axis: int,
) -> Any:
    logs, target = out[1], _like(label, pred)
    total = torch.sum(target, (axis,), keepdim=True)
    plain, weighted = _heads(g, total.shape, sample_weight, weight, batch_axis)
    of_pred = of_label = None
    if need[0]:
        slope = _neg(target) if from_logits else _sub(_mul(torch.exp(logs), total), target)
        of_pred = _chained(slope, weighted, sample_weight)
    if need[1]:
        of_label = _chained(_neg(logs), weighted, sample_weight).reshape(label.shape)
    if sample_weight is None:
        return of_pred, of_label
    element = _neg(torch.sum(_mul(logs, target), (axis,), keepdim=True))
    return of_pred, of_label, _of_weight(need[2], element, plain, sample_weight)


@register("_regluon_sigmoid_bce_loss", same_type=True)
def sigmoid_bce_loss(
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    *,
    weight: float | None = None,
    batch_axis: int = 0,
) -> Tensor:
    """-(pos_weight label log σ(pred) + (1 - label) log(1 - σ(pred))), in a form that does not overflow"""
    element = _sigmoid_bce(pred, _like(label, pred), pos_weight)
    return _average(element, sample_weight, weight, batch_axis)


def _sigmoid_bce(x: Tensor, z: Tensor, pos_weight: Tensor | None) -> Tensor:
    if pos_weight is None:
        return torch.addcmul(softplus(x), x, z, value=-1)
    return x - x * z + _log_weight(z, pos_weight) * softplus(-x)


def _log_weight(z: Tensor, pos_weight: Tensor) -> Tensor:
    return 1 + (pos_weight - 1) * z


@gradient(sigmoid_bce_loss)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    *,
    weight: float | None,
    batch_axis: int,
) -> Any:
    z = _like(label, pred)
    plain, weighted = _heads(g, pred.shape, sample_weight, weight, batch_axis)
    grads: list[Tensor | None] = [None, None]
    if need[0]:
        grads[0] = _chained(_slope_of_logit(pred, z, pos_weight), weighted, sample_weight)
    if need[1]:
        slope = _neg(pred) if pos_weight is None else (pos_weight - 1) * softplus(-pred) - pred
        grads[1] = _chained(slope, weighted, sample_weight).reshape(label.shape)
    if sample_weight is not None:
        grads.append(_of_weight(need[2], _sigmoid_bce(pred, z, pos_weight), plain, sample_weight))
    elif pos_weight is not None:
        grads.append(None)
    if pos_weight is not None:
        grads.append(_of_weight(need[3], z * softplus(-pred), weighted, pos_weight))
    return grads


def _slope_of_logit(x: Tensor, z: Tensor, pos_weight: Tensor | None) -> Tensor:
    # MXNet's form of the loss holds max(x, 0) and |x|, whose slopes at 0 it takes as 0, not as 1/2 together.
    away = mask(torch.ne, x, constant(0.0, x.dtype))
    if pos_weight is None:
        return _sub(_mul(torch.sigmoid(x), away), z)
    return 1 - z - _log_weight(z, pos_weight) * _mul(torch.sigmoid(-x), away)


@register("_regluon_bce_loss", same_type=True)
def bce_loss(
    pred: Tensor,
    label: Tensor,
    sample_weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    *,
    weight: float | None = None,
    batch_axis: int = 0,
) -> Tensor:
    """-(pos_weight label log(pred + ε) + (1 - label) log(1 - pred + ε)), with ε = 10⁻¹²"""
    label, epsilon = _like(label, pred), constant(_EPSILON, pred.dtype)
    positive = _mul(torch.log(torch.add(pred, epsilon)), label)
    if pos_weight is not None:
        positive = _mul(positive, pos_weight)
    negative = torch.log(1.0 - pred + epsilon) * (1.0 - label)
    return _average(_neg(torch.add(positive, negative)), sample_weight, weight, batch_axis)


def _like(label: Tensor, pred: Tensor) -> Tensor:
    """The label in the shape of the prediction."""
    if label.shape == pred.shape:
        return label
    if label.numel() != pred.numel():
        raise ValueError(
            f"the label's shape {tuple(label.shape)} and the prediction's {tuple(pred.shape)} differ in size"
        )
    return label.reshape(pred.shape)


def _classes(label: Tensor, pred: Tensor, axis: int) -> Tensor:
    """Class numbers, with extent 1 along ``axis``."""
    shape = list(pred.shape)
    numbers = row_numbers(label, shape[axis])
    shape[axis] = 1
    if label.dim() < pred.dim():
        numbers = numbers.unsqueeze(axis)
    if list(numbers.shape) != shape:
        raise ValueError(
            f"the label must have pred's shape {tuple(pred.shape)} without axis {axis}, "
            f"but it has {tuple(label.shape)}"
        )
    return numbers


class _Plan(NamedTuple):
    """How losses of one shape become their mean for each sample, and its gradient theirs."""

    summed: list[int]
    share: float
    batch: int | None
    spread: Shape | None


@lru_cache(maxsize=1024)
def _plan(shape: Shape, batch_axis: int, weight: float | None) -> _Plan:
    ndim = len(shape)
    if not -ndim <= batch_axis < ndim:
        raise ValueError(f"batch_axis={batch_axis} is out of range for a loss of shape {tuple(shape)}")
    rest = [a for a in range(ndim) if a != batch_axis % ndim]
    count = math.prod([shape[a] for a in rest])
    share = (1.0 if weight is None else weight) / max(count, 1)
    if not rest:
        return _Plan([], share, None, None)
    batch = shape[batch_axis]
    # The gradient of a single sample stretches as it is.
    spread = None if batch == 1 else tuple([1 if a in rest else batch for a in range(ndim)])
    # A sum takes torch twice as long as a reshape.
    return _Plan([], share, batch, spread) if count == 1 else _Plan(rest, share, None, spread)


def _average(element: Tensor, sample_weight: Tensor | None, weight: float | None, batch_axis: int) -> Tensor:
    """The weighted mean over all axes but the batch's."""
    if sample_weight is not None:
        element = _mul(element, sample_weight)
    summed, share, batch, _ = _plan(element.shape, batch_axis, weight)
    if batch is not None:
        element = element.reshape(batch)
    elif summed:
        element = torch.sum(element, summed)
    return element if share == 1 else _mul(element, constant(share, element.dtype))


def _heads(
    g: Tensor, shape: Shape, sample_weight: Tensor | None, weight: float | None, batch_axis: int
) -> tuple[Tensor, Tensor]:
    """The gradient that comes to each element's loss, without and with the samples' weights."""
    if sample_weight is not None:
        shape = np.broadcast_shapes(shape, sample_weight.shape)
    _, share, _, spread = _plan(shape, batch_axis, weight)
    if share != 1:
        g = _mul(g, constant(share, g.dtype))
    if spread is not None:
        g = g.reshape(*spread)
    return g, g if sample_weight is None else _mul(g, sample_weight)


def _chained(slope: Tensor, weighted: Tensor, sample_weight: Tensor | None) -> Tensor:
    """The gradient of the prediction or the label, from the elements' derivatives with respect to it."""
    found = _mul(slope, weighted)
    return found if sample_weight is None else _fitted(found, slope.shape)


def _of_weight(need: Any, slope: Tensor, head: Tensor, x: Tensor) -> Tensor | None:
    """The gradient of weights that were stretched over the losses."""
    return _fitted(_mul(slope, head), x.shape) if need else None


def _fitted(x: Tensor, shape: Shape) -> Tensor:
    """Stretched over what is longer in ``shape``, summed over what is shorter."""
    if x.shape == shape:
        return x
    whole = np.broadcast_shapes(x.shape, shape)
    return x.expand(whole).sum_to_size(shape)
