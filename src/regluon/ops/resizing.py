"""Images and feature maps made larger or smaller."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from torch.nn.functional import interpolate

from regluon.ops.activation import require_floating
from regluon.ops.deconvolution import deconvolution
from regluon.ops.registry import Shape, Tensor, gradient, infer_shape, register

# torch has a module-level __getattr__, which makes looking a name up in it slow.
_adaptive = torch._C._nn.adaptive_avg_pool2d
_adaptive_back = torch.ops.aten._adaptive_avg_pool2d_backward.default

ResizeMode: TypeAlias = Literal[
    "like", "odd_scale", "size", "to_even_down", "to_even_up", "to_odd_down", "to_odd_up"
]


def _require_map(data: Tensor) -> None:
    require_floating(data)
    if data.dim() != 4:
        raise ValueError("data must have 4 axes: batch, channels, height, width")


@register("_contrib_AdaptiveAvgPooling2D")
def adaptive_avg_pooling(data: Tensor, *, output_size: Shape = ()) -> Tensor:
    """The mean over a grid of ``output_size`` fields, which overlap by one where the extents do not divide

    Field i of an axis covers ⌊i n / m⌋ ... ⌈(i + 1) n / m⌉ - 1, of n elements in m fields.

    Parameters
    ----------
    output_size
        Height and width of the grid; one number stands for both. By default 1.

    Inputs
    ------
    data : (batch, channels, height, width)

    Outputs
    -------
    out : (batch, channels, *output_size)
    """
    _require_map(data)
    return _adaptive(data, _grid(output_size))


@lru_cache(256)
def _grid(output_size: Shape) -> Shape:
    if len(output_size) > 2 or (output_size and min(output_size) < 1):
        raise ValueError(f"output_size={output_size} must be one or two numbers above 0")
    return (output_size or (1,)) * 2 if len(output_size) < 2 else output_size


@gradient(adaptive_avg_pooling)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, output_size: Shape) -> Any:
    return (_adaptive_back(g, data),)


@register("_contrib_BilinearResize2D")
def bilinear_resize(
    data: Tensor,
    like: Tensor | None = None,
    *,
    height: int = 1,
    width: int = 1,
    scale_height: float | None = None,
    scale_width: float | None = None,
    mode: ResizeMode = "size",
    align_corners: bool = True,
) -> Tensor:
    """Each image in another size, interpolated between its four nearest elements

    Parameters
    ----------
    height, width
        The new size, in mode "size".
    scale_height, scale_width
        Factors of the size, rounded down, instead of the new size.
    mode
        "size"; "like": the size of the second input; "odd_scale": by the two factors, but where the extent n
        is odd, (n - 1) scale + 1; "to_even_down", "to_even_up", "to_odd_down" and "to_odd_up": the next
        even or odd size, where the extent is not one.
    align_corners
        Whether the centres of the corner elements stay where they are; else the corners themselves do.

    Inputs
    ------
    data : (batch, channels, height, width)
    like : (..., ..., height, width), in mode "like"

    Outputs
    -------
    out : (batch, channels, new height, new width)
    """
    _require_map(data)
    if (like is None) == (mode == "like"):
        raise ValueError('the input like and mode="like" go together: give both or neither')
    if like is not None:
        if like.dim() != 4:
            raise ValueError("the input like must have 4 axes: batch, channels, height, width")
        size = tuple(like.shape[2:])
    else:
        size = _size(data.shape[2:], height, width, scale_height, scale_width, mode)
    if min(size) < 1:
        raise ValueError(f"nothing would be left of data: the new size is {size}")
    if not align_corners:  # MXNet lets a single row or column be the first one, torch takes the middle
        data = data[:, :, : size[0] if size[0] == 1 else None, : size[1] if size[1] == 1 else None]
    return interpolate(data, size=size, mode="bilinear", align_corners=align_corners).contiguous()


@lru_cache(256)
def _size(
    shape: Shape,
    height: int,
    width: int,
    scale_height: float | None,
    scale_width: float | None,
    mode: str,
) -> Shape:
    if mode == "odd_scale" or (mode == "size" and scale_height is not None):
        if scale_height is None or scale_width is None:
            raise ValueError("it needs both scale_height and scale_width")
        odd = [n % 2 if mode == "odd_scale" else 0 for n in shape]
        scales = (scale_height, scale_width)
        # In float32, as MXNet computes it: it decides what is rounded down.
        return tuple(
            [int(np.float32(s) * np.float32(n - o)) + o for s, n, o in zip(scales, shape, odd, strict=True)]
        )
    if mode == "size":
        return height, width
    _, parity, direction = mode.split("_")
    step = 1 if direction == "up" else -1
    return tuple([n + step if n % 2 != (parity == "odd") else n for n in shape])


@register("UpSampling", same_type=True)
def up_sampling(
    *data: Tensor,
    scale: int,
    num_filter: int = 0,
    sample_type: Literal["bilinear", "nearest"],
    multi_input_mode: Literal["concat", "sum"] = "concat",
    workspace: int = 512,
) -> Tensor:
    """Feature maps ``scale`` times as high and wide

    Parameters
    ----------
    sample_type
        "nearest" repeats each element; "bilinear" is a Deconvolution of each channel by its own kernel, which
        is learned.
    multi_input_mode
        Whether several inputs, all brought to the size of the first one's result, are joined along the
        channels or added.
    num_filter
        The number of channels, for "bilinear".
    workspace
        Of no effect.

    Inputs
    ------
    data : (batch, channels, height, width), with "nearest" any number of them
    weight : (channels, 1, k, k), the second one with "bilinear"; k = 2 scale - scale % 2

    Outputs
    -------
    out : (batch, channels, height * scale, width * scale)
    """
    for x in data:
        _require_map(x)
    if scale < 1:
        raise ValueError(f"scale={scale} must not be below 1")
    if sample_type == "bilinear":
        return _bilinear(data, scale, num_filter)
    height, width = [n * scale for n in data[0].shape[2:]]
    if multi_input_mode == "sum" and any(x.size(1) != data[0].size(1) for x in data):
        raise ValueError('multi_input_mode="sum" needs inputs with the same number of channels')
    parts = []
    for x in data:
        h, w = x.shape[2:]
        if height % h or height * w != width * h or x.size(0) != data[0].size(0):
            raise ValueError(
                f"an input of shape {tuple(x.shape)} does not become {height} high and {width} wide"
            )
        parts.append(interpolate(x, size=(height, width)))
    if len(parts) == 1:
        return parts[0].contiguous()
    return torch.cat(parts, 1) if multi_input_mode == "concat" else torch.stack(parts).sum(0)


def _bilinear(data: tuple[Tensor, ...], scale: int, num_filter: int) -> Tensor:
    if len(data) != 2:
        raise ValueError('sample_type="bilinear" takes two inputs: data and weight')
    if data[0].size(1) != num_filter:
        raise ValueError(f"num_filter={num_filter} must be the number of channels, {data[0].size(1)}")
    return deconvolution(
        *data,
        kernel=(2 * scale - scale % 2,) * 2,
        stride=(scale,) * 2,
        pad=(scale // 2,) * 2,
        num_filter=num_filter,
        num_group=num_filter,
    )


@infer_shape(up_sampling)
def _(data: Any, *others: Any, scale: int, sample_type: str, **attributes: Any) -> Any:
    if sample_type == "nearest":
        return data, *others
    return data, (data[1], 1, 2 * scale - scale % 2, 2 * scale - scale % 2)


@register("Crop", view=True)
def crop(*data: Tensor, offset: Shape = (0, 0), h_w: Shape = (0, 0), center_crop: bool = False) -> Tensor:
    """data[:, :, y : y + height, x : x + width]

    Parameters
    ----------
    offset
        y and x.
    h_w
        The height and the width, with one input.
    center_crop
        Whether to take the middle, whatever ``offset`` says.

    Inputs
    ------
    data : (batch, channels, height, width)
    like : (..., ..., height, width), which gives the size; or left out

    Outputs
    -------
    out : (batch, channels, height, width) of the part
    """
    if len(data) > 2 or any(x.dim() != 4 for x in data):
        raise ValueError("it takes one or two inputs of 4 axes: batch, channels, height, width")
    size = h_w if len(data) == 1 else data[1].shape[2:]
    if len(size) != 2 or len(offset) != 2:
        raise ValueError("offset and h_w must be two numbers each, for height and width")
    room = [n - m for n, m in zip(data[0].shape[2:], size, strict=True)]
    if min(size) < 1 or min(room) < 0:
        raise ValueError(f"{tuple(data[0].shape[2:])} has no part of the size {tuple(size)}")
    y, x = [n // 2 for n in room] if center_crop else offset
    if not (0 <= y <= room[0] and 0 <= x <= room[1]):
        raise ValueError(f"a part of the size {tuple(size)} at offset={offset} leaves data")
    return data[0][:, :, y : y + size[0], x : x + size[1]]
