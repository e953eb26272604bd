"""Samples of ops/pooling.py."""

from ops.samples.spec import S, array, ints, normal

PLANE = (1, 2, 5, 6)
TIES = array([[[[1, 1, 1, 1, 0, 2, 2], [1, 1, 0, 2, 2, 2, -1]]]])
FULL = {"pooling_convention": "full"}
# Windows: common, overlapping with padding, beyond the data, wholly beyond what is around it, wide padding.
LAID = [
    {"kernel": (2, 2)},
    {"kernel": (2, 3), "stride": (2, 1), "pad": (1, 1)},
    dict(FULL, kernel=(2, 2), stride=(2, 3)),
    dict(FULL, kernel=(3, 3), stride=(2, 2), pad=(1, 1)),
    dict(FULL, kernel=(2, 2), stride=(3, 4), pad=(1, 1)),
    dict(FULL, kernel=(3, 3), stride=(2, 2), pad=(2, 2)),
]


def Pooling(*arguments, **more):
    """A sample that runs for training: else MXNet keeps no places of maxima for float32, yet reads them."""
    return S("Pooling", *arguments, train=True, **more)


SAMPLES = []
for kind in ("max", "avg", "sum", "lp"):
    more = {"pool_type": kind, **({"p_value": 2} if kind == "lp" else {})}
    SAMPLES += [Pooling([PLANE], dict(at, **more)) for at in LAID]
    SAMPLES += [
        Pooling([PLANE], dict(more, global_pool=True, kernel=(9, 9), pad=(9, 9))),
        Pooling([(2, 2, 7)], dict(more, kernel=3, stride=2, pad=1)),
        Pooling([normal((1, 2, 5), "float64")], dict(FULL, **more, kernel=1, stride=3)),
        Pooling([(1, 2, 3, 4, 5)], dict(more, kernel=(2, 1, 3), stride=(1, 2, 2), pad=(1, 0, 1))),
        # In float32, MXNet's mean halves the gradient of the last windows.
        Pooling([normal((1, 2, 3, 4, 5), "float64")], dict(FULL, **more, kernel=(2, 2, 2), stride=(2, 2, 3))),
        Pooling([(1, 2, 1, 3, 2)], dict(more, kernel=(3, 3, 3), pad=(1, 1, 1))),
        Pooling([(1, 1, 1, 2, 4)], dict(more, kernel=(2, 3, 2), pad=(1, 1, 0), stride=(2, 1, 3))),
        Pooling([(1, 4, 5, 2)], dict(more, kernel=(2, 3), pad=(1, 1), layout="NHWC")),
        Pooling([(2, 5, 3)], dict(more, kernel=2, layout="NWC")),
        Pooling([(1, 2, 3, 3, 2)], dict(more, kernel=(2, 2, 2), layout="NDHWC")),
        Pooling([(1, 3, 4, 2)], dict(more, global_pool=True, layout="NHWC")),
        Pooling([(1, 2, 5)], dict(more, global_pool=True, pooling_convention="same")),
    ]
    if kind != "lp":
        SAMPLES += [
            Pooling([normal(PLANE, "float16")], dict(more, kernel=(2, 2)), grad=False),
            Pooling([normal((1, 1, 3, 3, 3), "float16")], dict(more, kernel=(2, 2, 2)), grad=False),
        ]
    # Wider padding than the kernel, and "same", are beyond the library that MXNet uses for float32.
    SAMPLES += [
        Pooling([normal(PLANE, "float64")], dict(more, kernel=(2, 2), stride=(2, 1), pad=(2, 1))),
        Pooling([normal((1, 2, 6), "float64")],
          dict(more, kernel=(3,), stride=(2,), pad=(0, 0, 0), pooling_convention="same")),
        Pooling([normal((1, 2, 5), "float64")],
          dict(more, kernel=(1,), stride=(2,), pad=(0, 0, 0), pooling_convention="same")),
    ]  # fmt: skip

