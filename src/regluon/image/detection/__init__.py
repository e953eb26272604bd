"""Images with boxes around objects: augmenters, which change both, and batches.

A label is an array (objects, 5 or more): class, left, top, right and bottom, as shares of width and height.
"""

from __future__ import annotations

from regluon.image.detection.augmenter import (
    DetAugmenter,
    DetBorrowAug,
    DetHorizontalFlipAug,
    DetRandomSelectAug,
)
from regluon.image.detection.create import CreateDetAugmenter, CreateMultiRandCropAugmenter
from regluon.image.detection.crop import DetRandomCropAug
from regluon.image.detection.iterator import ImageDetIter
from regluon.image.detection.pad import DetRandomPadAug

__all__ = [
    "CreateDetAugmenter",
    "CreateMultiRandCropAugmenter",
    "DetAugmenter",
    "DetBorrowAug",
    "DetHorizontalFlipAug",
    "DetRandomCropAug",
    "DetRandomPadAug",
    "DetRandomSelectAug",
    "ImageDetIter",
]
