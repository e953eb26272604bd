"""Rules of operators that work element by element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from regluon.ndarray.sparse.kernels import Csr, Rows, join_csr, join_rows, row_numbers
from regluon.ndarray.sparse.storage import rule, tensor_of
from regluon.ops.registry import Operator

__all__: list[str] = []

# f(0) = 0, so that only what is stored changes.
_KEEP_ZEROS = """
    abs arcsin arcsinh arctan arctanh cbrt ceil degrees expm1 fix floor log1p negative radians relu rint round
    sign sin sinh sqrt square tan tanh trunc BlockGrad make_loss _copy _contrib_round_ste _contrib_sign_ste
    _mul_scalar _div_scalar _scatter_plus_scalar _scatter_minus_scalar
"""
# Whether f(0) = 0 depends on the number.
_MAY_KEEP_ZEROS = """
    _plus_scalar _minus_scalar _equal_scalar _not_equal_scalar _greater_scalar _greater_equal_scalar
    _lesser_scalar _lesser_equal_scalar
"""


@rule(_KEEP_ZEROS, "csr", "row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    (a,) = arrays
    values = a._parts.values
    result = op.compute(values, **attributes)
    return a._with(result if isinstance(result, torch.Tensor) else result[0])


@rule(_MAY_KEEP_ZEROS, "csr", "row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    (a,) = arrays
    values = a._parts.values
    if op.compute(values.new_zeros(1), **attributes).item() != 0:
        return NotImplemented
    return a._with(op.compute(values, **attributes))


@rule("clip", "csr", "row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    (a,) = arrays
    low, high = attributes["a_min"], attributes["a_max"]
    if not low <= 0 <= high:
        raise ValueError(
            f"clip: 0 is not between a_min={low} and a_max={high}: a sparse array would become dense; "
            "tostype('default') makes it so"
        )
    return a._with(op.compute(a._parts.values, **attributes))


@rule("zeros_like", "csr", "row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    (a,) = arrays
    return a._zeros(a.shape, a._parts.values.dtype, a._ctx)


@rule("elemwise_add elemwise_sub elemwise_mul _grad_add _maximum _minimum _hypot", "csr csr")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    a, b = arrays
    _check_shapes(op, a, b)
    return type(a)(join_csr(a._parts, b._parts, op.compute), a._ctx)


@rule("elemwise_add elemwise_sub elemwise_mul _grad_add _maximum _minimum _hypot", "row_sparse row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    a, b = arrays
    _check_shapes(op, a, b)
    return type(a)(join_rows(a._parts, b._parts, op.compute), a._ctx)


@rule("add_n", "row_sparse ...")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    first, *others = arrays
    total: Rows = first._parts
    for other in others:
        _check_shapes(op, first, other)
        total = join_rows(total, other._parts, torch.add)
    if not others:
        total = total._replace(values=total.values.clone())
    return type(first)(total, first._ctx)


@rule("elemwise_mul", "csr default", "row_sparse default")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    a, dense = arrays
    _check_shapes(op, a, dense)
    return a._with(op.compute(a._parts.values, _at(a, dense._data)))


@rule("elemwise_mul", "default csr", "default row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    dense, b = arrays
    _check_shapes(op, b, dense)
    return b._with(op.compute(_at(b, dense._data), b._parts.values))


@rule("broadcast_mul broadcast_div", "csr default")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    a, dense = arrays
    try:
        stretched = dense._data.expand(a.shape)
    except RuntimeError:
        return NotImplemented
    return a._with(op.compute(a._parts.values, _at(a, stretched)))


@rule("_scatter_elemwise_div", "row_sparse default", "row_sparse csr", "row_sparse row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    a, b = arrays
    _check_shapes(op, a, b)
    return a._with(op.compute(a._parts.values, _at(a, tensor_of(b))))


def _at(array: Any, dense: torch.Tensor) -> torch.Tensor:
    """The elements of a dense tensor at the places that a sparse array stores."""
    parts: Csr | Rows = array._parts
    if isinstance(parts, Rows):
        return dense[parts.indices]
    return dense[row_numbers(parts.indptr), parts.indices]


def _check_shapes(op: Operator, a: Any, b: Any) -> None:
    if a.shape != b.shape:
        raise ValueError(f"{op.name}: the shapes {a.shape} and {b.shape} differ")
