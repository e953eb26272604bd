"""Samples of ops/correlation.py."""

from ops.samples.spec import S, array, ints, normal

SHAPE = (2, 3, 6, 7)
TIES = array([[[[1.0, 2.0, 2.0], [3.0, 2.0, 1.0]], [[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]]]])
OTHER = array([[[[1.0, 2.0, 1.0], [3.0, 1.0, 1.0]], [[1.0, 1.0, 0.0], [1.0, 0.0, 0.0]]]])


def both(shape, kind="float32"):
    return [normal(shape, kind)] * 2


SAMPLES = [
    S("Correlation", both(SHAPE)),
    S("Correlation", both((1, 2, 5, 5)), {"max_displacement": 0}),
    S("Correlation", both(SHAPE), {"max_displacement": 2, "pad_size": 2}),
    S("Correlation", both(SHAPE), {"kernel_size": 3, "pad_size": 2}),
    S("Correlation", both(SHAPE), {"kernel_size": 3, "pad_size": 3, "stride1": 2, "max_displacement": 2}),
    S("Correlation", both(SHAPE), {"max_displacement": 4, "pad_size": 4, "stride1": 2, "stride2": 2}),
    S("Correlation", both(SHAPE), {"max_displacement": 4, "pad_size": 4, "stride1": 3, "stride2": 3}),
    S("Correlation", both(SHAPE), {"max_displacement": 1, "pad_size": 1, "stride2": 2}),
    S("Correlation", both(SHAPE), {"is_multiply": False}),
    S("Correlation", both(SHAPE), {"is_multiply": False, "kernel_size": 3, "pad_size": 2}),
    S("Correlation", [TIES, OTHER], {"is_multiply": False, "pad_size": 1}),
    S("Correlation", both((1, 1, 1, 1)), {"max_displacement": 0}),
    S("Correlation", both((1, 2, 4, 4), "float64")),
    S("Correlation", both((1, 2, 4, 4), "float16"), grad=False),
    S("Correlation", both(SHAPE), {"kernel_size": 2, "pad_size": 2}, fails=True),
    S("Correlation", both(SHAPE), {"max_displacement": 4}, fails=True),
    S("Correlation", both(SHAPE), {"stride1": 0}, fails=True),
    S("Correlation", [SHAPE, normal(SHAPE, "float64")], fails=True),
    S("Correlation", [ints(SHAPE, 0, 5, "int32")] * 2, fails=True),
    S("Correlation", both(SHAPE[1:]), fails=True),
]
