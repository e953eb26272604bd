"""What ``ImageRecordIter`` does to images: sizes, parts, turns, colours.

An image's random numbers are drawn first, one image after the other, so that they do not depend on how many
threads there are; what is then to be done to it is a list of functions. They are drawn as MXNet draws them,
in its order, with its engine: for one thread, or with ``seed_aug``, images are the same, pixel by pixel.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

from regluon.base import MXNetError
from regluon.io.images.colors import HSL, jittered, lit, shifted
from regluon.io.images.draws import Draws
from regluon.io.images.warping import warped
from regluon.ops.opencv import call, method_by_sizes, shorter_side

__all__ = ["Array", "Augmenter", "Plan", "Step"]

Array: TypeAlias = np.ndarray[Any, Any]
Step: TypeAlias = Callable[[Array], Array]

_METHODS = (0, 1, 2, 3, 4, 9, 10)
_TRIALS = 10
_NO_LIMIT = 1e10


def _resized(height: int, width: int, method: int, image: Array) -> Array:
    """The image in that size."""
    found: Array = call("resize", image, (width, height), interpolation=method)
    return found


def _part(y: int, x: int, height: int, width: int, image: Array) -> Array:
    return image[y : y + height, x : x + width]


def _padded(widths: tuple[int, int, int, int], fill: int, image: Array) -> Array:
    """The image with a border of these widths: top, bottom, left, right."""
    found: Array = call("copyMakeBorder", image, *widths, 0, value=(fill,) * 4)
    return found


def _warped(matrix: Array, size: tuple[int, int], method: int, fill: int, image: Array) -> Array:
    return warped(image, matrix, size, method, fill)


class Plan:
    """What is done to an image, and the size that it has by then.

    Parameters
    ----------
    o : SimpleNamespace
        The iterator's parameters.
    height, width : int
    draws : Draws
    """

    def __init__(self, o: SimpleNamespace, height: int, width: int, draws: Draws) -> None:
        self.steps: list[Step] = []
        self.height, self.width = height, width
        self.draws = draws
        self._method, self._fill = o.inter_method, o.fill_value

    def add(self, step: Step, height: int, width: int) -> None:
        """One more step, after which the image has that size."""
        self.steps.append(step)
        self.height, self.width = height, width

    def interpolation(self, height: int, width: int) -> int:
        """OpenCV's number of the method for bringing it into that size: 9 chooses by sizes, 10 at random."""
        if self._method == 9:
            return method_by_sizes((self.height, self.width), (height, width))
        return self.draws.integer(0, 4) if self._method == 10 else int(self._method)

    def resize(self, height: int, width: int) -> None:
        """Brings it into that size."""
        method = self.interpolation(height, width)
        self.add(partial(_resized, height, width, method), height, width)

    def pad(self, top: int, bottom: int, left: int, right: int) -> None:
        """Adds a border of these widths."""
        step = partial(_padded, (top, bottom, left, right), self._fill)
        self.add(step, self.height + top + bottom, self.width + left + right)

    def cut(self, y: int, x: int, height: int, width: int) -> None:
        """Takes a part."""
        self.add(partial(_part, y, x, height, width), height, width)

    def crop(self, height: int, width: int, at_random: bool) -> None:
        """Takes a part of that size: the middle, or any."""
        y, x = self.height - height, self.width - width
        y, x = (self.draws.integer(0, y), self.draws.integer(0, x)) if at_random else (y // 2, x // 2)
        self.cut(y, x, height, width)


class Augmenter:
    """The steps of MXNet's ``aug_default``.

    Parameters
    ----------
    o : SimpleNamespace
        The iterator's parameters.
    """

    def __init__(self, o: SimpleNamespace) -> None:
        self._o = o
        if o.inter_method not in _METHODS:
            raise MXNetError(f"invalid inter_method {o.inter_method}: valid values are {_METHODS}")
        given = (o.min_random_scale, o.max_random_scale, o.min_crop_size, o.max_crop_size, o.rand_crop)
        if o.random_resized_crop and given != (1, 1, -1, -1, False):
            raise MXNetError(
                "Setting random_resized_crop to true conflicts with min_random_scale, max_random_scale, "
                "min_crop_size, max_crop_size, and rand_crop."
            )
        if o.max_crop_size < o.min_crop_size:
            raise MXNetError(f"max_crop_size={o.max_crop_size} is less than min_crop_size={o.min_crop_size}")
        low, high = o.min_aspect_ratio, o.max_aspect_ratio
        self._ratios = (1 - high, 1 + high) if low is None else (low, high)
        scaled = o.max_random_scale != 1 or o.min_random_scale != 1
        turned = o.max_rotate_angle > 0 or o.rotate > 0 or o.max_shear_ratio > 0
        limited = o.max_img_size != _NO_LIMIT or o.min_img_size != 0
        warps = scaled or turned or limited or o.max_aspect_ratio != 0
        self._warps = warps and not o.random_resized_crop
        # MXNet takes the middle where neither the area nor the ratio can vary.
        self._varies = (o.min_random_area, o.max_random_area, *self._ratios) != (1, 1, 1, 1)
        self._jitters = (o.brightness, o.contrast, o.saturation)
        self._shifts = (o.random_h, o.random_s, o.random_l)

    def plan(self, height: int, width: int, draws: Draws) -> list[Step]:
        """What is to be done to an image of that size; draws its random numbers."""
        o = self._o
        plan = Plan(o, height, width, draws)
        if o.resize != -1:
            plan.resize(*shorter_side(o.resize, height, width))
        if self._warps:
            self._warp(plan)
        if o.pad > 0:
            plan.pad(o.pad, o.pad, o.pad, o.pad)
        self._crop(plan)
        self._color(plan)
        return plan.steps

    def _warp(self, plan: Plan) -> None:
        """Shear by s, turn by an angle, scale by hs and ws; the middle stays the middle."""
        o, draws = self._o, plan.draws
        shear = draws.around(o.max_shear_ratio)
        angle = draws.integer(-o.max_rotate_angle, o.max_rotate_angle)
        radians = (o.rotate if o.rotate > 0 else angle) / 180 * math.pi
        a, b = math.cos(radians), math.sin(radians)
        scale = draws.share() * (o.max_random_scale - o.min_random_scale) + o.min_random_scale
        ratio = draws.share() * (self._ratios[1] - self._ratios[0]) + self._ratios[0]
        hs = 2 * scale / (1 + ratio)
        ws = ratio * hs
        width, height = (
            max(o.min_img_size, min(o.max_img_size, scale * n)) for n in (plan.width, plan.height)
        )
        linear = np.array([[hs * a - shear * b * ws, hs * b + shear * a * ws], [-b * ws, a * ws]], np.float32)
        place = (np.array([width, height]) - linear @ np.array([plan.width, plan.height])) / 2
        matrix = np.column_stack([linear, place]).astype(np.float32)
        method = plan.interpolation(int(height), int(width))
        step = partial(_warped, matrix, (int(width), int(height)), method, o.fill_value)
        plan.add(step, int(height), int(width))

    def _crop(self, plan: Plan) -> None:
        o = self._o
        _, height, width = o.data_shape
        if o.random_resized_crop:
            if not (self._varies and self._crop_resized(plan)):
                self._crop_plain(plan)
        elif o.max_crop_size != -1 or o.min_crop_size != -1:
            if o.max_crop_size > min(plan.height, plan.width):
                raise MXNetError(
                    f"input image size smaller than max_crop_size: {plan.height} x {plan.width}, where "
                    f"max_crop_size is {o.max_crop_size}"
                )
            size = plan.draws.integer(o.min_crop_size, o.max_crop_size)
            plan.crop(size, size, o.rand_crop)
            plan.resize(height, width)
        else:
            self._crop_plain(plan)

    def _crop_plain(self, plan: Plan) -> None:
        """A part of the size that is asked for, of an image that is enlarged if it has no such part."""
        _, height, width = self._o.data_shape
        if plan.height < height:
            plan.resize(height, plan.width * height // plan.height)
        if plan.width < width:
            plan.resize(plan.height * width // plan.width, width)
        plan.crop(height, width, self._o.rand_crop)

    def _crop_resized(self, plan: Plan) -> bool:
        """A part of random area and ratio, resized; whether ten trials found one."""
        o, draws = self._o, plan.draws
        low, high = self._ratios
        for _ in range(_TRIALS):
            share = draws.share() * (o.max_random_area - o.min_random_area) + o.min_random_area
            area = share * plan.height * plan.width
            ratio = draws.share() * (high - low) + low
            if ratio <= 0:
                raise MXNetError(f"max_aspect_ratio={o.max_aspect_ratio} gives ratios of {low} to {high}")
            width, height = (int(math.sqrt(n) + 0.5) for n in (area * ratio, area / ratio))
            if draws.share() > 0.5:
                width, height = height, width
            if 0 < width <= plan.width and 0 < height <= plan.height:
                plan.crop(height, width, True)
                plan.resize(*o.data_shape[1:])
                return True
        return False

    def _color(self, plan: Plan) -> None:
        o, draws = self._o, plan.draws
        size = (plan.height, plan.width)
        if any(self._jitters):
            factors = [np.float32(1 + draws.between(-width, width)) for width in self._jitters]
            plan.add(partial(jittered, factors, draws.order(3)), *size)
        if any(self._shifts):
            plan.add(partial(shifted, HSL.drawn(self._shifts, draws)), *size)
        if o.pca_noise > 0:
            plan.add(partial(lit, draws.normal(3, o.pca_noise)), *size)
