"""The transpose of convolution, in one to three dimensions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from regluon.ops.activation import require_floating
from regluon.ops.convolution import (
    Layout,
    Plan,
    Tuning,
    channels_last,
    check_bias,
    each_axis,
    geometry,
    pull,
    run,
)
from regluon.ops.registry import Shape, Tensor, gradient, infer_shape, register


@lru_cache(1024)
def _transposed_plan(
    data: Shape,
    weight: Shape,
    bias: Shape | None,
    kernel: Shape,
    stride: Shape,
    dilate: Shape,
    pad: Shape,
    adj: Shape,
    target_shape: Shape,
    num_filter: int,
    num_group: int,
    no_bias: bool,
    layout: str | None,
) -> Plan:
    plan = geometry(len(data), kernel, stride, dilate, pad, num_filter, num_group, layout)
    check_bias(bias, num_filter, no_bias)
    filters = num_filter // num_group
    wanted = (*kernel, filters) if plan.channels_last else (filters, *kernel)
    if tuple(weight[1:]) != wanted:
        shape = ", ".join(map(str, wanted))
        raise ValueError(f"the weight must have shape (channels, {shape}), but it has {tuple(weight)}")
    if any(target_shape):
        space = data[1:-1] if plan.channels_last else data[2:]
        pad, adj = _towards(target_shape, space, plan, kernel)
        plan = plan._replace(pad=pad)
    plan = plan._replace(adj=each_axis("adj", adj, kernel, 0, 0))
    if any(a >= s for a, s in zip(plan.adj, plan.stride, strict=True)):
        raise ValueError(f"adj={plan.adj} must be below stride={plan.stride} on each axis")
    return plan


def _towards(target_shape: Shape, space: Shape, plan: Plan, kernel: Shape) -> tuple[Shape, Shape]:
    """The ``pad`` and ``adj`` for the target shape: both sides are cut alike, one may be left at the end."""
    each_axis("target_shape", target_shape, kernel, 0, 1)
    cuts = [
        s * (n - 1) + d * (k - 1) + 1 - t
        for s, n, d, k, t in zip(plan.stride, space, plan.dilate, kernel, target_shape, strict=True)
    ]
    if min(cuts) < 0:
        raise ValueError(f"target_shape={target_shape} is larger than what comes out without pad")
    return tuple([(c + 1) // 2 for c in cuts]), tuple([c % 2 for c in cuts])


@register("Deconvolution")
def deconvolution(
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    kernel: Shape,
    stride: Shape = (),
    dilate: Shape = (),
    pad: Shape = (),
    adj: Shape = (),
    target_shape: Shape = (),
    num_filter: int,
    num_group: int = 1,
    workspace: int = 512,
    no_bias: bool = True,
    cudnn_tune: Tuning | None = None,
    cudnn_off: bool = False,
    layout: Layout | None = None,
) -> Tensor:
    """out[n, f, p stride + k dilate - pad] += data[n, c, p] weight[c, f, k], for all c, p and k; plus bias[f]

    The transpose of Convolution: its gradient, taken for a layer.

    Parameters
    ----------
    kernel, stride, dilate, pad, num_filter, num_group, layout
        As of the Convolution that it turns around; ``pad`` is cut off.
    adj
        How much of each axis is added at the end, less than the step.
    target_shape
        The extents that come out, instead of ``pad`` and ``adj``.
    workspace, cudnn_tune, cudnn_off
        Of no effect.

    Inputs
    ------
    data : (batch, channels, *space)
    weight : (channels, num_filter / num_group, *kernel)
    bias : (num_filter,), with ``no_bias=False``

    Outputs
    -------
    out : (batch, num_filter, *places), with (space - 1) stride + dilate (kernel - 1) + 1 - 2 pad + adj places
    """
    require_floating(data)
    at = (kernel, stride, dilate, pad, adj, target_shape)
    plan = _plan_back(data, weight, bias, *at, num_filter, num_group, no_bias, layout)
    return run(plan, True, data, weight, bias, num_group)


def _plan_back(data: Tensor, weight: Tensor, bias: Tensor | None, *attributes: Any) -> Plan:
    shape = None if bias is None else bias.shape
    return _transposed_plan(data.shape, weight.shape, shape, *attributes)


@gradient(deconvolution)
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
    adj: Shape,
    target_shape: Shape,
    num_filter: int,
    num_group: int,
    no_bias: bool,
    layout: str | None,
    **attributes: Any,
) -> Any:
    at = (kernel, stride, dilate, pad, adj, target_shape)
    plan = _plan_back(data, weight, bias, *at, num_filter, num_group, no_bias, layout)
    return pull(plan, True, g, need, data, weight, bias, num_group)


@infer_shape(deconvolution)
def _(data: Any, weight: Any, bias: Any = None, **attributes: Any) -> Any:
    kernel, filters, groups = attributes["kernel"], attributes["num_filter"], attributes["num_group"]
    if channels_last(attributes["layout"], len(kernel)):
        return data, (data[-1], *kernel, filters // groups), (filters,)
    return data, (data[1], filters // groups, *kernel), (filters,)
