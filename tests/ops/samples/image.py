"""Images as arrays: conversion, size, flips, colours. What is drawn at random is in tests/image_cases.py."""

from ops.samples.spec import S, ints, normal, uniform

TYPES = ("uint8", "int8", "int32", "int64", "float16", "float32", "float64")
IMAGE = (4, 5, 3)


def image(shape=IMAGE, dtype="uint8"):
    return ints(shape, 0, 100, dtype)


SAMPLES = []
for dtype in TYPES:
    SAMPLES += [
        S("_image_to_tensor", [image((2, 3, 3), dtype)], grad=False),
        S("_image_normalize", [image((3, 2, 2), dtype)], {"mean": 0, "std": (1, 2, 4)}, grad=False),
        S("_image_crop", [image(dtype=dtype)], {"x": 1, "y": 0, "width": 2, "height": 3}, grad=False),
        S("_image_flip_left_right", [image((3, 4, 3), dtype)], grad=False),
        S("_image_flip_top_bottom", [image((4, 3, 3), dtype)], grad=False),
        S("_image_adjust_lighting", [image((2, 3, 3), dtype)], {"alpha": (0.1, 0.2, 0.3)}, grad=False),
    ]

# MXNet leaves the middle of odd extents as it was in memory when it flips, and flips no gradients.
SAMPLES += [
    S("_image_to_tensor", [image((2, 3, 1))]),
    S("_image_to_tensor", [image((2, 4, 3, 5))]),
    S("_image_to_tensor", [normal((2, 3, 4))], grad=False),
    S("_image_to_tensor", [image((2, 3))], fails=True),
    S("_image_to_tensor", [image((1, 2, 2, 2, 3))], fails=True),
    S("_image_normalize", [(3, 2, 4)], {"mean": (0.1, 0.2, 0.3), "std": (0.5, 0.6, 0.7)}),
    S("_image_normalize", [(2, 3, 2, 4)], {"mean": (0.1, 0.2, 0.3), "std": 2}),
    S("_image_normalize", [(1, 2, 2)], {"mean": 0.5, "std": 0.25}),
    S("_image_normalize", [normal((3, 2, 2), "float64")], {"mean": 1, "std": (1, 2, 3)}),
    S("_image_normalize", [(3, 2, 2)], {"mean": 1, "std": 0}, grad=False),
    S("_image_normalize", [(3, 2, 2)], fails=True),
    S("_image_normalize", [(3, 2, 2)], {"mean": (1, 2), "std": 1}, fails=True),
    S("_image_normalize", [(1, 2, 2)], {"mean": 1, "std": (1, 2, 3)}, fails=True),
    S("_image_normalize", [(2, 2, 2)], {"mean": 1, "std": 1}, fails=True),
    S("_image_normalize", [(3, 2)], {"mean": 1, "std": 1}, fails=True),
    S("_image_crop", [IMAGE], {"x": 2, "y": 1, "width": 3, "height": 2}),
    S("_image_crop", [(2, *IMAGE)], {"x": 0, "y": 0, "width": 5, "height": 4}),
    S("_image_crop", [(2, *IMAGE)], {"x": 4, "y": 3, "width": 1, "height": 1}),
    S("_image_crop", [IMAGE], {"x": 3, "y": 0, "width": 3, "height": 2}, fails=True),
    S("_image_crop", [IMAGE], {"x": 0, "y": 3, "width": 3, "height": 2}, fails=True),
    S("_image_crop", [IMAGE], {"x": 0, "y": 0, "width": 0, "height": 2}, fails=True),
    S("_image_crop", [(4, 5)], {"x": 0, "y": 0, "width": 1, "height": 2}, fails=True),
    S("_image_crop", [IMAGE], {"x": 0, "y": 0, "width": 1}, fails=True),
    S("_image_adjust_lighting", [uniform(IMAGE, 0, 255)], {"alpha": (-3, 2, 10)}),
    S("_image_adjust_lighting", [ints(IMAGE, 0, 256, "uint8")], {"alpha": (-3, 2, 10)}),
    S("_image_adjust_lighting", [IMAGE], {"alpha": (1, 2)}, fails=True),
    S("_image_adjust_lighting", [(2, *IMAGE)], {"alpha": (1, 2, 3)}, fails=True),
    S("_image_adjust_lighting", [(2, 3, 4)], {"alpha": (1, 2, 3)}, fails=True),
]
for name in ("_image_flip_left_right", "_image_flip_top_bottom"):
    SAMPLES += [
        S(name, [(2, 2, 1)], grad=False),
        S(name, [(1, 1, 4)], fails=True),
        S(name, [(2, 3)], fails=True),
        S(name, [(2, 2, 3, 3)], fails=True),
    ]
