"""Convolution in one to three dimensions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, TypeAlias

import torch

from regluon.ops.activation import require_floating
from regluon.ops.convolution_products import (
    Plan,
    gradient_by_taps,
    hangs_over,
    is_product,
    product,
    pull_product,
)
from regluon.ops.kernels import kernel
from regluon.ops.outlines import outline, places
from regluon.ops.registry import Shape, Tensor, gradient, infer_shape, register

__all__ = [
    "Layout",
    "Plan",
    "Tuning",
    "channels_last",
    "check_bias",
    "each_axis",
    "geometry",
    "pull",
    "run",
]

Layout: TypeAlias = Literal["NCW", "NCHW", "NCDHW", "NHWC", "NDHWC"]
Tuning: TypeAlias = Literal["fastest", "limited_workspace", "off"]

# torch has a module-level __getattr__, which makes looking a name up in it slow.
_convolution = torch.convolution
_backward = kernel("convolution_backward")


def each_axis(name: str, value: Shape, kernel: Shape, default: int, least: int) -> Shape:
    """An attribute with a number for each axis of the kernel."""
    if not value:
        return (default,) * len(kernel)
    if len(value) != len(kernel):
        raise ValueError(f"{name}={value} must have as many numbers as kernel={kernel}")
    if min(value) < least:
        raise ValueError(f"{name}={value} must not be below {least}")
    return value


def channels_last(layout: str | None, axes: int) -> bool:
    """Whether the layout, for that many axes of space, has the channels at the end."""
    if not layout:
        return False
    if len(layout) != axes + 2:
        raise ValueError(f"the layout {layout!r} is not for a kernel of {axes} axes")
    return layout[-1] == "C"


def _inward(x: Tensor) -> Tensor:
    return x.movedim(-1, 1)


def _outward(x: Tensor) -> Tensor:
    return x.movedim(1, -1).contiguous()


@lru_cache(1024)
def _plan(
    ndim: int,
    weight: Shape,
    bias: Shape | None,
    kernel: Shape,
    stride: Shape,
    dilate: Shape,
    pad: Shape,
    num_filter: int,
    num_group: int,
    no_bias: bool,
    layout: str | None,
) -> Plan:
    plan = geometry(ndim, kernel, stride, dilate, pad, num_filter, num_group, layout)
    check_bias(bias, num_filter, no_bias)
    window = weight[1:-1] if plan.channels_last else weight[2:]
    if len(weight) != ndim or weight[0] != num_filter or tuple(window) != kernel:
        order = "(num_filter, *kernel, channels / num_group)"
        if not plan.channels_last:
            order = "(num_filter, channels / num_group, *kernel)"
        raise ValueError(f"the weight must have shape {order}, but it has {tuple(weight)}")
    return plan


def geometry(
    ndim: int,
    kernel: Shape,
    stride: Shape,
    dilate: Shape,
    pad: Shape,
    num_filter: int,
    num_group: int,
    layout: str | None,
) -> Plan:
    """The plan of a convolution, once its attributes are found to fit each other."""
    axes = len(kernel)
    if not 1 <= axes <= 3 or min(kernel) < 1:
        raise ValueError(f"kernel={kernel} must be 1 to 3 numbers above 0")
    if ndim != axes + 2:
        raise ValueError(f"kernel={kernel} is for data of {axes + 2} axes, but it has {ndim}")
    if num_filter < 1 or num_group < 1 or num_filter % num_group:
        raise ValueError(f"num_filter={num_filter} must be a multiple of num_group={num_group}")
    return Plan(
        each_axis("stride", stride, kernel, 1, 1),
        each_axis("pad", pad, kernel, 0, 0),
        each_axis("dilate", dilate, kernel, 1, 1),
        (0,) * axes,
        channels_last(layout, axes),
    )


def check_bias(bias: Shape | None, num_filter: int, no_bias: bool) -> None:
    """Complains of a bias that is missing, not wanted or of another shape."""
    if bias is None:
        if not no_bias:
            raise ValueError("without no_bias=True it needs a bias")
    elif no_bias:
        raise ValueError("with no_bias=True it takes no bias")
    elif bias != (num_filter,):
        raise ValueError(f"the bias must have shape {(num_filter,)}, but it has {tuple(bias)}")


def _shape(
    plan: Plan, transposed: bool, data: Tensor, weight: Tensor, num_group: int
) -> tuple[int, ...] | None:
    """The result's shape, None if there is none."""
    stride, pad, dilate, adj, last = plan
    (n, *space, channels), (filters, *kernel, group) = data.shape, weight.shape
    if not last:
        (n, channels, *space), (filters, group, *kernel) = data.shape, weight.shape
    into, out = (filters, group * num_group) if transposed else (group * num_group, filters)
    if transposed:
        axes = zip(space, kernel, stride, pad, dilate, adj, strict=True)
        found = tuple([(x - 1) * s - 2 * p + d * (k - 1) + 1 + a for x, k, s, p, d, a in axes])
    else:
        found = places(space, tuple(kernel), stride, pad, dilate)
    if channels != into or min(found) < 1 or 0 in data.shape:
        return None
    return (n, *found, out) if last else (n, out, *found)


