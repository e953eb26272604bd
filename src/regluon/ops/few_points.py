"""Feature maps read between their pixels at a few points on a CPU, by NumPy; see points.py.

Axes that are summed over come first, and channels before points: NumPy's loops are long ones then.
"""

from __future__ import annotations

import numpy as np

from regluon.ops.arrays import Array

__all__ = ["are_few", "corners", "sums"]

_NUMBERS = 2**17
"""How many numbers are read at most, and how many a feature map has; above that, torch is faster."""


def are_few(points: int, channels: int, data: int) -> bool:
    """Whether to read ``channels`` at so many points of ``data`` numbers here."""
    return 0 < 4 * points * channels <= _NUMBERS and 0 < data <= _NUMBERS


def corners(at: Array, height: int, width: int, padded: bool = True) -> tuple[Array, Array]:
    """The four pixels around each point, numbered in rows, (2, 2, ...), and their weights.

    ``at`` is (2, ...), y and x. What lies outside is zero if ``padded``, else it is the pixel at the border.
    What is no number gets any pixel, and a weight that is none.
    """
    end = np.array((height - 1, width - 1), np.float32).reshape(2, *[1] * (at.ndim - 1))
    if not padded:
        at = np.minimum(np.maximum(at, 0), end)
    pixels = np.empty((2, *at.shape), np.float32)
    weight = np.empty_like(pixels)
    low, part = pixels[0], weight[1]
    np.floor(at, out=low)
    np.add(low, 1, out=pixels[1])
    np.subtract(at, low, out=part)
    np.subtract(1, part, out=weight[0])
    if padded:
        weight *= (pixels >= 0) & (pixels <= end)
    np.maximum(pixels, 0, out=pixels)
    np.minimum(pixels, end, out=pixels)
    number = pixels[:, 0] * np.float32(width)  # exact, as there are few pixels
    index = number[:, None] + pixels[:, 1]
    return index.astype(np.int64), weight[:, 0][:, None] * weight[:, 1]


def sums(table: Array, index: Array, weight: Array) -> Array:
    """Σ weight · table at the pixels of the first axis.

    Inputs
    ------
    table : (channels, pixels)
    index, weight : (k, n), or what has as many numbers as that

    Outputs
    -------
    out : (channels, n)
    """
    read = table.take(index, axis=1, mode="clip")  # "raise" would copy, and pixels of NaN may be anywhere
    read *= weight
    found: Array = np.add.reduce(read, 1)
    return found
