"""Transforms and images for tests/oracle/record_transforms.py and tests/gluon/data/vision/test_transforms.py.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import random

import numpy as np

RANDOM = np.random.RandomState(11)
PHOTO = RANDOM.randint(0, 256, (8, 10, 3)).astype("uint8")
PLANES = RANDOM.uniform(0, 1, (3, 6, 7)).astype("float32")
IMAGES = {
    "photo": PHOTO,
    "float": PHOTO.astype("float32"),
    "gray": PHOTO[:, :, :1],
    "batch": np.stack([PHOTO, PHOTO[::-1]]),
    "planes": PLANES,
    "two": np.stack([PLANES, 1 - PLANES]),
}
# (name, arguments, image): "name" twice is a Compose or RandomApply of others.
CASES = [
    ("Cast", {}, "photo"),
    ("Cast", {"dtype": "float16"}, "planes"),
    ("ToTensor", {}, "photo"),
    ("ToTensor", {}, "batch"),
    ("ToTensor", {}, "gray"),
    ("ToTensor", {}, "float"),
    ("Normalize", {"mean": 0.5, "std": 0.25}, "planes"),
    ("Normalize", {"mean": (0.1, 0.2, 0.3), "std": (1, 2, 3)}, "two"),
    ("Normalize", {}, "planes"),
    ("Rotate", {"rotation_degrees": 30}, "planes"),
    ("Rotate", {"rotation_degrees": -75.5, "zoom_out": True}, "two"),
    ("Rotate", {"rotation_degrees": 10, "zoom_in": True}, "planes"),
    ("Rotate", {"rotation_degrees": 10}, "photo"),
    ("RandomRotation", {"angle_limits": (-40, 60)}, "planes"),
    ("RandomRotation", {"angle_limits": (-40, 60), "zoom_in": True, "rotate_with_proba": 0.5}, "planes"),
    ("RandomRotation", {"angle_limits": (3, 3)}, "planes"),
    ("RandomRotation", {"angle_limits": (3, 4), "rotate_with_proba": 1.5}, "planes"),
    ("RandomResizedCrop", {"size": 5}, "photo"),
    ("RandomResizedCrop", {"size": (5, 7), "scale": (0.3, 0.6), "ratio": (1, 2)}, "photo"),
    ("RandomResizedCrop", {"size": (5, 7), "interpolation": 2}, "float"),
    ("CropResize", {"x": 1, "y": 2, "width": 6, "height": 4}, "photo"),
    ("CropResize", {"x": 0, "y": 0, "width": 6, "height": 4, "size": (9, 5), "interpolation": 1}, "batch"),
    ("CropResize", {"x": 0, "y": 0, "width": 6, "height": 4, "size": 3, "interpolation": 0}, "photo"),
    ("CropResize", {"x": 0, "y": 0, "width": 6, "height": 4, "size": 3}, "photo"),
    ("CropResize", {"x": 6, "y": 0, "width": 6, "height": 4}, "photo"),
    ("CenterCrop", {"size": 6}, "photo"),
    ("CenterCrop", {"size": (4, 20)}, "photo"),
    ("Resize", {"size": 7}, "photo"),
    ("Resize", {"size": (7, 5), "interpolation": 2}, "photo"),
    ("Resize", {"size": 7, "keep_ratio": True}, "batch"),
    ("Resize", {"size": 7}, "float"),
    ("RandomFlipLeftRight", {}, "photo"),
    ("RandomFlipTopBottom", {}, "float"),
    ("RandomBrightness", {"brightness": 0.4}, "photo"),
    ("RandomBrightness", {"brightness": 1.5}, "float"),
    ("RandomContrast", {"contrast": 0.3}, "photo"),
    ("RandomSaturation", {"saturation": 0.6}, "float"),
    ("RandomHue", {"hue": 0.1}, "float"),
    ("RandomColorJitter", {"brightness": 0.1, "contrast": 0.2, "saturation": 0.3, "hue": 0.1}, "float"),
    ("RandomLighting", {"alpha": 0.2}, "float"),
    (
        "Compose",
        {"transforms": [("Resize", {"size": 6}), ("ToTensor", {}), ("Normalize", {"mean": 0.5})]},
        "photo",
    ),
    (
        "Compose",
        {
            "transforms": [
                ("RandomResizedCrop", {"size": 6}),
                ("RandomFlipLeftRight", {}),
                ("RandomHue", {"hue": 0.2}),
                ("ToTensor", {}),
                ("Rotate", {"rotation_degrees": 5}),
            ]
        },
        "photo",
    ),
    ("Compose", {"transforms": [("CenterCrop", {"size": 4}), ("CenterCrop", {"size": 3})]}, "photo"),
    ("Compose", {"transforms": []}, "photo"),
    ("RandomApply", {"transforms": ("Compose", {"transforms": [("Cast", {})]})}, "photo"),
    ("RandomApply", {"transforms": ("Resize", {"size": 3}), "p": 0.3}, "photo"),
]
TIMES = 2


def made(transforms, name, arguments):
    """A transform, with those in its arguments."""
    arguments = dict(arguments)
    inner = arguments.get("transforms")
    if isinstance(inner, list):
        arguments["transforms"] = [made(transforms, *one) for one in inner]
    elif inner is not None:
        arguments["transforms"] = made(transforms, *inner)
    return getattr(transforms, name)(**arguments)


def results(mx, number):
    """What a transform makes of its image, several times, and how it is printed."""
    name, arguments, image = CASES[number]
    random.seed(number)
    np.random.seed(number)  # noqa: NPY002
    mx.random.seed(number)
    block = made(mx.gluon.data.vision.transforms, name, arguments)
    x = mx.nd.array(IMAGES[image], dtype=IMAGES[image].dtype)
    return [block(x).asnumpy() for _ in range(TIMES)], repr(block)
