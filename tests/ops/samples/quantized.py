"""Samples of ops/quantized.py and quantized_products.py."""

from ops.samples.spec import S, array, ints, normal, positive


def i8(*shape):
    return ints(shape, -128, 128, "int8")


def u8(*shape):
    return ints(shape, 0, 256, "uint8")


def ends(*numbers):
    return [array([x]) for x in numbers]


CALIBRATED = {"min_calib_range": -2.0, "max_calib_range": 3.5}
RANGE = ends(-1, 2.7)
POOLS = [
    {"kernel": (2, 2)},
    {"kernel": (2, 2), "pool_type": "avg", "stride": (2, 2)},
    {"kernel": (3, 3), "pool_type": "avg", "pad": (1, 1)},
    {"kernel": (3, 3), "pool_type": "avg", "pad": (1, 1), "count_include_pad": False},
    {"kernel": (3, 3), "stride": (2, 2), "pooling_convention": "full"},
    {"kernel": (2, 2), "pool_type": "avg", "global_pool": True},
]
TAKEN = [
    *[S("_contrib_quantized_flatten", [x, *RANGE]) for x in (i8(2, 3, 2), u8(4), i8(2, 3))],
    *[
        S("_contrib_quantized_act", [x, *RANGE], {"act_type": "relu"})
        for x in (i8(3, 4), u8(2, 1, 3, 4), i8(5))
    ],
    *[
        S("_contrib_quantized_pooling", [x, *RANGE], way)
        for way in POOLS
        for x in (i8(1, 2, 5, 5), u8(1, 2, 5, 5))
    ],
    S("_contrib_quantized_pooling", [i8(1, 2, 3, 4, 4), *RANGE], {"kernel": (2, 2, 2), "pool_type": "avg"}),
    S(
        "_contrib_quantized_embedding",
        [array([0, 2, 5, -1]), i8(3, 2), *RANGE],
        {"input_dim": 3, "output_dim": 2},
    ),
    S("_contrib_quantized_concat", [i8(2, 9), i8(2, 9), *ends(-1, 1, -2, 1.5)], {"num_args": 2}),
    S("_contrib_quantized_concat", [u8(2, 9), u8(1, 9), *ends(0, 1, 0, 1.5)], {"num_args": 2, "dim": 0}),
    S("_contrib_quantized_concat", [u8(2, 9), i8(2, 9), *ends(0, 1, -0.5, 1.5)], {"num_args": 2}),
    S("_contrib_quantized_concat", [i8(2, 9), *ends(-1, 1)], {"num_args": 1}),
    S("_contrib_quantized_batch_norm", [i8(2, 3, 4), *[positive((3,))] * 4, *RANGE], CALIBRATED),
    S("_contrib_quantized_batch_norm", [u8(2, 3, 4), *[positive((3,))] * 4, *RANGE], CALIBRATED),
    S("_contrib_quantized_batch_norm", [i8(9, 3), *[positive((3,))] * 4, *RANGE], dict(CALIBRATED, eps=0.1)),
]
TAKEN += [
    S("_contrib_quantized_elemwise_add", [x(5, 9), x(5, 9), *ends(-1, 1, -0.5, 2)], way)
    for x in (i8, u8)
    for way in ({}, CALIBRATED)
]
for data, way in (
    (i8(3, 8), {}),
    (u8(3, 8), {}),
    (i8(3, 2, 4), {}),
    (i8(3, 2, 8), {"flatten": False}),
):
    way = dict(way, num_hidden=5)
    TAKEN += [
        S(
            "_contrib_quantized_fully_connected",
            [data, i8(5, 8), *ends(-1, 1.5, -0.3, 2.7)],
            dict(way, no_bias=True),
        ),
        S(
            "_contrib_quantized_fully_connected",
            [data, i8(5, 8), i8(5), *ends(-1, 1.5, -0.3, 2.7, -3, 1)],
            way,
        ),
    ]
