"""Images as the arrays of a batch: channels first, red, green and blue, shifted, scaled and mirrored."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from regluon.base import MXNetError
from regluon.io.images.draws import Draws
from regluon.ndarray import load
from regluon.ops.opencv import call

__all__ = ["Light", "Normalizer"]

Array = np.ndarray[Any, Any]

_PLACES = {1: (0,), 3: (2, 1, 0), 4: (2, 1, 0, 3)}
_LEVELS = np.arange(256, dtype=np.float32)


class Light(NamedTuple):
    """What an image gets at random: whether it is mirrored, its contrast and brightness."""

    mirror: bool
    contrast: float
    brightness: float


class Normalizer:
    """((x - mean) contrast + brightness) scale / std, for each channel, or with an image as the mean

    Parameters
    ----------
    o : SimpleNamespace
        The iterator's parameters.
    dtype : str
        "float32"; or "uint8", which gets pixels as they are, or "int8", which gets them less the mean.
    coin_first : bool
        Whether the mirror is drawn before the contrast, not behind the brightness. If not, images of bytes
        are not mirrored at all.
    """

    def __init__(self, o: SimpleNamespace, dtype: str, coin_first: bool = True) -> None:
        self._o = o
        self._dtype = dtype
        self._coin_first = coin_first
        channels = o.data_shape[0]
        if channels not in _PLACES:
            raise MXNetError(f"Invalid output shape {o.data_shape}: there are 1, 3 or 4 channels")
        names = ("r", "g", "b", "a")[:channels]
        self._mean = np.array([getattr(o, f"mean_{name}") for name in names], np.float32)
        self._factor = np.float32(o.scale) / np.array([getattr(o, f"std_{n}") for n in names], np.float32)
        # MXNet takes a channel's place in blue, green, red; a fourth one stays where it is.
        self._places = _PLACES[channels]
        self._image = _mean_image(o.mean_img, o.data_shape) if o.mean_img else None

    def plan(self, draws: Draws) -> Light:
        """Draws an image's random numbers."""
        o = self._o
        if self._dtype != "float32":
            coin = self._coin_first and o.rand_mirror and draws.coin()
            return Light(coin or (self._coin_first and o.mirror), 1.0, 0.0)
        mirror = o.rand_mirror and draws.coin() if self._coin_first else False
        contrast = draws.around(o.max_random_contrast) + 1
        brightness = draws.around(o.max_random_illumination)
        if o.rand_mirror and not self._coin_first:
            mirror = draws.coin()
        return Light(mirror or o.mirror, contrast, brightness)

    def write(self, image: Array, light: Light, out: Array) -> None:
        """Writes an image to its place in the batch, (channels, height, width)."""
        if light.mirror and self._image is None:
            image = call("flip", image, 1)
        planes = call("split", image) if image.ndim == 3 else (image,)
        for number, place in enumerate(self._places):
            if self._dtype == "uint8":
                out[number] = planes[place]
            elif self._dtype == "int8":
                call("LUT", planes[place], self._signed(number), dst=out[number])
            elif self._image is None:
                call("LUT", planes[place], self._levels(number, light), dst=out[number])
            else:
                self._less_image(planes[place], number, light, out[number])

    def _levels(self, channel: int, light: Light) -> Array:
        """What each level of a pixel becomes."""
        contrast, brightness = np.float32(light.contrast), np.float32(light.brightness)
        found: Array = ((_LEVELS - self._mean[channel]) * contrast + brightness) * self._factor[channel]
        return found

    def _signed(self, channel: int) -> Array:
        """What each level becomes as int8: less the mean, which is rounded, halves away from 0."""
        mean = self._mean[channel]
        found: Array = np.clip(_LEVELS - np.copysign(np.floor(np.abs(mean) + 0.5), mean), -128, 127)
        return found.astype(np.int8)

    def _less_image(self, plane: Array, channel: int, light: Light, out: Array) -> None:
        """The same with an image as the mean, which is mirrored with it."""
        assert self._image is not None
        np.subtract(plane, self._image[channel], out=out)
        out *= np.float32(light.contrast)
        out += np.float32(light.brightness)
        out *= self._factor[channel]
        if light.mirror:
            out[:] = out[:, ::-1].copy()


def _mean_image(path: str, shape: tuple[int, ...]) -> Array:
    found = load(path)
    arrays = list(found.values()) if isinstance(found, dict) else found
    if len(arrays) != 1 or arrays[0].shape != shape:
        shapes = [array.shape for array in arrays]
        raise MXNetError(f"mean_img={path!r} holds arrays of shapes {shapes}, not one of {shape}")
    image: Array = arrays[0].asnumpy()
    return image
