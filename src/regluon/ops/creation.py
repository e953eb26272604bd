"""Arrays made of nothing: constants and ranges."""

from __future__ import annotations

import math
from typing import Any

import torch

from regluon.base import MXNetError
from regluon.ops.constants import constant
from regluon.ops.registry import Device, DType, Shape, Tensor, register


@register("_zeros")
def zeros(*, shape: Shape = (), dtype: DType = torch.float32, device: Device) -> Tensor:
    """Zeros"""
    return torch.zeros(shape, dtype=dtype, device=device)


@register("_ones")
def ones(*, shape: Shape = (), dtype: DType = torch.float32, device: Device) -> Tensor:
    """Ones"""
    return torch.ones(shape, dtype=dtype, device=device)


@register("_full")
def full(*, shape: Shape = (), dtype: DType = torch.float32, value: float, device: Device) -> Tensor:
    """``value`` everywhere"""
    return constant(value, dtype).to(device).repeat(shape)


@register("_arange")
def arange(
    *,
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: bool = False,
    dtype: DType = torch.float32,
    device: Device,
) -> Tensor:
    """start, start + step, ... below stop, each ``repeat`` times; with start alone, from 0 below it."""
    if stop is None:
        start, stop = 0.0, start
    if step == 0 or repeat < 1 or (stop - start) / step <= 0:
        raise MXNetError(
            f"there are no numbers from {start} to {stop} by {step}, {repeat} times each: "
            "step must lead from start to stop, and repeat be positive"
        )
    return ramp(math.ceil((stop - start) / step), start, step, repeat, dtype, device)


# Types in which torch counts itself; what others don't hold must wrap around.
_COUNTING = frozenset((torch.float32, torch.float64, torch.int32, torch.int64))


def ramp(
    count: int, start: float, step: float, repeat: int, dtype: torch.dtype, device: torch.device
) -> Tensor:
    """start + step i for i < count, each ``repeat`` times; computed in ``dtype``, as MXNet does."""
    if dtype in _COUNTING:
        numbers = torch.arange(count, dtype=dtype, device=device)
    else:
        numbers = torch.arange(count, device=device).to(dtype)
    if step != 1:
        numbers = torch.mul(numbers, constant(step, dtype))
    if start != 0:
        numbers = torch.add(numbers, constant(start, dtype))
    return numbers if repeat == 1 else torch.repeat_interleave(numbers, repeat)


@register("_contrib_arange_like")
def arange_like(
    data: Tensor,
    *,
    start: float = 0.0,
    step: float = 1.0,
    repeat: int = 1,
    ctx: Any = None,
    axis: int | None = None,
) -> Tensor:
    """start, start + step, ... in the shape of data, or of its ``axis`` alone; each ``repeat`` times.

    Parameters
    ----------
    ctx
        Nothing comes of it: the result is where data is.
    """
    shape = data.shape if axis is None else data.shape[axis : axis + 1 or None]
    count = shape.numel()
    return ramp(-(-count // repeat), start, step, repeat, data.dtype, data.device)[:count].reshape(shape)


@register("_linspace")
def linspace(
    *,
    start: float,
    stop: float,
    num: int,
    endpoint: bool = True,
    dtype: DType = torch.float32,
    device: Device,
) -> Tensor:
    """``num`` numbers at equal distances from start to stop, stop itself only if ``endpoint``."""
    if num < 0:
        raise ValueError("num can't be negative")
    step = (stop - start) / max(num - endpoint, 1)
    numbers = start + step * torch.arange(num, dtype=torch.float64, device=device)
    if endpoint and num > 1:
        numbers[-1] = stop
    return numbers.to(dtype)


@register("_eye")
def eye(*, N: int, M: int = 0, k: int = 0, dtype: DType = torch.float32, device: Device) -> Tensor:
    """(N, M), square if M is 0, with ones on the k-th diagonal"""
    columns = torch.arange(M if M > 0 else N, device=device) - k
    return torch.eq(torch.arange(N, device=device).unsqueeze(1), columns).to(dtype)
