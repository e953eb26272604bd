"""Boxes around objects, and parts of images that are tried against them. All are shares of the image.

A box is a row: class, left, top, right, bottom, and what else there is.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from regluon.io.images.draws import Draws

__all__ = ["Limits", "Region", "mirrored", "seen"]

Boxes = np.ndarray[Any, Any]


class Region(NamedTuple):
    """A part of an image, or, if it goes beyond, a ground that the image lies on."""

    x: float
    y: float
    width: float
    height: float


class Limits(NamedTuple):
    """What a random part must be like, each as (least, most).

    What it has in common with some box is a share of both together (``overlap``), of the part (``sample``),
    and of the box (``object``).
    """

    scale: tuple[float, float]
    ratio: tuple[float, float]
    overlap: tuple[float, float]
    sample: tuple[float, float]
    object: tuple[float, float]

    def drawn(self, height: int, width: int, draws: Draws) -> Region:
        """A part of random scale and ratio, the latter in pixels, anywhere."""
        shape = width / height
        scale = draws.share() * (self.scale[1] - self.scale[0]) + self.scale[0]
        low = max(self.ratio[0] / shape, scale * scale)
        high = min(self.ratio[1] / shape, 1 / (scale * scale))
        ratio = math.sqrt(draws.share() * (high - low) + low)
        w, h = min(1.0, scale * ratio), min(1.0, scale / ratio)
        x, y = draws.share() * (1 - w), draws.share() * (1 - h)
        return Region(x, y, w, h)

    def fit(self, part: Region, boxes: Boxes) -> bool:
        """Whether the part is like that."""
        asked = (self.overlap, self.sample, self.object)
        if all(least <= 0 and most >= 1 for least, most in asked):
            return True
        inside, areas = _shared(part, boxes), _areas(boxes)
        own = part.width * part.height
        wholes = (areas + own - inside, np.full_like(areas, own), areas)
        fits = np.ones(len(boxes), bool)
        for limits, whole in zip(asked, wholes, strict=True):
            share = inside / np.maximum(whole, 1e-12)
            fits &= (limits[0] <= 0) | (share >= limits[0])
            fits &= (limits[1] >= 1) | (share <= limits[1])
        return bool(fits.any())


def _areas(boxes: Boxes) -> Boxes:
    found: Boxes = np.maximum(0, boxes[:, 3] - boxes[:, 1]) * np.maximum(0, boxes[:, 4] - boxes[:, 2])
    return found


def _shared(part: Region, boxes: Boxes) -> Boxes:
    wide = np.minimum(boxes[:, 3], part.x + part.width) - np.maximum(boxes[:, 1], part.x)
    tall = np.minimum(boxes[:, 4], part.y + part.height) - np.maximum(boxes[:, 2], part.y)
    found: Boxes = np.maximum(0, wide) * np.maximum(0, tall)
    return found


def seen(part: Region, boxes: Boxes, least: float | None = None) -> Boxes:
    """The boxes as shares of the part, cut at its border.

    Parameters
    ----------
    least : float, optional
        The share of a box that must be in the part for it to stay; else its middle must be.
    """
    if least is None:
        x, y = (boxes[:, 1] + boxes[:, 3]) / 2, (boxes[:, 2] + boxes[:, 4]) / 2
        kept = (x >= part.x) & (x <= part.x + part.width) & (y >= part.y) & (y <= part.y + part.height)
    else:
        kept = _shared(part, boxes) > least * _areas(boxes)
    out = boxes[kept].copy()
    out[:, 1:5:2] = np.clip((out[:, 1:5:2] - part.x) / part.width, 0, 1)
    out[:, 2:5:2] = np.clip((out[:, 2:5:2] - part.y) / part.height, 0, 1)
    return out


def mirrored(boxes: Boxes) -> Boxes:
    """The boxes of the mirror image."""
    out = boxes.copy()
    out[:, 1], out[:, 3] = 1 - boxes[:, 3], 1 - boxes[:, 1]
    return out
