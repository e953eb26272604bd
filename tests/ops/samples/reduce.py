"""Samples of ops/reduce.py."""

from ops.samples.spec import S, array, ints, normal, positive

NAN = float("nan")
AXES = [
    {}, {"axis": 0}, {"axis": 1}, {"axis": -1}, {"axis": (0, 2)}, {"axis": (0, 1, 2)}, {"axis": ()},
    {"keepdims": True}, {"axis": 1, "keepdims": True}, {"axis": (2, 0), "keepdims": True},
    {"axis": 0, "exclude": True}, {"axis": (0, -1), "exclude": True}, {"axis": (0, 1, 2), "exclude": True},
    {"exclude": True}, {"axis": 1, "exclude": True, "keepdims": True},
]  # fmt: skip
REDUCTIONS = ("sum", "mean", "prod", "nansum", "nanprod", "max", "min")


def of(name):
    samples = [S(name, [(2, 3, 4)], given) for given in AXES]
    samples += [S(name, [(5, 1)], given) for given in ({}, {"axis": 1}, {"axis": 0, "exclude": True})]
    samples += [S(name, [shape]) for shape in ((1,), (1, 1), (7,))]
    samples += [
        S(name, [normal((2, 3), t)], given) for t in ("float64", "float16") for given in ({}, {"axis": 1})
    ]
    samples += [
        S(name, [ints((2, 3), 0, 5, t)], g)
        for t in ("int32", "int8", "int64", "bool")
        for g in ({}, {"axis": 1})
    ]
    samples += [S(name, [ints((2, 5), 0, 200, "uint8")], given) for given in ({}, {"axis": 1})]
    wrong = ({"axis": 3}, {"axis": -4}, {"axis": (0, 0)}, {"axis": (0, -3)})
    return samples + [S(name, [(2, 3, 4)], given, fails=True) for given in wrong]


SAMPLES = [s for name in REDUCTIONS for s in of(name)]
SAMPLES += [S(name, [(2, 3)], {"axis": 1}) for name in ("sum_axis", "max_axis", "min_axis")]
SAMPLES += [
    S(name, [array(x)], kink=True)
    for name in REDUCTIONS
    for x in ([1.0, 3.0, 3.0], [0.0, 2.0, 0.0], [0.0, 2.0, 3.0], [1.0, NAN, 2.0])
]
SAMPLES += [
    S("norm", [(2, 3, 4)], dict(given, ord=order))
    for order in (1, 2)
    for given in AXES[:10]
]  # fmt: skip
SAMPLES += [
    S("norm", [normal((2, 3), t)], given) for t in ("float64", "float16") for given in ({}, {"axis": 1})
]
SAMPLES += [
    S("norm", [array([0.0, 0.0])], kink=True),
    S("norm", [array([0.0, -2.0])], {"ord": 1}, kink=True),
    S("norm", [array([[3, 0], [0, 4]], "int32")], {"axis": 1}),
    S("norm", [(2, 3)], {"ord": 3}, fails=True),
    S("norm", [(2, 3)], {"axis": 2}, fails=True),
]
SAMPLES += [
    S(name, [x], given)
    for name in ("argmax", "argmin")
    for x in (
        normal((2, 3, 4)),
        normal((2, 3, 4), "float64"),
        ints((2, 3, 2), 0, 3, "int32"),
        ints((2, 3, 2), 0, 2),
    )
    for given in ({}, {"axis": 0}, {"axis": -1}, {"axis": 1, "keepdims": True}, {"keepdims": True})
]
SAMPLES += [S(name, [(2, 3)], {"axis": 2}, fails=True) for name in ("argmax", "argmin")]
SAMPLES += [S(name, [array([1.0, NAN, 2.0, NAN])], {"axis": 0}, grad=False) for name in ("argmax", "argmin")]
SAMPLES += [S(name, [normal((3,))], {"axis": 0}) for name in ("argmax", "argmin")]
SAMPLES += [
    S("argmax_channel", [(3, 4)], grad=False),
    S("argmax_channel", [(2, 3, 4)], grad=False),
    S("argmax_channel", [ints((3, 4), 0, 3, "int32")]),
    S("argmax_channel", [(3,)], fails=True),
]
SAMPLES += [S("cumsum", [(2, 3, 4)], given) for given in ({}, {"axis": 0}, {"axis": 1}, {"axis": 2})]
SAMPLES += [
    S("cumsum", [(2, 3)], {"axis": 1, "dtype": "float64"}),
    S("cumsum", [(2, 3)], {"axis": 1, "dtype": "int32"}, kink=True),
    S("cumsum", [normal((2, 3), "float64")], {"axis": 1, "dtype": "float32"}),
    S("cumsum", [ints((2, 3), 0, 3, "int32")]),
    S("cumsum", [ints((2, 3), 0, 2, "bool")]),
    S("cumsum", [(2, 3)], {"axis": 2}, fails=True),
]
SAMPLES += [
    S("moments", [(2, 3, 4)], given)
    for given in ({"axes": 0}, {"axes": (0, 2)}, {"axes": (1, 2), "keepdims": True})
]
SAMPLES += [S("moments", [(2, 3)], {"axes": (0, 1)}), S("moments", [(2, 3)], fails=True)]
SAMPLES += [S("moments", [positive((3, 2), "float64")], {"axes": (0,)})]
SAMPLES += [
    S("moments", [ints((4, 3), lo, 200, t)], {"axes": (0,)}) for lo, t in ((-99, "int32"), (0, "uint8"))
]
