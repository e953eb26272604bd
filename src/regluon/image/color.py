"""Augmenters of colours, for float images; those that add and multiply do so in place, as in MXNet."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from regluon.image.augmenter import Augmenter, RandomOrderAug
from regluon.image.crop import color_normalize
from regluon.ndarray import NDArray, array, dot
from regluon.ndarray import sum as total

__all__ = [
    "BrightnessJitterAug",
    "ColorJitterAug",
    "ColorNormalizeAug",
    "ContrastJitterAug",
    "HueJitterAug",
    "LightingAug",
    "RandomGrayAug",
    "SaturationJitterAug",
]

# The share of red, green and blue in how bright a pixel looks (ITU-R BT.601).
_GRAY = [[[0.299, 0.587, 0.114]]]


def _near_one(width: float) -> float:
    return 1.0 + random.uniform(-width, width)


class BrightnessJitterAug(Augmenter):
    """a src, with a in 1 ± ``brightness``"""

    def __init__(self, brightness: float) -> None:
        super().__init__(brightness=brightness)
        self.brightness = brightness

    def __call__(self, src: NDArray) -> NDArray:
        src *= _near_one(self.brightness)
        return src


class ContrastJitterAug(Augmenter):
    """a src + (1 - a) mean, with a in 1 ± ``contrast`` and the mean brightness of the image"""

    def __init__(self, contrast: float) -> None:
        super().__init__(contrast=contrast)
        self.contrast = contrast
        self.coef = array(_GRAY)

    def __call__(self, src: NDArray) -> NDArray:
        alpha = _near_one(self.contrast)
        gray = src * self.coef
        gray = (3.0 * (1.0 - alpha) / gray.size) * total(gray)
        src *= alpha
        src += gray
        return src


class SaturationJitterAug(Augmenter):
    """a src + (1 - a) gray, with a in 1 ± ``saturation`` and the brightness of each pixel"""

    def __init__(self, saturation: float) -> None:
        super().__init__(saturation=saturation)
        self.saturation = saturation
        self.coef = array(_GRAY)

    def __call__(self, src: NDArray) -> NDArray:
        alpha = _near_one(self.saturation)
        gray = total(src * self.coef, axis=2, keepdims=True)
        gray *= 1.0 - alpha
        src *= alpha
        src += gray
        return src


class HueJitterAug(Augmenter):
    """Turns the colours in the space YIQ by a π, with a in ± ``hue``

    https://beesbuzz.biz/code/hsv_color_transforms.php
    """

    def __init__(self, hue: float) -> None:
        super().__init__(hue=hue)
        self.hue = hue
        self.tyiq = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]])
        self.ityiq = np.array([[1.0, 0.956, 0.621], [1.0, -0.272, -0.647], [1.0, -1.107, 1.705]])

    def __call__(self, src: NDArray) -> NDArray:
        angle = random.uniform(-self.hue, self.hue) * np.pi
        cos, sin = np.cos(angle), np.sin(angle)
        turn = np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
        turned: NDArray = dot(src, array((self.ityiq @ turn @ self.tyiq).T))
        return turned


class ColorJitterAug(RandomOrderAug):
    """Brightness, contrast and saturation changed in random order; those of which more than 0 is given"""

    def __init__(self, brightness: float, contrast: float, saturation: float) -> None:
        given = (brightness, contrast, saturation)
        kinds = (BrightnessJitterAug, ContrastJitterAug, SaturationJitterAug)
        super().__init__([kind(width) for kind, width in zip(kinds, given, strict=True) if width > 0])


class LightingAug(Augmenter):
    """src + Σᵢ aᵢ λᵢ vᵢ, with normal numbers aᵢ and principal components of the colours of photographs

    Parameters
    ----------
    alphastd : float
        The standard deviation of the numbers, which are drawn by ``numpy.random``.
    eigval : numpy.ndarray
        (3,)
    eigvec : numpy.ndarray
        (3, 3), a component in each column.
    """

    def __init__(self, alphastd: float, eigval: Any, eigvec: Any) -> None:
        super().__init__(alphastd=alphastd, eigval=eigval, eigvec=eigvec)
        self.alphastd = alphastd
        self.eigval = eigval
        self.eigvec = eigvec

    def __call__(self, src: NDArray) -> NDArray:
        alpha = np.random.normal(0, self.alphastd, size=(3,))  # noqa: NPY002
        src += array(np.dot(self.eigvec * alpha, self.eigval))
        return src


class ColorNormalizeAug(Augmenter):
    """``color_normalize``: (src - mean) / std"""

    def __init__(self, mean: Any, std: Any) -> None:
        super().__init__(mean=mean, std=std)
        self.mean = mean if mean is None or isinstance(mean, NDArray) else array(mean)
        self.std = std if std is None or isinstance(std, NDArray) else array(std)

    def __call__(self, src: NDArray) -> NDArray:
        return color_normalize(src, self.mean, self.std)


class RandomGrayAug(Augmenter):
    """Takes the colours away, with probability ``p``."""

    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p
        self.mat = array([[0.21] * 3, [0.72] * 3, [0.07] * 3])

    def __call__(self, src: NDArray) -> NDArray:
        if random.random() < self.p:
            src = dot(src, self.mat)
        return src
