"""Images as arrays: conversion, size, flips. ``nd.image`` has them and those of ``ops/color.py``.

An image has the axes (height, width, channels), a batch of images one more in front.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch

from regluon.ops.opencv import call, resized, shorter_side
from regluon.ops.registry import Generator, Shape, Tensor, gradient, register

__all__ = ["require_image", "tensor_of_bytes"]


def require_image(data: Tensor, batch: bool = False, channels: Shape = ()) -> None:
    """Complains of what is no image, or no batch of them, or has other numbers of channels."""
    if data.dim() != 3 and not (batch and data.dim() == 4):
        more = " or (batch, height, width, channels)" if batch else ""
        raise ValueError(f"the image must have shape (height, width, channels){more}")
    if channels and data.size(-1) not in channels:
        raise ValueError(f"the last axis, of channels, must have extent {' or '.join(map(str, channels))}")


@register("_image_to_tensor")
def to_tensor(data: Tensor) -> Tensor:
    """data / 255 as float32, the channels before height and width

    Inputs
    ------
    data : (height, width, channels) or (batch, height, width, channels)

    Outputs
    -------
    out : (channels, height, width) or (batch, channels, height, width)
    """
    require_image(data, batch=True)
    moved = data.movedim(-1, -3).contiguous()  # bytes are moved faster than what becomes of them
    if data.dtype == torch.uint8:
        return moved.to(torch.float32).div_(255)
    return torch.div(moved, 255).to(torch.float32)


@lru_cache(64)
def _of_channels(values: tuple[float, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=dtype, device=device).reshape(-1, 1, 1)


@register("_image_normalize")
def normalize(
    data: Tensor,
    *,
    mean: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0),
    std: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0),
) -> Tensor:
    """(data - mean) / std

    Parameters
    ----------
    mean, std
        A number, or one for each channel. The defaults fit no image: give both.

    Inputs
    ------
    data : (channels, height, width) or (batch, channels, height, width), of 1 or 3 channels

    Outputs
    -------
    out : like data
    """
    if data.dim() not in (3, 4) or data.size(-3) not in (1, 3):
        raise ValueError(
            "data must have shape (channels, height, width), batch before it or not, channels 1 or 3"
        )
    for name, values in (("mean", mean), ("std", std)):
        if len(values) not in (1, data.size(-3)):
            raise ValueError(f"{name} must have 1 number or one for each of {data.size(-3)} channels")
    kind = data.dtype if data.is_floating_point() else torch.float32
    shift, scale = (_of_channels(tuple(v), kind, data.device) for v in (mean, std))
    return torch.sub(data, shift).div_(scale).to(data.dtype)


def tensor_of_bytes(data: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """``to_tensor`` and ``normalize`` of bytes, (height, width, 1 or 3), by a table of their values."""
    planes = call("split", data.numpy())
    out = torch.empty(data.size(2), data.size(0), data.size(1))
    for plane, table, place in zip(planes, _levels(data.size(2), mean, std), out.numpy(), strict=True):
        call("LUT", plane, table, dst=place)
    return out


@lru_cache(16)
def _levels(channels: int, mean: tuple[float, ...], std: tuple[float, ...]) -> Any:
    """What each level becomes, for each channel."""
    every = torch.arange(256, dtype=torch.uint8).reshape(256, 1, 1).expand(256, 1, channels)
    return normalize(to_tensor(every.contiguous()), mean=mean, std=std).reshape(channels, 256).numpy()


@register("_image_resize")
def resize(data: Tensor, *, size: Shape = (), keep_ratio: bool = False, interp: int = 1) -> Tensor:
    """Images in another size, as OpenCV resizes them

    Parameters
    ----------
    size
        (width, height), or a number for both.
    keep_ratio
        Whether a single number is for the shorter side, and the other one follows.
    interp
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos.

    Inputs
    ------
    data : (height, width, channels) or (batch, height, width, channels); uint8, int32, float32 or float64

    Outputs
    -------
    out : like data, in the new size
    """
    require_image(data, batch=True)
    if len(size) not in (1, 2) or min(size) <= 0:
        raise ValueError(f"size={size} must be (width, height) or one number for both, above 0")
    width, height = size if len(size) == 2 else size * 2
    if keep_ratio and len(size) == 1:
        height, width = shorter_side(size[0], data.size(-3), data.size(-2))
    if data.dim() == 3:
        return resized(data, width, height, interp)
    images = [resized(image, width, height, interp) for image in data]
    return torch.stack(images) if images else data.new_empty((0, height, width, data.size(-1)))


@gradient(resize)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> Any:
    if out.shape != data.shape:
        raise ValueError("it has no gradient; contrib.BilinearResize2D has one")
    return (g,)


@register("_image_crop", view=True)
def crop(data: Tensor, *, x: int, y: int, width: int, height: int) -> Tensor:
    """The part of an image from column ``x`` and row ``y`` on, ``width`` wide and ``height`` high

    Inputs
    ------
    data : (height, width, channels) or (batch, height, width, channels)

    Outputs
    -------
    out : the same axes, in the new size
    """
    require_image(data, batch=True)
    if min(x, y) < 0 or min(width, height) <= 0:
        raise ValueError("x and y must not be negative, width and height must be positive")
    if x + width > data.size(-2) or y + height > data.size(-3):
        raise ValueError("the part does not lie within the image")
    return data[..., y : y + height, x : x + width, :]


@register("_image_flip_left_right")
def flip_left_right(data: Tensor) -> Tensor:
    """An image mirrored: left is right"""
    require_image(data, channels=(1, 3))
    return torch.flip(data, (1,))


@register("_image_flip_top_bottom")
def flip_top_bottom(data: Tensor) -> Tensor:
    """An image mirrored: top is bottom"""
    require_image(data, channels=(1, 3))
    return torch.flip(data, (0,))


@register("_image_random_flip_left_right", view=True)
def random_flip_left_right(data: Tensor, *, random: Generator) -> Tensor:
    """An image, mirrored left to right with probability ½"""
    require_image(data, channels=(1, 3))
    return data if random.coin() else torch.flip(data, (1,))


@register("_image_random_flip_top_bottom", view=True)
def random_flip_top_bottom(data: Tensor, *, random: Generator) -> Tensor:
    """An image, mirrored top to bottom with probability ½"""
    require_image(data, channels=(1, 3))
    return data if random.coin() else torch.flip(data, (0,))
