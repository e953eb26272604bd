"""Output layers of symbolic nets: a prediction forward, and the gradient of a loss backward.

The gradient that comes from above is left out, unless one asks for it.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import torch

from regluon.ops.constants import constant
from regluon.ops.registry import Mode, Shape, Tensor, gradient, infer_shape, register


class _Layout(NamedTuple):
    """Data seen as (samples, classes, positions)."""

    samples: int
    classes: int
    positions: int


def _layout(shape: Shape, multi_output: bool, preserve_shape: bool) -> _Layout:
    if multi_output:
        return _Layout(shape[0], shape[1], torch.Size(shape[2:]).numel())
    if preserve_shape:
        return _Layout(torch.Size(shape[:-1]).numel(), shape[-1], 1)
    return _Layout(shape[0], torch.Size(shape[1:]).numel(), 1)


@register("SoftmaxOutput", aliases=("Softmax",))
def softmax_output(
    data: Tensor,
    label: Tensor,
    *,
    grad_scale: float = 1.0,
    ignore_label: float = -1.0,
    multi_output: bool = False,
    use_ignore: bool = False,
    preserve_shape: bool = False,
    normalization: Literal["batch", "null", "valid"] = "null",
    out_grad: bool = False,
    smooth_alpha: float = 0.0,
) -> Tensor:
    """softmax(data) forward; backward softmax(data) - label, the gradient of the cross entropy

    Parameters
    ----------
    grad_scale
        A factor of the gradient.
    multi_output
        Whether the classes are on axis 1; then the gradient is divided by the number of positions behind.
    preserve_shape
        Whether the classes are on the last axis; else they are all that is behind the first axis.
    use_ignore, ignore_label
        Whether the samples of that label have no gradient.
    normalization
        "batch" divides the gradient by the number of samples, too, "valid" by that of labels not ignored.
    out_grad
        Whether to multiply by the gradient that comes in.
    smooth_alpha
        How much of a label's probability goes to the other classes; not with ``multi_output``.

    Inputs
    ------
    data : (n, ...)
    label : class numbers, in data's shape without the classes, or probabilities in data's shape

    Outputs
    -------
    out : like data
    """
    _check_label(data, label, multi_output)
    if multi_output or preserve_shape:
        return torch.softmax(data, 1 if multi_output else -1)
    return torch.softmax(data.flatten(1), 1).reshape(data.shape)


def _label_shapes(shape: Shape, multi_output: bool) -> list[Shape]:
    if not multi_output:
        return [tuple(shape[:-1])]
    return [(shape[0], *shape[2:]), (shape[0], torch.Size(shape[2:]).numel())]


def _check_label(data: Tensor, label: Tensor, multi_output: bool) -> None:
    shape = tuple(label.shape)
    if data.dim() < 2:
        raise ValueError("data needs 2 axes or more: samples and classes")
    if shape != data.shape and shape not in _label_shapes(data.shape, multi_output):
        wanted = _label_shapes(data.shape, multi_output)[0]
        raise ValueError(f"the label must have shape {wanted} or data's, but it has {shape}")


@gradient(softmax_output)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    data: Tensor,
    label: Tensor,
    *,
    grad_scale: float,
    ignore_label: float,
    multi_output: bool,
    use_ignore: bool,
    preserve_shape: bool,
    normalization: str,
    out_grad: bool,
    smooth_alpha: float,
) -> Any:
    if label.shape == data.shape:
        found = torch.sub(out, label) * grad_scale
        return torch.mul(found, g) if out_grad else found, None
    layout = _layout(data.shape, multi_output, preserve_shape)
    numbers = label.to(torch.int64).reshape(-1)[: layout.samples * layout.positions]
    numbers = numbers.reshape(layout.samples, 1, layout.positions)
    found = _off(out.reshape(layout), numbers, 0.0 if multi_output else smooth_alpha)
    if use_ignore:
        found = found * (numbers != int(ignore_label))
    scale = grad_scale / _divisor(layout, normalization, numbers, int(ignore_label))
    if isinstance(scale, Tensor) or scale != 1.0:
        found = found * scale
    found = found.reshape(data.shape)
    return torch.mul(found, g) if out_grad else found, None


def _off(out: Tensor, numbers: Tensor, alpha: float) -> Tensor:
    """How much the probabilities are off: those of (n, 1, positions) labels are to be 1, less ``alpha``."""
    classes = out.size(1)
    others = alpha / max(classes - 1, 1)
    inside = (numbers >= 0) & (numbers < classes)  # a label of no class takes nothing away
    share = torch.mul(inside.to(out.dtype), alpha + others - 1)
    return torch.scatter_add(out - others if others else out, 1, numbers.clamp(0, classes - 1), share)


def _divisor(layout: _Layout, normalization: str, numbers: Tensor, ignored: int) -> float | Tensor:
    if normalization == "valid":  # without use_ignore as well
        return (numbers != ignored).sum().clamp(min=1)
    return layout.positions * (layout.samples if normalization == "batch" else 1)


@infer_shape(softmax_output)
def _(data: Any, label: Any, **attributes: Any) -> Any:
    return data, _label_shapes(data, attributes["multi_output"])[-1]


def _targets(data: Tensor, label: Tensor) -> Tensor:
    """The label in data's shape, of which it may have as many numbers for each sample in another one."""
    if label.shape != data.shape and (label.numel() != data.numel() or label.shape[:1] != data.shape[:1]):
        raise ValueError(f"the label must have data's shape {tuple(data.shape)}, not {tuple(label.shape)}")
    return label.reshape(data.shape)


