"""Samples of ops/unfold.py."""

from ops.samples.spec import S, ints, normal

IMAGE, COLUMNS = (2, 2, 4, 5), (2, 12, 6)
BACK = {"output_size": (4, 4), "kernel": (3, 2)}

SAMPLES = [
    S("im2col", [IMAGE], {"kernel": (2, 3)}),
    S("im2col", [IMAGE], {"kernel": (2, 2), "stride": (2, 1), "pad": (1, 0), "dilate": (1, 2)}),
    S("im2col", [normal((1, 1, 1, 1), "float64")], {"kernel": (1, 1), "pad": (2, 2), "stride": (3, 3)}),
    S("im2col", [normal(IMAGE, "float16")], {"kernel": (2, 2)}, grad=False),
    *[
        S("im2col", [IMAGE], dict({"kernel": (2, 2)}, **bad), fails=True)
        for bad in (
            {"kernel": (5, 2)},
            {"kernel": (0, 2)},
            {"kernel": ()},
            {"kernel": (2, 2, 2)},
            {"stride": (1,)},
            {"stride": (0, 1)},
            {"dilate": (4, 1)},
            {"dilate": (0, 1)},
            {"pad": (1, 1, 1)},
        )
    ],
    S("im2col", [(2, 3, 5)], {"kernel": (2,)}, fails=True),
    S("im2col", [(3, 4, 5)], {"kernel": (2, 2)}, fails=True),
    S("im2col", [(1, 1, 2, 2, 2)], {"kernel": (2, 1, 2)}, fails=True),
    S("im2col", [ints(IMAGE, 0, 5, "int32")], {"kernel": (2, 2)}, fails=True),
    S("col2im", [COLUMNS], BACK),
    S("col2im", [(1, 4, 6)], {"output_size": (3, 6), "kernel": (2, 2), "stride": (2, 2), "pad": (1, 0)}),
    S("col2im", [normal((1, 8, 4), "float64")], {"output_size": (3, 4), "kernel": (2, 2), "dilate": (1, 2)}),
    S("col2im", [normal(COLUMNS, "float16")], BACK, grad=False),
    *[
        S("col2im", [COLUMNS], dict(BACK, **bad), fails=True)
        for bad in (
            {"output_size": (4, 5)},
            {"output_size": (4,)},
            {"output_size": (2, 4)},
            {"output_size": (0, 4)},
            {"kernel": (3, 3)},
            {"kernel": (5, 1)},
            {"stride": (1,)},
        )
    ],
    S("col2im", [(12, 6)], BACK, fails=True),
    S("col2im", [ints(COLUMNS, 0, 5, "int32")], BACK, fails=True),
]
