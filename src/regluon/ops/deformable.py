"""Convolutions whose windows are deformed."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import torch

from regluon.ops import few_points
from regluon.ops.arrays import Array, by_numpy
from regluon.ops.outlines import places
from regluon.ops.points import bag_sums, corners
from regluon.ops.registry import Shape, Tensor, infer_shape, register

__all__: list[str] = []

Layout = Literal["NCDHW", "NCHW", "NCW"]


class _Window(NamedTuple):
    """The attributes of a window along both axes."""

    kernel: Shape
    stride: Shape
    dilate: Shape
    pad: Shape

    def extents(self, data: Tensor) -> Shape:
        """The height and width of the result."""
        return places(data.shape[2:], self.kernel, self.stride, self.pad, self.dilate)


def _window(kernel: Shape, stride: Shape, dilate: Shape, pad: Shape, layout: str | None) -> _Window:
    if layout not in (None, "NCHW"):
        raise ValueError("its layout is NCHW")
    window = _Window(kernel, stride or (1, 1), dilate or (1, 1), pad or (0, 0))
    if any(len(values) != 2 for values in window):
        raise ValueError("kernel, stride, dilate and pad must have two numbers each")
    if min(*window.kernel, *window.stride, *window.dilate) < 1:
        raise ValueError("kernel, stride and dilate must be above 0")
    return window


@register("_contrib_DeformableConvolution", same_type=True)
def deformable_convolution(
    data: Tensor,
    offset: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    kernel: Shape,
    stride: Shape = (),
    dilate: Shape = (),
    pad: Shape = (),
    num_filter: int,
    num_group: int = 1,
    num_deformable_group: int = 1,
    workspace: int = 1024,
    no_bias: bool = False,
    layout: Layout | None = None,
) -> Tensor:
    """A convolution that reads each pixel of its window at a place that is moved by an offset

    After Dai and others, *Deformable Convolutional Networks* (2017). Between pixels it interpolates
    bilinearly; from the last pixel's center to its end the last pixel holds, and outside is 0.

    Parameters
    ----------
    kernel, stride, dilate, pad
        Two numbers each, of rows and of columns.
    num_group
        Groups of channels that are convolved each on its own.
    num_deformable_group
        Groups of channels that have offsets of their own.
    workspace, layout
        Change nothing here.

    Inputs
    ------
    data : (batch, channels, height, width)
    offset : (batch, num_deformable_group · kernel pixels · 2, out_height, out_width), in y and in x
    weight : (num_filter, channels / num_group, *kernel)
    bias : (num_filter,), none with ``no_bias=True``

    Outputs
    -------
    out : (batch, num_filter, out_height, out_width)
    """
    window = _window(kernel, stride, dilate, pad, layout)
    _check_weights(data, weight, bias, window, num_filter, num_group, no_bias)
    _check_points(offset, data, window, num_deformable_group, 2, "offset")
    if _few(data, offset, num_deformable_group):
        groups = {"groups": num_deformable_group, "num_group": num_group}
        found = by_numpy(_small, data, offset, None, weight, bias, window=window, **groups)
        if found is not None:
            return found  # type: ignore[no-any-return]
    y, x = _points(data, offset, window, num_deformable_group)
    height, width = data.shape[2:]
    index, share = corners(y, x, height, width, padded=False)
    share = share * ((y >= 0) & (y < height) & (x >= 0) & (x < width)).unsqueeze(-1)
    return _convolved(data, index, share, weight, bias, num_group)


@register("_contrib_ModulatedDeformableConvolution", same_type=True)
def modulated_deformable_convolution(
    data: Tensor,
    offset: Tensor,
    mask: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    kernel: Shape,
    stride: Shape = (),
    dilate: Shape = (),
    pad: Shape = (),
    num_filter: int,
    num_group: int = 1,
    num_deformable_group: int = 1,
    workspace: int = 1024,
    no_bias: bool = False,
    im2col_step: int = 64,
    layout: Layout | None = None,
) -> Tensor:
    """A convolution that reads each pixel of its window at a place that is moved, times a mask

    After Zhu and others, *Deformable ConvNets v2* (2019). It interpolates bilinearly, with zeros outside.

    Parameters
    ----------
    kernel, stride, dilate, pad
        Two numbers each, of rows and of columns.
    num_group
        Groups of channels that are convolved each on its own.
    num_deformable_group
        Groups of channels that have offsets and masks of their own.
    im2col_step
        The batch must be a multiple of it, if it is larger.
    workspace, layout
        Change nothing here.

    Inputs
    ------
    data : (batch, channels, height, width)
    offset : (batch, num_deformable_group · kernel pixels · 2, out_height, out_width), in y and in x
    mask : (batch, num_deformable_group · kernel pixels, out_height, out_width)
    weight : (num_filter, channels / num_group, *kernel)
    bias : (num_filter,), none with ``no_bias=True``

    Outputs
    -------
    out : (batch, num_filter, out_height, out_width)
    """
    window = _window(kernel, stride, dilate, pad, layout)
    _check_weights(data, weight, bias, window, num_filter, num_group, no_bias)
    if data.shape[0] % min(im2col_step, data.shape[0]):
        raise ValueError(f"a batch of {data.shape[0]} is no multiple of im2col_step={im2col_step}")
    _check_points(offset, data, window, num_deformable_group, 2, "offset")
    _check_points(mask, data, window, num_deformable_group, 1, "mask")
    if _few(data, offset, num_deformable_group):
        groups = {"groups": num_deformable_group, "num_group": num_group}
        found = by_numpy(_small, data, offset, mask, weight, bias, window=window, **groups)
        if found is not None:
            return found  # type: ignore[no-any-return]
    y, x = _points(data, offset, window, num_deformable_group)
    index, share = corners(y, x, *data.shape[2:])
    scale = _for_points(mask, window, num_deformable_group, 1)
    return _convolved(data, index, share * scale[0].unsqueeze(-1), weight, bias, num_group)


def _check_weights(
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    window: _Window,
    num_filter: int,
    num_group: int,
    no_bias: bool,
) -> None:
    if data.dim() != 4:
        raise ValueError(f"data must be (batch, channels, height, width), not {tuple(data.shape)}")
    if num_group < 1 or data.shape[1] % num_group or num_filter % num_group:
        raise ValueError(f"channels and filters can't be shared among num_group={num_group}")
    wanted = (num_filter, data.shape[1] // num_group, *window.kernel)
    if weight.shape != wanted:
        raise ValueError(f"the weight must have shape {wanted}, but it has {tuple(weight.shape)}")
    if no_bias is not (bias is None):
        raise ValueError(f"with no_bias={no_bias} it takes {'no' if no_bias else 'a'} bias")
    if bias is not None and bias.shape != (num_filter,):
        raise ValueError(f"the bias must have shape {(num_filter,)}, but it has {tuple(bias.shape)}")


def _check_points(values: Tensor, data: Tensor, window: _Window, groups: int, each: int, name: str) -> None:
    """Whether there are ``each`` values for every point."""
    if groups < 1 or data.shape[1] % groups:
        raise ValueError(f"{data.shape[1]} channels can't be shared among num_deformable_group={groups}")
    wanted = (data.shape[0], groups * math.prod(window.kernel) * each, *window.extents(data))
    if values.shape != wanted or min(wanted[2:]) < 1:
        raise ValueError(f"the {name} must have shape {wanted}, but it has {tuple(values.shape)}")


def _for_points(values: Tensor, window: _Window, groups: int, each: int) -> Tensor:
    """``each`` values for every point, (each, batch, out_height, out_width, kernel pixels, groups)."""
    shape = (-1, groups, math.prod(window.kernel), each, *values.shape[2:])
    return values.reshape(shape).permute(3, 0, 4, 5, 2, 1)


def _points(data: Tensor, offset: Tensor, window: _Window, groups: int) -> tuple[Tensor, Tensor]:
    """y and x of every point, each (batch, out_height, out_width, kernel pixels, groups)."""
    moved = _for_points(offset, window, groups, 2)
    rows, columns = (
        torch.arange(n, device=data.device).unsqueeze(1) * s - p + torch.arange(k, device=data.device) * d
        for n, k, s, d, p in zip(moved.shape[2:4], *window, strict=True)
    )
    y = rows.reshape(rows.shape[0], 1, -1, 1).expand(-1, -1, -1, window.kernel[1]).flatten(2)
    x = columns.reshape(1, columns.shape[0], 1, -1).expand(-1, -1, window.kernel[0], -1).flatten(2)
    return moved[0] + y.unsqueeze(-1), moved[1] + x.unsqueeze(-1)


def _convolved(
    data: Tensor, index: Tensor, share: Tensor, weight: Tensor, bias: Tensor | None, num_group: int
) -> Tensor:
    """The pixels at all points times the weights."""
    batch, channels, height, width = data.shape
    _, rows, columns, pixels, groups, _ = index.shape
    first = torch.arange(batch, device=data.device).reshape(-1, 1, 1, 1, 1, 1) * (height * width)
    group = torch.arange(groups, device=data.device).unsqueeze(-1)
    parts = data.permute(0, 2, 3, 1).reshape(batch, height, width, groups, channels // groups)
    read = bag_sums(parts, (index + first) * groups + group, share)
    read = read.reshape(-1, pixels, num_group, channels // num_group)
    filters = weight.shape[0]
    matrix = weight.reshape(num_group, filters // num_group, -1, pixels).permute(0, 3, 2, 1)
    found = torch.bmm(read.permute(2, 0, 1, 3).flatten(2), matrix.flatten(1, 2))
    found = found.permute(1, 0, 2).reshape(batch, rows * columns, filters)
    if bias is not None:
        found = found + bias
    return found.transpose(1, 2).reshape(batch, filters, rows, columns).contiguous()


def _few(data: Tensor, offset: Tensor, groups: int) -> bool:
    """Whether so few numbers are read that NumPy is faster; each group of channels has points of its own."""
    return few_points.are_few(offset.numel() // 2, data.shape[1] // groups, data.numel())


def _small(
    data: Array,
    offset: Array,
    mask: Array | None,
    weight: Array,
    bias: Array | None,
    *,
    window: _Window,
    groups: int,
    num_group: int,
) -> Array:
    """The convolution by NumPy."""
    batch, channels, height, width = data.shape
    rows, columns = offset.shape[2:]
    points = (batch, groups, math.prod(window.kernel), rows, columns)
    moved = offset.reshape(*points[:3], 2, rows, columns).transpose(3, 0, 1, 2, 4, 5)
    at = moved + _grid(window, rows, columns)
    index, share = few_points.corners(at, height, width, padded=mask is not None)
    if mask is None:
        y, x = at
        share *= (y >= 0) & (y < height) & (x >= 0) & (x < width)
    else:
        share *= mask.reshape(points)
    index += np.arange(batch * groups).reshape(batch, groups, 1, 1, 1) * (height * width)
    maps = data.reshape(batch * groups, channels // groups, -1).transpose(1, 0, 2)
    read = few_points.sums(maps.reshape(len(maps), -1), index.reshape(4, -1), share.reshape(4, -1))
    read = read.reshape(len(maps), batch, groups, points[2], -1).transpose(1, 2, 0, 3, 4)
    filters = weight.reshape(num_group, weight.shape[0] // num_group, -1)
    found: Array = filters @ read.reshape(batch, num_group, filters.shape[2], -1)
    found = found.reshape(batch, -1, rows, columns)
    return found if bias is None else found + bias[:, None, None]


@lru_cache(maxsize=64)
def _grid(window: _Window, rows: int, columns: int) -> Array:
    """Where the window's pixels are without offsets, y and x, (2, 1, 1, kernel pixels, rows, columns)."""
    at = [
        np.arange(n, dtype=np.float32) * s - p + np.arange(k, dtype=np.float32).reshape(-1, 1) * d
        for n, k, s, d, p in zip((rows, columns), *window, strict=True)
    ]
    y, x = np.broadcast_arrays(at[0][:, None, :, None], at[1][None, :, None, :])
    return np.stack([y, x]).reshape(2, 1, 1, -1, rows, columns)


@infer_shape(deformable_convolution)
def _(data: Any, offset: Any, weight: Any, bias: Any = None, **attributes: Any) -> Any:
    return data, offset, *_weights(data, attributes)


@infer_shape(modulated_deformable_convolution)
def _(data: Any, offset: Any, mask: Any, weight: Any, bias: Any = None, **attributes: Any) -> Any:
    return data, offset, mask, *_weights(data, attributes)


def _weights(data: Any, attributes: dict[str, Any]) -> tuple[Shape, Shape]:
    filters = attributes["num_filter"]
    return (filters, data[1] // attributes["num_group"], *attributes["kernel"]), (filters,)