def _per_sample(slope: Tensor, grad_scale: float) -> Tensor:
    """A gradient divided by the numbers predicted for each sample."""
    share = grad_scale * slope.size(0) / max(slope.numel(), 1)
    return torch.mul(slope, constant(share, slope.dtype))


@register("LinearRegressionOutput", same_type=True, view=True)
def linear_regression_output(data: Tensor, label: Tensor, *, grad_scale: float = 1.0) -> Tensor:
    """data forward; backward (data - label) grad_scale / m, for m numbers of each sample"""
    _targets(data, label)
    return data


@register("LogisticRegressionOutput", same_type=True)
def logistic_regression_output(data: Tensor, label: Tensor, *, grad_scale: float = 1.0) -> Tensor:
    """σ(data) forward; backward (σ(data) - label) grad_scale / m, for m numbers of each sample"""
    _targets(data, label)
    return torch.sigmoid(data)


@gradient(linear_regression_output)
@gradient(logistic_regression_output)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, label: Tensor, *, grad_scale: float) -> Any:
    return _per_sample(torch.sub(out, _targets(data, label)), grad_scale), None


@register("MAERegressionOutput", same_type=True, view=True)
def mae_regression_output(data: Tensor, label: Tensor, *, grad_scale: float = 1.0) -> Tensor:
    """data forward; backward ±grad_scale / m, for m numbers of each sample: + where data exceeds the label"""
    _targets(data, label)
    return data


@gradient(mae_regression_output)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, label: Tensor, *, grad_scale: float) -> Any:
    above = torch.gt(out, _targets(data, label)).to(out.dtype)
    return _per_sample(torch.sub(above + above, 1), grad_scale), None


@infer_shape(linear_regression_output)
@infer_shape(logistic_regression_output)
@infer_shape(mae_regression_output)
def _(data: Any, label: Any, *, grad_scale: float) -> Any:
    return data, data[:1] if len(data) == 2 and data[1] == 1 else data


@register("SVMOutput", same_type=True, view=True)
def svm_output(
    data: Tensor,
    label: Tensor,
    *,
    margin: float = 1.0,
    regularization_coefficient: float = 1.0,
    use_linear: bool = False,
) -> Tensor:
    """data forward; backward the gradient of the squared hinge losses, one class against the others

    With y 1 for the label's class and -1 for the others, and m the margin, the loss of a number x is
    max(0, m - y x)², or max(0, m - y x) with ``use_linear``, times ``regularization_coefficient``.

    Inputs
    ------
    data : (..., classes)
    label : (...), class numbers

    Outputs
    -------
    out : like data
    """
    if data.dim() < 2 or label.shape != data.shape[:-1]:
        raise ValueError(
            f"data needs 2 axes or more, and the label the shape {tuple(data.shape[:-1])}, "
            f"not {tuple(label.shape)}"
        )
    return data


@gradient(svm_output)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    data: Tensor,
    label: Tensor,
    *,
    margin: float,
    regularization_coefficient: float,
    use_linear: bool,
) -> Any:
    classes = torch.arange(data.shape[-1], device=data.device)
    sign = torch.where(label.to(torch.int64).unsqueeze(-1) == classes, 1.0, -1.0).to(data.dtype)
    missing = margin - sign * data
    slope = torch.gt(missing, 0).to(data.dtype) if use_linear else 2 * missing.clamp(min=0)
    return -regularization_coefficient * sign * slope, None


@infer_shape(svm_output)
def _(data: Any, label: Any, **attributes: Any) -> Any:
    return data, data[:-1]


@register("IdentityAttachKLSparseReg", same_type=True, visible=1, writes={"moving_avg": 2})
def identity_attach_kl_sparse_reg(
    data: Tensor,
    moving_avg: Tensor,
    *,
    sparseness_target: float = 0.1,
    penalty: float = 0.001,
    momentum: float = 0.9,
    training: Mode,
) -> tuple[Tensor, Tensor, Tensor]:
    """data forward; backward the gradient of the divergence of its mean from ``sparseness_target`` is added

    That is ``penalty (-t / a + (1 - t) / (1 - a))``, with t the target, and a the moving mean of each unit's
    activations, which lie between 0 and 1: ``momentum moving_avg + (1 - momentum) mean``. For training,
    ``moving_avg`` becomes a.

    Inputs
    ------
    data : (n, units)
    moving_avg : (units,)

    Outputs
    -------
    out : like data
    """
    if data.dim() != 2 or moving_avg.shape != data.shape[1:]:
        raise ValueError("data must have shape (n, units) and moving_avg (units,)")
    average = torch.lerp(moving_avg, torch.mean(data, 0), 1 - momentum)
    return data.clone(memory_format=torch.contiguous_format), average, average if training else moving_avg


@gradient(identity_attach_kl_sparse_reg)
def _(
    g: Tensor,
    need: Any,
    out: tuple[Tensor, Tensor, Tensor],
    data: Tensor,
    moving_avg: Tensor,
    *,
    sparseness_target: float,
    penalty: float,
    momentum: float,
    training: bool,
) -> Any:
    average = out[1].detach()
    slope = (1 - sparseness_target) / (1 - average) - sparseness_target / average
    return torch.add(g, slope, alpha=penalty), None


@infer_shape(identity_attach_kl_sparse_reg)
def _(data: Any, moving_avg: Any, **attributes: Any) -> Any:
    return data, data[1:]
