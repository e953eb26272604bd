"""``gluon.data.vision.transforms``: blocks that change images, for ``Dataset.transform_first``.

Images are (height, width, channels), uint8 or float32, until ``ToTensor`` puts the channels first.
"""

from __future__ import annotations

from regluon.gluon.data.vision.transforms.color import (
    RandomBrightness,
    RandomColorJitter,
    RandomContrast,
    RandomHue,
    RandomLighting,
    RandomSaturation,
)
from regluon.gluon.data.vision.transforms.conversion import Cast, Compose, Normalize, RandomApply, ToTensor
from regluon.gluon.data.vision.transforms.geometry import (
    CenterCrop,
    CropResize,
    RandomFlipLeftRight,
    RandomFlipTopBottom,
    RandomResizedCrop,
    RandomRotation,
    Resize,
    Rotate,
)
from regluon.reference import absent

__all__ = [
    "Cast",
    "CenterCrop",
    "Compose",
    "CropResize",
    "Normalize",
    "RandomApply",
    "RandomBrightness",
    "RandomColorJitter",
    "RandomContrast",
    "RandomFlipLeftRight",
    "RandomFlipTopBottom",
    "RandomHue",
    "RandomLighting",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomSaturation",
    "Resize",
    "Rotate",
    "ToTensor",
]

__getattr__ = absent(__name__, "gluon.data.vision.transforms")
