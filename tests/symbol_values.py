"""The values that variables of recorded symbols get: the same wherever they are made."""

import zlib

import numpy as np


def values_for(shapes):
    """An array for each name: positive numbers, whole ones for labels and indices."""
    found = {}
    for name, shape in sorted(shapes.items()):
        rng = np.random.RandomState(zlib.crc32(name.encode()) % 2**31)
        found[name] = rng.uniform(0.2, 1.2, shape).astype("float32")
        if "label" in name:
            found[name] = rng.randint(0, 2, shape).astype("float32")
    return found
