"""Reading, resizing and framing images by OpenCV, as MXNet does; it is loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch

from regluon.lazy import optional, resolve
from regluon.ops.registry import Device, Tensor, register

__all__ = ["available", "call", "decoded", "method_by_sizes", "read", "resized", "shorter_side"]

_TYPES = (torch.uint8, torch.int32, torch.float32, torch.float64)
_COLOURS = 1
_BGR_TO_RGB = 4


def call(name: str, *arguments: Any, **options: Any) -> Any:
    """One of OpenCV's functions; its complaints become ValueErrors.

    OpenCV for x86 holds Intel's IPP, whose bilinear and bicubic pixels differ from its own, which are
    MXNet's: this thread does without it during the call.
    """
    function = _function(name)
    ipp, complaint = _ipp()
    fast: bool = ipp.useIPP()
    ipp.setUseIPP(False)
    try:
        return function(*arguments, **options)
    except complaint as error:
        raise ValueError(f"OpenCV refuses: {str(error).strip()}") from None
    finally:
        ipp.setUseIPP(fast)


@cache
def available() -> bool:
    """Whether OpenCV is installed."""
    return find_spec("cv2") is not None


@cache
def _function(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = optional(f"cv2:{name}", "image")
    return found


@cache
def _ipp() -> tuple[Any, type[Exception]]:
    """What chooses whether IPP is used, and what OpenCV's complaints are."""
    return resolve("cv2:ipp"), resolve("cv2:error")


@cache
def _rgb_flag() -> int | None:
    """What has colours read as red, green and blue at once, which OpenCV can from 4.11 on."""
    try:
        return int(resolve("cv2:IMREAD_COLOR_RGB"))
    except AttributeError:
        return None


def shorter_side(length: int, height: int, width: int) -> tuple[int, int]:
    """The height and width of an image whose shorter side gets that length, in its own ratio."""
    return (length * height // width, length) if height > width else (length, length * width // height)


def method_by_sizes(old: tuple[int, int], new: tuple[int, int]) -> int:
    """The number of a method: cubic to enlarge both sides, area to reduce both, else linear."""
    if new[0] > old[0] and new[1] > old[1]:
        return 2
    return 3 if new[0] < old[0] and new[1] < old[1] else 1


def resized(image: Tensor, width: int, height: int, interp: int) -> Tensor:
    """An image, (height, width, channels), in another size."""
    shape = (height, width, image.size(2))
    _require_type(image)
    if image.is_meta or not image.numel():
        return image.new_empty(shape)
    image = image.detach().cpu()
    rows_are_whole = image.stride()[1:] == (image.size(2), 1)
    array = (image if rows_are_whole else image.contiguous()).numpy()
    found = call("resize", array, (width, height), interpolation=interp)
    return torch.from_numpy(found).reshape(shape).to(image.device)


def _require_type(image: Tensor) -> None:
    if image.dtype not in _TYPES:
        raise ValueError("OpenCV takes images of type uint8, int32, float32 or float64")


def decoded(content: Any, flag: int, to_rgb: bool) -> Tensor:
    """The image in a file's content, an array of bytes: (height, width, channels)."""
    if flag < 0:
        raise ValueError("flag must be 0, for a gray image, or 1, for one in colours")
    _function("imdecode")  # which says what to install if there is none
    at_once = _rgb_flag() if to_rgb and flag == _COLOURS else None
    image = call("imdecode", content, flag if at_once is None else at_once) if len(content) else None
    if image is None:
        raise ValueError("this is no image, or is damaged, or of a format that OpenCV does not read")
    if image.ndim == 2:
        image = image[:, :, None]
    if str(image.dtype) != "uint8":
        raise ValueError(f"flag={flag} gives an image of {image.dtype}; 0 and 1 give uint8")
    if to_rgb and at_once is None and image.shape[2] == 3:
        image = call("cvtColor", image, _BGR_TO_RGB)
    return torch.from_numpy(image)


def read(filename: str, flag: int, to_rgb: bool) -> Tensor:
    """The image in a file: (height, width, channels)."""
    try:
        with open(filename, "rb", buffering=0) as file:
            content = file.read()
    except OSError as error:
        raise ValueError(f"can't read {filename}: {error.strerror}") from None
    return decoded(np.frombuffer(content, np.uint8), flag, to_rgb)


@register("_cvimdecode", aliases=("_npi_cvimdecode",))
def cvimdecode(buf: Tensor, *, flag: int = 1, to_rgb: bool = True) -> Tensor:
    """The image that the bytes of a file hold

    Parameters
    ----------
    flag
        1 for an image in colours, 0 for a gray one.
    to_rgb
        Whether the channels are red, green, blue; else blue, green, red, as OpenCV has them.

    Inputs
    ------
    buf : (n,), uint8

    Outputs
    -------
    out : (height, width, channels), uint8
    """
    if buf.dtype is not torch.uint8:
        raise ValueError("the bytes must be of type uint8")
    return decoded(buf.cpu().contiguous().reshape(-1).numpy(), flag, to_rgb).to(buf.device)


@register("_cvimread", aliases=("_npi_cvimread",))
def cvimread(*, filename: str, flag: int = 1, to_rgb: bool = True, device: Device) -> Tensor:
    """The image in a file; the parameters and the result are those of ``_cvimdecode``"""
    return read(filename, flag, to_rgb).to(device)


@register("_cvimresize", aliases=("_npi_cvimresize",))
def cvimresize(src: Tensor, *, w: int, h: int, interp: int = 1) -> Tensor:
    """An image in the size ``w`` times ``h``

    Parameters
    ----------
    interp
        0 nearest, 1 linear, 2 cubic, 3 area, 4 Lanczos.

    Inputs
    ------
    src : (height, width, channels); uint8, int32, float32 or float64

    Outputs
    -------
    out : (h, w, channels)
    """
    if src.dim() != 3 or min(w, h) <= 0:
        raise ValueError("src must have shape (height, width, channels), w and h must be positive")
    return resized(src, w, h, interp)


@register("_cvcopyMakeBorder")
def cvcopy_make_border(
    src: Tensor,
    *,
    top: int,
    bot: int,
    left: int,
    right: int,
    type: int = 0,
    value: float = 0.0,
    values: tuple[float, ...] = (),
) -> Tensor:
    """An image with a border around it

    Parameters
    ----------
    top, bot, left, right
        How wide the border is.
    type
        0 fills it with ``value``, or ``values``, a number for each channel; 1 repeats the edge, 2 mirrors the
        image with its edge, 3 repeats the image, 4 mirrors it without its edge.

    Inputs
    ------
    src : (height, width, channels); uint8, int32, float32 or float64

    Outputs
    -------
    out : the same axes, in the new size
    """
    if src.dim() != 3 or min(top, bot, left, right) < 0:
        raise ValueError("src must have shape (height, width, channels), the border must not be negative")
    _require_type(src)
    shape = (src.size(0) + top + bot, src.size(1) + left + right, src.size(2))
    if src.is_meta:
        return src.new_empty(shape)
    if not src.numel() and type:  # OpenCV would divide by 0, which ends the process
        raise ValueError(f"an image without pixels, of shape {tuple(src.shape)}, has no edge to go on with")
    filling = [*values, 0.0, 0.0, 0.0, 0.0][:4] if values else [value] * 4
    array = src.detach().cpu().contiguous().numpy()
    found = call("copyMakeBorder", array, top, bot, left, right, type, value=filling)
    return torch.from_numpy(found).reshape(shape).to(src.device)
