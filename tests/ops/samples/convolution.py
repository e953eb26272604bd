"""Samples of ops/convolution.py."""

from ops.samples.spec import S, ints, normal

SMALL = [(2, 3, 5, 4), (4, 3, 3, 2), (4,)]
NARROW = {"kernel": (3, 2), "num_filter": 4}
WIDE = {"kernel": (3, 3), "num_filter": 2}
ODD = {"stride": (2, 1), "pad": (0, 2), "dilate": (1, 2)}
LINE = {"kernel": (3,), "num_filter": 2}
CUBE = {"kernel": (2, 2, 2), "num_filter": 2}


def doubles(shapes):
    return [normal(s, "float64") for s in shapes]


SAMPLES = [
    S("Convolution", SMALL, NARROW),
    S("Convolution", SMALL[:2], dict(NARROW, no_bias=True)),
    S("Convolution", SMALL, dict(NARROW, **ODD)),
    S("Convolution", SMALL, dict(NARROW, layout="NCHW", workspace=1, cudnn_tune="off", cudnn_off=True)),
    S("Convolution", doubles(SMALL), dict(NARROW, stride=(7, 9), pad=(1, 1))),
    S("Convolution", [(1, 4, 3, 3), (6, 2, 3, 3), (6,)], {"kernel": (3, 3), "num_filter": 6, "num_group": 2}),
    S("Convolution", [(2, 3, 4, 4), (3, 1, 3, 3), (3,)], dict(WIDE, num_filter=3, num_group=3, pad=(1, 1))),
    S("Convolution", [(1, 2, 1, 1), (2, 2, 1, 1), (2,)], {"kernel": (1, 1), "num_filter": 2}),
    S("Convolution", [(2, 3, 6), (2, 3, 3), (2,)], dict(LINE, stride=(2,), pad=(1,), layout="NCW")),
    S("Convolution", [(2, 3, 6), (2, 3, 3)], {"kernel": 3, "num_filter": 2, "no_bias": True, "dilate": 2}),
    S("Convolution", [(1, 2, 3, 4, 3), (2, 2, 2, 2, 2), (2,)], dict(CUBE, stride=(1, 2, 1), pad=(1, 0, 0))),
    S(
        "Convolution",
        [(1, 2, 3, 3, 4), (2, 1, 2, 2, 2)],
        dict(CUBE, no_bias=True, num_group=2, layout="NCDHW"),
    ),
    *[
        S("Convolution", SMALL, dict(NARROW, **bad), fails=True)
        for bad in (
            {"num_filter": 5},
            {"num_filter": 0},
            {"num_group": 3},
            {"num_group": 2},
            {"kernel": (2, 3)},
            {"kernel": 3},
            {"kernel": ()},
            {"kernel": (0, 2)},
            {"stride": (2,)},
            {"stride": (0, 1)},
            {"pad": (1, 1, 1)},
            {"pad": (-1, 0)},
            {"dilate": (3, 1)},
            {"dilate": (0, 1)},
            {"layout": "NCW"},
            {"layout": "NWC"},
            {"layout": "NHWC"},
            {"no_bias": True},
            {"cudnn_tune": "slow"},
        )
    ],
    S("Convolution", SMALL[:2], NARROW, fails=True),
    S("Convolution", [(2, 3, 5, 4), (4, 3, 3, 2), (1,)], NARROW, fails=True),
    S("Convolution", [(2, 3, 5, 4), (4, 3, 3, 2), (4, 1)], NARROW, fails=True),
    S("Convolution", [(2, 3, 5, 4), (4, 18), (4,)], NARROW, fails=True),
    S("Convolution", [(2, 4, 5, 4), (4, 3, 3, 2), (4,)], NARROW, fails=True),
    S("Convolution", [(3, 5, 4), (4, 3, 3, 2), (4,)], NARROW, fails=True),
    S("Convolution", [(2, 3, 2, 2), (4, 3, 3, 2), (4,)], NARROW, fails=True),
    S("Convolution", [(2, 3, 5, 4), normal((4, 3, 3, 2), "float64"), (4,)], NARROW, fails=True),
    S("Convolution", [ints(s, 0, 5, "int32") for s in SMALL], NARROW, fails=True),
    S(
        "Convolution",
        [(1, 1, 3, 3, 3, 3), (1, 1, 1, 1, 1, 1), (1,)],
        {"kernel": (1,) * 4, "num_filter": 1},
        fails=True,
    ),
    S("Convolution_v1", SMALL, dict(NARROW, **ODD)),
    S("Convolution_v1", SMALL[:2], dict(NARROW, no_bias=True, layout="NCHW")),
    S("Convolution_v1", doubles([(1, 4, 3, 3), (2, 2, 3, 3), (2,)]), dict(WIDE, num_group=2)),
    S("Convolution_v1", [(2, 3, 6), (2, 3, 3), (2,)], LINE, fails=True),
    S("Convolution_v1", [(1, 2, 3, 4, 3), (2, 2, 2, 2, 2), (2,)], CUBE, fails=True),
    S("Convolution_v1", SMALL, dict(NARROW, layout="NCW"), fails=True),
    S("Convolution_v1", SMALL[:2], NARROW, fails=True),
]

