"""Sums of sparse arrays."""

from __future__ import annotations

from collections.abc import Sequence
from threading import get_ident
from typing import Any

import torch
from torch import Tensor

from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.sparse.kernels import Csr, Rows, row_numbers
from regluon.ndarray.sparse.storage import densified, put, rule
from regluon.ops.registry import Operator
from regluon.tape import live, record, recorders

__all__ = ["square_sum"]


@rule("sum mean", "csr")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    (a,) = arrays
    m: Csr = a._parts
    axis = attributes["axis"]
    axes = {i % 2 for i in ((axis,) if isinstance(axis, int) else axis or (0, 1)) if -2 <= i < 2}
    kind = m.values.dtype
    if attributes["exclude"] or not kind.is_floating_point or not axes or not m.values.numel():
        return NotImplemented
    out, count = _summed(m, axes), m.shape[0] ** (0 in axes) * m.shape[1] ** (1 in axes)
    if op.name == "mean":
        out = out / count
    kept = [1 if i in axes else n for i, n in enumerate(m.shape)]
    shape = kept if attributes["keepdims"] else [n for i, n in enumerate(m.shape) if i not in axes] or [1]
    return NDArray(out.reshape(shape).to(kind), a._ctx)


def _summed(m: Csr, axes: set[int]) -> Tensor:
    if axes == {0, 1}:
        return m.values.sum()
    which, size = (m.indices, m.shape[1]) if axes == {0} else (row_numbers(m.indptr), m.shape[0])
    return m.values.new_zeros(size).index_add_(0, which, m.values)


@rule("norm", "csr", "row_sparse")
def _(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> Any:
    (a,) = arrays
    if attributes["axis"] is not None or attributes["ord"] != 2 or not a._parts.values.numel():
        return NotImplemented
    out = op.compute(a._parts.values.reshape(-1), **attributes)
    return NDArray(out.reshape((1,) * a.ndim) if attributes["keepdims"] else out, a._ctx)


def square_sum(
    data: Any,
    axis: Any = None,
    keepdims: bool = False,
    exclude: bool = False,
    out: Any = None,
    name: Any = None,
) -> Any:
    """Σ data² over one axis of a row_sparse matrix

    Over axis 1 with ``keepdims``, the result has the rows of ``data`` and is row_sparse; else it is dense.

    Raises
    ------
    ValueError
        If ``data`` is no row_sparse matrix, or ``axis`` neither 0 nor 1.
    """
    axes = (axis,) if isinstance(axis, int) else tuple(axis or ())
    if (
        data.stype != "row_sparse"
        or data.ndim != 2
        or len(axes) != 1
        or axes[0] not in (0, 1, -1, -2)
        or exclude
    ):
        raise ValueError(f"_square_sum takes a row_sparse matrix and axis 0 or 1, not axis={axis}")
    m: Rows = data._parts
    by_row = axes[0] % 2
    total = torch.square(m.values).sum(by_row, keepdim=bool(keepdims))
    if by_row and keepdims:
        result = type(data)(Rows(total, m.indices, (m.shape[0], 1)), data._ctx)
    elif by_row:
        result = NDArray(total.new_zeros(m.shape[0]).index_copy_(0, m.indices, total), data._ctx)
    else:
        result = NDArray(total, data._ctx)
    entry = live(data._ag) if get_ident() in recorders else None
    if entry is not None:
        _, result._ag = record(
            _square_sum,
            None,
            _square_sum,
            [densified(data)._data],
            {"axis": by_row, "keep": keepdims},
            [entry],
        )
    if out is None:
        return result
    put(result, out)
    return out


def _square_sum(x: Tensor, axis: int, keep: bool) -> Tensor:
    return torch.square(x).sum(axis, keepdim=bool(keep))
