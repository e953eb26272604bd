"""Augmenters of size and place."""

from __future__ import annotations

import random
from typing import Any

from regluon.image.augmenter import Augmenter
from regluon.image.crop import (
    Size,
    center_crop,
    deprecated_area,
    random_crop,
    random_size_crop,
    resize_short,
    resized,
)
from regluon.ndarray import NDArray, flip

__all__ = [
    "CastAug",
    "CenterCropAug",
    "ForceResizeAug",
    "HorizontalFlipAug",
    "RandomCropAug",
    "RandomSizedCropAug",
    "ResizeAug",
]


class _Sized(Augmenter):
    """One with a size and a method of interpolation."""

    def __init__(self, size: Any, interp: int = 2) -> None:
        super().__init__(size=size, interp=interp)
        self.size = size
        self.interp = interp


class ResizeAug(_Sized):
    """``resize_short``: the shorter side gets length ``size``."""

    def __call__(self, src: NDArray) -> NDArray:
        return resize_short(src, self.size, self.interp)


class ForceResizeAug(_Sized):
    """The image gets the size (width, height), in whatever ratio."""

    def __call__(self, src: NDArray) -> NDArray:
        width, height = self.size
        return resized(src, width, height, self.interp)


class RandomCropAug(_Sized):
    """``random_crop``"""

    def __call__(self, src: NDArray) -> NDArray:
        return random_crop(src, self.size, self.interp)[0]


class CenterCropAug(_Sized):
    """``center_crop``"""

    def __call__(self, src: NDArray) -> NDArray:
        return center_crop(src, self.size, self.interp)[0]


class RandomSizedCropAug(Augmenter):
    """``random_size_crop``"""

    def __init__(
        self, size: Size, area: Any, ratio: tuple[float, float], interp: int = 2, **kwargs: Any
    ) -> None:
        super().__init__(size=size, area=area, ratio=ratio, interp=interp)
        self.size = size
        self.area = deprecated_area(area, kwargs, "RandomSizedCropAug")
        self.ratio = ratio
        self.interp = interp

    def __call__(self, src: NDArray) -> NDArray:
        return random_size_crop(src, self.size, self.area, self.ratio, self.interp)[0]


class HorizontalFlipAug(Augmenter):
    """Mirrors left to right, with probability ``p``."""

    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: NDArray) -> NDArray:
        return flip(src, axis=1) if random.random() < self.p else src


class CastAug(Augmenter):
    """Makes the type float32, or another one."""

    def __init__(self, typ: str = "float32") -> None:
        super().__init__(type=typ)
        self.typ = typ

    def __call__(self, src: NDArray) -> NDArray:
        return src.astype(self.typ)
