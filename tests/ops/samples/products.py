"""Samples of ops/products.py.

MXNet does not differentiate it.
"""

from ops.samples.spec import S, ints, normal

SAMPLES = [
    S("khatri_rao", [(2, 3), (4, 3)], grad=False),
    S("khatri_rao", [(2, 3)], grad=False),
    S("khatri_rao", [(2, 3), (1, 3), (3, 3), (2, 3)], grad=False),
    S("khatri_rao", [normal((2, 1), "float64"), normal((3, 1), "float64")], grad=False),
    S("khatri_rao", [(2, 3), (4, 2)], fails=True, grad=False),
    S("khatri_rao", [(3,), (3,)], fails=True, grad=False),
    S("khatri_rao", [(2, 3), normal((4, 3), "float64")], fails=True, grad=False),
    S("khatri_rao", [ints((2, 3), 0, 5, "int32")], fails=True, grad=False),
]
