"""Odd calls of reductions."""

from __future__ import annotations

from typing import Any

from onnx_samples.calls import each, of_kinds
from ops.samples.spec import S, array, ints, normal

AXES: list[dict[str, Any]] = [
    {},
    {"axis": -1},
    {"axis": (0, -1)},
    {"axis": ()},
    {"axis": (), "keepdims": True},
    {"keepdims": True},
    {"axis": -2, "exclude": True},
    {"axis": (0, 1), "exclude": True, "keepdims": True},
    {"axis": (0, 1, 2), "exclude": True, "keepdims": True},
    {"axis": (2, 0)},
    {"exclude": True},
    {"axis": (0, 1, 2), "keepdims": True},
    {"axis": (-3, -2, -1)},
]
SAMPLES = [
    *each("mean", [ints((6, 6, 3, 5), 0, 9, "uint8")], {}, {"axis": (0, 1)}),
    *each("mean", [ints((3, 100), -9, 9, "int8")], {}, {"axis": 1}),
    *[s for n in ("sum", "mean", "prod", "max", "min") for s in each(n, [(2, 3, 4)], *AXES)],
    *[S(n, [x], {"axis": 0}) for n in ("sum", "mean", "prod", "max", "min") for x in ((3,), (1,))],
    *[
        s
        for n in ("sum", "mean", "prod", "max", "min")
        for s in of_kinds(n, -3, 3, 1, {}, {"axis": 1}, {"axis": (0, 2)})
    ],
    *[S(n, [(0, 3)], given) for n in ("sum", "prod") for given in ({}, {"axis": 0}, {"axis": 1})],
    *[
        s
        for order in (1, 2)
        for s in each("norm", [(2, 3, 4)], *({**a, "ord": order} for a in AXES if "exclude" not in a))
    ],
    S("norm", [(2, 3)], {"ord": 1, "out_dtype": "float64"}),
    S("norm", [ints((2, 3), -5, 6, "int32")], {"ord": 2}),
    S("norm", [ints((2, 3), -5, 6, "int32")], {"ord": 1, "axis": 1, "out_dtype": "float32"}),
    S("norm", [normal((2, 3), "float16")], {"axis": 1, "out_dtype": "float32"}),
    *[
        s
        for n in ("argmax", "argmin")
        for x in ((3, 4), (2, 3, 4), (5,), normal((2, 3), "float16"))
        for s in each(n, [x], {}, {"axis": -1}, {"axis": 0, "keepdims": True}, {"keepdims": True})
    ],
    *[S(n, [array([[1, 3, 3], [2, 2, 0]])], {"axis": 1}) for n in ("argmax", "argmin")],
    *of_kinds("argmax_channel", 0, 5, 1),
]
