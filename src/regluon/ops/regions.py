"""Regions of interest in feature maps."""

from __future__ import annotations

import math

import numpy as np
import torch

from regluon.ops import few_points
from regluon.ops.aligned_means import aligned_means
from regluon.ops.arrays import Array, by_numpy
from regluon.ops.points import along_axis, bag_sums, corners
from regluon.ops.registry import Shape, Tensor, register

__all__ = ["check_regions", "crossed", "exact", "images_by_numpy", "images_of", "pooled"]


def check_regions(data: Tensor, rois: Tensor, numbers: int, pooled_size: Shape, spatial_scale: float) -> None:
    """Raises ValueError for what no operator on regions takes."""
    if data.dim() != 4 or not data.dtype.is_floating_point:
        raise ValueError("data must be (batch, channels, height, width), of a floating type")
    if rois.dim() != 2 or rois.shape[1] != numbers:
        raise ValueError(f"the regions must have shape (regions, {numbers}), not {tuple(rois.shape)}")
    if len(pooled_size) != 2 or min(pooled_size) < 1:
        raise ValueError(f"pooled_size must be two numbers above 0, not {pooled_size}")
    if not 0 <= spatial_scale <= 1:
        raise ValueError(f"spatial_scale must be in 0...1, not {spatial_scale}")


def _check_images(least: int, most: int, batch: int, skips: bool) -> None:
    """Raises ValueError for numbers of images that are not there."""
    if most >= batch or (least < 0 and not skips):
        raise ValueError(f"a region's image must be in 0...{batch - 1}, but there are {least} to {most}")


def images_by_numpy(rois: Array, batch: int, skips: bool = False) -> Array:
    """The number of each region's image, below 0 if that ``skips`` a region."""
    images = rois[:, 0].astype(np.int64)
    _check_images(int(images.min()), int(images.max()), batch, skips)
    return images


def images_of(rois: Tensor, batch: int, skips: bool = False) -> tuple[Tensor, Tensor]:
    """The number of each region's image, and whether it is not below 0, if that ``skips`` a region."""
    numbers = rois[:, 0].long()
    if numbers.numel():
        least, most = torch.aminmax(numbers)
        _check_images(int(least), int(most), batch, skips)
    return numbers.clamp(min=0), numbers >= 0


def pooled(data: Tensor, maps: Tensor, index: Tensor, weight: Tensor, kept: Tensor | None = None) -> Tensor:
    """Weighted sums of pixels for each bin of each region.

    Inputs
    ------
    data : (maps, height, width, channels)
    maps : what broadcasts to (regions, rows, columns), the number of a map
    index, weight, kept : (regions, rows, columns, k), pixels in the map; see ``bag_sums``

    Outputs
    -------
    out : (regions, channels, rows, columns)
    """
    first = maps * (data.shape[1] * data.shape[2])
    found = bag_sums(data, index + first.unsqueeze(-1), weight, kept)
    return found.permute(0, 3, 1, 2).contiguous()


