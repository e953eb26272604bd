"""Samples of ops/identity.py."""

from ops.samples.spec import S, array, ints, normal

TYPES = ("float32", "float64", "float16", "int32", "uint8", "int8", "int64", "bool")

SAMPLES = [S(name, [ints((2, 3), 0, 4, t)]) for name in ("_copy", "zeros_like", "ones_like") for t in TYPES]
# Torch knows no gradient that isn't the function's own, so these are held against MXNet alone.
SAMPLES += [S(name, [ints((2, 3), 0, 4, t)], kink=True) for name in ("BlockGrad", "make_loss") for t in TYPES]
SAMPLES += [S("Cast", [normal((2, 3), a)], {"dtype": b}) for a in TYPES[:3] for b in TYPES[:3]]
SAMPLES += [S("cast", [array([2.7, -2.7, 300.5, 0.0])], {"dtype": t}, kink=True) for t in TYPES[3:]]
SAMPLES += [S("Cast", [ints((4,), -3, 4, "int32")], {"dtype": t}) for t in TYPES]
SAMPLES += [
    S("identity", [(2, 3)]),
    S("stop_gradient", [(2, 3)], kink=True),
    S("Cast", [(2, 3)], {"dtype": "string"}, fails=True),
    S("Cast", [(2, 3)], fails=True),
    S("MakeLoss", [ints((2, 3), 0, 4, "int32")], fails=True),
    S("_copyto", [(2, 3)], grad=False),
    S("_copyto", [ints((3,), 0, 4, "int64")], grad=False),
    S("_identity_with_attr_like_rhs", [(2, 3), (2, 3)]),
    S("_identity_with_attr_like_rhs", [ints((3,), 0, 4, "int32"), ints((3,), 0, 4, "int32")]),
    S("_identity_with_attr_like_rhs", [(2, 3), (2, 1)], fails=True),
    S("_identity_with_attr_like_rhs", [(2, 3), normal((2, 3), "float64")], fails=True),
]
SAMPLES += [
    S("MakeLoss", [x], dict(given, grad_scale=2.0), kink=True)
    for x in (array([1.0, 2.0, 0.0]), array([[1.0, 0.2, 0.0], [0.0, 0.0, 3.0]]), normal((2, 2, 2), "float64"))
    for given in (
        {},
        {"normalization": "null"},
        {"normalization": "batch"},
        {"normalization": "valid", "valid_thresh": 0.5},
        {"normalization": "valid", "valid_thresh": 9.0},
    )
]
