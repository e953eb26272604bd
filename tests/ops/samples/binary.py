"""Samples of ops/binary.py."""

from ops.samples.spec import S, array, ints, normal, positive

ARITHMETIC = ("add", "sub", "mul", "div", "mod", "power", "maximum", "minimum", "hypot")
INTEGERS = ("int32", "uint8", "int8", "int64")

# Pairs of shapes in which the first, the second, both and none are stretched.
SHAPES = [
    ((2, 3), (2, 3)),
    ((2, 3), (1, 3)),
    ((2, 1), (2, 3)),
    ((2, 1, 4), (1, 3, 4)),
    ((2, 3), (3,)),
    ((1,), (4,)),
]


def broadcasting(name):
    op = "broadcast_" + name
    samples = [S(op, [positive(a), positive(b)]) for a, b in SHAPES]
    samples += [S(op, [positive(SHAPES[1][0], t), positive(SHAPES[1][1], t)]) for t in ("float64", "float16")]
    samples += [S(op, [ints((2, 3), 0, 9, t), ints((2, 1), 1, 6, t)]) for t in INTEGERS]
    samples += [S(op, [(2, 3), (3, 2)], fails=True), S(op, [(2, 3), (2,)], fails=True)]
    return samples


def signed(name):
    """Negative numbers; and integers that leave their type's range or are cut off."""
    op = "broadcast_" + name
    samples = [S(op, [(3, 4), (3, 4)])] if name != "power" else []
    if name in ("div", "mod"):
        samples.append(S(op, [array([7, -7, 7, -7], "int32"), array([2, 2, -2, -2], "int32")]))
    elif name in ("add", "sub", "mul"):
        samples.append(S(op, [array([200, 100, 3], "uint8"), array([100, 200, 90], "uint8")]))
    return samples


def unstretched(name):
    samples = [S(name, [positive((2, 3)), positive((2, 3))]), S(name, [ints((4,), 0, 5, "int32")] * 2)]
    samples += [S(name, [(2, 3), (1, 3)], fails=True)]
    return samples if "div" not in name else samples[:1] + samples[2:]


X, Y = array([1, 0, 0, -3, 2, 7]), array([1, 0, 2, 2, -1.5, 2])

SAMPLES = [s for name in ARITHMETIC for s in broadcasting(name) + signed(name)]
SAMPLES += [S("broadcast_" + name, [X, Y], kink=True) for name in ARITHMETIC]
SAMPLES += [s for name in ("add", "sub", "mul", "div") for s in unstretched("elemwise_" + name)]
SAMPLES += [s for name in ("mod", "power", "maximum", "minimum", "hypot") for s in unstretched("_" + name)]
SAMPLES += [
    S("_grad_add", [(2, 3), (2, 3)], grad=False),
    S("_grad_add", [(2, 3), (1, 3)], fails=True),
    S("broadcast_plus", [(2, 3), (1, 3)]),
    S("broadcast_minus", [(2, 3), (1, 3)]),
    S("broadcast_add", [(2, 3), normal((2, 3), "float64")], grad=False, fails=True),
    S("add_n", [(2, 3)]),
    S("add_n", [(2, 3), (2, 3)]),
    S("add_n", [(2, 3), (2, 3), (2, 3)]),
    S("add_n", [ints((3,), 0, 100, "uint8")] * 4),
    S("ElementWiseSum", [normal((3,), "float64")] * 3),
    S("add_n", [(2, 3), (1, 3)], fails=True),
]
