"""Normalizations over the features of a sample: layers, groups of channels, channels, neighbours."""

from __future__ import annotations

from typing import Any, Literal

import torch

from regluon.ops.activation import require_floating
from regluon.ops.constants import constant
from regluon.ops.kernels import kernel
from regluon.ops.registry import Shape, Tensor, gradient, infer_shape, register, torch_gradient

_layer_norm_backward = kernel("native_layer_norm_backward")
_group_norm_backward = kernel("native_group_norm_backward")


@register("LayerNorm", same_type=True, visible=lambda a: 3 if a["output_mean_var"] else 1)
def layer_norm(
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    *,
    axis: int = -1,
    eps: float = 1e-5,
    output_mean_var: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """(data - mean) / sqrt(var + eps) * gamma + beta, with the mean and the variance along ``axis``

    Inputs
    ------
    data : (...), of extent k along ``axis``
    gamma, beta : (k,)

    Outputs
    -------
    out : like data
    mean, std : like data with extent 1 along ``axis``, if ``output_mean_var``; std is sqrt(var + eps). No
        gradient passes through them.
    """
    length = data.size(axis)
    if gamma.shape != (length,) or beta.shape != (length,):
        raise ValueError(
            f"gamma and beta must have shape {(length,)}, the extent of axis {axis}, "
            f"but they have {tuple(gamma.shape)} and {tuple(beta.shape)}"
        )
    if axis in (-1, data.dim() - 1):
        out, mean, scale = torch.native_layer_norm(data, (length,), gamma, beta, eps)
        return out, mean, torch.reciprocal(scale)
    out, mean, scale = torch.native_layer_norm(data.movedim(axis, -1), (length,), gamma, beta, eps)
    parts = [t.movedim(-1, axis).contiguous() for t in (out, mean, torch.reciprocal(scale))]
    return parts[0], parts[1], parts[2]


@gradient(layer_norm)
def _(
    g: Any,
    need: Any,
    out: tuple[Tensor, Tensor, Tensor],
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    *,
    axis: int,
    eps: float,
    output_mean_var: bool,
) -> Any:
    parts = [g[0] if output_mean_var else g, data, out[1], torch.reciprocal(out[2])]
    last = axis in (-1, data.dim() - 1)
    if not last:
        parts = [t.movedim(axis, -1) for t in parts]
    wanted = [n is not None for n in need]
    of_data, of_gamma, of_beta = _layer_norm_backward(
        *parts[:2], gamma.shape, *parts[2:], gamma, beta, wanted
    )
    if not last and wanted[0]:
        of_data = of_data.movedim(-1, axis)
    return of_data, of_gamma, of_beta


@infer_shape(layer_norm)
def _(data: Any, gamma: Any, beta: Any, *, axis: int, **attributes: Any) -> Any:
    return data, (data[axis],), (data[axis],)


@register("GroupNorm", same_type=True, visible=lambda a: 3 if a["output_mean_var"] else 1)
def group_norm(
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    *,
    num_groups: int = 1,
    eps: float = 1e-5,
    output_mean_var: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """(data - mean) / sqrt(var + eps) * gamma + beta, the mean and the variance over a group of channels

    Wu and He, "Group Normalization", 2018; but gamma and beta have a number for each group.

    Inputs
    ------
    data : (n, channels, ...), of 3 axes or more
    gamma, beta : (num_groups,)

    Outputs
    -------
    out : like data
    mean, std : (n, num_groups), if ``output_mean_var``; std is sqrt(var + eps). No gradient passes through
        them.
    """
    require_floating(data)
    if data.dim() < 3 or num_groups < 1 or data.shape[1] % num_groups:
        raise ValueError(
            f"data needs 3 axes or more, and channels on axis 1 that num_groups={num_groups} divides"
        )
    _check_parameters((num_groups,), gamma, beta)
    share = data.shape[1] // num_groups
    weight, bias = gamma.repeat_interleave(share), beta.repeat_interleave(share)
    out, mean, scale = torch.native_group_norm(
        data.contiguous(), weight, bias, *_extents(data.shape), num_groups, eps
    )
    return out, mean, torch.reciprocal(scale)


def _check_parameters(shape: Shape, gamma: Tensor, beta: Tensor) -> None:
    if gamma.shape != shape or beta.shape != shape:
        raise ValueError(
            f"gamma and beta must have shape {shape}, "
            f"but they have {tuple(gamma.shape)} and {tuple(beta.shape)}"
        )


def _extents(shape: Shape) -> tuple[int, int, int]:
    """Samples, channels, positions."""
    return shape[0], shape[1], torch.Size(shape[2:]).numel()


@gradient(group_norm)
def _(
    g: Any,
    need: Any,
    out: tuple[Tensor, Tensor, Tensor],
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    *,
    num_groups: int,
    eps: float,
    output_mean_var: bool,
) -> Any:
    head = g[0] if output_mean_var else g
    if out[0].requires_grad:  # for a second derivative: torch's kernel has none
        return torch_gradient(head, need, out[0], data, gamma, beta, create_graph=True)
    weight = gamma.repeat_interleave(data.shape[1] // num_groups)
    found = _of_groups(head, need, data, weight, out[1], torch.reciprocal(out[2]), num_groups)
    return found[0], *[None if d is None else d.reshape(num_groups, -1).sum(1) for d in found[1:]]


def _of_groups(
    g: Tensor, need: Any, data: Tensor, weight: Tensor, mean: Tensor, scale: Tensor, groups: int
) -> Any:
    """The gradients of data, and of the weight and the bias of each channel."""
    wanted = [n is not None for n in need]
    plain = [x.contiguous() for x in (g, data, mean, scale, weight)]
    return _group_norm_backward(*plain, *_extents(data.shape), groups, wanted)


@register("InstanceNorm", same_type=True, visible=1)
def instance_norm(
    data: Tensor, gamma: Tensor, beta: Tensor, *, eps: float = 1e-3
) -> tuple[Tensor, Tensor, Tensor]:
    """(data - mean) / sqrt(var + eps) * gamma + beta, the mean and the variance over a sample's channel

    Ulyanov, Vedaldi and Lempitsky, "Instance Normalization", 2016. The mean and the scale are hidden outputs.

    Inputs
    ------
    data : (n, channels, ...), of 3 axes or more
    gamma, beta : (channels,)

    Outputs
    -------
    out : like data
    """
    require_floating(data)
    if data.dim() < 3:
        raise ValueError("data needs 3 axes or more: samples, channels, positions")
    _check_parameters((data.shape[1],), gamma, beta)
    # The kernel takes for granted that they are contiguous.
    x, weight, bias = data.contiguous(), gamma.contiguous(), beta.contiguous()
    return torch.native_group_norm(x, weight, bias, *_extents(data.shape), data.shape[1], eps)


@gradient(instance_norm)
def _(
    g: Tensor,
    need: Any,
    out: tuple[Tensor, Tensor, Tensor],
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    *,
    eps: float,
) -> Any:
    if out[0].requires_grad:
        return torch_gradient(g, need, out[0], data, gamma, beta, create_graph=True)
    return _of_groups(g, need, data, gamma, out[1], out[2], data.shape[1])


@infer_shape(group_norm)
def _(data: Any, gamma: Any, beta: Any, *, num_groups: int, **attributes: Any) -> Any:
    return data, (num_groups,), (num_groups,)


@infer_shape(instance_norm)
def _(data: Any, gamma: Any, beta: Any, *, eps: float) -> Any:
    return data, (data[1],), (data[1],)


@register("L2Normalization")
def l2_normalization(
    data: Tensor, *, eps: float = 1e-10, mode: Literal["channel", "instance", "spatial"] = "instance"
) -> Tensor:
    """data / sqrt(Σ data² + eps)

    Parameters
    ----------
    mode
        The axes of the sum: all but the first for "instance", axis 1 for "channel", all from axis 2 on for
        "spatial".
    """
    require_floating(data)
    if mode != "instance" and data.dim() < 3:
        raise ValueError(f"mode={mode!r} is for 3 axes and more: samples, channels, positions")
    axes = [1] if mode == "channel" else list(range(1 if mode == "instance" else 2, data.dim()))
    square = torch.square(data)
    total = torch.sum(square, axes, keepdim=True) if axes else square
    return torch.div(data, torch.sqrt(torch.add(total, eps)))


@register("LRN")
def lrn(data: Tensor, *, alpha: float = 1e-4, beta: float = 0.75, knorm: float = 2.0, nsize: int) -> Tensor:
    """data / (knorm + alpha / nsize Σ data²)^beta, with the sum over the channels near by

    Those are the (nsize - 1) // 2 on either side, and the channel itself. Krizhevsky, Sutskever and Hinton,
    "ImageNet Classification with Deep Convolutional Neural Networks", 2012.

    Inputs
    ------
    data : (n, channels) or (n, channels, height, width)
    """
    require_floating(data)
    if data.dim() not in (2, 4) or nsize < 1:
        raise ValueError("data needs 2 or 4 axes, with channels on axis 1, and nsize must be positive")
    side = (nsize - 1) // 2
    share = alpha / nsize
    total = torch.addcmul(constant(knorm, data.dtype), data, data, value=share)
    for shift in range(1, min(side, data.shape[1] - 1) + 1):  # a tenth of the time of torch's pooling
        before, behind = data[:, :-shift], data[:, shift:]
        total[:, shift:].addcmul_(before, before, value=share)
        total[:, :-shift].addcmul_(behind, behind, value=share)
    if beta == 0.75:  # the usual one, a fourth root over the whole, in a third of the time of a power
        if data.requires_grad:
            return torch.div(torch.mul(data, torch.rsqrt(torch.rsqrt(total))), total)
        return torch.rsqrt(total).rsqrt_().mul_(data).div_(total)
    return torch.mul(data, torch.pow(total, -beta))
