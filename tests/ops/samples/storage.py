"""Samples of the operators of sparse storage, on dense arrays."""

from ops.samples.spec import S, array, ints, positive

EMBED = {"input_dim": 5, "output_dim": 3}

SAMPLES = [
    S("cast_storage", [(2, 3)], {"stype": "default"}),
    S("cast_storage", [ints((2, 2, 2), 0, 5, "int32")], {"stype": "default"}),
    S("cast_storage", [(2, 3)], {"stype": "coo"}, fails=True),
    S("_scatter_plus_scalar", [(2, 3)], {"scalar": 2.5}),
    S("_scatter_plus_scalar", [ints((2, 3), 0, 5, "int32")], {"scalar": 2}),
    S("_scatter_minus_scalar", [(2, 3)], {"scalar": 2.5}),
    S("_scatter_elemwise_div", [(2, 3), positive((2, 3))]),
    S("_scatter_elemwise_div", [(2, 3), (3,)], fails=True),
    S("_contrib_SparseEmbedding", [ints((2, 3), 0, 5), (5, 3)], EMBED, grad=False),
    S("_contrib_SparseEmbedding", [ints((4,), 0, 5, "int32"), (5, 3)], EMBED, grad=False),
    S("_contrib_SparseEmbedding", [array([0.9, 3.2]), (5, 3)], EMBED, grad=False),
    S("_contrib_SparseEmbedding", [ints((2,), 0, 5), (4, 3)], EMBED, fails=True),
]
