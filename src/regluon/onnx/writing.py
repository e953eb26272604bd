"""Graphs as files of ONNX: the only part that needs the library ``onnx``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

import onnx
from onnx import checker, helper, numpy_helper, shape_inference
from regluon.base import MXNetError
from regluon.fileio import atomic_write
from regluon.onnx.call import Graph

__all__ = ["write"]

_LIMIT = 2**31 - 1

Described = tuple[str, Sequence[Any] | None, Any]
"""Of an input or output: its name, its shape (a text or None for an extent that varies), its type."""


def write(
    path: str,
    graph: Graph,
    inputs: Sequence[Described],
    outputs: Sequence[Described],
    opset: int,
    infer: bool,
) -> None:
    """Writes a graph as a model of ONNX, once it is found to be one

    Raises
    ------
    MXNetError
        For more than 2 GiB, which such a file can't hold; for types and shapes that ONNX does not have there.
    """
    size = sum(value.nbytes for value in graph.constants.values())
    if size > _LIMIT:
        raise MXNetError(f"onnx: {path}: the parameters take {size} bytes; a file can hold {_LIMIT}")
    _check(graph, inputs, outputs, opset)
    model = _model(graph, inputs, outputs, opset, graph.constants)
    if infer:
        model = shape_inference.infer_shapes(model)
    data = model.SerializeToString()
    checker.check_model(data)
    with atomic_write(path) as file:
        file.write(data)


def _model(
    graph: Graph,
    inputs: Sequence[Described],
    outputs: Sequence[Described],
    opset: int,
    constants: dict[str, Any],
) -> onnx.ModelProto:
    nodes = []
    for i, record in enumerate(graph.records):
        given = {key: _attribute(key, value) for key, value in record.attributes.items()}
        name = f"{record.kind}_{i}"
        nodes.append(helper.make_node(record.kind, record.inputs, record.outputs, name=name, **given))
    described = helper.make_graph(
        nodes,
        "regluon",
        [_described(d) for d in inputs],
        [_described(d) for d in outputs],
        [numpy_helper.from_array(np.asarray(v, order="C"), n) for n, v in constants.items()],
    )
    opsets = [helper.make_opsetid("", opset)]
    version = helper.find_min_ir_version_for(opsets)
    return helper.make_model(described, producer_name="regluon", opset_imports=opsets, ir_version=version)


_SMALL = 64
"""Constants of so many elements may be shapes and axes."""


def _check(graph: Graph, inputs: Sequence[Described], outputs: Sequence[Described], opset: int) -> None:
    """Complains of types and shapes that ONNX does not have, or has otherwise than we do

    Large constants count as inputs here.
    """
    small = {name: value for name, value in graph.constants.items() if value.size <= _SMALL}
    large = [(n, v.shape, v.dtype) for n, v in graph.constants.items() if v.size > _SMALL]
    model = _model(graph, [*inputs, *large], outputs, opset, small)
    try:
        shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except shape_inference.InferenceError as error:
        text = " ".join(str(error).split())
        place = re.search(r"node name: \w+_(\d+)\)", text)
        maker = graph.records[int(place[1])].maker if place else "the graph"
        raise MXNetError(
            f"onnx: {maker}: ONNX has no such node: {text}; where it is about a type, sym.cast(x, dtype=...) "
            "before it makes it another"
        ) from None


def _attribute(key: str, value: Any) -> Any:
    return helper.np_dtype_to_tensor_dtype(np.dtype(value)) if key in ("to", "dtype") else value


def _described(description: Described) -> onnx.ValueInfoProto:
    name, shape, dtype = description
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape)
