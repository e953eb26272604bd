"""What is asked of MXNet about graphs in csr arrays; see cases.py."""

import numpy as np

from ndarray.sparse.cases import A, form

CASES = {}


def case(name, call):
    CASES[name] = call


def graph(mx):
    columns = [1, 2, 3, 4, 0, 2, 3, 4, 0, 1, 3, 4, 0, 1, 2, 4, 0, 1, 2, 3]
    parts = (np.arange(1, 21), np.array(columns), np.array([0, 4, 8, 12, 16, 20]))
    return mx.nd.sparse.csr_matrix(parts, shape=(5, 5), dtype="int64")


def vertices(mx, *numbers):
    return mx.nd.array(numbers, dtype="int64")


for stype in ("csr", "row_sparse", "default"):
    case(f"getnnz {stype}", lambda mx, s=stype: mx.nd.contrib.getnnz(form(mx, A, s)))
for axis in (0, 1, -1):
    case(f"getnnz axis={axis}", lambda mx, a=axis: mx.nd.contrib.getnnz(form(mx, A, "csr"), axis=a))
case("getnnz of zeros", lambda mx: mx.nd.contrib.getnnz(form(mx, A * 0, "csr")))
for kind in ("float32", "int64"):
    case(
        f"edge_id {kind}",
        lambda mx, k=kind: mx.nd.contrib.edge_id(
            form(mx, A, "csr"), mx.nd.array([0, 0, 2, 3], dtype=k), mx.nd.array([1, 0, 2, 1], dtype=k)
        ),
    )
case(
    "edge_id of integers", lambda mx: mx.nd.contrib.edge_id(graph(mx), vertices(mx, 0, 1), vertices(mx, 0, 3))
)
case("dgl_adjacency", lambda mx: mx.nd.contrib.dgl_adjacency(graph(mx)))
for mapping in (True, False):
    case(
        f"dgl_subgraph {mapping}",
        lambda mx, m=mapping: mx.nd.contrib.dgl_subgraph(
            graph(mx), vertices(mx, 0, 1), vertices(mx, 1, 3, 4), return_mapping=m
        ),
    )
case(
    "dgl_subgraph of one",
    lambda mx: mx.nd.contrib.dgl_subgraph(graph(mx), vertices(mx, 2, 4), return_mapping=False),
)
