"""Samples of ops/scalar.py."""

from ops.samples.spec import S, array, ints, normal, positive

INTEGERS = ("int32", "uint8", "int8", "int64")
OPS = "plus minus rminus mul div rdiv mod rmod power rpower maximum minimum hypot".split()
ALIASES = {"rminus": "RMinus", "rdiv": "RDiv", "rmod": "RMod", "rpower": "RPower"}


def of(name):
    op, x = f"_{name}_scalar", positive((2, 3))
    samples = [S(op, [x], {"scalar": s}) for s in (2, 0.5, 1.7)]
    samples.append(S(op, [x]))
    samples += [S(op, [positive((2, 3), t)], {"scalar": 1.3}) for t in ("float64", "float16")]
    samples += [S(op, [ints((2, 3), 1, 6, t)], {"scalar": s}) for t in INTEGERS for s in (2, 2.7)]
    samples.append(S(f"_{ALIASES.get(name, name.title())}Scalar", [x], {"scalar": 3}))
    if "power" not in name:
        samples += [S(op, [(3, 4)], {"scalar": s}) for s in (-1.5, 3)]
    if name not in ("div", "rdiv", "mod", "rmod"):
        samples.append(S(op, [array([0, 1, 1], "bool")], {"scalar": 2}, grad=False))
    return samples


SAMPLES = [s for name in OPS for s in of(name)]
SAMPLES += [S(f"_{n}_scalar", [array([0.0, 1, 2, -1])], {"scalar": s}, kink=True) for n, s in (
    ("power", 0), ("power", 1), ("power", 2), ("power", 3), ("power", -1), ("power", 0.5),
    ("rpower", 0), ("rpower", -2), ("maximum", 1), ("minimum", 1), ("mod", 0), ("mod", 1),
    ("rmod", 7), ("rdiv", 1), ("hypot", 0), ("mul", 0), ("div", 0),
)]  # fmt: skip
SAMPLES += [
    S("_plus_scalar", [array([1, 2, 250], "uint8")], {"scalar": s}, grad=False) for s in (300, -2, 1.9)
]
SAMPLES += [
    S("_maximum_scalar", [array([1, 2, 250], "uint8")], {"scalar": 300}, grad=False),
    S("_power_scalar", [array([3, 2, 10], "int32")], {"scalar": -1}, grad=False),
    S("_power_scalar", [array([3, 2, 200], "uint8")], {"scalar": 2}, grad=False),
    S("_mul_scalar", [normal((3,), "float16")], {"scalar": 1e6}, grad=False),
    S("_plus_scalar", [(3,)], {"scalar": 1e300}, grad=False),
]
SAMPLES += [S("smooth_l1", [(3, 4)], {"scalar": s}) for s in (1.0, 2.0, 0.7)]
SAMPLES += [
    S("smooth_l1", [(3, 4)]),
    S("smooth_l1", [(3, 4)], {"scalar": 0.0}),
    S("smooth_l1", [array([-1, -0.25, 0, 0.25, 0.2, 3])], {"scalar": 2.0}, kink=True),
    S("smooth_l1", [normal((3,), "float64")], {"scalar": 1.5}),
    S("smooth_l1", [array([7, -7, 3, 0, 1], "int32")], {"scalar": 1.0}, grad=False),
]
