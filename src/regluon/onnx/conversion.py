"""A symbol and its parameters as nodes of ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regluon.base import MXNetError, numpy_dtype
from regluon.ndarray import NDArray
from regluon.onnx import (
    boxes,
    elementwise,
    indexing,
    layers,
    pooling,
    products,
    random,
    recurrent,
    reductions,
    resizing,
    sequences,
    shapes,
)
from regluon.onnx.call import CONVERTERS, WHOLE, Call, Graph, Record
from regluon.symbol import Symbol
from regluon.symbol.graph import Entry, Node, output_of, postorder
from regluon.symbol.inference import shapes_of
from regluon.symbol.types import infer_types

__all__ = ["MODULES", "Source", "converted"]

MODULES = (
    boxes,
    elementwise,
    indexing,
    layers,
    pooling,
    products,
    random,
    recurrent,
    reductions,
    resizing,
    sequences,
    shapes,
)
"""Where the converters are."""

Shape = tuple[int, ...]

_FLOATS = 'sym.cast(x, dtype="float32") before it makes another of it'


@dataclass(slots=True)
class Source:
    """What is converted: a symbol, its parameters, and its inputs' shapes, with 0 for what varies."""

    symbol: Symbol
    params: dict[str, NDArray]
    examples: dict[str, Shape]
    inputs: dict[str, Shape]
    types: dict[str, Any]


def converted(source: Source) -> tuple[Graph, list[tuple[str, Shape, Any]]]:
    """The nodes that the outputs need; and the outputs: their names, shapes and types

    Raises
    ------
    MXNetError
        If there are operators without a converter, or one can't convert a call.
    """
    nodes = postorder(source.symbol._heads)
    missing = sorted({n.op.name for n in nodes if n.op is not None and n.op.name not in CONVERTERS})
    if missing:
        raise MXNetError(
            f"onnx: no conversion of {', '.join(missing)} is there; get_operator_support() lists the others"
        )
    types = {name: array.dtype for name, array in source.params.items()} | source.types
    extents = _extents(source, types)
    dtypes = infer_types(source.symbol, types)
    graph, names = Graph(taken={node.name for node in nodes if node.op is None}), {}
    for node in nodes:
        if node.op is None:
            names[id(node), 0] = node.name
            if node.name in source.params:
                graph.constants[node.name] = source.params[node.name].asnumpy()
            continue
        call = _call(graph, node, names, extents, dtypes, source)
        _check_type(call)
        start = len(graph.records)
        found = CONVERTERS[node.op.name](call)
        results = [found] if isinstance(found, str) else found
        for i, result in enumerate(results):
            wanted = node.name if len(results) == 1 else f"{node.name}{i}"
            names[id(node), i] = _named(graph, start, result, wanted)
    outputs: list[tuple[str, Shape, Any]] = []
    for head in source.symbol._heads:
        key = id(head.node), head.index
        name = _an_output(graph, output_of(head, names), [name for name, _, _ in outputs])
        outputs.append((name, extents.get(key, ()), _numpy(dtypes.get(key))))
    needed = _needed(graph, [name for name, _, _ in outputs])
    unknown = [name for name, shape, _ in outputs if not shape]
    if unknown:
        raise MXNetError(
            f"onnx: of the output {unknown[0]} no axes are known, or it has none: give the shapes of all "
            "inputs, or reshape it to (1,)"
        )
    return needed, outputs


def _extents(source: Source, types: dict[str, Any]) -> dict[tuple[int, int], Shape]:
    """All shapes; 0 for each extent of one that can't be found out without those that vary."""
    params = {name: array.shape for name, array in source.params.items()}
    found, _ = shapes_of(source.symbol, params | source.examples, types)
    if source.inputs == source.examples:
        return found
    varying, _ = shapes_of(source.symbol, params | source.inputs, types)
    return {key: varying.get(key) or (0,) * len(shape) for key, shape in found.items()}


def _call(graph: Graph, node: Node, names: Any, extents: Any, dtypes: Any, source: Source) -> Call:
    keys = [(id(entry.node), entry.index) for entry in node.inputs]
    return Call(
        graph,
        node,
        [output_of(entry, names) for entry in node.inputs],
        [extents.get(key, ()) for key in keys],
        [_numpy(dtypes.get(key)) for key in keys],
        extents.get((id(node), 0), ()),
        lambda position: _folded(node, position, source),
        lambda: _alone(node),
    )


def _alone(node: Node) -> Any:
    """The value of an operator without inputs."""
    return Symbol([Entry(node, 0, 0)]).eval()[0].asnumpy()


def _check_type(call: Call) -> None:
    """Whole numbers are for the operators that have a way for them."""
    if call.dtypes and call.dtype.kind in "iub" and call.operator not in WHOLE:
        raise call.refusal(f"its input is of type {call.dtype}, which is not converted; {_FLOATS}")


def _numpy(dtype: Any) -> Any:
    return np.dtype(np.float32 if dtype is None else numpy_dtype(dtype))


def _folded(node: Node, position: int, source: Source) -> Any:
    """The value of an input that depends on parameters alone."""
    symbol = Symbol([node.inputs[position]])
    names = symbol.list_inputs()
    varying = [name for name in names if name not in source.params]
    if varying:
        raise MXNetError(
            f"onnx: {node.name}: its input {node.input_names[position]} has to follow from the parameters "
            f"alone, but it depends on {', '.join(varying)}"
        )
    return symbol.eval(**{name: source.params[name] for name in names})[0].asnumpy()


def _named(graph: Graph, start: int, result: str, wanted: str) -> str:
    """Gives a result the node's name, or one like it if that is taken, where it was made for it."""
    made = graph.records[start:]
    if not any(result in record.outputs for record in made):
        return result
    wanted = graph.fresh(wanted)
    for i, record in enumerate(made, start):
        inputs, outputs = (
            [wanted if name == result else name for name in names]
            for names in (record.inputs, record.outputs)
        )
        graph.records[i] = record._replace(inputs=inputs, outputs=outputs)
    return wanted


def _an_output(graph: Graph, name: str, others: Sequence[str]) -> str:
    """The name of an output of a node: an input, a constant or another output can't be one of the graph."""
    if name not in others and any(name in record.outputs for record in graph.records):
        return name
    output = graph.fresh(f"{name}_output")
    graph.records.append(Record("Identity", [name], [output], {}))
    return output


def _needed(graph: Graph, outputs: Sequence[str]) -> Graph:
    """The records and constants that the outputs depend on."""
    wanted, kept = set(outputs), []
    for record in reversed(graph.records):
        if not wanted.isdisjoint(record.outputs):
            wanted.update(record.inputs)
            kept.append(record)
    for name in wanted & graph.unknown.keys():
        raise graph.unknown[name]
    constants = {name: value for name, value in graph.constants.items() if name in wanted}
    return Graph(kept[::-1], constants)
