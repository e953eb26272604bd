"""Softmax and its relatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch

from regluon.ops.activation import require_floating
from regluon.ops.constants import constant
from regluon.ops.nn import row_numbers
from regluon.ops.registry import DType, Tensor, gradient, register

_NARROW, _MANY = 16, 512

# torch's backward kernels: one pass each, differentiable.
_softmax_backward = torch._softmax_backward_data
_log_softmax_backward = torch._log_softmax_backward_data


def _over_temperature(x: Tensor, temperature: float | None) -> Tensor:
    return x if temperature is None or temperature == 1 else torch.div(x, constant(temperature, x.dtype))


def _apply(
    fn: Callable[..., Tensor], data: Tensor, axis: int, temperature: float | None, dtype: DType | None
) -> Tensor:
    """``fn`` in the wider of the two types."""
    if temperature is not None:
        require_floating(data)
    data = _over_temperature(data, temperature)
    if dtype is None or dtype is data.dtype:
        return along(fn, data, axis, contiguous=True)
    return fn(data, axis, dtype=torch.promote_types(data.dtype, dtype)).to(dtype)


def along(fn: Callable[..., Tensor], data: Tensor, axis: int, contiguous: bool = False) -> Tensor:
    """softmax or log_softmax along an axis, unless ``contiguous`` in whatever memory layout.

    torch's CPU kernel for the last axis goes element by element where that is shorter than a vector of the
    processor: with 10 classes it takes 3 to 5 times as long as the kernel for other axes.
    """
    try:
        if (
            data.numel() < _MANY
            or data.size(axis) >= _NARROW
            or axis % data.dim() + 1 < data.dim()
            or data.is_cuda
        ):
            return fn(data, axis)
        found = fn(data.movedim(-1, 0), 0).movedim(0, -1)
        return found.contiguous() if contiguous else found
    except RuntimeError:
        require_floating(data)
        raise


def _no_length(use_length: bool) -> None:
    if use_length:
        raise ValueError("use_length=True is for softmax alone: this operator takes no lengths")


@register("softmax")
def softmax(
    data: Tensor,
    length: Tensor | None = None,
    *,
    axis: int = -1,
    temperature: float | None = None,
    dtype: DType | None = None,
    use_length: bool = False,
) -> Tensor:
    """exp(xⱼ / t) / Σₖ exp(xₖ / t), along ``axis``

    Parameters
    ----------
    temperature
        t, 1 by default.
    dtype
        The type of the result, data's by default.
    use_length
        Whether ``length`` is given: how many elements along ``axis`` count. The others become 0.

    Inputs
    ------
    data : (...)
    length : whole numbers, like data without ``axis``

    Outputs
    -------
    out : like data
    """
    if length is None and not use_length:
        return _apply(torch.softmax, data, axis, temperature, dtype)
    left_out = _beyond(data, length, axis, use_length)
    masked = data.masked_fill(left_out, -torch.inf)
    return _apply(torch.softmax, masked, axis, temperature, dtype).masked_fill(left_out, 0.0)


def _beyond(data: Tensor, length: Tensor | None, axis: int, use_length: bool) -> Tensor:
    """Where a position along ``axis`` is not below the length."""
    if length is None or not use_length:
        raise ValueError("length and use_length=True go together: give both or neither")
    if length.is_floating_point():
        raise ValueError("the lengths must be whole numbers: int32 or int64")
    shape = [n for i, n in enumerate(data.shape) if i != axis % data.dim()]
    if list(length.shape) != shape:
        raise ValueError(f"the lengths must have shape {tuple(shape)}, data's without axis {axis}")
    positions = torch.arange(data.size(axis), device=data.device)
    positions = positions.reshape([-1 if i == axis % data.dim() else 1 for i in range(data.dim())])
    return positions >= length.unsqueeze(axis)


@gradient(softmax)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    data: Tensor,
    length: Tensor | None = None,
    *,
    axis: int,
    temperature: float | None,
    dtype: DType | None,
    use_length: bool,
) -> Any:
    back = _softmax_backward(g, out, axis, out.dtype)
    of_data = _over_temperature(back.to(data.dtype), temperature)
    return (of_data,) if length is None else (of_data, None)


@register("log_softmax")
def log_softmax(
    data: Tensor,
    *,
    axis: int = -1,
    temperature: float | None = None,
    dtype: DType | None = None,
    use_length: bool = False,
) -> Tensor:
    """xⱼ / t - log Σₖ exp(xₖ / t), along ``axis``; the parameters are those of softmax"""
    _no_length(use_length)
    return _apply(torch.log_softmax, data, axis, temperature, dtype)


@gradient(log_softmax)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    data: Tensor,
    *,
    axis: int,
    temperature: float | None,
    dtype: DType | None,
    use_length: bool,
) -> Any:
    back = _log_softmax_backward(g, out, axis, out.dtype)
    return (_over_temperature(back.to(data.dtype), temperature),)


@register("softmin")
def softmin(
    data: Tensor,
    *,
    axis: int = -1,
    temperature: float | None = None,
    dtype: DType | None = None,
    use_length: bool = False,
) -> Tensor:
    """exp(-xⱼ / t) / Σₖ exp(-xₖ / t), along ``axis``; the parameters are those of softmax"""
    _no_length(use_length)
    return _apply(torch.softmax, torch.neg(data), axis, temperature, dtype)


@register("SoftmaxActivation")
def softmax_activation(data: Tensor, *, mode: Literal["channel", "instance"] = "instance") -> Tensor:
    """softmax along the last axis, or with ``mode="channel"`` along axis 1"""
    if mode == "instance":
        return torch.softmax(data, -1)
    if data.dim() < 3:
        raise ValueError('mode="channel" is for 3 axes and more: batch, channels, positions')
    return torch.softmax(data, 1)


@register("softmax_cross_entropy", same_type=True)
def softmax_cross_entropy(data: Tensor, label: Tensor) -> Tensor:
    """-Σᵢ log max(softmax(data)[i, labelᵢ], 10⁻⁸)

    Inputs
    ------
    data : (n, classes)
    label : (n,), class numbers

    Outputs
    -------
    out : (1,)
    """
    if data.dim() != 2 or label.shape != data.shape[:1]:
        raise ValueError("data must have shape (n, classes) and the label (n,)")
    rows = row_numbers(label, data.size(1)).unsqueeze(1)
    kept = torch.softmax(data, 1).gather(1, rows).clamp(min=1e-8)
    return torch.neg(torch.sum(torch.log(kept), (0,)))


@gradient(softmax_cross_entropy)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, label: Tensor) -> Any:
    if not need[0]:
        return None, None
    rows = row_numbers(label, data.size(1)).unsqueeze(1)
    chosen = torch.zeros_like(data).scatter_(1, rows, 1.0)
    return torch.mul(torch.sub(torch.softmax(data, 1), chosen), g), None
