"""Conversions to ONNX: element by element, and reductions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mxnet import nd, sym
from onnx_runs import Case, array, case, check

x, y, z = sym.var("x"), sym.var("y"), sym.var("z")

ANYWHERE = """
abs ceil floor negative reciprocal exp relu sigmoid tanh sin cos tan arctan sinh cosh arcsinh erf sign
softsign trunc fix cbrt rcbrt square expm1 degrees radians hard_sigmoid BlockGrad MakeLoss make_loss
identity smooth_l1 Dropout
""".split()
PAIRS = "add sub mul div power maximum minimum hypot mod".split()
COMPARED = (
    "equal not_equal greater greater_equal lesser lesser_equal logical_and logical_or logical_xor".split()
)
SCALARS: list[Any] = [
    lambda a: a + 2,
    lambda a: a - 2,
    lambda a: 2 - a,
    lambda a: a * 3,
    lambda a: a / 3,
    lambda a: 3 / a,
    lambda a: a**2,
    lambda a: 2**a,
    lambda a: a % 1.5,
    lambda a: 2 % a,
    lambda a: sym.maximum(a, 0.3),
    lambda a: sym.minimum(a, 0.3),
    lambda a: sym.hypot(a, 1.5),
]
REDUCED: list[dict[str, Any]] = [
    {},
    {"axis": 1},
    {"axis": (0, 2)},
    {"axis": 1, "keepdims": True},
    {"keepdims": True},
    {"axis": (0, 1, 2)},
    {"axis": 1, "exclude": True},
]
NORMS: list[dict[str, Any]] = [
    {},
    {"ord": 1, "axis": 0},
    {"axis": (0, 1)},
    {"ord": 2, "axis": -1, "keepdims": True},
]


def halves() -> Any:
    return nd.array([[-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 0.3, -0.7]])


CASES: list[Case] = [
    *[case(n, getattr(sym, n)(x), x=array(2, 3, 4)) for n in ANYWHERE],
    *[case(n, getattr(sym, n)(x), x=halves()) for n in ("round", "rint", "logical_not")],
    *[
        case(n, getattr(sym, n)(x), x=array(2, 3, low=1.1, high=3))
        for n in "sqrt log rsqrt log10 log2 log1p arccosh".split()
    ],
    *[
        case(n, getattr(sym, n)(x), x=array(2, 3, low=-0.9, high=0.9))
        for n in ("arcsin", "arccos", "arctanh")
    ],
    *[
        case(n, getattr(sym, f"broadcast_{n}")(x, y), x=array(2, 3, 1, low=0.5), y=array(1, 3, 4, low=0.5))
        for n in PAIRS
    ],
    *[
        case(n, getattr(sym._internal, f"_{n}")(x, y), x=array(2, 3, low=0.5), y=array(2, 3, low=0.5))
        for n in ("power", "maximum", "minimum", "hypot", "mod", "grad_add")
    ],
    *[
        case(n, getattr(sym, f"elemwise_{n}")(x, y), x=array(2, 3), y=array(2, 3))
        for n in ("add", "sub", "mul", "div")
    ],
    *[
        case(
            f"broadcast_{n}",
            getattr(sym, f"broadcast_{n}")(x, y),
            x=nd.array([[0, 1, 2]]),
            y=nd.array([[0], [2]]),
        )
        for n in COMPARED
    ],
    *[
        case(f"_{n}", getattr(sym._internal, f"_{n}")(x, y), x=nd.array([0, 1, 2]), y=nd.array([0, 2, 0]))
        for n in COMPARED
    ],
    *[
        case(f"_{n}_scalar", getattr(sym._internal, f"_{n}_scalar")(x, scalar=1.0), x=nd.array([0, 1, 2]))
        for n in COMPARED
    ],
    *[case(f"scalar {i}", f(x), x=array(2, 3)) for i, f in enumerate(SCALARS)],
    case("integers", (x + 2) * 3 > 7, x=nd.array([0, 1, 2], dtype="int32")),
    case("integers, what is left", x % 3, x=nd.array([-5, 4, 7], dtype="int32")),
    case("add_n", sym.add_n(x, y, z), x=array(2, 3), y=array(2, 3), z=array(2, 3)),
    case("clip", sym.clip(x, -1, 1), x=array(2, 3)),
    case("where", sym.where(x, y, z), x=nd.array([[1, 0], [0, 1]]), y=array(2, 2), z=array(2, 2)),
    case("where by rows", sym.where(x, y, z), x=nd.array([1, 0]), y=array(2, 3), z=array(2, 3)),
    case("cast", sym.cast(x, "int32"), x=array(2, 3)),
    case("cast to float64", sym.cast(x, "float64") * 2, x=array(2, 3)),
    case("amp_cast", sym.amp_cast(x, dtype="float16"), x=array(2, 3)),
    *[
        case(f"{n} {given}", getattr(sym, n)(x, **given), x=array(2, 3, 4))
        for n in ("sum", "mean", "prod", "max", "min")
        for given in REDUCED
    ],
    *[case(f"norm {given}", sym.norm(x, **given), x=array(2, 3, 4)) for given in NORMS],
    *[
        case(f"{n} {given}", getattr(sym, n)(x, **given), x=array(2, 3, 4))
        for n in ("argmax", "argmin")
        for given in ({}, {"axis": 1}, {"axis": -1, "keepdims": True})
    ],
    case("argmax of a vector", sym.argmax(x, axis=0), x=array(5)),
    case("argmax_channel", sym.argmax_channel(x), x=array(3, 4)),
    *[
        case(n, getattr(sym, n)(x, y), x=array(2, 3), y=array(2, 3))
        for n in ("LogisticRegressionOutput", "LinearRegressionOutput", "MAERegressionOutput")
    ],
]


@pytest.mark.parametrize("given", CASES, ids=str)
def test_equal_in_onnx_runtime(given: Case, tmp_path: Path) -> None:
    check(given, tmp_path)
