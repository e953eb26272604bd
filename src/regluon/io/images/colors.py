"""Changes of the colours of images, (height, width, channels), uint8: blue, green and red, or gray."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from regluon.io.images.draws import Draws
from regluon.ops.color import COMPONENT_SIZES, COMPONENTS
from regluon.ops.opencv import call

__all__ = ["HSL", "brightened", "jittered", "lit", "shifted"]

Array = np.ndarray[Any, Any]

_GRAY_TO_RGB, _BGR_TO_HLS, _HLS_TO_BGR = 8, 52, 60
_GRAY, _GRAY_BITS = np.array([4899, 9617, 1868], np.int32), 14


def _saturated(values: Array) -> Array:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def brightened(factor: np.float32, image: Array) -> Array:
    """All levels times a factor."""
    return _saturated(image * factor)


def jittered(factors: Sequence[np.float32], order: Sequence[int], image: Array) -> Array:
    """Brightness, contrast and saturation times these factors, in that order; gray as MXNet takes it."""
    brightness, contrast, saturation = factors
    for number in order:
        if number == 0 and brightness != 1:
            image = brightened(brightness, image)
        elif number == 1 and contrast != 1:
            mean = np.float32(_gray(image).mean())
            image = _saturated(image * contrast + (1 - contrast) * mean)
        elif number == 2 and saturation != 1 and image.ndim == 3:
            gray = call("cvtColor", _gray(image), _GRAY_TO_RGB)
            image = call("addWeighted", gray, float(1 - saturation), image, float(saturation), 0.0)
    return image


def _gray(image: Array) -> Array:
    """The brightness of the pixels, in the precision of OpenCV 3; red has the weight of blue in MXNet."""
    if image.ndim == 2:
        return image
    found = image.astype(np.int32) @ _GRAY
    found += 1 << _GRAY_BITS - 1
    return (found >> _GRAY_BITS).astype(np.uint8)


class HSL(NamedTuple):
    """What is added to hue (of 180), saturation and lightness (of 255)."""

    hue: int
    saturation: int
    lightness: int

    @classmethod
    def drawn(cls, widths: Sequence[int], draws: Draws) -> HSL:
        """Numbers within ± ``widths``: of the two that each is made of, the second weighs four times."""
        shares = [0.2 * draws.share() + 0.8 * draws.share() for _ in widths]
        return cls(*(int(share * width * 2 - width) for share, width in zip(shares, widths, strict=True)))


def shifted(by: HSL, image: Array) -> Array:
    """Hue, saturation and lightness changed."""
    if image.ndim == 2:
        return image
    found = call("cvtColor", image, _BGR_TO_HLS).astype(np.int16)
    found += np.array([by.hue, by.lightness, by.saturation], np.int16)
    found = np.clip(found, 0, [180, 255, 255]).astype(np.uint8)
    changed: Array = call("cvtColor", found, _HLS_TO_BGR)
    return changed


def lit(strengths: Sequence[float], image: Array) -> Array:
    """Light of another colour: the components in these strengths."""
    if image.ndim == 2:
        return image
    light = np.array(COMPONENTS) @ (np.array(COMPONENT_SIZES) * strengths)
    found: Array = np.clip(image + light[::-1], 0, 255)
    return found.astype(np.uint8)
