"""Colours of images: brightness, contrast, saturation, hue, lighting.

An image has the axes (height, width, channels) and one channel or three: red, green, blue. All is computed in
float32; whole numbers are cut off, and kept within the range of their type.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np
import torch

from regluon.ops.image import require_image
from regluon.ops.registry import Generator, Tensor, register

__all__ = ["COMPONENTS", "COMPONENT_SIZES"]

Change = Callable[[Tensor, float], Tensor]
# The share of a channel in how bright a pixel looks (ITU-R BT.601).
_GRAY = (0.299, 0.587, 0.114)
# Principal components of the colours of ImageNet's photographs, as columns over red, green, blue, and their
# standard deviations: AlexNet's "fancy" augmentation (Krizhevsky, Sutskever, Hinton 2012).
COMPONENTS = ((-0.5675, 0.7192, 0.4009), (-0.5808, -0.0045, -0.8140), (-0.5836, -0.6948, 0.4203))
COMPONENT_SIZES = (55.46, 4.794, 1.148)
_SCALED = tuple(tuple(map(operator.mul, COMPONENT_SIZES, row)) for row in COMPONENTS)
# In each sixth of the circle of hues: which of highest, lowest, falling, rising is red, green, blue.
_SIXTHS = ((0, 3, 1), (2, 0, 1), (1, 0, 3), (1, 2, 0), (3, 1, 0), (0, 1, 2))


def _in_range(found: Tensor, like: Tensor) -> Tensor:
    """float32 as the type of ``like``."""
    if like.is_floating_point() or like.dtype is torch.int64:
        return found.to(like.dtype)
    kind = torch.iinfo(like.dtype)
    return found.to(torch.float64).clamp_(kind.min, kind.max).to(like.dtype)


def _constants(values: object, like: Tensor) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=like.device)


def _brightness(data: Tensor, factor: float) -> Tensor:
    return _in_range(data.to(torch.float32) * factor, data)


def _contrast(data: Tensor, factor: float) -> Tensor:
    pixels = data.to(torch.float32)
    shares = pixels * _constants(_GRAY, data) if data.size(2) == 3 else pixels
    return _in_range(pixels * factor + _total(shares) / pixels[..., 0].numel() * (1 - factor), data)


def _total(values: Tensor) -> Tensor:
    """The sum, on a CPU added up one by one in float32 as MXNet does."""
    total = values.sum()
    if not values.is_cpu or not values.numel():
        return total
    exact: float = np.cumsum(values.detach().numpy(), dtype=np.float32)[-1].item()
    return torch.add(total, torch.rsub(total.detach(), exact))


def _saturation(data: Tensor, factor: float) -> Tensor:
    if data.size(2) == 1:
        return data
    pixels = data.to(torch.float32)
    # MXNet's gray is the share of blue alone.
    gray = pixels[..., 2:] * _constants(_GRAY[2], data) * (1 - factor)
    return _in_range(pixels * factor + gray, data)


def _hue(data: Tensor, factor: float) -> Tensor:
    if data.size(2) == 1:
        return data
    hue, light, saturation = _hls(data.to(torch.float32) / 255)
    return _in_range(_rgb(hue + factor * 360, light, saturation) * 255, data)


def _hls(pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue in degrees, lightness, saturation of red, green, blue."""
    red, green, blue = pixels.unbind(-1)
    high, low = pixels.amax(-1), pixels.amin(-1)
    spread, both = high - low, high + low
    coloured = spread > torch.finfo(torch.float32).eps
    safe = torch.where(coloured, spread, 1.0)
    saturation = torch.where(both * 0.5 < 0.5, safe / both, safe / (2 - high - low))
    # Torch divides a number by the reciprocal of a tensor, which rounds twice.
    scale = torch.div(_constants(60.0, safe), safe)
    of_red, of_green, of_blue = (
        (green - blue) * scale,
        (blue - red) * scale + 120,
        (red - green) * scale + 240,
    )
    hue = torch.where(high == red, of_red, torch.where(high == green, of_green, of_blue))
    hue = torch.where(hue < 0, hue + 360, hue)
    return torch.where(coloured, hue, 0.0), both * 0.5, torch.where(coloured, saturation, 0.0)


