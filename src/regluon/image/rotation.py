"""Images turned around their middle."""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

import numpy as np

from regluon.ndarray import BilinearSampler, NDArray, arange, array, cos, maximum, minimum, sin, stack
from regluon.ndarray import abs as absolute

__all__ = ["imrotate", "random_rotate"]


def imrotate(src: NDArray, rotation_degrees: Any, zoom_in: bool = False, zoom_out: bool = False) -> NDArray:
    """Images turned by an angle; what comes from outside of an image is 0.

    Parameters
    ----------
    src : NDArray
        (channels, height, width) or (batch, channels, height, width), float32.
    rotation_degrees : float or NDArray
        The angle; for a batch also (batch,).
    zoom_in : bool
        Whether to enlarge the images until nothing from outside is seen.
    zoom_out : bool
        Whether to reduce the images until they are seen as a whole.
    """
    if zoom_in and zoom_out:
        raise ValueError("`zoom_in` and `zoom_out` cannot be both True")
    if src.dtype is not np.float32:
        raise TypeError("Only `float32` images are supported by this function")
    if src.ndim == 3:
        if not isinstance(rotation_degrees, Number):
            raise TypeError("for a single image the angle must be a number")
        return imrotate(src.expand_dims(axis=0), rotation_degrees, zoom_in, zoom_out)[0]
    if src.ndim != 4:
        raise ValueError("Only 3D and 4D are supported by this function")
    if isinstance(rotation_degrees, Number):
        rotation_degrees = array([rotation_degrees] * len(src), ctx=src.context)
    if len(src) != len(rotation_degrees):
        raise ValueError("The number of images must be equal to the number of rotation angles")
    height, width = src.shape[2:]
    grid = _grid(rotation_degrees.as_in_context(src.context), height, width, zoom_in, zoom_out)
    found: NDArray = BilinearSampler(src, grid)
    return found


def _grid(degrees: NDArray, height: int, width: int, zoom_in: bool, zoom_out: bool) -> NDArray:
    """Where each pixel comes from, (batch, 2, height, width), in -1 to 1."""
    radians = (degrees * (math.pi / 180)).reshape((-1, 1, 1))
    c, s = cos(radians), sin(radians)
    half_width, half_height = (width - 1) / 2, (height - 1) / 2
    x = (arange(width, ctx=degrees.context) - half_width).reshape((1, 1, -1))
    y = (arange(height, ctx=degrees.context) - half_height).reshape((1, -1, 1))
    grid: NDArray = stack((x * c - y * s) / half_width, (x * s + y * c) / half_height, axis=1)
    if zoom_in or zoom_out:
        # The width and the height of what the turned image covers.
        wide = width * absolute(c) + height * absolute(s)
        tall = height * absolute(c) + width * absolute(s)
        scale = maximum(wide / width, tall / height) if zoom_out else minimum(width / wide, height / tall)
        grid = grid * scale.expand_dims(axis=1)
    return grid


def random_rotate(src: NDArray, angle_limits: Any, zoom_in: bool = False, zoom_out: bool = False) -> NDArray:
    """``imrotate`` by random angles, which ``numpy.random`` draws.

    Parameters
    ----------
    angle_limits : tuple of float
        The least and the largest angle, in degrees.
    """
    low, high = angle_limits
    if src.ndim == 3:
        return imrotate(src, np.random.uniform(low, high), zoom_in, zoom_out)  # noqa: NPY002
    angles = array(np.random.uniform(low, high, size=len(src)))  # noqa: NPY002
    return imrotate(src, angles, zoom_in, zoom_out)