BACK = [(2, 3, 3, 4), (3, 4, 3, 2)]
SAMPLES += [
    S("Deconvolution", BACK, NARROW),
    S("Deconvolution", [*BACK, (4,)], dict(NARROW, no_bias=False)),
    S("Deconvolution", BACK, dict(NARROW, stride=(2, 3), pad=(1, 0), dilate=(1, 2), adj=(1, 2))),
    S("Deconvolution", BACK, dict(NARROW, stride=(2, 2), target_shape=(0, 0), layout="NCHW")),
    S("Deconvolution", BACK, dict(NARROW, stride=(2, 2), pad=(1, 0), adj=(1, 0), target_shape=(6, 8))),
    *[
        S("Deconvolution", doubles(BACK), dict(NARROW, stride=(2, 2), target_shape=target))
        for target in ((6, 7), (7, 8), (3, 2))
    ],
    S("Deconvolution", doubles([(1, 4, 3, 3), (4, 1, 3, 3)]), dict(WIDE, num_group=2, pad=(1, 1))),
    S("Deconvolution", [(1, 4, 3, 3), (4, 1, 3, 3), (2,)], dict(WIDE, num_group=2, no_bias=False)),
    S("Deconvolution", [(1, 1, 4), (1, 1, 2)], {"kernel": 2, "num_filter": 1, "pad": 2}),
    S("Deconvolution", [(2, 3, 4), (3, 2, 3)], dict(LINE, stride=(2,), adj=(1,), layout="NCW")),
    S("Deconvolution", doubles([(2, 3, 4), (3, 2, 3)]), dict(LINE, stride=2, target_shape=8)),
    S("Deconvolution", [(1, 2, 2, 2, 2), (2, 2, 2, 2, 2)], dict(CUBE, stride=(2, 2, 1), adj=(1, 0, 0))),
    *[
        S("Deconvolution", BACK, dict(NARROW, **bad), fails=True)
        for bad in (
            {"num_filter": 3},
            {"num_filter": 0},
            {"num_group": 2},
            {"kernel": (2, 3)},
            {"kernel": 3},
            {"stride": (2,)},
            {"stride": (0, 1)},
            {"pad": (1,)},
            {"pad": (4, 4)},
            {"adj": (1, 1)},
            {"stride": (2, 2), "adj": (2, 0)},
            {"stride": (2, 2), "adj": (-1, 0)},
            {"stride": (2, 2), "adj": (1,)},
            {"stride": (2, 2), "target_shape": (8, 9)},
            {"stride": (2, 2), "target_shape": (7,)},
            {"target_shape": (4, 4)},
            {"no_bias": False},
            {"layout": "NCW"},
            {"layout": "NHWC"},
        )
    ],
    S("Deconvolution", [*BACK, (4,)], NARROW, fails=True),
    S("Deconvolution", [*BACK, (4, 1)], dict(NARROW, no_bias=False), fails=True),
    S("Deconvolution", [(2, 3, 3, 4), (4, 3, 3, 2)], NARROW, fails=True),
    S("Deconvolution", [(3, 3, 4), (3, 4, 3, 2)], NARROW, fails=True),
    S("Deconvolution", [ints(s, 0, 5, "int32") for s in BACK], NARROW, fails=True),
]
