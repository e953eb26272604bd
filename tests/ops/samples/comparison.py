"""Samples of ops/comparison.py."""

from ops.samples.spec import S, ints

NAMES = "equal not_equal greater greater_equal lesser lesser_equal logical_and logical_or logical_xor".split()
TYPES = ("float32", "float64", "float16", "int32", "uint8", "int8", "int64")


def of(name):
    samples = [S("broadcast_" + name, [ints((2, 3), -1, 2, t), ints((2, 1), -1, 2, t)]) for t in TYPES[:4]]
    samples += [S("broadcast_" + name, [ints((2, 3), 0, 3, t), ints((3,), 0, 3, t)]) for t in TYPES[4:]]
    samples += [
        S("_" + name, [ints((2, 3), 0, 2), ints((2, 3), 0, 2)]),
        S("_" + name, [(2, 3), (1, 3)], fails=True),
    ]
    samples += [S("broadcast_" + name, [(2, 3), (3, 2)], fails=True)]
    scalar = f"_{name}_scalar"
    samples += [S(scalar, [ints((2, 4), 0, 3, t)], {"scalar": s}) for t in TYPES for s in (1, 1.5)]
    samples += [S(scalar, [ints((5,), 0, 2, "bool")], {"scalar": s}, grad=False) for s in (0, 1)]
    title = name.title()
    samples += [S("_" + title, [ints((3,), 0, 2)] * 2)]
    samples += [S("_{}Scalar".format(title.replace("_", "")), [ints((3,), 0, 2)])]
    return samples


SAMPLES = [s for name in NAMES for s in of(name)]
