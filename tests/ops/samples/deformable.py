"""Samples of ops/deformable.py."""

from ops.samples.spec import S, normal, uniform

PLAIN, MASKED = "_contrib_DeformableConvolution", "_contrib_ModulatedDeformableConvolution"
THREE = {"kernel": (3, 3), "num_filter": 4}
TWO = {"kernel": (2, 3), "num_filter": 2, "no_bias": True}
DATA = (2, 4, 6, 7)


def offsets(channels, height, width, batch=2, dtype="float32"):
    """Mostly within the map."""
    return uniform((batch, channels, height, width), -1.7, 1.7, dtype)


def zeros(*shape):
    return uniform(shape, 0.0, 0.0)


def calls(masked):
    """The calls that both operators take, as inputs without and with the mask."""
    name = MASKED if masked else PLAIN

    def call(data, offset, weight, attributes, **options):
        groups = attributes.get("num_deformable_group", 1)
        shape = offset.arguments[0]
        pixels = attributes["kernel"][0] * attributes["kernel"][1]
        kind = offset.arguments[-1]
        mask = [uniform((shape[0], pixels * groups, *shape[2:]), 0.0, 1.0, kind)] if masked else []
        bias = [] if attributes.get("no_bias") else [normal((attributes["num_filter"],), kind)]
        # MXNet differentiates the masked one on GPUs alone.
        return S(name, [data, offset, *mask, weight, *bias], attributes, grad=not masked, **options)

    return [
        call(DATA, offsets(18, 4, 5), (4, 4, 3, 3), THREE),
        call((1, 2, 5, 4), offsets(12, 4, 2, 1), (2, 2, 2, 3), TWO),
        call(DATA, offsets(18, 4, 5), (4, 2, 3, 3), {**THREE, "num_group": 2}),
        call(DATA, offsets(36, 4, 5), (4, 4, 3, 3), {**THREE, "num_deformable_group": 2}),
        call(DATA, offsets(72, 4, 5), (4, 2, 3, 3), {**THREE, "num_deformable_group": 4, "num_group": 2}),
        call(DATA, offsets(18, 3, 4), (4, 4, 3, 3), {**THREE, "pad": (1, 1), "stride": (2, 2)}),
        call(
            DATA, offsets(12, 6, 3), (2, 4, 2, 3), {**TWO, "pad": (1, 0), "dilate": (2, 2), "stride": (1, 1)}
        ),
        call(DATA, offsets(2, 6, 7), (3, 4, 1, 1), {"kernel": (1, 1), "num_filter": 3, "layout": "NCHW"}),
        call(DATA, zeros(2, 18, 4, 5), (4, 4, 3, 3), THREE),
        call(DATA, zeros(2, 18, 6, 7), (4, 4, 3, 3), {**THREE, "pad": (1, 1)}),
        call(DATA, uniform((2, 18, 4, 5), -20.0, 20.0), (4, 4, 3, 3), THREE),
        call(
            normal((1, 2, 4, 4), "float64"),
            offsets(18, 2, 2, 1, "float64"),
            normal((4, 2, 3, 3), "float64"),
            THREE,
        ),
        call(DATA, offsets(18, 4, 4), (4, 4, 3, 3), THREE, fails=True),
        call(DATA, offsets(18, 4, 5), (4, 4, 3, 2), THREE, fails=True),
        call(DATA, offsets(18, 4, 5), (4, 2, 3, 3), THREE, fails=True),
        call(DATA, offsets(18, 4, 5), (5, 4, 3, 3), THREE, fails=True),
        call(DATA, offsets(10, 4, 5), (4, 4, 3, 3), THREE, fails=True),
        call(DATA, offsets(36, 4, 5), (4, 4, 3, 3), THREE, fails=True),
        call(DATA, offsets(54, 4, 5), (4, 4, 3, 3), {**THREE, "num_deformable_group": 3}, fails=True),
        call(DATA, offsets(18, 4, 5), (4, 4, 3, 3), {**THREE, "num_group": 3}, fails=True),
        call(DATA, offsets(18, 4, 5), (4, 4, 3, 3), {**THREE, "layout": "NCW"}, fails=True),
        call(DATA, offsets(18, 4, 5), (4, 4, 3, 3), {**THREE, "stride": (1,)}, fails=True),
        call(DATA, offsets(18, 4, 5), normal((4, 4, 3, 3), "float64"), THREE, fails=True),
        call((4, 6, 7), offsets(18, 4, 5), (4, 4, 3, 3), THREE, fails=True),
    ]


SAMPLES = [
    *calls(masked=False),
    *calls(masked=True),
    S(PLAIN, [DATA, offsets(18, 4, 5), (4, 4, 3, 3)], THREE, fails=True),
    S(PLAIN, [DATA, offsets(18, 4, 5), (4, 4, 3, 3), (4,)], {**THREE, "no_bias": True}, fails=True),
    S(PLAIN, [DATA, offsets(18, 4, 5), (4, 4, 3, 3), (3,)], THREE, fails=True),
    S(MASKED, [DATA, offsets(18, 4, 5), (2, 4, 4, 5), (4, 4, 3, 3), (4,)], THREE, fails=True),
    S(
        MASKED,
        [(3, 4, 6, 7), offsets(18, 4, 5, 3), (3, 9, 4, 5), (4, 4, 3, 3), (4,)],
        {**THREE, "im2col_step": 2},
        fails=True,
    ),
    S(
        MASKED,
        [DATA, offsets(18, 4, 5), (2, 9, 4, 5), (4, 4, 3, 3), (4,)],
        {**THREE, "im2col_step": 1},
        grad=False,
    ),
]
