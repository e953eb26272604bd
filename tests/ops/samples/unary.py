"""Samples of ops/unary.py."""

from ops.samples.spec import S, array, ints, normal, positive

FLAT = "sign round rint ceil floor trunc fix logical_not".split()
ANYWHERE = "abs negative square cbrt exp expm1 relu sigmoid tanh hard_sigmoid softsign".split()
POSITIVE = "sqrt rsqrt log log2 log10 log1p reciprocal rcbrt".split()
# Where they are not smooth, or leave their range.
EDGES = array([-2.5, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.5])
FAR = array([float("inf"), float("-inf"), float("nan")])


def of(name, x):
    samples = [
        S(name, [x((2, 3))]),
        S(name, [x((4, 1, 2))]),
        S(name, [x((5,), "float64")]),
        S(name, [x((5,), "float16")]),
    ]
    if name != "hard_sigmoid":
        samples += [S(name, [ints((6,), 1, 8, t)]) for t in ("int32", "uint8", "int8", "int64")]
    # At NaN relu's gradient is 0 here, and NaN in MXNet.
    samples += [S(name, [EDGES], kink=True), S(name, [FAR], grad=name != "relu", kink=True)]
    return samples


# Whole numbers are computed in float64, and cut off.
EXACT = "sqrt cbrt log log2 log10 log1p sigmoid tanh softsign reciprocal rcbrt rsqrt".split()
NEAR_WHOLE = array([1, 2, 8, 16, 20, 25, 64, 100], "int32")

SAMPLES = [s for name in FLAT + ANYWHERE for s in of(name, normal)]
SAMPLES += [s for name in POSITIVE for s in of(name, positive)]
SAMPLES += [S(name, [NEAR_WHOLE]) for name in EXACT]
SAMPLES += [S(name, [array([-36, -1, 0, 1, 8, 16, 19, 21], "int32")]) for name in ("exp", "expm1", "tanh")]
SAMPLES += [
    S("relu", [array([-3, 0, 4], "int32")]),
    S("abs", [array([-3, 0, 4], "int8")]),
    S("negative", [array([3, 0], "uint8")]),
    S("square", [array([200, 3], "uint8")]),
    S("round", [array([0.49999997, -0.49999997, 8388609.0, -8388609.0, 4194304.5])], kink=True),
    S("rint", [array([0.49999997, -0.49999997, 8388609.0, -8388609.0, 4194304.5])], kink=True),
    S("hard_sigmoid", [(3, 4)], {"alpha": 0.4, "beta": 0.3}),
    S("hard_sigmoid", [ints((3,), 0, 4, "int32")], fails=True),
    S("clip", [(3, 4)], {"a_min": -0.5, "a_max": 0.7}),
    S("clip", [normal((3, 4), "float64")], {"a_min": 0, "a_max": 1}),
    S("clip", [normal((3, 4), "float16")], {"a_min": 0, "a_max": 1}),
    S("clip", [array([-2, -1, 0, 1, 2, float("nan")])], {"a_min": -1, "a_max": 1}, kink=True),
    S("clip", [array([7, -7, 3, 0, 120], "int32")], {"a_min": -2.5, "a_max": 5.5}),
    S("clip", [array([7, 250, 0], "uint8")], {"a_min": 1, "a_max": 200}),
    S("clip", [array([-2, -0.5, 0, 0.5, 2, float("nan")])], {"a_min": 0.25, "a_max": -0.25}, kink=True),
    S("clip", [array([7, -7, 3, 0, 120], "int32")], {"a_min": 5.5, "a_max": 1}),
    S("clip", [(3,)], {"a_min": 1}, fails=True),
]
