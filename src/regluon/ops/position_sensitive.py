"""Regions of interest whose bins have channels of their own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from regluon.ops import few_points
from regluon.ops.arrays import Array, by_numpy, rounded_away
from regluon.ops.points import bag_sums, corners
from regluon.ops.regions import check_regions, crossed, exact, images_by_numpy, images_of, pooled
from regluon.ops.registry import Tensor, register
from regluon.ops.unary import round_away

__all__: list[str] = []


def _groups(bins: int, group_size: int, device: torch.device) -> Tensor:
    """The number of each bin's group, (bins, bins)."""
    number = torch.arange(bins, device=device) * group_size // bins
    return number.reshape(-1, 1) * group_size + number


def _check_channels(data: Tensor, output_dim: int, group_size: int) -> None:
    wanted = output_dim * group_size * group_size
    if data.shape[1] < wanted:
        raise ValueError(
            f"output_dim={output_dim} and group_size={group_size} need {wanted} channels, "
            f"but data has {data.shape[1]}"
        )


def _parts(data: Tensor, output_dim: int, group_size: int, classes: int) -> Tensor:
    """Data as (batch · classes · groups, height, width, channels)."""
    batch, _, height, width = data.shape
    groups = group_size * group_size
    used = data[:, : output_dim * groups].reshape(batch, classes, -1, groups, height, width)
    return used.permute(0, 1, 3, 4, 5, 2).flatten(0, 2)


@register("_contrib_PSROIPooling", same_type=True)
def psroi_pooling(
    data: Tensor,
    rois: Tensor,
    *,
    spatial_scale: float,
    output_dim: int,
    pooled_size: int,
    group_size: int = 0,
) -> Tensor:
    """The mean of the pixels in each bin of each region, each group of bins from channels of its own

    After Dai and others, *R-FCN* (2016). A region's corners are rounded before they are scaled; its bins are
    rounded outward to pixels. A bin outside of the feature map is 0. No gradient comes to the regions.

    Parameters
    ----------
    spatial_scale
        Pixels of the feature map in one unit of the regions' coordinates, from 0 to 1.
    output_dim
        The channels of the result.
    pooled_size
        Rows and columns of bins.
    group_size
        Rows and columns of groups of bins; ``pooled_size`` if 0.

    Inputs
    ------
    data : (batch, output_dim · group_size², height, width)
    rois : (regions, 5), each the number of an image and x₁, y₁, x₂, y₂

    Outputs
    -------
    out : (regions, output_dim, pooled_size, pooled_size)
    """
    check_regions(data, rois, 5, (pooled_size, pooled_size), spatial_scale)
    groups = group_size or pooled_size
    _check_channels(data, output_dim, groups)
    parts = _parts(data, output_dim, groups, 1)
    if rois.is_meta:
        return data.new_empty(rois.shape[0], output_dim, pooled_size, pooled_size)
    height, width = data.shape[2:]
    images, _ = images_of(rois, data.shape[0])
    first, size = _extents(rois, spatial_scale)
    rows, has_row = _pixels(first[:, 1], size[:, 1], pooled_size, height)
    columns, has_column = _pixels(first[:, 0], size[:, 0], pooled_size, width)
    y, x = crossed(rows, columns)
    has_y, has_x = crossed(has_row, has_column)
    kept = (has_y & has_x).flatten(3)
    weight = kept / kept.sum(3, keepdim=True).clamp(min=1)
    maps = images.reshape(-1, 1, 1) * groups**2 + _groups(pooled_size, groups, data.device)
    return pooled(parts, maps, (y * width + x).flatten(3), weight, kept)


def _extents(rois: Tensor, spatial_scale: float) -> tuple[Tensor, Tensor]:
    """The first corner and the size of each region, (regions, 2) in the order x, y."""
    corner = round_away(exact(rois[:, 1:]))
    first = corner[:, :2] * spatial_scale
    return first, ((corner[:, 2:] + 1) * spatial_scale - first).clamp(min=0.1)


def _pixels(first: Tensor, size: Tensor, bins: int, extent: int) -> tuple[Tensor, Tensor]:
    """The pixels of each bin along an axis, (regions, bins, k), and which of the k it has."""
    width = (size / bins).unsqueeze(1)
    number = torch.arange(bins, device=first.device)
    begin = torch.floor(number * width + first.unsqueeze(1)).clamp(0, extent).long()
    end = torch.ceil((number + 1) * width + first.unsqueeze(1)).clamp(0, extent).long()
    most = int((end - begin).max().clamp(min=1)) if begin.numel() else 1
    pixels = begin.unsqueeze(2) + torch.arange(most, device=first.device)
    has = pixels < end.unsqueeze(2)
    return pixels.clamp(max=extent - 1), has


