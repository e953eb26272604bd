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
    for data in ("wide", "bytes", "double"):
        PROGRAMS += [
            (0, data, operator, {"min_factor": a, "max_factor": b}, 3)
            for a, b in ((0, 0), (0.3, 1.9), (1, 0.5))
        ]
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
    PROGRAMS += [(9, data, "random_color_jitter", attributes, 6) for data in ("wide", "bytes")]
