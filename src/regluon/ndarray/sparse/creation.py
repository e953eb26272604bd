"""New sparse arrays: of dense ones, of their parts, of scipy's, and empty ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from regluon.base import torch_dtype
from regluon.context import Context, as_context, current_context
from regluon.ndarray.creation import array as dense_array
from regluon.ndarray.creation import numbers
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.sparse import storage
from regluon.ndarray.sparse.arrays import BaseSparseNDArray
from regluon.ndarray.sparse.csr import CSRNDArray
from regluon.ndarray.sparse.kernels import Csr, Rows, compress
from regluon.ndarray.sparse.row_sparse import RowSparseNDArray

_INTEGERS = (int, np.integer)
__all__ = ["array", "csr_matrix", "empty", "row_sparse_array", "zeros"]


def csr_matrix(arg1: Any, shape: Any = None, ctx: Context | None = None, dtype: Any = None) -> CSRNDArray:
    """A csr array.

    Parameters
    ----------
    arg1
        A dense matrix; a csr array or a ``scipy.sparse.csr_matrix``; ``(data, indices, indptr)``;
        ``(data, (row, column))``, where elements at one place are added; or a shape, for zeros.
    shape
        Its shape, where ``arg1`` does not tell.
    dtype
        By default that of the data where they have a type, else float32.

    Raises
    ------
    ValueError
        For parts that make no matrix, and a shape that is not that of ``arg1``.
    """
    if isinstance(arg1, tuple):
        if len(arg1) == 3:
            return _csr_of_parts(arg1[0], arg1[1], arg1[2], shape, ctx, dtype)
        if len(arg1) != 2:
            raise ValueError(f"Unexpected length of input tuple: {len(arg1)}")
        if isinstance(arg1[1], tuple) and len(arg1[1]) == 2:
            return _csr_of_triples(arg1[0], *arg1[1], shape, ctx, dtype)
        _check_shape(arg1, shape)
        return empty("csr", arg1, ctx, dtype)  # type: ignore[no-any-return]
    if isinstance(arg1, CSRNDArray) or _is_scipy(arg1):
        _check_shape(arg1.shape, shape)
        return array(arg1, ctx, dtype)  # type: ignore[no-any-return]
    return _of_dense(CSRNDArray, arg1, shape, ctx, dtype)  # type: ignore[no-any-return]


def row_sparse_array(
    arg1: Any, shape: Any = None, ctx: Context | None = None, dtype: Any = None
) -> RowSparseNDArray:
    """A row_sparse array.

    Parameters
    ----------
    arg1
        A dense array; a row_sparse one; ``(data, indices)``: rows and their numbers, which ascend; or a
        shape, for zeros.
    shape
        Its shape; by default it ends with the last row that ``arg1`` has.
    dtype
        By default that of the data where they have a type, else float32.

    Raises
    ------
    ValueError
        For parts that make no array, and a shape that is not that of ``arg1``.
    """
    if isinstance(arg1, tuple):
        if len(arg1) < 2:
            raise ValueError(f"Unexpected length of input tuple: {len(arg1)}")
        if len(arg1) > 2 or all(isinstance(n, _INTEGERS) for n in arg1):
            _check_shape(arg1, shape)
            return empty("row_sparse", arg1, ctx, dtype)  # type: ignore[no-any-return]
        return _rows_of_parts(arg1[0], arg1[1], shape, ctx, dtype)
    if isinstance(arg1, RowSparseNDArray):
        _check_shape(arg1.shape, shape)
        return array(arg1, ctx, dtype)  # type: ignore[no-any-return]
    return _of_dense(RowSparseNDArray, arg1, shape, ctx, dtype)  # type: ignore[no-any-return]


def array(source_array: Any, ctx: Context | None = None, dtype: Any = None) -> Any:
    """A copy of a sparse array, or of a ``scipy.sparse.csr_matrix``.

    Raises
    ------
    ValueError
        For dense data: ``tostype`` of an array makes sparse ones of them.
    """
    context = current_context() if ctx is None else as_context(ctx)
    if isinstance(source_array, BaseSparseNDArray):
        found = source_array if dtype is None else source_array.astype(dtype)
        return found._to(context)
    if isinstance(source_array, NDArray):
        raise AssertionError("Please use `tostype` to create RowSparseNDArray or CSRNDArray from an NDArray")
    if _is_scipy(source_array):
        matrix = source_array.sorted_indices()
        matrix.sum_duplicates()
        parts = (matrix.data, matrix.indices, matrix.indptr)
        return csr_matrix(parts, matrix.shape, ctx, matrix.dtype if dtype is None else dtype)
    if isinstance(source_array, (np.ndarray, np.generic)):
        raise ValueError(
            f"Please use mx.nd.array to create an NDArray with source_array of type {type(source_array)}"
        )
    raise ValueError(f"Unexpected source_array type: {type(source_array)}")


def zeros(stype: str, shape: Any, ctx: Context | None = None, dtype: Any = None, **kwargs: Any) -> Any:
    """Zeros of a storage, of float32 unless ``dtype`` says otherwise, without stored elements."""
    context = current_context() if ctx is None else as_context(ctx)
    extents = (shape,) if isinstance(shape, _INTEGERS) else tuple(shape)
    return storage.zeros(stype, tuple([int(n) for n in extents]), torch_dtype(dtype), context)


def empty(stype: str, shape: Any, ctx: Context | None = None, dtype: Any = None) -> Any:
    """The same as :func:`zeros`, of sparse storages only."""
    if stype not in ("csr", "row_sparse"):
        raise ValueError(f"unknown stype : {stype}")
    return zeros(stype, shape, ctx, dtype)


def _is_scipy(source: Any) -> bool:
    """Whether it is a csr matrix of scipy, which need not be there."""
    return type(source).__module__.startswith("scipy.sparse") and getattr(source, "format", "") == "csr"


def _of_dense(kind: Any, source: Any, shape: Any, ctx: Any, dtype: Any) -> Any:
    if isinstance(source, BaseSparseNDArray):
        raise ValueError(f"Unexpected input type: {type(source).__name__}")
    if dtype is None and isinstance(source, (NDArray, np.ndarray)):
        dtype = source.dtype
    dense = dense_array(source, ctx, dtype)
    _check_shape(dense.shape, shape)
    return kind._from_tensor(dense._data, dense._ctx)


def _csr_of_parts(data: Any, indices: Any, indptr: Any, shape: Any, ctx: Any, dtype: Any) -> CSRNDArray:
    context = current_context() if ctx is None else as_context(ctx)
    values = _values(data, dtype, context)
    columns, starts = _index(indices, context), _index(indptr, context)
    if shape is None:
        if not columns.numel():
            raise ValueError("invalid shape: csr_matrix needs one where nothing is stored")
        shape = (starts.numel() - 1, int(columns.max()) + 1)
    if values.dim() != 1 or columns.dim() != 1 or starts.dim() != 1 or not starts.numel() or len(shape) != 2:
        raise ValueError(f"invalid shape: data, indices and indptr have one axis, and {shape} must have two")
    found = CSRNDArray(Csr(values, columns, starts, tuple(shape)), context)
    found.check_format(full_check=False)
    return found


def _csr_of_triples(data: Any, row: Any, column: Any, shape: Any, ctx: Any, dtype: Any) -> CSRNDArray:
    context = current_context() if ctx is None else as_context(ctx)
    given = data if isinstance(data, NDArray) else np.asarray(data)
    kind = torch_dtype(given.dtype if dtype is None else dtype)
    values, rows, columns = _values(data, kind, context), _index(row, context), _index(column, context)
    if shape is None:
        if not rows.numel():
            raise ValueError("cannot infer dimensions from zero sized index arrays")
        shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    if not rows.numel() == columns.numel() == values.numel():
        raise ValueError("row, column, and data array must all be the same length")
    for indices, extent in ((rows, shape[0]), (columns, shape[1])):
        if indices.numel() and not 0 <= int(indices.min()) <= int(indices.max()) < extent:
            raise ValueError(f"an index is not in 0...{extent - 1}")
    return CSRNDArray(compress(values, rows, columns, tuple(shape)), context)


def _rows_of_parts(data: Any, indices: Any, shape: Any, ctx: Any, dtype: Any) -> RowSparseNDArray:
    context = current_context() if ctx is None else as_context(ctx)
    values, rows = _values(data, dtype, context), _index(indices, context)
    if shape is None:
        if not rows.numel():
            raise ValueError("invalid shape: row_sparse_array needs one where nothing is stored")
        shape = (int(rows[-1]) + 1, *values.shape[1:])
    if values.dim() != len(shape) or rows.dim() != 1 or 0 in shape[1:]:
        raise ValueError(f"invalid shape: data of shape {tuple(values.shape)} are no rows of {tuple(shape)}")
    found = RowSparseNDArray(Rows(values, rows, tuple(shape)), context)
    found.check_format(full_check=False)
    return found


def _values(source: Any, dtype: Any, context: Context) -> Tensor:
    if dtype is None and isinstance(source, (NDArray, np.ndarray)):
        dtype = source.dtype
    if isinstance(source, NDArray):
        return source._data.to(context.torch_device, torch_dtype(dtype), copy=True)
    return numbers(source, torch_dtype(dtype)).to(context.torch_device)


def _index(source: Any, context: Context) -> Tensor:
    return _values(source, np.int64, context)


def _check_shape(own: Any, given: Any) -> None:
    if given is not None and tuple(own) != tuple(given):
        raise ValueError(f"Shape mismatch detected: {tuple(own)} vs {tuple(given)}")