def _rgb(hue: Tensor, light: Tensor, saturation: Tensor) -> Tensor:
    """The way back."""
    high = torch.where(light <= 0.5, light * (1 + saturation), light + saturation - light * saturation)
    low = 2 * light - high
    sixth = hue * _constants(1 / 60, hue)
    while sixth.numel() and not sixth.is_meta and (outside := (sixth >= 6) | (sixth < 0)).any():
        sixth = torch.where(outside, torch.where(sixth < 0, sixth + 6, sixth - 6), sixth)
    number = sixth.detach().to(torch.int64)
    rest = sixth - number
    levels = torch.stack([high, low, low + (high - low) * (1 - rest), low + (high - low) * rest], -1)
    chosen = torch.tensor(_SIXTHS, device=hue.device)[number]
    return torch.where((saturation != 0).unsqueeze(-1), levels.gather(-1, chosen), light.unsqueeze(-1))


def _lighting(data: Tensor, alpha: tuple[float, ...]) -> Tensor:
    if data.size(2) == 1:
        return data
    red, green, blue = (_constants(_SCALED, data) * _constants(alpha, data)).unbind(1)
    return _in_range(data.to(torch.float32) + (red + green + blue), data)


@register("_image_adjust_lighting", view=True)
def adjust_lighting(data: Tensor, *, alpha: tuple[float, ...]) -> Tensor:
    """data + Σᵢ alphaᵢ σᵢ vᵢ, with the principal components vᵢ of photographs' colours, of deviations σᵢ

    An image of one channel is left as it is.
    """
    require_image(data, channels=(1, 3))
    if len(alpha) != 3:
        raise ValueError(f"alpha must be three numbers, not {len(alpha)}")
    return _lighting(data, alpha)


@register("_image_random_lighting", view=True)
def random_lighting(data: Tensor, *, alpha_std: float = 0.05, random: Generator) -> Tensor:
    """adjust_lighting with three normal numbers of standard deviation ``alpha_std``"""
    require_image(data, channels=(1, 3))
    return _lighting(data, tuple(random.deviates(3, alpha_std)))


def _changed(change: Change, data: Tensor, low: float, high: float, random: Generator) -> Tensor:
    require_image(data, channels=(1, 3))
    if low < 0 or high < 0:
        raise ValueError("min_factor and max_factor must not be negative")
    return change(data, random.factor(low, high))


@register("_image_random_brightness")
def random_brightness(data: Tensor, *, min_factor: float, max_factor: float, random: Generator) -> Tensor:
    """a data, with a random factor a"""
    return _changed(_brightness, data, min_factor, max_factor, random)


@register("_image_random_contrast")
def random_contrast(data: Tensor, *, min_factor: float, max_factor: float, random: Generator) -> Tensor:
    """a data + (1 - a) mean, with a random factor a and the mean brightness of the image"""
    return _changed(_contrast, data, min_factor, max_factor, random)


@register("_image_random_saturation", view=True)
def random_saturation(data: Tensor, *, min_factor: float, max_factor: float, random: Generator) -> Tensor:
    """a data + (1 - a) 0.114 blue, with a random factor a; an image of one channel is left as it is

    It would be more sensible with all of a pixel's brightness, but this is what MXNet computes.
    """
    return _changed(_saturation, data, min_factor, max_factor, random)


@register("_image_random_hue", view=True)
def random_hue(data: Tensor, *, min_factor: float, max_factor: float, random: Generator) -> Tensor:
    """data with its hues turned by a random part of the circle; an image of one channel is left as it is"""
    return _changed(_hue, data, min_factor, max_factor, random)


@register("_image_random_color_jitter", view=True)
def random_color_jitter(
    data: Tensor, *, brightness: float, contrast: float, saturation: float, hue: float, random: Generator
) -> Tensor:
    """Brightness, contrast, saturation and hue changed in random order

    Each of the first three by a factor in 1 ± what is given, the hue by up to the given part of the circle.
    """
    require_image(data, channels=(1, 3))
    changes: list[tuple[Change, float, float]] = [
        (_brightness, brightness, 1.0),
        (_contrast, contrast, 1.0),
        (_saturation, saturation, 1.0),
        (_hue, hue, 0.0),
    ]
    for number in random.order(len(changes)):
        change, width, middle = changes[number]
        if width > 0:
            data = change(data, float(np.float32(middle + random.factor(-width, width))))
    return data
