"""Programs of random image operators, for tests/oracle/record_images.py and tests/random/test_images.py.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import numpy as np

# Colours beyond the usual range too; gray pixels, which have no hue; whole numbers.
RANDOM = np.random.RandomState(3)
WIDE = (RANDOM.uniform(-20, 300, (6, 8, 3))).astype("float32")
WIDE[0] = WIDE[0, :, :1]
BYTES = RANDOM.randint(0, 256, (6, 8, 3)).astype("uint8")
BYTES[0] = BYTES[0, :, :1]
INPUTS = {"wide": WIDE, "bytes": BYTES, "gray": WIDE[:, :, :1], "double": WIDE.astype("float64")}

# (seed, input, operator, attributes, how many times): equal seeds, equal draws.
PROGRAMS = []
for name in ("brightness", "contrast", "saturation", "hue"):
    operator = "random_" + name
    for data in ("wide", "bytes"):
        PROGRAMS += [
            (0, data, operator, {"min_factor": a, "max_factor": b}, 3)
            for a, b in ((0, 0), (0.3, 1.9), (1, 0.5))
        ]
    PROGRAMS.append((0, "double", operator, {"min_factor": 0.3, "max_factor": 1.9}, 1))
    if name in ("brightness", "contrast"):  # the others leave it unwritten
        PROGRAMS.append((7, "gray", operator, {"min_factor": 0.2, "max_factor": 2}, 2))
PROGRAMS += [
    (1, "wide", "random_flip_left_right", {}, 12),
    (1, "bytes", "random_flip_top_bottom", {}, 12),
    (5, "wide", "random_lighting", {"alpha_std": 0.7}, 5),
    (5, "bytes", "random_lighting", {}, 5),
]
for strengths in ((0.4, 0.3, 0.2, 0.1), (0.4, 0, 0, 0.1), (0, 0.3, 0.2, 0)):
    attributes = {k: strengths[i] for i, k in enumerate(("brightness", "contrast", "saturation", "hue"))}
    PROGRAMS += [(9, data, "random_color_jitter", attributes, 4) for data in ("wide", "bytes")]

# Functions of mx.image, after seeding Python's and NumPy's numbers: (seed, input, function, arguments).
PHOTO = RANDOM.randint(0, 256, (20, 30, 3)).astype("uint8")
INPUTS.update(photo=PHOTO, float=PHOTO.astype("float32"), tall=PHOTO.transpose(1, 0, 2).copy())
INPUTS["planes"] = INPUTS["float"].transpose(2, 0, 1)[:, :9, :12].copy()
INPUTS["planes2"] = np.stack([INPUTS["planes"], INPUTS["planes"][:, ::-1]])
FUNCTIONS = []
for data in ("photo", "tall"):
    FUNCTIONS += [
        (0, data, "resize_short", {"size": 7}),
        (0, data, "resize_short", {"size": 25, "interp": 9}),
        (0, data, "resize_short", {"size": 9, "interp": 9}),
        (3, data, "resize_short", {"size": 9, "interp": 10}),
        (0, data, "fixed_crop", {"x0": 2, "y0": 3, "w": 7, "h": 5}),
        (0, data, "fixed_crop", {"x0": 2, "y0": 3, "w": 7, "h": 5, "size": (9, 4), "interp": 9}),
        (1, data, "random_crop", {"size": (7, 5)}),
        (1, data, "random_crop", {"size": (40, 23), "interp": 1}),
        (0, data, "center_crop", {"size": (7, 8)}),
        (0, data, "center_crop", {"size": (24, 36), "interp": 3}),
        (4, data, "random_size_crop", {"size": (6, 8), "area": (0.1, 0.5), "ratio": (0.75, 1.33)}),
        (4, data, "random_size_crop", {"size": (6, 8), "area": 0.9, "ratio": (0.1, 0.2), "interp": 1}),
        (0, data, "imresize", {"w": 11, "h": 12}),
        (0, data, "copyMakeBorder", {"top": 1, "bot": 2, "left": 0, "right": 3, "type": 2}),
    ]
for data in ("planes", "planes2"):
    for options in ({}, {"zoom_in": True}, {"zoom_out": True}):
        FUNCTIONS.append((0, data, "imrotate", dict(options, rotation_degrees=33.5)))
    FUNCTIONS.append((6, data, "random_rotate", {"angle_limits": (-90, 90), "zoom_out": True}))

# What CreateAugmenter is given; its list goes over the photo twice.
LISTS = [
    {"data_shape": (3, 10, 12)},
    {"data_shape": (3, 10, 12), "resize": 15, "rand_crop": True, "rand_mirror": True, "inter_method": 1},
    {"data_shape": (3, 9, 9), "rand_crop": True, "rand_resize": True, "mean": True, "std": True},
    {"data_shape": (3, 9, 9), "brightness": 0.3, "contrast": 0.4, "saturation": 0.2, "hue": 0.1},
    {"data_shape": (3, 9, 9), "pca_noise": 0.1, "rand_gray": 0.5, "mean": np.array([1.0, 2, 3])},
    {"data_shape": (3, 9, 9), "saturation": 0.5, "std": np.array([2.0])},
]