def run(
    plan: Plan, transposed: bool, data: Tensor, weight: Tensor, bias: Tensor | None, num_group: int
) -> Tensor:
    """The convolution, or its transpose."""
    stride, pad, dilate, adj, last = plan
    if data.is_meta and (shape := _shape(plan, transposed, data, weight, num_group)):
        return outline(data, shape)
    if not last:
        if is_product(plan, transposed, data, weight):
            return product(data, weight, bias)
        return _convolution(data, weight, bias, stride, pad, dilate, transposed, adj, num_group)
    data, weight = _inward(data), _inward(weight)
    return _outward(_convolution(data, weight, bias, stride, pad, dilate, transposed, adj, num_group))


def pull(
    plan: Plan,
    transposed: bool,
    g: Tensor,
    need: Any,
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    num_group: int,
) -> Any:
    """The gradients of :func:`run`, those that are wanted."""
    stride, pad, dilate, adj, last = plan
    if not last and is_product(plan, transposed, data, weight):
        return pull_product(g, need, data, weight, bias)
    if last:
        g, data, weight = _inward(g), _inward(data), _inward(weight)
    wanted = [n is not None for n in need]
    sizes = None
    if bias is None:
        wanted = [*wanted[:2], False]
    else:
        sizes = bias.shape
    by_taps = wanted[1] and num_group == 1 and not (transposed or last) and hangs_over(plan, g, data, weight)
    wanted[1] = wanted[1] and not by_taps
    found = _backward(g, data, weight, sizes, stride, pad, dilate, transposed, adj, num_group, wanted)
    if by_taps:
        found = (found[0], gradient_by_taps(plan, g, data, weight.shape), found[2])
    if last:
        moved = [None if t is None else _outward(t) for t in found[:2]]
        found = (*moved, found[2])
    return found if bias is not None else found[:2]


@register("Convolution")
def convolution(
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    kernel: Shape,
    stride: Shape = (),
    dilate: Shape = (),
    pad: Shape = (),
    num_filter: int,
    num_group: int = 1,
    workspace: int = 1024,
    no_bias: bool = False,
    cudnn_tune: Tuning | None = None,
    cudnn_off: bool = False,
    layout: Layout | None = None,
) -> Tensor:
    """out[n, f, p] = bias[f] + Σ_{c, k} data[n, c, p stride + k dilate - pad] weight[f, c, k]

    A sum over the channels c and the places k of the kernel, in one, two or three dimensions; data outside of
    the array is 0.

    Parameters
    ----------
    kernel, stride, dilate, pad
        The window's extents, its step, the step between its elements, and the zeros around data: a number for
        each axis of space. By default step 1 and no zeros.
    num_filter
        How many channels come out.
    num_group
        Into how many groups the channels are split: each group of filters sees one group of channels.
    layout
        "NCW", "NCHW" or "NCDHW"; with "NHWC" and "NDHWC" the channels are the last axis of data, weight and
        result.
    workspace, cudnn_tune, cudnn_off
        Of no effect.

    Inputs
    ------
    data : (batch, channels, *space)
    weight : (num_filter, channels / num_group, *kernel)
    bias : (num_filter,), none with ``no_bias=True``

    Outputs
    -------
    out : (batch, num_filter, *places), with ⌊(space + 2 pad - dilate (kernel - 1) - 1) / stride⌋ + 1 places
    """
    require_floating(data)
    shape = None if bias is None else bias.shape
    plan = _plan(
        data.dim(), weight.shape, shape, kernel, stride, dilate, pad, num_filter, num_group, no_bias, layout
    )
    return run(plan, False, data, weight, bias, num_group)


@register("Convolution_v1")
def convolution_v1(
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    kernel: Shape,
    stride: Shape = (),
    dilate: Shape = (),
    pad: Shape = (),
    num_filter: int,
    num_group: int = 1,
    workspace: int = 1024,
    no_bias: bool = False,
    cudnn_tune: Tuning | None = None,
    cudnn_off: bool = False,
    layout: Literal["NCHW", "NCDHW", "NHWC", "NDHWC"] | None = None,
) -> Tensor:
    """Convolution in two dimensions, as old symbol files hold it; see Convolution"""
    if len(kernel) != 2 or layout not in (None, "NCHW"):
        raise ValueError("it is for two dimensions and the layout NCHW; Convolution takes the others")
    return convolution(
        data,
        weight,
        bias,
        kernel=kernel,
        stride=stride,
        dilate=dilate,
        pad=pad,
        num_filter=num_filter,
        num_group=num_group,
        no_bias=no_bias,
        layout=layout,
    )


@gradient(convolution, uses="inputs")
@gradient(convolution_v1, uses="inputs")
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    kernel: Shape,
    stride: Shape,
    dilate: Shape,
    pad: Shape,
    num_filter: int,
    num_group: int,
    no_bias: bool,
    layout: str | None,
    **attributes: Any,
) -> Any:
    shape = None if bias is None else bias.shape
    plan = _plan(
        data.dim(), weight.shape, shape, kernel, stride, dilate, pad, num_filter, num_group, no_bias, layout
    )
    return pull(plan, False, g, need, data, weight, bias, num_group)


@infer_shape(convolution)
@infer_shape(convolution_v1)
def _(data: Any, weight: Any, bias: Any = None, **attributes: Any) -> Any:
    kernel, filters, groups = attributes["kernel"], attributes["num_filter"], attributes["num_group"]
    if channels_last(attributes["layout"], len(kernel)):
        return data, (filters, *kernel, data[-1] // groups), (filters,)
    return data, (filters, data[1] // groups, *kernel), (filters,)
