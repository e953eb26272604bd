"""Images on a larger ground."""

from __future__ import annotations

import random
import warnings
from math import sqrt
from typing import Any

from regluon.base import numeric_types
from regluon.image.detection.augmenter import DetAugmenter, as_range
from regluon.image.files import copyMakeBorder
from regluon.ndarray import NDArray

__all__ = ["DetRandomPadAug"]

_CONSTANT_BORDER = 16  # OpenCV's BORDER_CONSTANT | BORDER_ISOLATED, as MXNet has it


class DetRandomPadAug(DetAugmenter):
    """The image somewhere on a larger ground of one colour; the image as it is where no size is found.

    Parameters
    ----------
    aspect_ratio_range : tuple of float
        The least and the largest width for a height of 1.
    area_range : tuple of float
        The least and the largest area of the ground, in that of the image.
    max_attempts : int
        How many sizes are tried.
    pad_val : tuple of float
        The ground's colour.
    """

    def __init__(
        self,
        aspect_ratio_range: Any = (0.75, 1.33),
        area_range: Any = (1.0, 3.0),
        max_attempts: int = 50,
        pad_val: Any = (128, 128, 128),
    ) -> None:
        if not isinstance(pad_val, (list, tuple)):
            if not isinstance(pad_val, numeric_types):
                raise AssertionError(f"pad_val must be a number, or a tuple of numbers, not {pad_val!r}")
            pad_val = (pad_val,)
        aspect_ratio_range = as_range("aspect ratio", aspect_ratio_range, self)
        area_range = as_range("area range", area_range, self)
        super().__init__(
            aspect_ratio_range=aspect_ratio_range,
            area_range=area_range,
            max_attempts=max_attempts,
            pad_val=pad_val,
        )
        self.pad_val = pad_val
        self.aspect_ratio_range = aspect_ratio_range
        self.area_range = area_range
        self.max_attempts = max_attempts
        self.enabled = area_range[1] > 1.0 and area_range[0] <= area_range[1]
        if not self.enabled:
            warnings.warn(f"Skip DetRandomPadAug due to invalid parameters: {area_range}", stacklevel=2)
        elif not 0 < aspect_ratio_range[0] <= aspect_ratio_range[1]:
            self.enabled = False
            text = f"Skip DetRandomPadAug due to invalid aspect_ratio_range: {aspect_ratio_range}"
            warnings.warn(text, stacklevel=2)

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        height, width, _ = src.shape
        if not self.enabled or height <= 0 or width <= 0:
            return src, label
        for _ in range(self.max_attempts):
            w, h = self._size(height, width)
            if h - height < 2 or w - width < 2:
                continue  # hardly anything would be added
            y = random.randint(0, max(0, h - height))
            x = random.randint(0, max(0, w - width))
            out = label.copy()
            out[:, (1, 3)] = (out[:, (1, 3)] * width + x) / w
            out[:, (2, 4)] = (out[:, (2, 4)] * height + y) / h
            sides = (y, h - y - height, x, w - x - width)
            return copyMakeBorder(src, *sides, _CONSTANT_BORDER, values=self.pad_val), out
        return src, label

    def _size(self, height: int, width: int) -> tuple[int, int]:
        """A random width and height of the ground."""
        least, most = (share * height * width for share in self.area_range)
        ratio = random.uniform(*self.aspect_ratio_range)
        h, highest = round(sqrt(least / ratio)), round(sqrt(most / ratio))
        if round(h * ratio) < width:
            h = int((width + 0.499999) / ratio)
        h = min(max(h, height), highest)
        if h < highest:
            h = random.randint(h, highest)
        return round(h * ratio), h
