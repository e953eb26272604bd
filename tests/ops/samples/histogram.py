"""Samples of ops/histogram.py."""

from ops.samples.spec import S, array, ints, normal

X = array([0.5, 1, 1.5, 2, -1, 5, 0, 2.999, 3])
TENTHS = array([[0.1, 0.2, 0.3, 0.4, 0.5], [0.6, 0.7, 0.8, 0.9, float("nan")]])
THREE = {"bin_cnt": 3, "range": (0, 3)}

SAMPLES = [
    S("_histogram", [X], THREE, grad=False),
    S("_histogram", [X], {"bin_cnt": 3, "range": (3, 3)}, grad=False),
    S("_histogram", [TENTHS], {"bin_cnt": 10, "range": (0, 1)}, grad=False),
    S("_histogram", [normal((4, 50))], {"bin_cnt": 7, "range": (-1.3, 0.9)}, grad=False),
    S("_histogram", [normal((50,), "float64")], {"bin_cnt": 7, "range": (-1.3, 0.9)}, grad=False),
    S("_histogram", [normal((50,), "float16")], {"bin_cnt": 7, "range": (-1.3, 0.9)}, grad=False),
    S("_histogram", [ints((50,), 0, 9, "int32")], {"bin_cnt": 3, "range": (1, 8)}),
    S("_histogram", [ints((50,), 0, 255, "uint8")], {"bin_cnt": 3, "range": (1, 200)}),
    S("_histogram", [X, array([0, 1, 3])], grad=False),
    S("_histogram", [TENTHS, array([0.2, 0.5, 0.9])], grad=False),
    S("_histogram", [ints((9,), 0, 9, "int64"), array([1, 4, 8], "int64")]),
    S("_histogram", [X, array([0, 1, 3], "float64")], fails=True),
    S("_histogram", [X], {"bin_cnt": 3, "range": (4, 3)}, fails=True),
    S("_histogram", [X], {"bin_cnt": 3}, fails=True),
    S("_histogram", [X], {"range": (0, 3)}, fails=True),
    S("_histogram", [X], fails=True),
]
