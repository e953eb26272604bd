"""Images brought into another plane by a linear map, as OpenCV 3 does it."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.ops.opencv import call

__all__ = ["warped"]

Array = np.ndarray[Any, Any]

# Positions are whole numbers of 1/1024 pixel, of which a multiple of 1/32 is used.
_SCALE_BITS, _SHARE_BITS = 10, 5
_NEAREST = 0


def warped(image: Array, matrix: Array, size: tuple[int, int], method: int, fill: int) -> Array:
    """The image whose pixel at M (x, y, 1) is the given one's at (x, y).

    OpenCV 4.11 and later compute positions in another way, so that a third of the pixels differ by a level
    or two. Their ``remap`` still takes positions in 1/32 pixel, which are worked out here.

    Parameters
    ----------
    matrix : numpy.ndarray
        M, (2, 3).
    size : tuple of int
        (width, height) of the result.
    method : int
        OpenCV's number of an interpolation.
    fill : int
        What pixels from outside are.
    """
    inverse = _inverse(matrix.astype(np.float64))
    bits = _SCALE_BITS - (0 if method == _NEAREST else _SHARE_BITS)
    columns, rows = _steps(inverse, *size)
    half = 1 << bits - 1
    x = (rows[0][:, np.newaxis] + half + columns[0]) >> bits
    y = (rows[1][:, np.newaxis] + half + columns[1]) >> bits
    border = {"borderMode": 0, "borderValue": (fill,) * 4}
    if method == _NEAREST:
        found: Array = call("remap", image, _whole(x, y), None, method, **border)
        return found
    share = (1 << _SHARE_BITS) - 1
    shares = ((y & share) << _SHARE_BITS) + (x & share)
    whole = _whole(x >> _SHARE_BITS, y >> _SHARE_BITS)
    found = call("remap", image, whole, shares.astype(np.uint16), method, **border)
    return found


def _inverse(m: Array) -> Array:
    determinant = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
    scale = 1 / determinant if determinant else 0.0
    linear = np.array([[m[1, 1], -m[0, 1]], [-m[1, 0], m[0, 0]]]) * scale
    return np.column_stack([linear, -linear @ m[:, 2]])


def _steps(inverse: Array, width: int, height: int) -> tuple[Array, Array]:
    """What a column and what a row adds to x and to y."""
    scale = 1 << _SCALE_BITS
    columns = np.rint(inverse[:, :1] * np.arange(width) * scale).astype(np.int64)
    rows = np.rint((inverse[:, 1:2] * np.arange(height) + inverse[:, 2:]) * scale).astype(np.int64)
    return columns, rows


def _whole(x: Array, y: Array) -> Array:
    limits = np.iinfo(np.int16)
    return np.stack([x, y], axis=-1).clip(limits.min, limits.max).astype(np.int16)
