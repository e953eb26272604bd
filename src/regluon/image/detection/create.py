"""The usual lists of augmenters of images with boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.image.augmenter import Augmenter
from regluon.image.color import ColorJitterAug, ColorNormalizeAug, HueJitterAug, LightingAug, RandomGrayAug
from regluon.image.create import MEAN, STD
from regluon.image.detection.augmenter import (
    DetAugmenter,
    DetBorrowAug,
    DetHorizontalFlipAug,
    DetRandomSelectAug,
)
from regluon.image.detection.crop import DetRandomCropAug
from regluon.image.detection.pad import DetRandomPadAug
from regluon.image.geometry import CastAug, ForceResizeAug, ResizeAug
from regluon.ops.color import COMPONENT_SIZES, COMPONENTS

__all__ = ["CreateDetAugmenter", "CreateMultiRandCropAugmenter"]


def CreateMultiRandCropAugmenter(
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = (0.75, 1.33),
    area_range: Any = (0.05, 1.0),
    min_eject_coverage: Any = 0.3,
    max_attempts: Any = 50,
    skip_prob: float = 0,
) -> DetRandomSelectAug:
    """One of several DetRandomCropAug at random, or none with probability ``skip_prob``.

    Each parameter may be a list, an element for each of the augmenters.
    """
    given = (min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts)
    lists = [value if isinstance(value, list) else [value] for value in given]
    count = max(map(len, lists))
    if any(len(one) not in (1, count) for one in lists):
        raise AssertionError(f"lists of parameters must be of one length, not {[len(one) for one in lists]}")
    rows = zip(*(one if len(one) == count else one * count for one in lists), strict=True)
    return DetRandomSelectAug([DetRandomCropAug(*row) for row in rows], skip_prob=skip_prob)


def CreateDetAugmenter(
    data_shape: tuple[int, int, int],
    resize: int = 0,
    rand_crop: float = 0,
    rand_pad: float = 0,
    rand_gray: float = 0,
    rand_mirror: bool = False,
    mean: Any = None,
    std: Any = None,
    brightness: float = 0,
    contrast: float = 0,
    saturation: float = 0,
    pca_noise: float = 0,
    hue: float = 0,
    inter_method: int = 2,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = (0.75, 1.33),
    area_range: Any = (0.05, 3.0),
    min_eject_coverage: Any = 0.3,
    max_attempts: Any = 50,
    pad_val: Any = (127, 127, 127),
) -> list[DetAugmenter]:
    """Augmenters for training, in the order in which they are to be applied.

    Parameters
    ----------
    data_shape : tuple of int
        (channels, height, width) of what comes out.
    resize : int
        The length of the shorter side, before all else; as it is if 0.
    rand_crop, rand_pad : float
        The probability of a random part, and of a larger ground.
    rand_gray : float
        The probability that an image becomes gray.
    rand_mirror : bool
        Whether to mirror half of the images.
    mean, std : numpy.ndarray
        To normalize the colours by; True for those of ImageNet.
    brightness, contrast, saturation, hue, pca_noise : float
        See BrightnessJitterAug and the others; none if 0.
    inter_method : int
        How sizes are changed; see ``resize_short``.
    min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts
        See DetRandomCropAug; lists for several of them. Grounds take ratios and the largest area from here.
    pad_val : tuple of float
        The colour of grounds.
    """
    found: list[DetAugmenter] = [DetBorrowAug(ResizeAug(resize, inter_method))] if resize > 0 else []
    crops = (min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts)
    if rand_crop > 0:
        found.append(CreateMultiRandCropAugmenter(*crops, skip_prob=1 - rand_crop))
    if rand_mirror:
        found.append(DetHorizontalFlipAug(0.5))
    if rand_pad > 0:  # late, as it makes images larger
        pad = DetRandomPadAug(aspect_ratio_range, (1.0, area_range[1]), max_attempts, pad_val)
        found.append(DetRandomSelectAug([pad], 1 - rand_pad))
    plain: list[Augmenter] = [ForceResizeAug((data_shape[2], data_shape[1]), inter_method), CastAug()]
    if brightness or contrast or saturation:
        plain.append(ColorJitterAug(brightness, contrast, saturation))
    if hue:
        plain.append(HueJitterAug(hue))
    if pca_noise > 0:
        plain.append(LightingAug(pca_noise, np.array(COMPONENT_SIZES), np.array(COMPONENTS)))
    if rand_gray > 0:
        plain.append(RandomGrayAug(rand_gray))
    mean, std = _of_channels("mean", mean, MEAN), _of_channels("std", std, STD)
    if mean is not None or std is not None:
        plain.append(ColorNormalizeAug(mean, std))
    return found + [DetBorrowAug(one) for one in plain]


def _of_channels(name: str, given: Any, usual: tuple[float, ...]) -> Any:
    if given is True:
        return np.array(usual)
    if given is not None and not (isinstance(given, np.ndarray) and given.shape[0] in (1, 3)):
        raise AssertionError(f"{name} must be True or a NumPy array of 1 or 3 numbers")
    return given
