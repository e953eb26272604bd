"""Odd calls of what works element by element."""

from __future__ import annotations

from onnx_samples.calls import KINDS, each, of_kinds
from ops.samples.spec import S, array, ints

HALVES = array([-2.5, -1.5, -0.5, -0.0, 0.5, 1.5, 2.5, 0.49999997, -0.49999997, -0.3])
LARGE = array([8388609.0, -8388609.0])  # to which halves can't be added
SIGNED = array([7, -7, 7, -7, 6, 0], "int32"), array([2, 2, -2, -2, 0, 0], "int32")


SAMPLES = [
    *[
        S(name, [x])
        for x in (HALVES, LARGE)
        for name in ("round", "rint", "fix", "trunc", "floor", "ceil", "sign", "logical_not")
    ],
    *[
        s
        for name in ("abs", "negative", "square", "sign", "round", "rint", "relu")
        for s in of_kinds(name, -3, 4, 1)
    ],
    *[S(name, [(2, 0, 3)]) for name in ("abs", "exp", "_copy", "zeros_like", "shape_array", "size_array")],
    *[s for n in ("add", "sub", "mul", "maximum", "minimum") for s in of_kinds(f"broadcast_{n}", -3, 4, 2)],
    *[S(f"broadcast_{n}", list(SIGNED)) for n in ("mod", "maximum", "minimum")],
    S("broadcast_div", [array([7, -7, 7, -7], "int64"), array([2, 2, -2, -2], "int64")]),
    *[
        S(f"broadcast_{n}", [array([7, -7, 1e8, -1e8, 5, 0]), array([2.5, -2, 3, 3, 0, 0])])
        for n in ("mod", "hypot")
    ],
    S("broadcast_mod", [array([1.5, -1.5, 3.0, -3.0]), array([float("inf"), float("inf"), -2.0, 2.0])]),
    *each("_mod_scalar", [array([7, -7, 0, 5], "int32")], *({"scalar": s} for s in (3, -3, 0, 2.7))),
    *each("_mod_scalar", [array([7.5, -7.5, 0, 5])], *({"scalar": s} for s in (3, -3, 0, 0.3))),
    *each("_rmod_scalar", [array([7, -7, 0, 5], "int32")], *({"scalar": s} for s in (9, -9, 0))),
    *each("_rmod_scalar", [array([7.5, -7.5, 0, 5])], *({"scalar": s} for s in (9, -9, 0))),
    *each("_div_scalar", [array([7, -7, 0, 5], "int32")], {"scalar": 2}, {"scalar": -2}, {"scalar": 2.9}),
    *each("_rdiv_scalar", [array([7, -7, 3, 5], "int32")], {"scalar": 20}, {"scalar": -20}),
    *each("_power_scalar", [array([3, -2, 0, 5], "int32")], *({"scalar": s} for s in (2, 0, 3, 2.9))),
    *each("_power_scalar", [array([3, -2, 0, 5])], *({"scalar": s} for s in (2, 0, 0.5, -1))),
    *each("_rpower_scalar", [array([3, -2, 0, 5])], *({"scalar": s} for s in (2, 0.5))),
    *[
        s
        for n in ("equal", "not_equal", "greater", "lesser", "logical_and", "logical_xor")
        for s in of_kinds(f"broadcast_{n}", -1, 2, 2)
        + of_kinds(f"_{n}_scalar", -1, 2, 1, {"scalar": 1}, {"scalar": 0.5})
    ],
    *each("clip", [(3, 4)], {"a_min": -0.5, "a_max": 0.5}, {"a_min": 1, "a_max": -1}),
    *of_kinds("clip", -5, 6, 1, {"a_min": -1, "a_max": 2}, {"a_min": -1.5, "a_max": 2.7}),
    S("where", [array([0, 1, -1, 0.5]), (4,), (4,)]),
    *[S("where", [array([0, 1, 2], t), (3, 2), (3, 2)]) for t in KINDS],
    S("where", [array([1, 0], "bool"), (2, 3), (2, 3)]),
    S("where", [array([1, 0], "bool"), ints((2, 3), 0, 9, "int64"), ints((2, 3), 0, 9, "int64")]),
    *each(
        "Cast", [array([-1.7, 1.7, 0.5, -0.5])], *({"dtype": t} for t in ("int32", "int8", "bool", "float16"))
    ),
    *each("smooth_l1", [(3, 4)], {"scalar": 0.5}, {"scalar": 3}),
    *each("hard_sigmoid", [(3, 4)], {"alpha": 0.5, "beta": 0.3}),
    S("add_n", [ints((3,), -9, 9, "int32")] * 3),
    *[S("Dropout", [(3, 4)], {"p": p}) for p in (0.5, 0.9)],
    S("Dropout", [(3, 4)], {"mode": "always"}),
    S("expm1", [array([1e-6, -1e-6, 1e-3])]),
    S("log1p", [array([1e-6, -1e-6, 1e-3])]),
    *[
        S(n, [array([0.0, -0.0, 8, -8, 1e-30])])
        for n in ("cbrt", "square", "arcsinh", "tanh", "erf", "softsign")
    ],
]
