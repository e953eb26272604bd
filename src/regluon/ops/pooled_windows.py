"""The largest pixels of a few small windows on a CPU, by NumPy: all of them are read at once."""

from __future__ import annotations

import numpy as np

from regluon.ops.arrays import Array, rounded_away
from regluon.ops.registry import Shape

__all__ = ["pooled_windows"]

_PIXELS = 2**19
"""How many are read at most; above that, what windows have in common is worth finding."""

_LOWEST = np.finfo(np.float32).min


def pooled_windows(data: Array, regions: Array, images: Array, pooled_size: Shape) -> Array | None:
    """The largest pixel in each bin of each region, or None where there are many pixels or no bounds.

    Inputs
    ------
    data : (batch, channels, height, width)
    regions : (regions, 4), left, top, right, bottom, in pixels that are not rounded yet
    images : (regions,), a number below 0 gives zeros
    """
    batch, channels, height, width = data.shape
    if not np.isfinite(regions).all():
        return None
    corners = rounded_away(regions)
    top, bottom = _windows(corners[:, 1::2], pooled_size[0], height)
    left, right = _windows(corners[:, ::2], pooled_size[1], width)
    tall, wide = int((bottom - top).max()), int((right - left).max())
    if not 0 < top.size * pooled_size[1] * tall * wide * channels <= _PIXELS:
        return None
    # A window that is smaller than others has its last row or column several times.
    y = np.minimum(top + np.arange(tall).reshape(-1, 1, 1), bottom - 1)
    x = np.minimum(left + np.arange(wide).reshape(-1, 1, 1), right - 1)
    y += (images * height)[:, None]
    y *= width
    places = y[:, None, :, :, None] + x[:, :, None]  # (tall, wide, regions, rows, columns)
    pixels = data.reshape(batch, channels, -1).transpose(0, 2, 1).reshape(-1, channels)
    found = pixels.take(places, 0, mode="clip")  # what an empty window reads does not matter
    # What is not a number is below all numbers.
    out = np.fmax.reduce(found.reshape(-1, *found.shape[2:]), initial=_LOWEST)
    out[((top >= bottom) | (images < 0)[:, None])[:, :, None] | (left >= right)[:, None]] = 0
    return np.ascontiguousarray(out.transpose(0, 3, 1, 2))


def _windows(ends: Array, bins: int, extent: int) -> tuple[Array, Array]:
    """Where each bin along an axis begins and ends, (regions, bins); ``ends`` are the regions' own."""
    first = ends[:, :1]
    edges = np.arange(bins + 1, dtype=ends.dtype) * (np.maximum(ends[:, 1:] - first + 1, 1) / bins)
    begin, end = np.floor(edges[:, :-1]) + first, np.ceil(edges[:, 1:]) + first
    begin, end = np.minimum(np.maximum(begin, 0), extent), np.minimum(np.maximum(end, 0), extent)
    return begin.astype(np.int64), end.astype(np.int64)
