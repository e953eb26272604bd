"""Rules that take parts of sparse arrays, or put them together."""

from __future__ import annotations

from collections.abc import Sequence
from threading import get_ident
from typing import Any

import torch
from torch import Tensor

from regluon.ndarray.dispatch import invoke
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.sparse.kernels import Csr, Rows, row_numbers
from regluon.ndarray.sparse.storage import densified, put, rule
from regluon.ops.registry import Operator
from regluon.tape import live, record, recorders

__all__ = ["retain", "rows_of_variable"]


@rule("slice", "csr")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    (a,) = arrays
    steps = attributes["step"] or ()
    begins, ends = attributes["begin"], attributes["end"]
    if any(step is not None for step in steps) or len(begins) > 2:
        return NotImplemented
    pairs = zip(begins, ends, a.shape, strict=False)
    bounds = [slice(b, e).indices(n)[:2] for b, e, n in pairs]
    (top, bottom), (left, right) = bounds[0], bounds[1] if len(bounds) > 1 else (0, a.shape[1])
    if bottom <= top or right <= left:
        return NotImplemented
    return type(a)(_block(a._parts, top, bottom, left, right), a._ctx)


def _block(m: Csr, top: int, bottom: int, left: int, right: int) -> Csr:
    starts = m.indptr[top : bottom + 1]
    first, last = int(starts[0]), int(starts[-1])
    values, columns, starts = m.values[first:last], m.indices[first:last], starts - starts[0]
    shape = (bottom - top, right - left)
    if (left, right) == (0, m.shape[1]):
        return Csr(values.clone(), columns.clone(), starts, shape)
    kept = (columns >= left) & (columns < right)
    before = torch.zeros(kept.numel() + 1, dtype=torch.int64, device=kept.device)
    torch.cumsum(kept, 0, out=before[1:])
    return Csr(values[kept], columns[kept] - left, before[starts], shape)


@rule("take", "csr default")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    a, indices = arrays
    if attributes["axis"] not in (0, -2) or attributes["mode"] not in ("clip", "wrap") or indices.ndim != 1:
        return NotImplemented
    m: Csr = a._parts
    rows = indices._data.to(torch.int64)
    rows = rows.clamp(0, m.shape[0] - 1) if attributes["mode"] == "clip" else rows % m.shape[0]
    counts = m.indptr.diff()[rows]
    starts = torch.zeros(rows.numel() + 1, dtype=torch.int64, device=rows.device)
    torch.cumsum(counts, 0, out=starts[1:])
    offsets = torch.repeat_interleave(m.indptr[rows] - starts[:-1], counts)
    places = offsets + torch.arange(offsets.numel(), device=rows.device)
    return type(a)(Csr(m.values[places], m.indices[places], starts, (rows.numel(), m.shape[1])), a._ctx)


@rule("Concat", "csr ...")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    parts: list[Csr] = [a._parts for a in arrays]
    if attributes["dim"] != 0:
        return NotImplemented
    if len({m.shape[1] for m in parts}) > 1:
        raise ValueError(f"Concat: matrices of shapes {[m.shape for m in parts]} don't go below each other")
    starts, before = [parts[0].indptr[:1]], 0
    for m in parts:
        starts.append(m.indptr[1:] + before)
        before += m.values.numel()
    shape = (sum(m.shape[0] for m in parts), parts[0].shape[1])
    values, columns = torch.cat([m.values for m in parts]), torch.cat([m.indices for m in parts])
    return type(arrays[0])(Csr(values, columns, torch.cat(starts), shape), arrays[0]._ctx)


@rule("where", "csr default default")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    condition, x, y = arrays
    m: Csr = condition._parts
    if (get_ident() in recorders and (live(x._ag) or live(y._ag))) or x.shape != y.shape != m.shape:
        return invoke(op, [densified(condition), x, y], attributes)
    out = y._data.clone()
    kept = m.values != 0
    rows, columns = row_numbers(m.indptr)[kept], m.indices[kept]
    out[rows, columns] = x._data[rows, columns]
    return NDArray(out, condition._ctx)


@rule("Embedding _contrib_SparseEmbedding", "default row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    return invoke(op, [arrays[0], densified(arrays[1])], attributes)


def retain(data: Any, indices: NDArray, out: Any = None, name: str | None = None) -> Any:
    """The rows of ``data``, a row_sparse array, whose numbers are in ``indices``; all others are 0.

    Inputs
    ------
    data : row_sparse
    indices : (k,), row numbers of any type, ascending

    Outputs
    -------
    out : row_sparse of the shape of ``data``, which stores the k rows
    """
    if data.stype != "row_sparse":
        raise ValueError(f"retain takes a row_sparse array, not one stored as {data.stype}")
    m: Rows = data._parts
    rows = indices._data.to(torch.int64)
    rows = rows if m.indices.numel() else rows[:0]
    result = type(data)(Rows(_picked(m, rows), rows, m.shape), data._ctx)
    entry = live(data._ag) if get_ident() in recorders else None
    if entry is not None:
        _, result._ag = record(_retain, None, _retain, [densified(data)._data, rows], {}, [entry, None])
    if out is None:
        return result
    put(result, out)
    return out


def rows_of_variable(array: Any, row_id: NDArray) -> Any:
    """Rows of a row_sparse array, each once, at the array's own place of the graph."""
    m: Rows = array._parts
    rows = torch.unique(row_id._data.to(torch.int64))
    return type(array)(Rows(_picked(m, rows), rows, m.shape), array._ctx, array._ag)


def _picked(m: Rows, rows: Tensor) -> Tensor:
    """Rows by their numbers; zeros for those that are not stored."""
    if not m.indices.numel():
        return m.values.new_zeros((rows.numel(), *m.shape[1:]))
    places = torch.searchsorted(m.indices, rows).clamp_(max=m.indices.numel() - 1)
    missing = m.indices[places] != rows
    found = m.values[places]
    found[missing] = 0
    return found


def _retain(x: Tensor, rows: Tensor) -> Tensor:
    return torch.zeros_like(x).index_copy(0, rows, x[rows])
