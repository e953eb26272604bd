"""``nd.sparse``: arrays of which only some elements or rows are stored, and the operators that know them."""

from __future__ import annotations

from regluon.ndarray.functions import function_of
from regluon.ndarray.namespace import functions
from regluon.ndarray.sparse import elementwise, products, reductions, selection, updates
from regluon.ndarray.sparse.arithmetic import add, divide, multiply, subtract
from regluon.ndarray.sparse.arrays import BaseSparseNDArray, NotSupportedForSparseNDArray
from regluon.ndarray.sparse.conversion import cast_storage
from regluon.ndarray.sparse.creation import array, csr_matrix, empty, row_sparse_array, zeros
from regluon.ndarray.sparse.csr import CSRNDArray
from regluon.ndarray.sparse.row_sparse import RowSparseNDArray
from regluon.ndarray.sparse.selection import retain
from regluon.ops.registry import OPERATORS

__all__ = [
    "BaseSparseNDArray",
    "CSRNDArray",
    "NotSupportedForSparseNDArray",
    "RowSparseNDArray",
    "add",
    "array",
    "cast_storage",
    "csr_matrix",
    "divide",
    "elementwise",
    "empty",
    "multiply",
    "products",
    "reductions",
    "retain",
    "row_sparse_array",
    "selection",
    "subtract",
    "updates",
    "zeros",
]

# MXNet's names here for operators that are also in nd.
_ALSO = """
    ElementWiseSum Embedding FullyConnected LinearRegressionOutput LogisticRegressionOutput
    MAERegressionOutput
    _contrib_round_ste _contrib_sign_ste abs adam_update add_n arccos arccosh arcsin arcsinh arctan arctanh
    broadcast_add broadcast_div broadcast_minus broadcast_mul broadcast_plus broadcast_sub cbrt ceil clip
    concat cos cosh degrees dot elemwise_add elemwise_div elemwise_mul elemwise_sub exp expm1 fix floor
    ftrl_update gamma gammaln log log10 log1p log2 make_loss mean negative norm radians relu rint round rsqrt
    sgd_mom_update sgd_update sigmoid sign sin sinh slice sqrt square stop_gradient sum tan tanh trunc where
    zeros_like
"""
for _name in _ALSO.split():
    _function = function_of(OPERATORS[_name])
    _function.__name__ = _function.__qualname__ = _name
    _function.__module__, _function.__doc__ = __name__, OPERATORS[_name].doc
    globals()[_name] = _function
globals().update(functions("_sparse_", __name__) | {"cast_storage": cast_storage})
