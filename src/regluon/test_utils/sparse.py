"""Random sparse arrays, by NumPy's random numbers."""

# ruff: noqa: NPY002 (tests are repeated by numpy.random.seed)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from regluon.context import Context
from regluon.ndarray import array
from regluon.ndarray.sparse import csr_matrix, row_sparse_array, zeros
from regluon.test_utils.defaults import default_context, default_dtype

__all__ = [
    "assign_each",
    "create_sparse_array",
    "create_sparse_array_zd",
    "rand_sparse_ndarray",
    "shuffle_csr_column_indices",
]

Modifier = Callable[[Any], Any] | None


def assign_each(the_input: Any, function: Modifier) -> Any:
    """``function`` of each element of a NumPy array; a copy if it is None."""
    if function is None:
        return np.array(the_input)
    return np.array([function(x) for x in the_input.ravel()], dtype=np.float64).reshape(the_input.shape)


def rand_sparse_ndarray(
    shape: Any,
    stype: str,
    density: float | None = None,
    dtype: Any = None,
    distribution: str | None = None,
    data_init: float | None = None,
    rsp_indices: Any = None,
    modifier_func: Modifier = None,
    shuffle_csr_indices: bool = False,
    ctx: Context | None = None,
) -> tuple[Any, tuple[Any, ...]]:
    """A random sparse array, and what it stores.

    Parameters
    ----------
    stype
        ``"csr"`` or ``"row_sparse"``.
    density
        The share of elements, or rows, that are stored; a random one if None.
    distribution
        ``"uniform"``, or ``"powerlaw"`` for csr: then each row has twice as many elements as the one before.
    data_init
        What all stored elements are, instead of random numbers between 0 and 1.
    rsp_indices
        The rows that are stored, instead of random ones.
    modifier_func
        A function that each stored element of a row_sparse array goes through.
    shuffle_csr_indices
        Whether the columns of a row stand in random order.

    Returns
    -------
    The array, and of csr ``(indptr, indices, data)`` as NDArrays, of row_sparse ``(data, indices)`` as NumPy
    arrays.
    """
    ctx = ctx or default_context()
    density = np.random.rand() if density is None else density
    dtype = default_dtype() if dtype is None else dtype
    distribution = distribution or "uniform"
    if stype == "row_sparse":
        if distribution != "uniform":
            raise AssertionError(f"Distribution {distribution} not supported for row_sparse")
        return _rows(shape, density, dtype, data_init, rsp_indices, modifier_func, ctx)
    if stype != "csr":
        raise AssertionError(f"unknown storage type {stype!r}")
    if distribution == "uniform":
        csr = _uniform(shape, density, dtype, data_init, shuffle_csr_indices)
    elif distribution == "powerlaw":
        csr = array(_powerlaw(shape, density, dtype), dtype=dtype).tostype("csr")
    else:
        raise AssertionError(f"Distribution not supported: {distribution}")
    csr = csr.as_in_context(ctx)
    return csr, (csr.indptr, csr.indices, csr.data)


def _rows(
    shape: Any, density: float, dtype: Any, data_init: Any, rows: Any, modifier: Modifier, ctx: Context
) -> tuple[Any, tuple[Any, Any]]:
    if rows is None:
        rows = np.flatnonzero(np.random.rand(shape[0]) < density)
    elif len(rows) > shape[0]:
        raise AssertionError(f"{len(rows)} rows can't be stored of {shape[0]}")
    if not len(rows):
        empty = zeros("row_sparse", shape, ctx=ctx, dtype=dtype)
        return empty, (np.array([], dtype=dtype), np.array([]))
    values = np.random.rand(len(rows), *shape[1:]).astype(dtype)
    if data_init is not None:
        values.fill(data_init)
    if modifier is not None:
        values = assign_each(values, modifier)
    return row_sparse_array((values, rows), shape=shape, dtype=dtype, ctx=ctx), (values, rows)


