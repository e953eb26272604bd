"""The usual list of augmenters."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.image.augmenter import Augmenter
from regluon.image.color import (
    ColorJitterAug,
    ColorNormalizeAug,
    HueJitterAug,
    LightingAug,
    RandomGrayAug,
)
from regluon.image.geometry import (
    CastAug,
    CenterCropAug,
    HorizontalFlipAug,
    RandomCropAug,
    RandomSizedCropAug,
    ResizeAug,
)
from regluon.ndarray import NDArray, array
from regluon.ops.color import COMPONENT_SIZES, COMPONENTS

__all__ = ["MEAN", "STD", "CreateAugmenter"]

# The colours of ImageNet's photographs: means and deviations.
MEAN, STD = (123.68, 116.28, 103.53), (58.395, 57.12, 57.375)
_LEAST_AREA, _RATIOS = 0.08, (3.0 / 4.0, 4.0 / 3.0)


def CreateAugmenter(
    data_shape: tuple[int, int, int],
    resize: int = 0,
    rand_crop: bool = False,
    rand_resize: bool = False,
    rand_mirror: bool = False,
    mean: Any = None,
    std: Any = None,
    brightness: float = 0,
    contrast: float = 0,
    saturation: float = 0,
    hue: float = 0,
    pca_noise: float = 0,
    rand_gray: float = 0,
    inter_method: int = 2,
) -> list[Augmenter]:
    """Augmenters for training, in the order in which they are to be applied.

    Parameters
    ----------
    data_shape : tuple of int
        (channels, height, width) of what comes out.
    resize : int
        The length of the shorter side, before the image is cropped; as it is if 0.
    rand_crop : bool
        Whether to take a random part, not the middle.
    rand_resize : bool
        Whether that part has a random size and ratio.
    rand_mirror : bool
        Whether to mirror half of the images.
    mean, std : NDArray or numpy.ndarray
        To normalize the colours by; True for those of ImageNet.
    brightness, contrast, saturation, hue, pca_noise, rand_gray : float
        See BrightnessJitterAug and the others; none if 0.
    inter_method : int
        How sizes are changed; see ``resize_short``.
    """
    size = (data_shape[2], data_shape[1])
    found: list[Augmenter] = [ResizeAug(resize, inter_method)] if resize > 0 else []
    assert rand_crop or not rand_resize, "rand_resize=True needs rand_crop=True"
    if rand_resize:
        found.append(RandomSizedCropAug(size, _LEAST_AREA, _RATIOS, inter_method))
    else:
        found.append((RandomCropAug if rand_crop else CenterCropAug)(size, inter_method))
    if rand_mirror:
        found.append(HorizontalFlipAug(0.5))
    found.append(CastAug())
    if brightness or contrast or saturation:
        found.append(ColorJitterAug(brightness, contrast, saturation))
    if hue:
        found.append(HueJitterAug(hue))
    if pca_noise > 0:
        found.append(LightingAug(pca_noise, np.array(COMPONENT_SIZES), np.array(COMPONENTS)))
    if rand_gray > 0:
        found.append(RandomGrayAug(rand_gray))
    mean, std = _of_channels("mean", mean, MEAN), _of_channels("std", std, STD)
    if mean is not None or std is not None:
        found.append(ColorNormalizeAug(mean, std))
    return found


def _of_channels(name: str, given: Any, usual: tuple[float, ...]) -> Any:
    if given is None:
        return None
    if given is True:
        return array(usual)
    fits = isinstance(given, (np.ndarray, NDArray)) and given.shape[0] in (1, 3)
    assert fits, f"{name} must be True or an array of 1 or 3 numbers"
    return given