SAMPLES += [
    *[Pooling([normal(PLANE, "float64")], dict(at, pool_type="avg", count_include_pad=False)) for at in LAID],
    Pooling([PLANE], dict(LAID[3], pool_type="avg", count_include_pad=False)),
    Pooling(
        [PLANE],
        dict(LAID[1], pool_type="avg", count_include_pad=True, layout="NCHW", cudnn_off=True),
    ),
    Pooling(
        [(1, 2, 1, 3, 2)],
        {"kernel": (3, 2, 3), "pad": (1, 1, 1), "pool_type": "avg", "count_include_pad": False},
    ),
    Pooling([TIES], {"kernel": (2, 3)}),
    Pooling([TIES], {"global_pool": True}),
    Pooling([TIES], {"kernel": (2, 3), "pool_type": "lp", "p_value": 1}),
    Pooling([PLANE], {"kernel": (2, 2), "pool_type": "lp", "p_value": 3}, second=False),
    Pooling(
        [array([[[1.0, -2, 0, 0, -3, -4]]])],
        {"kernel": 2, "pool_type": "lp", "p_value": 2},
        kink=True,
    ),
    Pooling(
        [array([[[1.0, -2, 0, 0, -3, -4]]])],
        {"kernel": 2, "pool_type": "lp", "p_value": 3},
        kink=True,
    ),
    *[
        Pooling([PLANE], dict({"kernel": (2, 2)}, **bad), fails=True)
        for bad in (
            {"kernel": ()},
            {"kernel": 2},
            {"kernel": (0, 2)},
            {"kernel": (6, 6)},
            {"kernel": (2, 2, 2)},
            {"stride": 2},
            {"stride": (0, 1)},
            {"pad": (1,)},
            {"pad": (-1, 0)},
            {"pool_type": "lp"},
            {"pool_type": "lp", "p_value": 4},
            {"pool_type": "min"},
            {"pooling_convention": "same"},
            {"layout": "NCW"},
            {"layout": "NDHWC"},
        )
    ],
    Pooling([(3, 5, 5)], {"kernel": (2, 2)}, fails=True),
    Pooling([(2, 3)], {"global_pool": True}, fails=True),
    Pooling([(1, 1, 1, 1, 1, 1)], {"kernel": (1, 1, 1, 1)}, fails=True),
    Pooling([(1, 2, 6)], {"kernel": 3, "pad": (1, 0, 0), "pooling_convention": "same"}, fails=True),
    Pooling([ints(PLANE, 0, 5, "int32")], {"kernel": (2, 2)}, fails=True),
    Pooling([ints(PLANE, 0, 5, "int32")], {"kernel": (2, 2), "pool_type": "avg"}, fails=True),
]

for kind in ("max", "avg", "sum"):
    SAMPLES += [S("Pooling_v1", [PLANE], dict(at, pool_type=kind)) for at in (LAID[1], LAID[3], LAID[4])]
    SAMPLES += [
        S("Pooling_v1", [TIES], {"kernel": (2, 3), "pool_type": kind}),
        S("Pooling_v1", [TIES], {"global_pool": True, "pool_type": kind, "pad": (3, 3)}),
        S("Pooling_v1", [normal(PLANE, "float64")], {"kernel": (2, 2), "pad": (2, 2), "pool_type": kind}),
    ]
SAMPLES += [
    S("Pooling_v1", [normal(PLANE, "float16")], {"kernel": (2, 2)}, grad=False),
    S("Pooling_v1", [PLANE], fails=True),
    S("Pooling_v1", [PLANE], {"kernel": (6, 6)}, fails=True),
    S("Pooling_v1", [PLANE], {"kernel": (2, 2), "stride": (2,)}, fails=True),
    S("Pooling_v1", [PLANE], {"kernel": (2, 2), "pool_type": "lp"}, fails=True),
    S("Pooling_v1", [(1, 2, 5)], {"kernel": 2}, fails=True),
    S("Pooling_v1", [ints(PLANE, 0, 5, "int32")], {"kernel": (2, 2)}, fails=True),
]
