"""Sliding blocks as columns, and back."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch.nn.functional import fold, unfold

from regluon.ops.activation import require_floating
from regluon.ops.convolution import each_axis
from regluon.ops.outlines import places
from regluon.ops.registry import Shape, Tensor, register

_MANY = 2**16


@lru_cache(256)
def _blocks(kernel: Shape, stride: Shape, dilate: Shape, pad: Shape) -> tuple[Shape, Shape, Shape, Shape]:
    """The kernel, dilation, padding and stride, in torch's order."""
    if len(kernel) != 2 or min(kernel) < 1:
        raise ValueError(f"kernel={kernel} must be two numbers above 0, for height and width")
    return (
        kernel,
        each_axis("dilate", dilate, kernel, 1, 1),
        each_axis("pad", pad, kernel, 0, 0),
        each_axis("stride", stride, kernel, 1, 1),
    )


@register("im2col")
def im2col(data: Tensor, *, kernel: Shape, stride: Shape = (), dilate: Shape = (), pad: Shape = ()) -> Tensor:
    """out[n, (c, k), p] = data[n, c, p stride + k dilate - pad], 0 outside of data

    Each column is the block of data that one place of a Convolution with these attributes sees.

    Inputs
    ------
    data : (batch, channels, height, width)

    Outputs
    -------
    out : (batch, channels * kernel[0] * kernel[1], places)
    """
    require_floating(data)
    if data.dim() != 4:
        raise ValueError("data must have 4 axes: batch, channels, height, width")
    blocks = _blocks(kernel, stride, dilate, pad)
    if data.requires_grad or not data.numel():
        return unfold(data, *blocks)
    return _columns(data, *blocks)


def _columns(data: Tensor, kernel: Shape, dilate: Shape, pad: Shape, stride: Shape) -> Tensor:
    """One copy of a view with the blocks as axes: a third of the time of torch's unfold"""
    if any(pad):
        data = torch.constant_pad_nd(data, (pad[1], pad[1], pad[0], pad[0]))
    (batch, channels), (by_image, by_channel, by_row, by_column) = data.shape[:2], data.stride()
    found = places(data.shape[2:], kernel, stride, (0, 0), dilate)
    if min(found) < 1:
        raise ValueError(f"a block of kernel={kernel} with dilate={dilate} does not fit into data")
    blocks = data.as_strided(
        (batch, channels, *kernel, *found),
        (
            by_image,
            by_channel,
            dilate[0] * by_row,
            dilate[1] * by_column,
            stride[0] * by_row,
            stride[1] * by_column,
        ),
        data.storage_offset(),
    )
    out = blocks.clone(memory_format=torch.contiguous_format)
    return out.view(batch, channels * math.prod(kernel), math.prod(found))


@register("col2im")
def col2im(
    data: Tensor,
    *,
    output_size: Shape,
    kernel: Shape,
    stride: Shape = (),
    dilate: Shape = (),
    pad: Shape = (),
) -> Tensor:
    """out[n, c, p stride + k dilate - pad] = Σ data[n, (c, k), p]: the sum of all blocks in their places

    The transpose of im2col, of an image with height and width ``output_size``.

    Inputs
    ------
    data : (batch, channels * kernel[0] * kernel[1], places)

    Outputs
    -------
    out : (batch, channels, *output_size)
    """
    require_floating(data)
    blocks = _blocks(kernel, stride, dilate, pad)
    if data.dim() != 3:
        raise ValueError("data must have 3 axes: batch, rows of blocks, places")
    if len(output_size) != 2 or min(output_size) < 1:
        raise ValueError(f"output_size={output_size} must be two numbers above 0, the height and the width")
    if data.requires_grad or data.numel() < _MANY or not data.is_cpu or data.size(1) % math.prod(kernel):
        return fold(data, output_size, *blocks)
    return _summed(data, output_size, *blocks)


def _summed(
    data: Tensor, output_size: Shape, kernel: Shape, dilate: Shape, pad: Shape, stride: Shape
) -> Tensor:
    """The sum over one place of the kernel after the other, up to three times as fast as torch's fold"""
    wide = [n + 2 * p for n, p in zip(output_size, pad, strict=True)]
    found = places(output_size, kernel, stride, pad, dilate)
    if min(found) < 1 or math.prod(found) != data.size(2):
        return fold(data, output_size, kernel, dilate, pad, stride)  # which says what is wrong
    batch, channels = data.size(0), data.size(1) // math.prod(kernel)
    blocks = data.reshape(batch, channels, *kernel, *found)
    out = data.new_zeros(batch, channels, *wide)
    steps = [
        [slice(i * d, i * d + (o - 1) * s + 1, s) for i in range(k)]
        for k, d, s, o in zip(kernel, dilate, stride, found, strict=True)
    ]
    for i, rows in enumerate(steps[0]):
        for j, columns in enumerate(steps[1]):
            out[:, :, rows, columns] += blocks[:, :, i, j]
    if not any(pad):
        return out
    return out[:, :, pad[0] : pad[0] + output_size[0], pad[1] : pad[1] + output_size[1]].contiguous()
