"""Samples of ops/contrib.py."""

from ops.samples.spec import S, array, ints, normal

NAN = float("nan")

SAMPLES = [
    S("_contrib_quadratic", [(2, 3)], {"a": 1, "b": 2, "c": 3}),
    S("_contrib_quadratic", [normal((3,), "float64")], {"a": -0.5}),
    S("_contrib_quadratic", [(3,)]),
    S("_contrib_div_sqrt_dim", [(2, 3)]),
    S("_contrib_div_sqrt_dim", [normal((2, 2, 5), "float64")]),
    S("_contrib_div_sqrt_dim", [ints((3, 2), 0, 9, "int32")]),
    S("_contrib_gradientmultiplier", [(2, 3)], {"scalar": -2.0}, kink=True),
    S("_contrib_gradientmultiplier", [normal((2, 3), "float64")], kink=True),
    S("_contrib_round_ste", [array([0.5, -1.5, 2.4, 0.0])], kink=True),
    S("_contrib_sign_ste", [array([0.5, -1.5, 0.0])], kink=True),
    S("_contrib_allclose", [array([1.0, NAN])] * 2, grad=False),
    S("_contrib_allclose", [array([1.0, NAN])] * 2, {"equal_nan": False}, grad=False),
    S("_contrib_allclose", [array([1.0, 2.0]), array([1.0, 2.1])], {"rtol": 0.1}, grad=False),
    S("_contrib_allclose", [array([1.0, 2.0]), array([1.0, 2.1])], {"atol": 0.01}, grad=False),
    S("_contrib_allclose", [ints((3,), 0, 1, "int32")] * 2, grad=False),
    S("_contrib_allclose", [(2,), (1, 2)], fails=True),
]
