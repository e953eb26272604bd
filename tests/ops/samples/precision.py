"""Samples of ops/precision.py. What MXNet can compute only without oneDNN is in test_precision.py."""

from ops.samples.spec import S, array, ints, normal

BAD = array([1.0, float("inf")])
NAN = array([[float("nan")]])

SAMPLES = [
    S("amp_cast", [(2, 3)], {"dtype": "float16"}),
    S("amp_cast", [(2, 3)], {"dtype": "float32"}),
    S("amp_cast", [normal((2, 3), "float16")], {"dtype": "float32"}),
    S("amp_cast", [normal((2, 3), "float16")], {"dtype": "int32"}, grad=False),
    S("amp_cast", [ints((4,), -3, 3, "int32")], {"dtype": "float32"}),
    S("amp_cast", [ints((4,), -3, 3, "int8")], {"dtype": "float16"}),
    S("amp_cast", [(2, 3)], {"dtype": "bool"}, fails=True),
    S("amp_multicast", [(2, 3), (4,)], {"num_outputs": 2}),
    S("amp_multicast", [(2, 3)], {"num_outputs": 1}),
    S("amp_multicast", [(2, 3), ints((2,), 0, 5, "int32")], {"num_outputs": 2}),
    S("amp_multicast", [(2, 3), (4,)], {"num_outputs": 1}, fails=True),
    S("amp_multicast", [(2, 3), (4,)], {"num_outputs": 3}, fails=True),
    S("amp_multicast", [(2, 3), (4,)], fails=True),
    *[S("all_finite", [x], grad=False) for x in ((2, 3), BAD, NAN, array([-1e38]))],
    S("all_finite", [array([float("-inf")], "float16")], grad=False),
    S("all_finite", [array([1e300], "float64")], grad=False),
    S("all_finite", [array([1], "int32")], fails=True),
    S("multi_all_finite", [(2, 3)], grad=False),
    S("multi_all_finite", [(2, 3), (4,)], {"num_arrays": 2}, grad=False),
    S("multi_all_finite", [(2, 3), NAN], {"num_arrays": 2}, grad=False),
    S("multi_all_finite", [normal((2,), "float16"), normal((1,), "float16")], {"num_arrays": 2}, grad=False),
    S("multi_all_finite", [(2, 3), (4,)], fails=True),
    S("multi_all_finite", [(2, 3), (4,)], {"num_arrays": 3}, fails=True),
    S("multi_all_finite", [(2,), normal((2,), "float16")], {"num_arrays": 2}, fails=True),
    S("multi_sum_sq", [(2, 3)], {"num_arrays": 1}, grad=False),
    S("multi_sum_sq", [(2, 3), (1,), (2, 1, 3)], {"num_arrays": 3}, grad=False),
    S("multi_sum_sq", [normal((30,), "float16"), normal((2,), "float16")], {"num_arrays": 2}, grad=False),
    S("multi_sum_sq", [normal((30,), "float64")], {"num_arrays": 1}, grad=False),
    S("multi_sum_sq", [array([300.0, 300.0], "float16")], {"num_arrays": 1}, grad=False),
    S("multi_sum_sq", [(2, 3)], fails=True),
    S("multi_sum_sq", [(2, 3)], {"num_arrays": 2}, fails=True),
    S("multi_sum_sq", [(2,), normal((2,), "float64")], {"num_arrays": 2}, fails=True),
    S("multi_sum_sq", [ints((2,), 0, 5, "int32")], {"num_arrays": 1}, fails=True),
]
