"""Random parts of images, with the boxes that are in them."""

from __future__ import annotations

import random
import warnings
from math import sqrt
from typing import Any

import numpy as np

from regluon.image.crop import fixed_crop
from regluon.image.detection.augmenter import DetAugmenter, as_range
from regluon.ndarray import NDArray

__all__ = ["DetRandomCropAug"]

Boxes = np.ndarray[Any, Any]
Part = tuple[int, int, int, int]  # x, y, width, height


class DetRandomCropAug(DetAugmenter):
    """A random part of the image that has enough of an object in it; else the image as it is.

    Parameters
    ----------
    min_object_covered : float
        How much of each object that the part touches must be in it, as a share of the object's area.
    aspect_ratio_range : tuple of float
        The least and the largest width for a height of 1.
    area_range : tuple of float
        The least and the largest share of the image's area.
    min_eject_coverage : float
        Objects of which less than this share is in the part are left out.
    max_attempts : int
        How many parts are tried.
    """

    def __init__(
        self,
        min_object_covered: float = 0.1,
        aspect_ratio_range: Any = (0.75, 1.33),
        area_range: Any = (0.05, 1.0),
        min_eject_coverage: float = 0.3,
        max_attempts: int = 50,
    ) -> None:
        aspect_ratio_range = as_range("aspect ratio", aspect_ratio_range, self)
        area_range = as_range("area range", area_range, self)
        super().__init__(
            min_object_covered=min_object_covered,
            aspect_ratio_range=aspect_ratio_range,
            area_range=area_range,
            min_eject_coverage=min_eject_coverage,
            max_attempts=max_attempts,
        )
        self.min_object_covered = min_object_covered
        self.min_eject_coverage = min_eject_coverage
        self.max_attempts = max_attempts
        self.aspect_ratio_range = aspect_ratio_range
        self.area_range = area_range
        self.enabled = area_range[1] > 0 and area_range[0] <= area_range[1]
        if not self.enabled:
            warnings.warn(f"Skip DetRandomCropAug due to invalid area_range: {area_range}", stacklevel=2)
        elif not 0 < aspect_ratio_range[0] <= aspect_ratio_range[1]:
            self.enabled = False
            text = f"Skip DetRandomCropAug due to invalid aspect_ratio_range: {aspect_ratio_range}"
            warnings.warn(text, stacklevel=2)

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        height, width = src.shape[:2]
        if not self.enabled or height <= 0 or width <= 0:
            return src, label
        for _ in range(self.max_attempts):
            part = self._part(height, width)
            if part is None or not self._holds_enough(label, part, height, width):
                continue
            inside = self._boxes(label, part, height, width)
            if inside is not None:
                return fixed_crop(src, *part, None), inside
        return src, label

    def _part(self, height: int, width: int) -> Part | None:
        """A random part of the image, if its size can be made to fit."""
        least, most = (share * height * width for share in self.area_range)
        ratio = random.uniform(*self.aspect_ratio_range)
        h, highest = round(sqrt(least / ratio)), round(sqrt(most / ratio))
        if round(highest * ratio) > width:
            highest = int((width + 0.4999999) / ratio)
        highest = min(highest, height)
        h = min(h, highest)
        if h < highest:
            h = random.randint(h, highest)
        w = round(h * ratio)
        if w * h < least:  # rounded down
            h += 1
            w = round(h * ratio)
        if w * h > most:
            h -= 1
            w = round(h * ratio)
        if not (least <= w * h <= most and 0 <= w <= width and 0 <= h <= height):
            return None
        y = random.randint(0, max(0, height - h))
        x = random.randint(0, max(0, width - w))
        return x, y, w, h

    def _holds_enough(self, label: Boxes, part: Part, height: int, width: int) -> bool:
        x, y, w, h = part
        if w * h < 2:
            return False
        boxes = label[:, 1:]
        boxes = boxes[_areas(boxes) * width * height > 2]
        if not len(boxes):
            return False
        corners = (x / width, y / height, (x + w) / width, (y + h) / height)
        shares = _areas(_intersections(boxes, corners)) / _areas(boxes)
        shares = shares[shares > 0]
        return bool(shares.size and shares.min() > self.min_object_covered)

    def _boxes(self, label: Boxes, part: Part, height: int, width: int) -> Boxes | None:
        """The boxes as shares of the part, or None if there are none left."""
        x, y, w, h = part[0] / width, part[1] / height, part[2] / width, part[3] / height
        out = label.copy()
        out[:, (1, 3)] -= x
        out[:, (2, 4)] -= y
        out[:, (1, 3)] /= w
        out[:, (2, 4)] /= h
        out[:, 1:5] = np.clip(out[:, 1:5], 0, 1)
        left = _areas(out[:, 1:]) * w * h / _areas(label[:, 1:])
        kept = (out[:, 3] > out[:, 1]) & (out[:, 4] > out[:, 2]) & (left > self.min_eject_coverage)
        return out[kept] if kept.any() else None


def _areas(boxes: Boxes) -> Boxes:
    areas: Boxes = np.maximum(0, boxes[:, 3] - boxes[:, 1]) * np.maximum(0, boxes[:, 2] - boxes[:, 0])
    return areas


def _intersections(boxes: Boxes, corners: tuple[float, float, float, float]) -> Boxes:
    left, top, right, bottom = corners
    out = boxes.copy()
    out[:, 0], out[:, 1] = np.maximum(boxes[:, 0], left), np.maximum(boxes[:, 1], top)
    out[:, 2], out[:, 3] = np.minimum(boxes[:, 2], right), np.minimum(boxes[:, 3], bottom)
    return out
