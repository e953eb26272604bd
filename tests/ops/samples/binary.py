"""Samples of ops/binary.py."""

from ops.samples.spec import S, ints, normal

SAMPLES = [
    S("broadcast_add", [(2, 3), (1, 3)]),
    S("broadcast_add", [(2, 3), (2, 3)]),
    S("broadcast_add", [normal((2, 3), "float64"), normal((2, 1), "float64")]),
    S("broadcast_add", [ints((2, 3), 0, 9, "int32"), ints((2, 1), 0, 9, "int32")]),
    S("broadcast_add", [(2, 3), (3, 2)], fails=True),
    S("broadcast_sub", [(2, 3), (1, 3)]),
    S("broadcast_mul", [(2, 3), (1, 3)]),
    S("_plus_scalar", [(2, 3)], {"scalar": 1.5}),
    S("_mul_scalar", [(2, 3)], {"scalar": 1.5}),
]