@register("_contrib_DeformablePSROIPooling", same_type=True)
def deformable_psroi_pooling(
    data: Tensor,
    rois: Tensor,
    trans: Tensor | None = None,
    *,
    spatial_scale: float,
    output_dim: int,
    group_size: int,
    pooled_size: int,
    part_size: int = 0,
    sample_per_part: int = 1,
    trans_std: float = 0.0,
    no_trans: bool = False,
) -> Tensor:
    """The mean of points in each bin of each region, whose bins are moved; see PSROIPooling

    After Dai and others, *Deformable Convolutional Networks* (2017). The points are read by bilinear
    interpolation; those further outside than half a pixel do not count. No gradient comes to the regions.

    Parameters
    ----------
    spatial_scale
        Pixels of the feature map in one unit of the regions' coordinates, from 0 to 1.
    output_dim
        The channels of the result.
    group_size
        Rows and columns of groups of bins.
    pooled_size
        Rows and columns of bins.
    part_size
        Rows and columns of parts that are moved together; ``pooled_size`` if 0.
    sample_per_part
        Points along each axis of a bin.
    trans_std
        A factor of the movements, from 0 to 1.
    no_trans
        Whether nothing is moved, and there is no ``trans``.

    Inputs
    ------
    data : (batch, output_dim · group_size², height, width)
    rois : (regions, 5), each the number of an image and x₁, y₁, x₂, y₂
    trans : (regions, 2 classes, part_size, part_size), the movements in x and in y of each class's bins, in
        units of the region's size; the channels are shared among the classes

    Outputs
    -------
    out : (regions, output_dim, pooled_size, pooled_size)
    """
    check_regions(data, rois, 5, (pooled_size, pooled_size), spatial_scale)
    _check_movement(trans, rois, no_trans, trans_std, part_size or pooled_size)
    classes = 1 if trans is None else trans.shape[1] // 2
    if output_dim % classes:
        raise ValueError(f"output_dim={output_dim} channels can't be shared among {classes} classes")
    _check_channels(data, output_dim, group_size)
    points = rois.shape[0] * classes * (pooled_size * sample_per_part) ** 2
    if few_points.are_few(points, output_dim // classes, data.numel()):
        sizes = _Sizes(output_dim, group_size, pooled_size, part_size or pooled_size, sample_per_part)
        scales = {"spatial_scale": spatial_scale, "trans_std": trans_std}
        found = by_numpy(_small, data, rois, trans, sizes=sizes, **scales)
        if found is not None:
            return found  # type: ignore[no-any-return]
    parts = _parts(data, output_dim, group_size, classes)
    if rois.is_meta:
        return data.new_empty(rois.shape[0], output_dim, pooled_size, pooled_size)
    images, _ = images_of(rois, data.shape[0])
    first, size = _extents(rois, spatial_scale)
    y, x = _moved_points(first - 0.5, size, trans, trans_std, pooled_size, part_size, sample_per_part)
    height, width = data.shape[2:]
    counts = (y >= -0.5) & (y <= height - 0.5) & (x >= -0.5) & (x <= width - 0.5)
    index, weight = corners(y, x, height, width, padded=False)
    weight = weight * (counts / counts.sum((4, 5), keepdim=True).clamp(min=1)).unsqueeze(-1)
    of_class = torch.arange(classes, device=data.device).reshape(-1, 1, 1)
    maps = (images.reshape(-1, 1, 1, 1) * classes + of_class) * group_size**2
    maps = (maps + _groups(pooled_size, group_size, data.device)) * (height * width)
    found = bag_sums(parts, index.flatten(4) + maps.unsqueeze(-1), weight.flatten(4))
    return found.permute(0, 1, 4, 2, 3).flatten(1, 2).contiguous()


def _check_movement(trans: Tensor | None, rois: Tensor, no_trans: bool, trans_std: float, parts: int) -> None:
    if no_trans is not (trans is None):
        raise ValueError(f"with no_trans={no_trans} it takes {'no' if no_trans else 'a'} trans")
    if not 0 <= trans_std <= 1:
        raise ValueError(f"trans_std must be in 0...1, not {trans_std}")
    if trans is None:
        return
    wanted = (rois.shape[0], 2 * max(trans.shape[1] // 2, 1) if trans.dim() > 1 else 2, parts, parts)
    if trans.shape != wanted:
        raise ValueError(f"trans must have shape {wanted}, but it has {tuple(trans.shape)}")


def _moved_points(
    first: Tensor,
    size: Tensor,
    trans: Tensor | None,
    trans_std: float,
    bins: int,
    part_size: int,
    samples: int,
) -> tuple[Tensor, Tensor]:
    """y and x of the points, (regions, classes, bins, bins, samples, samples)."""
    number = torch.arange(bins, device=first.device)
    width = size / bins
    inside = torch.arange(samples, device=first.device) * (width / samples).unsqueeze(2)
    at = (number * width.unsqueeze(2) + first.unsqueeze(2)).unsqueeze(3) + inside.unsqueeze(2)
    x, y = at.unbind(1)  # each (regions, bins, samples)
    y, x = y.reshape(-1, 1, bins, 1, samples, 1), x.reshape(-1, 1, 1, bins, 1, samples)
    if trans is None:
        return y + torch.zeros_like(x), x + torch.zeros_like(y)
    parts = part_size or bins
    part = number * parts // bins
    moved = trans[:, :, part.unsqueeze(1), part].to(size.dtype)
    moved = moved.reshape(len(moved), -1, 2, bins, bins) * (trans_std * size).reshape(-1, 1, 2, 1, 1)
    by_x, by_y = moved.unsqueeze(-1).unsqueeze(-1).unbind(2)
    return y + by_y, x + by_x


class _Sizes(NamedTuple):
    """How many channels, groups, bins, parts and points there are."""

    output_dim: int
    group_size: int
    bins: int
    parts: int
    samples: int


def _small(
    data: Array, rois: Array, trans: Array | None, *, spatial_scale: float, trans_std: float, sizes: _Sizes
) -> Array:
    """The means of moved points by NumPy."""
    output_dim, group_size, bins, _, samples = sizes
    batch, _, height, width = data.shape
    groups = group_size * group_size
    images = images_by_numpy(rois, batch)
    at = _few_points(rois, trans, spatial_scale, trans_std, sizes)
    index, weight = few_points.corners(at, height, width, padded=False)
    end = np.array((height - 0.5, width - 0.5), np.float32).reshape(2, *[1] * 6)
    counts = ((at >= -0.5) & (at <= end)).all(0)
    weight *= counts / np.maximum(counts.sum((0, 1), dtype=np.float32), 1)
    classes = at.shape[4]
    number = np.arange(bins) * group_size // bins
    maps = (images[:, None] * classes + np.arange(classes)).reshape(-1, classes, 1, 1) * groups
    index += (maps + number[:, None] * group_size + number) * (height * width)
    used = data[:, : output_dim * groups].reshape(batch, classes, -1, groups, height * width)
    table = used.transpose(2, 0, 1, 3, 4).reshape(output_dim // classes, -1)
    k = 4 * samples * samples
    found = few_points.sums(table, index.reshape(k, -1), weight.reshape(k, -1))
    found = found.reshape(len(table), -1, classes, bins * bins).transpose(1, 2, 0, 3)
    return np.ascontiguousarray(found).reshape(-1, output_dim, bins, bins)


def _few_points(
    rois: Array, trans: Array | None, spatial_scale: float, trans_std: float, sizes: _Sizes
) -> Array:
    """y and x of the points, (2, samples, samples, regions, classes, bins, bins); see ``_moved_points``."""
    _, _, bins, parts, samples = sizes
    corner, scale = rounded_away(rois[:, :0:-1]), np.float32(spatial_scale)  # y₂, x₂, y₁, x₁
    first = corner[:, 2:] * scale
    size = np.maximum((corner[:, :2] + 1) * scale - first, np.float32(0.1)).T
    width, first = size / np.float32(bins), first.T - np.float32(0.5)
    inside = (
        np.arange(samples, dtype=np.float32).reshape(-1, 1, 1, 1) * (width / np.float32(samples))[..., None]
    )
    number = np.arange(bins)
    at = number.astype(np.float32) * width[..., None] + first[..., None] + inside
    y = at[:, 0].reshape(samples, 1, -1, 1, bins, 1)
    x = at[:, 1].reshape(1, samples, -1, 1, 1, bins)
    if trans is None:
        return np.stack(np.broadcast_arrays(y, x))
    part = number * parts // bins
    moved = trans[:, :, part[:, None], part]
    moved = moved.reshape(len(moved), -1, 2, bins, bins)
    scale = np.float32(trans_std) * size
    by_y = moved[:, :, 1] * scale[0].reshape(-1, 1, 1, 1)
    by_x = moved[:, :, 0] * scale[1].reshape(-1, 1, 1, 1)
    return np.stack(np.broadcast_arrays(y + by_y, x + by_x))
