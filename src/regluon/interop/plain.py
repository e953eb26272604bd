"""Layers as torch's own functions, for its tracers.

The operators choose between kernels by the sizes of what they are given. A trace holds for all sizes, so that
it must not choose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from regluon.ops.convolution import channels_last

__all__ = ["plain_form"]

_CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
_MAXIMA = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
_MEANS = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}

Form = Callable[..., Any]


def plain_form(name: str, attributes: dict[str, Any], training: bool) -> Form | None:
    """The function of an operator's inputs with these attributes; None where its own one is to be traced."""
    if name in ("BatchNorm", "_contrib_SyncBatchNorm") and training:
        return None
    make = _FORMS.get(name)
    return None if make is None else make(**attributes)


def _fully_connected(num_hidden: int, no_bias: bool, flatten: bool) -> Form:
    def form(data: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        return F.linear(data.flatten(1) if flatten and data.dim() != 2 else data, weight, bias)

    return form


def _convolution(
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilate: tuple[int, ...],
    pad: tuple[int, ...],
    num_group: int,
    layout: str | None,
    **others: Any,
) -> Form:
    count = len(kernel)
    call, last = _CONVOLUTIONS[count], channels_last(layout, count)
    places = stride or (1,) * count, pad or (0,) * count, dilate or (1,) * count

    def form(data: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        if last:
            data, weight = data.movedim(-1, 1), weight.movedim(-1, 1)
        out = call(data, weight, bias, *places, num_group)
        return out.movedim(1, -1) if last else out

    return form


def _pooling(
    kernel: tuple[int, ...],
    pool_type: str,
    global_pool: bool,
    pooling_convention: str,
    stride: tuple[int, ...],
    pad: tuple[int, ...],
    count_include_pad: bool | None,
    layout: str | None,
    **others: Any,
) -> Form | None:
    count = len(kernel)
    first = layout is None or layout[1] == "C"
    if pool_type not in ("max", "avg") or not first:
        return None
    if global_pool:
        reduce = torch.amax if pool_type == "max" else torch.mean
        return lambda data: reduce(data, list(range(2, data.dim())), keepdim=True)
    stride, pad = stride or (1,) * count, pad or (0,) * count
    if pooling_convention != "valid" or any(p > k // 2 for p, k in zip(pad, kernel, strict=True)):
        return None
    if pool_type == "max":
        return lambda data: _MAXIMA[count](data, kernel, stride, pad)
    return lambda data: _MEANS[count](data, kernel, stride, pad, False, count_include_pad is not False)


def _batch_norm(
    eps: float, fix_gamma: bool, output_mean_var: bool, axis: int = 1, **others: Any
) -> Form | None:
    if output_mean_var:
        return None

    def form(data: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        x = data if axis == 1 else data.movedim(axis, 1)
        weight = None if fix_gamma else gamma
        out = F.batch_norm(x, mean, variance, weight, beta, False, 0.0, eps)
        return out if axis == 1 else out.movedim(1, axis)

    return form


def _activation(act_type: str) -> Form | None:
    return {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}.get(act_type)


def _softmax(call: Callable[..., Tensor]) -> Callable[..., Form | None]:
    def make(axis: int, temperature: float | None, dtype: Any, use_length: bool) -> Form | None:
        if use_length or dtype is not None:
            return None
        return lambda data: call(data if temperature in (None, 1) else data / temperature, axis)

    return make


_FORMS: dict[str, Callable[..., Form | None]] = {
    "Activation": _activation,
    "BatchNorm": _batch_norm,
    "Convolution": _convolution,
    "FullyConnected": _fully_connected,
    "Pooling": _pooling,
    "_contrib_SyncBatchNorm": _batch_norm,
    "log_softmax": _softmax(torch.log_softmax),
    "softmax": _softmax(torch.softmax),
    "tanh": lambda: torch.tanh,
}
