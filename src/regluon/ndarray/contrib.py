"""``nd.contrib``: operators outside MXNet's core set."""

from __future__ import annotations

from regluon.ndarray.control_flow import cond, foreach, while_loop
from regluon.ndarray.finite import isfinite, isinf, isnan
from regluon.ndarray.namespace import functions
from regluon.ndarray.sparse.graph import dgl_adjacency, dgl_subgraph, edge_id, getnnz
from regluon.ndarray.updates import (
    adamw_update,
    mp_adamw_update,
    multi_adamw_update,
    multi_lamb_update,
    multi_mp_adamw_update,
    multi_mp_lamb_update,
)
from regluon.ndarray.zipfian import rand_zipfian
from regluon.reference import absent

__all__ = [
    "adamw_update",
    "cond",
    "dgl_adjacency",
    "dgl_subgraph",
    "edge_id",
    "foreach",
    "getnnz",
    "isfinite",
    "isinf",
    "isnan",
    "mp_adamw_update",
    "multi_adamw_update",
    "multi_lamb_update",
    "multi_mp_adamw_update",
    "multi_mp_lamb_update",
    "rand_zipfian",
    "while_loop",
]

globals().update(functions("_contrib_", __name__))

__getattr__ = absent(__name__, "nd.contrib")