for data, weight, way in (
    (u8(2, 3, 5, 6), i8(4, 3, 3, 2), {"kernel": (3, 2)}),
    (u8(2, 3, 5, 6), i8(4, 3, 3, 2), {"kernel": (3, 2), "stride": (2, 2), "pad": (1, 1), "dilate": (2, 1)}),
    (u8(1, 2, 3, 4, 4), i8(4, 2, 2, 2, 2), {"kernel": (2, 2, 2)}),
):
    way = dict(way, num_filter=4)
    TAKEN += [
        S("_contrib_quantized_conv", [data, weight, *ends(-1, 1.5, -0.3, 2.7)], dict(way, no_bias=True)),
        S("_contrib_quantized_conv", [data, weight, i8(4), *ends(0, 1.5, -0.3, 2.7, -3, 1)], way),
    ]
TAKEN += [
    S("_contrib_quantized_elemwise_mul", [i8(5, 9), i8(5, 9), *ends(-1, 1, -0.5, 2)], way)
    for way in (
        {},
        CALIBRATED,
        {"min_calib_range": -0.5, "max_calib_range": 0.1},
        {"enable_float_output": True},
    )
]
CONV, DENSE = {"kernel": (3, 2), "num_filter": 4, "no_bias": True}, {"num_hidden": 5, "no_bias": True}
FOUR = ends(-1, 1, -1, 1)
REFUSED = [
    S("_contrib_quantized_flatten", [i8(2, 3), array([0, 1]), array([2, 3])]),
    S("_contrib_quantized_act", [i8(3), *RANGE], {"act_type": "tanh"}),
    S("_contrib_quantized_act", [(3,), *RANGE], {"act_type": "relu"}),
    S("_contrib_quantized_pooling", [i8(1, 2, 5), *RANGE], {"kernel": (2,)}),
    S("_contrib_quantized_pooling", [i8(1, 2, 5, 5), *RANGE], {"kernel": (2, 2), "pool_type": "sum"}),
    S("_contrib_quantized_pooling", [(1, 2, 5, 5), *RANGE], {"kernel": (2, 2)}),
    S("_contrib_quantized_embedding", [array([0, 2]), u8(3, 2), *RANGE], {"input_dim": 3, "output_dim": 2}),
    S("_contrib_quantized_embedding", [array([0, 2]), i8(3, 2), *RANGE], {"input_dim": 4, "output_dim": 2}),
    S("_contrib_quantized_concat", [i8(2, 9), i8(2, 9), *ends(-1, 1, -2)], {"num_args": 2}),
    S("_contrib_quantized_batch_norm", [i8(2, 3, 4), *[positive((3,))] * 4, *RANGE]),
    S("_contrib_quantized_elemwise_add", [i8(5, 9), i8(5, 1), *ends(-1, 1, -0.5, 2)]),
    S("_contrib_quantized_elemwise_mul", [u8(5, 9), u8(5, 9), *ends(0, 1, 0, 2)]),
    S("_contrib_quantized_elemwise_mul", [i8(5, 9), i8(5, 1), *ends(0, 1, 0, 2)]),
    S("_contrib_quantized_fully_connected", [u8(3, 8), u8(5, 8), *FOUR], DENSE),
    S("_contrib_quantized_fully_connected", [i8(3, 8), i8(5, 7), *FOUR], DENSE),
    S(
        "_contrib_quantized_fully_connected",
        [i8(3, 8), i8(5, 8), normal((5,)), *FOUR, *RANGE],
        {"num_hidden": 5},
    ),
    S("_contrib_quantized_fully_connected", [ints((3, 8), 0, 5, "int32"), i8(5, 8), *FOUR], DENSE),
    S("_contrib_quantized_conv", [i8(2, 3, 5, 6), i8(4, 3, 3, 2), *FOUR], CONV),
    S("_contrib_quantized_conv", [u8(2, 3, 5), i8(4, 3, 3), *FOUR], dict(CONV, kernel=(3,))),
    S("_contrib_quantized_conv", [u8(2, 4, 5, 6), i8(4, 2, 3, 2), *FOUR], dict(CONV, num_group=2)),
]
SAMPLES = [S(s.op, s.inputs, s.attributes, grad=False) for s in TAKEN]
SAMPLES += [S(s.op, s.inputs, s.attributes, fails=True) for s in REFUSED]
