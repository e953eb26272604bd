"""The largest pixels of regions."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch

from regluon.ops.arrays import Array, by_numpy
from regluon.ops.pooled_windows import pooled_windows
from regluon.ops.regions import check_regions, images_by_numpy, images_of
from regluon.ops.registry import Shape, Tensor, register
from regluon.ops.unary import round_away

__all__: list[str] = []

_LOW, _SIGNLESS = 0xFFFFFFFF, 0x7FFFFFFF


@register("ROIPooling", same_type=True)
def roi_pooling(data: Tensor, rois: Tensor, *, pooled_size: Shape, spatial_scale: float) -> Tensor:
    """The largest pixel in each bin of each region, after Girshick, *Fast R-CNN* (2015)

    A region's corners are rounded to pixels, which both belong to it; its bins are rounded outward. A bin
    outside of the feature map is 0. The gradient goes to the first of the largest pixels.

    Parameters
    ----------
    pooled_size
        (rows, columns) of bins.
    spatial_scale
        Pixels of the feature map in one unit of the regions' coordinates, from 0 to 1.

    Inputs
    ------
    data : (batch, channels, height, width)
    rois : (regions, 5), each the number of an image and x₁, y₁, x₂, y₂; a number below 0 gives zeros

    Outputs
    -------
    out : (regions, channels, *pooled_size)
    """
    check_regions(data, rois, 5, pooled_size, spatial_scale)
    _, channels, height, width = data.shape
    if rois.is_meta:
        return data.new_empty(rois.shape[0], channels, *pooled_size)
    if rois.numel() and data.numel():
        few = by_numpy(_few, data, rois, pooled_size=pooled_size, spatial_scale=spatial_scale)
        if few is not None:
            return few  # type: ignore[no-any-return]
    images, there = images_of(rois, data.shape[0], skips=True)
    left, top, right, bottom = round_away(rois[:, 1:] * spatial_scale).unbind(1)
    rows = _windows(top, bottom, pooled_size[0], height)
    columns = _windows(left, right, pooled_size[1], width)
    full = (rows.end > rows.begin).unsqueeze(2) & (columns.end > columns.begin).unsqueeze(1)
    full = full.unsqueeze(1) & there.reshape(-1, 1, 1, 1)
    if not data.requires_grad:  # where the pixel is need not be known
        values = _finite(data).permute(0, 2, 3, 1).contiguous()
        return torch.where(full, _largest(values, images, rows, columns).permute(0, 3, 1, 2), 0).contiguous()
    # Of the keys the lower half is the pixel.
    keys = _largest(_keys(data.detach()), images, rows, columns)
    pixels = (~keys & _LOW).permute(0, 3, 1, 2).contiguous()
    maps = images.reshape(-1, 1, 1, 1) * channels + torch.arange(channels, device=data.device).reshape(
        -1, 1, 1
    )
    found = torch.gather(data.reshape(-1), 0, (maps * (height * width) + pixels).reshape(-1)).reshape(
        pixels.shape
    )
    lowest = torch.finfo(data.dtype).min
    return torch.where(full, torch.where(found > lowest, found, lowest), 0)


def _few(data: Array, rois: Array, pooled_size: Shape, spatial_scale: float) -> Array | None:
    images = images_by_numpy(rois, len(data), skips=True)
    return pooled_windows(data, rois[:, 1:] * np.float32(spatial_scale), images, pooled_size)


def _finite(data: Tensor) -> Tensor:
    """What is not a number is below all numbers."""
    lowest = torch.finfo(data.dtype).min
    return torch.nan_to_num(data, lowest, math.inf, lowest)


class _Windows(NamedTuple):
    """Where each bin along an axis begins and ends, (regions, bins)."""

    begin: Tensor
    end: Tensor


def _windows(first: Tensor, last: Tensor, bins: int, extent: int) -> _Windows:
    size = ((last - first + 1).clamp(min=1) / bins).unsqueeze(1)
    number = torch.arange(bins, device=first.device)
    begin = torch.floor(number * size) + first.unsqueeze(1)
    end = torch.ceil((number + 1) * size) + first.unsqueeze(1)
    return _Windows(begin.clamp(0, extent).long(), end.clamp(0, extent).long())


def _largest(tall: Tensor, images: Tensor, rows: _Windows, columns: _Windows) -> Tensor:
    """The largest key of each window, (regions, rows, columns, channels); -1 for empty ones.

    A window is the union of four blocks that may overlap, whose sides are powers of 2. The largest keys of
    all blocks of one size come from those of blocks half as long.
    """
    windows = torch.broadcast_tensors(  # type: ignore[no-untyped-call]
        images.reshape(-1, 1, 1), *[t.unsqueeze(2) for t in rows], *[t.unsqueeze(1) for t in columns]
    )
    best = tall.new_full((*windows[0].shape, tall.shape[3]), -1)
    levels = [_level(rows).unsqueeze(2), _level(columns).unsqueeze(1)]
    highest = [int(t.max()) if t.numel() else -1 for t in levels]
    for a in range(highest[0] + 1):
        tall = _doubled(tall, 1, 1 << (a - 1)) if a else tall
        blocks = tall
        for b in range(highest[1] + 1):
            blocks = _doubled(blocks, 2, 1 << (b - 1)) if b else blocks
            chosen = (levels[0] == a) & (levels[1] == b)
            best[chosen] = _union(blocks, 1 << a, 1 << b, *[t[chosen] for t in windows])
    return best


def _keys(data: Tensor) -> Tensor:
    """An int64 for each number, (batch, height, width, channels): larger for larger ones and earlier pixels.

    The upper half is in the order of the numbers, with NaN below them, the lower half is the inverted pixel.
    """
    values = _finite(data.permute(0, 2, 3, 1))
    if data.dtype is torch.float64:
        order = torch.unique(values, return_inverse=True)[1]
    else:
        bits = (values.float() + 0.0).contiguous().view(torch.int32)
        order = (bits ^ ((bits >> 31) & _SIGNLESS)).long()  # as floats are signs and magnitudes
    pixels = torch.arange(values[0, ..., 0].numel(), device=data.device).reshape(*values.shape[1:3], 1)
    keys: Tensor = (order << 32) | (~pixels & _LOW)
    return keys


def _doubled(blocks: Tensor, axis: int, side: int) -> Tensor:
    """Blocks twice as long, out of two neighbors each."""
    count = blocks.shape[axis] - side
    return torch.maximum(blocks.narrow(axis, 0, count), blocks.narrow(axis, side, count))


def _level(windows: _Windows) -> Tensor:
    """The power of 2 that is at least half as long as each window; -1 for empty ones."""
    return torch.frexp((windows.end - windows.begin).clamp(min=0).float()).exponent - 1


def _union(
    blocks: Tensor,
    tall: int,
    wide: int,
    image: Tensor,
    top: Tensor,
    bottom: Tensor,
    left: Tensor,
    right: Tensor,
) -> Tensor:
    """The largest keys of windows, each of four blocks, (windows, channels)."""
    _, height, width, channels = blocks.shape
    table = blocks.reshape(-1, channels)
    found = [
        torch.index_select(table, 0, (image * height + y) * width + x)
        for y in (top, bottom - tall)
        for x in (left, right - wide)
    ]
    return torch.maximum(torch.maximum(found[0], found[1]), torch.maximum(found[2], found[3]))
