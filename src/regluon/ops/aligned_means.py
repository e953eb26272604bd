"""Means of points in a few small regions on a CPU, by NumPy.

Interpolation goes axis by axis, so a region's means are a product of matrices: what each bin takes of each
row, the pixels, and what each bin takes of each column.
"""

from __future__ import annotations

import numpy as np

from regluon.ops.arrays import Array
from regluon.ops.registry import Shape

__all__ = ["aligned_means"]

_WEIGHTS, _PRODUCTS = 2**15, 2**19
"""How many numbers are computed at most; above that, just the pixels that count should be read."""


def aligned_means(
    data: Array, corners: Array, size: Array, images: Array, pooled_size: Shape, ratio: int
) -> Array | None:
    """The mean of the points in each bin; None where there is too much, or what is not finite.

    Inputs
    ------
    data : (batch, channels, height, width)
    corners, size : (regions, 2), the first corners and the sizes, x and y, in pixels
    images : (regions,), a number below 0 gives zeros
    """
    _, channels, height, width = data.shape
    if len(size) * channels * height * width * pooled_size[0] > _PRODUCTS:
        return None
    of_rows = _weights(corners[:, 1:], size[:, 1:], pooled_size[0], ratio, height)
    of_columns = _weights(corners[:, :1], size[:, :1], pooled_size[1], ratio, width)
    if of_rows is None or of_columns is None:
        return None
    of_rows *= (images >= 0)[:, None, None]
    pixels = data[np.maximum(images, 0)]
    found: Array = of_rows[:, None] @ pixels @ of_columns.transpose(0, 2, 1)[:, None]
    return found if np.isfinite(found).all() else None  # pixels that do not count are read, too


def _weights(first: Array, size: Array, bins: int, ratio: int, extent: int) -> Array | None:
    """What each bin of each region takes of each pixel along an axis, (regions, bins, extent)."""
    step = size / np.float32(bins)
    counts = np.full_like(step, ratio) if ratio > 0 else np.ceil(step)
    most = counts.max()
    if not len(size) * bins * extent * most <= _WEIGHTS:
        return None
    number = np.arange(int(most), dtype=np.float32)
    starts = np.arange(bins, dtype=np.float32) * step
    at = starts[:, :, None] + ((number + np.float32(0.5)) * step / counts)[:, None] + first[:, :, None]
    share = ((at >= -1) & (at <= extent) & (number < counts)[:, None]) / counts[:, :, None]
    away = np.minimum(np.maximum(at, 0), extent - 1)[:, :, :, None] - np.arange(extent, dtype=np.float32)
    np.abs(away, out=away)
    np.subtract(1, away, out=away)
    np.maximum(away, 0, out=away)
    weights: Array = (share[:, :, None] @ away)[:, :, 0]
    return weights
