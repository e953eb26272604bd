"""Samples of ops/special.py."""

from ops.samples.spec import S, array, ints, normal, uniform

# Each with the range in which it is taken.
RANGES = {
    "sin": (-3, 3), "cos": (-3, 3), "tan": (-1.3, 1.3),
    "arcsin": (-0.9, 0.9), "arccos": (-0.9, 0.9), "arctan": (-3, 3),
    "sinh": (-3, 3), "cosh": (-3, 3),
    "arcsinh": (-3, 3), "arccosh": (1.1, 4), "arctanh": (-0.9, 0.9),
    "degrees": (-3, 3), "radians": (-180, 180),
    "gamma": (0.2, 6), "gammaln": (0.2, 9), "erf": (-2, 2), "erfinv": (-0.9, 0.9),
}  # fmt: skip


def of(name, low, high):
    samples = [S(name, [uniform(shape, low, high)]) for shape in ((2, 3), (4, 1, 2))]
    samples += [S(name, [uniform((5,), low, high, t)]) for t in ("float64", "float16")]
    samples += [S(name, [ints((6,), 1, 5, t)]) for t in ("int32", "int64")] if high > 5 else []
    samples += [S(name, [array([0.0, 1.0, -1.0, 0.5, float("nan")])], kink=True)]
    return samples


SAMPLES = [s for name, span in RANGES.items() for s in of(name, *span)]
SAMPLES += [
    S("gamma", [array([-1.5, -0.5, -2.5, -1.0, -2.0, 0.0, 12.3, 33.0, 36.0])], kink=True),
    S("gamma", [array([-1.5, -0.5, 3.0, 100.0, 150.0], "float64")], second=False),
    S("gammaln", [array([-1.5, -0.5, -2.5, 12.3, 100.0])]),
    S("erf", [array([-7, 7, 0, 1, 4, 5], "int32")]),
    S("gamma", [array([1, 2, 6, 10, 16], "int64")]),
    *[S(name, [array([-20, -9, -1, 0, 1, 9, 20], "int32")]) for name in ("sinh", "cosh", "arcsinh", "cos")],
    S("arctan", [ints((4,), 0, 9, "uint8")]),
    S("tanh", [normal((2, 2))]),
]
