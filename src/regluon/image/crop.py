"""Parts of images and their sizes. Random numbers are those of Python's ``random``, as in MXNet."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any, TypeAlias

from regluon.image.files import imresize
from regluon.ndarray import NDArray
from regluon.ndarray.ndarray import wrap
from regluon.ops import opencv

__all__ = [
    "center_crop",
    "color_normalize",
    "deprecated_area",
    "fixed_crop",
    "random_crop",
    "random_size_crop",
    "resize_short",
    "resized",
    "scale_down",
]

Size: TypeAlias = tuple[int, int]
Place: TypeAlias = tuple[int, int, int, int]
_TRIALS = 10


def _interpolation(interp: int, tall: int, wide: int, height: int, width: int) -> int:
    """OpenCV's number of a method: 9 chooses one by the two sizes, 10 at random."""
    if interp == 9:
        return opencv.method_by_sizes((tall, wide), (height, width))
    if interp == 10:
        return random.randint(0, 4)
    if interp not in range(5):
        raise ValueError(f"Unknown interp method {interp}")
    return interp


def resized(src: NDArray, width: int, height: int, interp: int) -> NDArray:
    """imresize, by a method that may be 9 or 10, too."""
    tall, wide, _ = src.shape
    return imresize(src, width, height, interp=_interpolation(interp, tall, wide, height, width))


def scale_down(src_size: Size, size: Size) -> Size:
    """``size``, made smaller in its own ratio until it is within ``src_size``; both are (width, height)."""
    width, height = float(size[0]), float(size[1])
    wide, tall = src_size
    if tall < height:
        width, height = width * tall / height, tall
    if wide < width:
        width, height = wide, height * wide / width
    return int(width), int(height)


def resize_short(src: NDArray, size: int, interp: int = 2) -> NDArray:
    """An image whose shorter side has length ``size``, in its own ratio.

    Parameters
    ----------
    interp : int
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos; 9 cubic to enlarge both sides, area to reduce both,
        else linear; 10 one of them at random.
    """
    height, width = opencv.shorter_side(size, *src.shape[:2])
    return resized(src, width, height, interp)


def fixed_crop(
    src: NDArray, x0: int, y0: int, w: int, h: int, size: Size | None = None, interp: int = 2
) -> NDArray:
    """The part of an image from (x0, y0) on, ``w`` wide and ``h`` high, resized to ``size`` if given."""
    if size is None or (w, h) == size:
        return src[y0 : y0 + h, x0 : x0 + w]
    if src.ndim != 3 or not (0 <= x0 < x0 + w <= src.shape[1] and 0 <= y0 < y0 + h <= src.shape[0]):
        return resized(src[y0 : y0 + h, x0 : x0 + w], *size, interp)
    # OpenCV takes rows that lie apart, so the part needs no copy.
    method = _interpolation(interp, h, w, size[1], size[0])
    return wrap(opencv.resized(src._data[y0 : y0 + h, x0 : x0 + w], *size, method), src.context, None)


def random_crop(src: NDArray, size: Size, interp: int = 2) -> tuple[NDArray, Place]:
    """A random part of the size (width, height), or as much of it as there is, resized.

    Returns
    -------
    The part, and where it was: (x0, y0, width, height).
    """
    tall, wide, _ = src.shape
    width, height = scale_down((wide, tall), size)
    x0 = random.randint(0, wide - width)
    y0 = random.randint(0, tall - height)
    return fixed_crop(src, x0, y0, width, height, size, interp), (x0, y0, width, height)


def center_crop(src: NDArray, size: Size, interp: int = 2) -> tuple[NDArray, Place]:
    """The middle part of the size (width, height); otherwise as ``random_crop``."""
    tall, wide, _ = src.shape
    width, height = scale_down((wide, tall), size)
    x0, y0 = (wide - width) // 2, (tall - height) // 2
    return fixed_crop(src, x0, y0, width, height, size, interp), (x0, y0, width, height)


def deprecated_area(area: Any, others: dict[str, Any], function: str) -> Any:
    """The ``area`` of a random part, or what is given under its old name."""
    if "min_area" in others:
        warnings.warn(
            "`min_area` is deprecated. Please use `area` instead.", DeprecationWarning, stacklevel=3
        )
        area = others.pop("min_area")
    assert not others, f"unexpected keyword arguments for `{function}`."
    return area


def random_size_crop(
    src: NDArray, size: Size, area: Any, ratio: tuple[float, float], interp: int = 2, **kwargs: Any
) -> tuple[NDArray, Place]:
    """A random part of a random size and ratio, resized; the middle if ten trials find none within the image.

    Parameters
    ----------
    size : tuple of int
        (width, height) of the result.
    area : float or tuple of float
        The least share of the image's area that the part has, or the least and the largest.
    ratio : tuple of float
        The least and the largest width / height.

    Returns
    -------
    The part, and where it was: (x0, y0, width, height).
    """
    tall, wide, _ = src.shape
    area = deprecated_area(area, kwargs, "random_size_crop")
    least, most = area if isinstance(area, (tuple, list)) else (area, 1.0)
    for _ in range(_TRIALS):
        pixels = random.uniform(least, most) * (tall * wide)
        drawn = math.exp(random.uniform(math.log(ratio[0]), math.log(ratio[1])))
        width, height = round(math.sqrt(pixels * drawn)), round(math.sqrt(pixels / drawn))
        if width <= wide and height <= tall:
            x0 = random.randint(0, wide - width)
            y0 = random.randint(0, tall - height)
            return fixed_crop(src, x0, y0, width, height, size, interp), (x0, y0, width, height)
    return center_crop(src, size, interp)


def color_normalize(src: NDArray, mean: Any, std: Any = None) -> NDArray:
    """(src - mean) / std, in place; without the one that is None."""
    if mean is not None:
        src -= mean
    if std is not None:
        src /= std
    return src