def _checked(shape: Any, density: float) -> int:
    """The number of elements to store."""
    if len(shape) != 2:
        raise AssertionError(f"a csr array is a matrix; it can't have shape {shape}")
    if not 0 <= density <= 1:
        raise ValueError("density has to be between 0 and 1")
    if min(shape) <= 0:
        raise ValueError("num_rows or num_cols should be greater than 0")
    return int(shape[0] * shape[1] * density)


def _uniform(shape: Any, density: float, dtype: Any, data_init: Any, shuffle: bool) -> Any:
    """Numbers at random places."""
    count, (height, width) = _checked(shape, density), shape
    places = np.random.choice(height * width, size=count, replace=False)
    columns, rows = np.divmod(places, height)
    values = np.random.uniform(size=count).astype(dtype)
    if data_init is not None:
        values.fill(data_init)
    order = np.lexsort((columns, rows))
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=height))])
    columns = columns[order]
    if shuffle:
        columns = np.concatenate([_shuffled(part) for part in np.split(columns, starts[1:-1])])
    return csr_matrix((values[order], columns, starts), shape=shape, dtype=dtype)


def _shuffled(x: Any) -> Any:
    x = np.array(x)
    np.random.shuffle(x)
    return x


def shuffle_csr_column_indices(csr: Any) -> None:
    """Puts the columns of each row of a SciPy csr matrix in random order, in place."""
    for start, end in zip(csr.indptr[:-1], csr.indptr[1:], strict=True):
        csr.indices[start:end] = _shuffled(csr.indices[start:end])


def _powerlaw(shape: Any, density: float, dtype: Any) -> Any:
    """At least one number in each row, and twice as many as in the row before, while there are some left."""
    left, (height, width) = _checked(shape, density), shape
    refused = ValueError(
        f"not supported for this density: {density} for this shape {tuple(shape)}: there must be places for "
        "num_rows * num_cols * density >= 2 * num_rows elements, and elements for these places"
    )
    if left < 2 * height:
        raise refused
    found = np.zeros(shape, dtype=dtype)
    for row in range(height):
        found[row, 0] = _number()
    left -= height
    for row in range(height):
        width_here = min(width, 2 ** (row + 1))
        if width_here == width and left > width:
            found[row] = _number()
            left -= width - 1
            continue
        for column in range(1, width_here):
            if left <= 0:
                return found
            found[row, column] = _number()
            left -= 1
    if left > 0:
        raise refused
    return found


def _number() -> float:
    return 1 + float(np.random.uniform(0.001, 2))


def create_sparse_array(
    shape: Any,
    stype: str,
    data_init: float | None = None,
    rsp_indices: Any = None,
    dtype: Any = None,
    modifier_func: Modifier = None,
    density: float = 0.5,
    shuffle_csr_indices: bool = False,
) -> Any:
    """A random sparse array as of :func:`rand_sparse_ndarray`, with the rows of ``rsp_indices`` in order."""
    if stype not in ("csr", "row_sparse"):
        raise AssertionError(f"Unknown storage type: {stype}")
    rows = None if rsp_indices is None else np.sort(np.asarray(rsp_indices))
    return rand_sparse_ndarray(
        shape,
        stype,
        density=density,
        data_init=data_init,
        rsp_indices=rows,
        dtype=dtype,
        modifier_func=modifier_func,
        shuffle_csr_indices=shuffle_csr_indices,
    )[0]


def create_sparse_array_zd(
    shape: Any,
    stype: str,
    density: float,
    data_init: float | None = None,
    rsp_indices: Any = None,
    dtype: Any = None,
    modifier_func: Modifier = None,
    shuffle_csr_indices: bool = False,
) -> Any:
    """:func:`create_sparse_array` which stores no rows but those of ``rsp_indices``."""
    if stype == "row_sparse":
        density = 0.0
        if rsp_indices is not None and len(rsp_indices) > shape[0]:
            raise AssertionError(f"{len(rsp_indices)} rows can't be stored of {shape[0]}")
    return create_sparse_array(
        shape, stype, data_init, rsp_indices, dtype, modifier_func, density, shuffle_csr_indices
    )
