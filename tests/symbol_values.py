"""What variables of recorded symbols get: the same wherever it is made."""

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


def without_batch(shapes):
    """The shapes, with one first extent unknown."""
    first = min(shapes, default=None)
    return {name: (0, *shape[1:]) if name == first else shape for name, shape in shapes.items()}
