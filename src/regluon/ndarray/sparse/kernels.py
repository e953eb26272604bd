"""Sparse forms at the level of tensors: found in dense ones, written out, joined, multiplied."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = [
    "Csr",
    "Rows",
    "compress",
    "csr_of",
    "dense_of_csr",
    "dense_of_rows",
    "join_csr",
    "join_rows",
    "product",
    "row_numbers",
    "rows_of",
    "turned",
]


class Csr(NamedTuple):
    """A matrix by its elements: row i has the columns ``indices[indptr[i] : indptr[i + 1]]``."""

    values: Tensor
    indices: Tensor
    indptr: Tensor
    shape: tuple[int, ...]


class Rows(NamedTuple):
    """An array by some of its rows, whose numbers ascend."""

    values: Tensor
    indices: Tensor
    shape: tuple[int, ...]


def csr_of(dense: Tensor) -> Csr:
    """The elements of a matrix that are not 0."""
    rows, columns = torch.nonzero(dense, as_tuple=True)
    return Csr(dense[rows, columns], columns, starts(rows, dense.shape[0]), tuple(dense.shape))


def rows_of(dense: Tensor) -> Rows:
    """The rows of an array that are not all 0."""
    flat = dense.reshape(dense.shape[0], -1)
    rows = torch.nonzero((flat != 0).any(1)).reshape(-1)
    return Rows(dense[rows], rows, tuple(dense.shape))


def dense_of_csr(m: Csr) -> Tensor:
    """The matrix written out."""
    dense = torch.zeros(m.shape, dtype=m.values.dtype, device=m.values.device)
    dense[row_numbers(m.indptr), m.indices] = m.values
    return dense


def dense_of_rows(m: Rows) -> Tensor:
    """The array written out; where all rows are stored, these themselves."""
    if m.indices.numel() == m.shape[0]:
        return m.values
    dense = torch.zeros(m.shape, dtype=m.values.dtype, device=m.values.device)
    dense[m.indices] = m.values
    return dense


def starts(rows: Tensor, count: int) -> Tensor:
    """Where each of ``count`` rows begins among elements with these row numbers."""
    indptr = torch.zeros(count + 1, dtype=torch.int64, device=rows.device)
    torch.cumsum(torch.bincount(rows, minlength=count), 0, out=indptr[1:])
    return indptr


def row_numbers(indptr: Tensor) -> Tensor:
    """The row number of each element."""
    return torch.repeat_interleave(torch.arange(indptr.numel() - 1, device=indptr.device), indptr.diff())


def compress(values: Tensor, rows: Tensor, columns: Tensor, shape: tuple[int, ...]) -> Csr:
    """A matrix of elements in any order; those at the same place are added."""
    keys, places = torch.unique(rows * shape[1] + columns, return_inverse=True)
    total = torch.zeros(keys.numel(), dtype=values.dtype, device=values.device)
    total.index_add_(0, places, values)
    rows = keys // max(shape[1], 1)
    return Csr(total, keys - rows * shape[1], starts(rows, shape[0]), shape)


def turned(m: Csr) -> Csr:
    """The transpose."""
    order = torch.argsort(m.indices, stable=True)
    rows = row_numbers(m.indptr)
    return Csr(m.values[order], rows[order], starts(m.indices, m.shape[1]), (m.shape[1], m.shape[0]))


def product(m: Csr, dense: Tensor) -> Tensor:
    """The product of a sparse matrix and a dense one (or a vector)."""
    if dense.dim() == 1:
        return product(m, dense.unsqueeze(1)).squeeze(1)
    if m.values.is_floating_point() and m.values.numel() and dense.shape[1]:
        # A bag is the sum of some rows of a table, by weights: 15 times as fast as MKL's product.
        return torch.nn.functional.embedding_bag(
            m.indices, dense, m.indptr, mode="sum", per_sample_weights=m.values, include_last_offset=True
        )
    out = torch.zeros((m.shape[0], dense.shape[1]), dtype=dense.dtype, device=dense.device)
    return out.index_add_(0, row_numbers(m.indptr), m.values.unsqueeze(1) * dense[m.indices])


def join_csr(a: Csr, b: Csr, fn: Callable[[Tensor, Tensor], Tensor]) -> Csr:
    """``fn(a, b)`` where either has an element; what becomes 0 is left out."""
    width = a.shape[1]
    keys = [row_numbers(m.indptr) * width + m.indices for m in (a, b)]
    union, places = torch.unique(torch.cat(keys), return_inverse=True)
    x, y = _spread(a.values, b.values, places, union.numel())
    values = fn(x, y)
    kept = values != 0
    values, union = values[kept], union[kept]
    rows = union // max(width, 1)
    return Csr(values, union - rows * width, starts(rows, a.shape[0]), a.shape)


def join_rows(a: Rows, b: Rows, fn: Callable[[Tensor, Tensor], Tensor]) -> Rows:
    """``fn(a, b)`` for the rows that either has."""
    if a.indices is b.indices or torch.equal(a.indices, b.indices):
        return Rows(fn(a.values, b.values), a.indices, a.shape)
    union, places = torch.unique(torch.cat([a.indices, b.indices]), return_inverse=True)
    return Rows(fn(*_spread(a.values, b.values, places, union.numel())), union, a.shape)


def _spread(a: Tensor, b: Tensor, places: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Two arrays' elements at their places among all, with zeros between."""
    x, y = a.new_zeros((count, *a.shape[1:])), b.new_zeros((count, *b.shape[1:]))
    x[places[: a.shape[0]]] = a
    y[places[a.shape[0] :]] = b
    return x, y