def crossed(rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
    """(regions, rows, k) and (regions, columns, m), shaped to broadcast to (regions, rows, columns, k, m)."""
    return rows.unsqueeze(2).unsqueeze(4), columns.unsqueeze(1).unsqueeze(3)


def _samples(size: Tensor, bins: int, ratio: int) -> tuple[Tensor, Tensor, Tensor]:
    """Points in the bins of regions of some size along an axis: their distance from the region's beginning.

    Returns the distances (regions, bins, k), which of the k a region has (regions, 1, k), and how many.
    """
    width = size / bins
    counts = torch.full_like(width, ratio) if ratio > 0 else torch.ceil(width)
    most = ratio if ratio > 0 else int(counts.max()) if counts.numel() else 0
    number = torch.arange(most, device=size.device)
    starts = torch.arange(bins, device=size.device) * width.unsqueeze(1)
    inside = (number + 0.5) * width.unsqueeze(1) / counts.unsqueeze(1)
    return starts.unsqueeze(2) + inside.unsqueeze(1), (number < counts.unsqueeze(1)).unsqueeze(1), counts


def exact(rois: Tensor) -> Tensor:
    """In a type in which coordinates can be computed."""
    return rois.detach().float() if rois.dtype in (torch.float16, torch.bfloat16) else rois.detach()


@register("_contrib_ROIAlign", same_type=True)
def roi_align(
    data: Tensor,
    rois: Tensor,
    *,
    pooled_size: Shape,
    spatial_scale: float,
    sample_ratio: int = -1,
    position_sensitive: bool = False,
    aligned: bool = False,
) -> Tensor:
    """The mean of points in each bin of each region, after He and others, *Mask R-CNN* (2017)

    The points are read by bilinear interpolation, those further outside than a pixel as 0. No gradient comes
    to the regions.

    Parameters
    ----------
    pooled_size
        (rows, columns) of bins.
    spatial_scale
        Pixels of the feature map in one unit of the regions' coordinates, from 0 to 1.
    sample_ratio
        How many points a bin has along each axis; below 1 as many as it has pixels, rounded up.
    position_sensitive
        Whether each bin has channels of its own: the channel of (c, row, column) is read.
    aligned
        Whether the centers of pixels are at halves; else at whole numbers, and regions smaller than a pixel
        are made that large.

    Inputs
    ------
    data : (batch, channels, height, width)
    rois : (regions, 5), each the number of an image and x₁, y₁, x₂, y₂; a number below 0 gives zeros

    Outputs
    -------
    out : (regions, channels, *pooled_size), with ``position_sensitive`` channels / number of bins
    """
    check_regions(data, rois, 5, pooled_size, spatial_scale)
    maps = math.prod(pooled_size) if position_sensitive else 1
    if data.shape[1] % maps:
        raise ValueError(f"{data.shape[1]} channels can't be shared among {maps} bins")
    if rois.is_meta:
        return data.new_empty(rois.shape[0], data.shape[1] // maps, *pooled_size)
    if not position_sensitive and rois.numel() and data.numel():
        scales = {"spatial_scale": spatial_scale, "ratio": sample_ratio}
        few = by_numpy(_aligned, data, rois, pooled_size=pooled_size, aligned=aligned, **scales)
        if few is not None:
            return few  # type: ignore[no-any-return]
    batch, _, height, width = data.shape
    images, there = images_of(rois, batch, skips=True)
    corner = exact(rois[:, 1:]) * spatial_scale - (0.5 if aligned else 0.0)
    size = corner[:, 2:] - corner[:, :2]
    if not aligned:
        size = size.clamp(min=1)
    elif bool((size[there] <= 0).any()):
        raise ValueError(_TURNED)
    at_y, has_y, count_y = _samples(size[:, 1], pooled_size[0], sample_ratio)
    at_x, has_x, count_x = _samples(size[:, 0], pooled_size[1], sample_ratio)
    rows, of_row = _near(at_y + corner[:, 1].reshape(-1, 1, 1), has_y, height)
    columns, of_column = _near(at_x + corner[:, 0].reshape(-1, 1, 1), has_x, width)
    share = there / (count_y * count_x).clamp(min=1)
    of_row = of_row * share.reshape(-1, 1, 1)
    kept = None
    if sample_ratio <= 0:
        has = [h.expand(p.shape[:3]).repeat_interleave(2, 2) for h, p in ((has_y, at_y), (has_x, at_x))]
        y, x = crossed(*has)
        kept = (y & x).flatten(3)
    (y, x), (wy, wx) = crossed(rows, columns), crossed(of_row, of_column)
    parts = data.reshape(batch, -1, maps, height, width).permute(0, 2, 3, 4, 1).flatten(0, 1)
    number = torch.arange(maps, device=data.device).reshape(pooled_size if maps > 1 else (1, 1))
    number = images.reshape(-1, 1, 1) * maps + number
    return pooled(parts, number, (y * width + x).flatten(3), (wy * wx).flatten(3), kept)


_TURNED = "with aligned=True a region must have its second corner right of and below its first"


def _aligned(
    data: Array, rois: Array, pooled_size: Shape, spatial_scale: float, ratio: int, aligned: bool
) -> Array | None:
    """The same by NumPy, or None where that is not for it."""
    images = images_by_numpy(rois, len(data), skips=True)
    corners = rois[:, 1:] * np.float32(spatial_scale)
    corners -= np.float32(0.5 if aligned else 0.0)
    size = corners[:, 2:] - corners[:, :2]
    if not aligned:
        np.maximum(size, 1, out=size)
    elif not (size > 0).all():
        return None
    return aligned_means(data, corners[:, :2], size, images, pooled_size, ratio)


def _near(at: Tensor, has: Tensor, extent: int) -> tuple[Tensor, Tensor]:
    """Pixels and weights, (regions, bins, 2 k), of points that count up to a pixel outside."""
    pixels, weight = along_axis(at, extent, padded=False)
    counts = (at >= -1) & (at <= extent) & has
    return pixels.flatten(2), (weight * counts.unsqueeze(3)).flatten(2)


@register("_contrib_RROIAlign", same_type=True)
def rroi_align(
    data: Tensor, rois: Tensor, *, pooled_size: Shape, spatial_scale: float, sampling_ratio: int = -1
) -> Tensor:
    """The mean of points in each bin of each rotated region; see ROIAlign

    After Ma and others, *Arbitrary-Oriented Scene Text Detection via Rotation Proposals* (2018).

    Parameters
    ----------
    pooled_size
        (rows, columns) of bins.
    spatial_scale
        Pixels of the feature map in one unit of the regions' coordinates, from 0 to 1.
    sampling_ratio
        How many points a bin has along each axis; below 1 as many as it has pixels, rounded up.

    Inputs
    ------
    data : (batch, channels, height, width)
    rois : (regions, 6), each the number of an image, the center's x and y, width, height, angle in degrees

    Outputs
    -------
    out : (regions, channels, *pooled_size)
    """
    check_regions(data, rois, 6, pooled_size, spatial_scale)
    if rois.is_meta:
        return data.new_empty(rois.shape[0], data.shape[1], *pooled_size)
    if rois.numel() and data.numel():
        scales = {"spatial_scale": spatial_scale, "ratio": sampling_ratio}
        few = by_numpy(_turned, data, rois, pooled_size=pooled_size, **scales)
        if few is not None:
            return few  # type: ignore[no-any-return]
    height, width = data.shape[2:]
    images, _ = images_of(rois, data.shape[0])
    region = exact(rois)
    size = (region[:, 3:5] * spatial_scale).clamp(min=1)
    at_y, has_y, count_y = _samples(size[:, 1], pooled_size[0], sampling_ratio)
    at_x, has_x, count_x = _samples(size[:, 0], pooled_size[1], sampling_ratio)
    y, x = crossed(at_y - size[:, 1].reshape(-1, 1, 1) / 2, at_x - size[:, 0].reshape(-1, 1, 1) / 2)
    angle = (region[:, 5] * (math.pi / 180)).reshape(-1, 1, 1, 1, 1)
    center_x, center_y = (region[:, 1:3] * spatial_scale).reshape(-1, 2, 1, 1, 1, 1).unbind(1)
    turned_y = y * torch.cos(angle) - x * torch.sin(angle) + center_y
    turned_x = x * torch.cos(angle) + y * torch.sin(angle) + center_x
    index, weight = corners(turned_y, turned_x, height, width, padded=False)
    y, x = crossed(has_y, has_x)
    counts = (turned_y >= -1) & (turned_y <= height) & (turned_x >= -1) & (turned_x <= width) & y & x
    weight = weight * counts.unsqueeze(-1) / (count_y * count_x).reshape(-1, 1, 1, 1, 1, 1)
    kept = None
    if sampling_ratio <= 0:
        kept = (y & x).unsqueeze(-1).expand(weight.shape).flatten(3)
    maps = images.reshape(-1, 1, 1)
    return pooled(data.permute(0, 2, 3, 1), maps, index.flatten(3), weight.flatten(3), kept)


def _turned(data: Array, rois: Array, pooled_size: Shape, spatial_scale: float, ratio: int) -> Array | None:
    """The same by NumPy, or None where that is not for it."""
    images = images_by_numpy(rois, len(data))
    scale, (_, channels, height, width) = np.float32(spatial_scale), data.shape
    size = np.maximum(rois[:, 4:2:-1] * scale, 1)  # of y and x
    step = size / np.array(pooled_size, np.float32)
    counts = np.full_like(step, ratio) if ratio > 0 else np.ceil(step)
    points = np.prod(counts.max(0)) * len(rois) * math.prod(pooled_size)
    if not few_points.are_few(points, channels, data.size):
        return None
    y, has_y = _inside(size[:, 0], step[:, 0], counts[:, 0], pooled_size[0])
    x, has_x = _inside(size[:, 1], step[:, 1], counts[:, 1], pooled_size[1])
    y, x = y[:, None, :, :, None], x[:, :, None]  # (points, points, regions, rows, columns)
    angle = torch.from_numpy(rois[:, 5] * np.float32(math.pi / 180)).reshape(-1, 1, 1)
    cos, sin = torch.cos(angle).numpy(), torch.sin(angle).numpy()  # to the bit what the other way has
    center = (rois[:, 1:3] * scale)[:, :, None, None]
    at = np.stack([y * cos - x * sin + center[:, 1], x * cos + y * sin + center[:, 0]])
    index, weight = few_points.corners(at, height, width, padded=False)
    end = np.array((height, width), np.float32).reshape(2, 1, 1, 1, 1, 1)
    kept = ((at >= -1) & (at <= end)).all(0) & (has_y[:, None] & has_x)[:, :, :, None, None]
    weight *= kept / (counts[:, 0] * counts[:, 1])[:, None, None]
    index += images[:, None, None] * (height * width)
    table = data.transpose(1, 0, 2, 3).reshape(channels, -1)
    shape = len(rois), *pooled_size
    found = few_points.sums(table, index.reshape(-1, math.prod(shape)), weight.reshape(-1, math.prod(shape)))
    if not np.isfinite(found).all():  # pixels of points that a region does not have are read, too
        return None
    return np.ascontiguousarray(found.reshape(channels, *shape).transpose(1, 0, 2, 3))


def _inside(size: Array, step: Array, counts: Array, bins: int) -> tuple[Array, Array]:
    """Points in the bins along an axis, from the center, (k, regions, bins), and which of the k there are."""
    number = np.arange(int(counts.max()), dtype=np.float32)[:, None]
    starts = np.arange(bins, dtype=np.float32) * step[:, None]
    at = starts + ((number + np.float32(0.5)) * step / counts)[:, :, None]
    return at - (size / 2)[:, None], number < counts
