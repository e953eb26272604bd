"""Graphs as csr arrays, whose elements are the edges: functions of ``nd.contrib``."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.ndarray.ndarray import STORED, NDArray
from regluon.ndarray.sparse.kernels import Csr, row_numbers, starts
from regluon.ndarray.sparse.storage import put

__all__ = ["dgl_adjacency", "dgl_subgraph", "edge_id", "getnnz"]


def getnnz(
    data: NDArray | None = None, axis: int | None = None, out: NDArray | None = None, name: str | None = None
) -> Any:
    """The number of elements that a csr array stores: (1,), of all; or with ``axis=1`` (n,), of each row."""
    m, context = _parts("getnnz", data)
    if axis not in (None, 1):
        raise MXNetError(
            f"getnnz counts all elements (axis=None) or those of each row (axis=1), not axis={axis}"
        )
    counts = m.indptr[-1:].clone() if axis is None else m.indptr.diff()
    return _given(NDArray(counts, context), out)


def edge_id(
    data: NDArray | None = None,
    u: NDArray | None = None,
    v: NDArray | None = None,
    out: NDArray | None = None,
    name: str | None = None,
) -> Any:
    """out[i] = data[u[i], v[i]] where a csr array stores that, and -1 elsewhere

    Raises
    ------
    MXNetError
        If ``u`` or ``v`` is no vector of numbers of rows or columns.
    """
    m, context = _parts("edge_id", data)
    if u is None or v is None or u.shape != v.shape or u.ndim != 1:
        raise MXNetError("edge_id: u and v must be vectors of one length")
    rows, columns = _vertices("edge_id", u, m.shape[0]), _vertices("edge_id", v, m.shape[1])
    places, found = _find(m, rows, columns)
    result = torch.full_like(rows, -1, dtype=m.values.dtype)
    result[found] = m.values[places[found]]
    return _given(NDArray(result, context), out)


def _find(m: Csr, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
    """Where elements are among those stored, and whether they are."""
    keys = row_numbers(m.indptr) * m.shape[1] + m.indices
    order = torch.argsort(keys)
    wanted = rows * m.shape[1] + columns
    if not keys.numel():
        return wanted, torch.zeros_like(wanted, dtype=torch.bool)
    places = order[torch.searchsorted(keys[order], wanted).clamp_(max=keys.numel() - 1)]
    return places, keys[places] == wanted


def dgl_adjacency(data: NDArray | None = None, out: NDArray | None = None, name: str | None = None) -> Any:
    """1 for every edge of a graph, a csr array of any values, as csr of float32."""
    m, context = _parts("dgl_adjacency", data)
    ones = torch.ones_like(m.values, dtype=torch.float32)
    return _given(STORED["csr"](m._replace(values=ones), context), out)  # type: ignore[arg-type]


def dgl_subgraph(
    graph: NDArray, *data: NDArray, return_mapping: bool, num_args: int | None = None, name: str | None = None
) -> Any:
    """The graphs of some vertices each, and the edges between them.

    Parameters
    ----------
    return_mapping
        Whether to return too, after the graphs whose edges are numbered anew from 0, graphs that hold the
        values of ``graph``.

    Inputs
    ------
    graph : csr, (n, n)
    data : vectors of vertices, which ascend; each makes a graph
    """
    m, context = _parts("dgl_subgraph", graph)
    old = [_induced(m, _vertices("dgl_subgraph", v, m.shape[0])) for v in data]
    new = [g._replace(values=torch.arange(g.values.numel(), dtype=g.values.dtype)) for g in old]
    parts = [*new, *old] if return_mapping else new
    graphs = [STORED["csr"](g, context) for g in parts]  # type: ignore[arg-type]
    return graphs[0] if len(graphs) == 1 else graphs


def _induced(m: Csr, vertices: Tensor) -> Csr:
    number = torch.full((m.shape[0],), -1, dtype=torch.int64, device=vertices.device)
    number[vertices] = torch.arange(vertices.numel(), device=vertices.device)
    rows, columns = number[row_numbers(m.indptr)], number[m.indices]
    kept = (rows >= 0) & (columns >= 0)
    size = vertices.numel()
    return Csr(m.values[kept], columns[kept], starts(rows[kept], size), (size, size))


def _parts(what: str, data: Any) -> tuple[Csr, Any]:
    if not isinstance(data, NDArray) or data.stype != "csr":
        raise MXNetError(f"{what} takes a csr array")
    array: Any = data
    return array._parts, array._ctx


def _vertices(what: str, array: NDArray, count: int) -> Tensor:
    found = array._data.to(torch.int64)
    if found.numel() and not 0 <= int(found.min()) <= int(found.max()) < count:
        raise MXNetError(f"{what}: a number of a vertex is not in 0...{count - 1}")
    return found


def _given(result: NDArray, out: NDArray | None) -> NDArray:
    if out is None:
        return result
    put(result, out)
    return out
