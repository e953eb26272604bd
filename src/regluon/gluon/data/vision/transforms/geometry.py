"""Transforms of size and place: cut out, resized, turned, mirrored."""

from __future__ import annotations

from numbers import Number
from typing import Any

import numpy as np

from regluon import image
from regluon.gluon.block import Block
from regluon.gluon.hybrid_block import HybridBlock

__all__ = [
    "CenterCrop",
    "CropResize",
    "RandomFlipLeftRight",
    "RandomFlipTopBottom",
    "RandomResizedCrop",
    "RandomRotation",
    "Resize",
    "Rotate",
]


def _pair(size: Any) -> Any:
    return (size, size) if isinstance(size, Number) else size


def _require_float32(x: Any) -> None:
    if x.dtype is not np.float32:
        kind = np.dtype(x.dtype)
        text = "This transformation only supports float32. Consider calling it after ToTensor"
        raise TypeError(f"{text}; the image is {kind}")


class Rotate(Block):
    """The image turned by an angle; its size stays, and what comes from outside is 0.

    Parameters
    ----------
    rotation_degrees : float
    zoom_in : bool
        Whether to enlarge it until nothing from outside is seen.
    zoom_out : bool
        Whether to reduce it until it is seen as a whole.

    Inputs
    ------
    x : (channels, height, width) or (batch, channels, height, width), float32
    """

    def __init__(self, rotation_degrees: float, zoom_in: bool = False, zoom_out: bool = False) -> None:
        super().__init__()
        self._args = (rotation_degrees, zoom_in, zoom_out)

    def forward(self, x: Any) -> Any:
        """The image turned."""
        _require_float32(x)
        return image.imrotate(x, *self._args)


class RandomRotation(Block):
    """The image turned by a random angle, as Rotate turns it.

    Parameters
    ----------
    angle_limits : tuple of float
        The least and the largest angle, in degrees.
    zoom_in, zoom_out : bool
        See :class:`Rotate`.
    rotate_with_proba : float
        The probability with which it is turned at all.
    """

    def __init__(
        self,
        angle_limits: Any,
        zoom_in: bool = False,
        zoom_out: bool = False,
        rotate_with_proba: float = 1.0,
    ) -> None:
        super().__init__()
        lower, upper = angle_limits
        if lower >= upper:
            raise ValueError(f"`angle_limits` must be an ordered tuple, not {angle_limits}")
        if not 0 <= rotate_with_proba <= 1:
            raise ValueError(
                f"Probability of rotating the image should be between 0 and 1; it is {rotate_with_proba}"
            )
        self._args = (angle_limits, zoom_in, zoom_out)
        self._rotate_with_proba = rotate_with_proba

    def forward(self, x: Any) -> Any:
        """The image turned."""
        if np.random.random() > self._rotate_with_proba:  # noqa: NPY002 (the stream that programs seed)
            return x
        _require_float32(x)
        return image.random_rotate(x, *self._args)


class RandomResizedCrop(Block):
    """A random part of the image in a given size.

    Parameters
    ----------
    size : int or tuple of int
        (width, height)
    scale : tuple of float
        The least and the largest share of the image's area.
    ratio : tuple of float
        The least and the largest width for a height of 1.
    interpolation : int
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos, and those of ``mx.image``.

    Inputs
    ------
    x : (height, width, channels)
    """

    def __init__(
        self, size: Any, scale: Any = (0.08, 1.0), ratio: Any = (3.0 / 4.0, 4.0 / 3.0), interpolation: int = 1
    ) -> None:
        super().__init__()
        self._args = (_pair(size), scale, ratio, interpolation)

    def forward(self, x: Any) -> Any:
        """The part, resized."""
        return image.random_size_crop(x, *self._args)[0]


class CropResize(HybridBlock):
    """A given part of the image, resized if ``size`` is given.

    Parameters
    ----------
    x, y : int
        The part's first column and row.
    width, height : int
    size : int or tuple of int, optional
        (width, height)
    interpolation : int, optional
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos; must be given if ``size`` is.

    Inputs
    ------
    x : (height, width, channels) or (batch, height, width, channels)
    """

    def __init__(
        self, x: int, y: int, width: int, height: int, size: Any = None, interpolation: int | None = None
    ) -> None:
        super().__init__()
        self._x, self._y = x, y
        self._width, self._height = width, height
        self._size = size
        self._interpolation = interpolation

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The part."""
        out = F.image.crop(x, self._x, self._y, self._width, self._height)
        return F.image.resize(out, self._size, False, self._interpolation) if self._size else out


class CenterCrop(Block):
    """The middle of the image; of one that is too small as much as there is, enlarged.

    Parameters
    ----------
    size : int or tuple of int
        (width, height)
    interpolation : int
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos, and those of ``mx.image``.

    Inputs
    ------
    x : (height, width, channels)
    """

    def __init__(self, size: Any, interpolation: int = 1) -> None:
        super().__init__()
        self._args = (_pair(size), interpolation)

    def forward(self, x: Any) -> Any:
        """The middle."""
        return image.center_crop(x, *self._args)[0]


class Resize(HybridBlock):
    """The image in another size.

    Parameters
    ----------
    size : int or tuple of int
        (width, height)
    keep_ratio : bool
        Whether a single number is for the shorter side, and the other one follows.
    interpolation : int
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos.

    Inputs
    ------
    x : (height, width, channels) or (batch, height, width, channels)
    """

    def __init__(self, size: Any, keep_ratio: bool = False, interpolation: int = 1) -> None:
        super().__init__()
        self._keep = keep_ratio
        self._size = size
        self._interpolation = interpolation

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image, resized."""
        return F.image.resize(x, self._size, self._keep, self._interpolation)


class RandomFlipLeftRight(HybridBlock):
    """The image or, as often, its mirror image.

    Inputs
    ------
    x : (height, width, channels)
    """

    def __init__(self) -> None:
        super().__init__()

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image, mirrored or not."""
        return F.image.random_flip_left_right(x)


class RandomFlipTopBottom(HybridBlock):
    """The image as it is or, as often, upside down, mirrored.

    Inputs
    ------
    x : (height, width, channels)
    """

    def __init__(self) -> None:
        super().__init__()

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image, mirrored or not."""
        return F.image.random_flip_top_bottom(x)
