"""Symbols read from JSON, of every version back to 0.8."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from regluon.base import MXNetError
from regluon.symbol.control.checking import check_graphs
from regluon.symbol.graph import Entry, Node
from regluon.symbol.schema import operator_named
from regluon.symbol.symbol import Symbol
from regluon.symbol.upgrade import upgrade
from regluon.symbol.writing import VERSION

__all__ = ["fromjson", "load", "load_json"]

_NEEDED = {"nodes", "arg_nodes", "heads"}
_FIELDS = _NEEDED | {"node_row_ptr", "attrs", "version"}
_NODE_FIELDS = {
    "op",
    "name",
    "inputs",
    "attrs",
    "attr",
    "param",
    "backward_source_id",
    "control_deps",
    "subgraphs",
}
_DEEPEST = 32
"""How deep graphs may be within graphs."""

_OLDEST = 800
"""The version of files that don't tell theirs: before 0.9 none did."""
_MOST_OUTPUTS = 100_000


def load(fname: str) -> Symbol:
    """The symbol that a file holds as JSON."""
    if not isinstance(fname, str):
        raise TypeError("fname need to be string")
    try:
        data = Path(fname).read_bytes()
    except OSError as error:
        raise MXNetError(f'Open "{fname}": {error.strerror}') from None
    return load_json(data.decode(errors="replace"))


def load_json(json_str: str) -> Symbol:
    """The symbol that a text holds as JSON

    Raises
    ------
    MXNetError
        For what is no JSON, lacks a field, names an operator that is not here, or is no graph.
    """
    if not isinstance(json_str, str):
        raise TypeError("fname required to be string")
    try:
        graph = json.loads(json_str, strict=False)
    except (ValueError, RecursionError) as error:
        raise MXNetError(f"this is no JSON: {error}") from None
    _check_fields("the graph", graph, _NEEDED, _FIELDS)
    version = _version(graph.get("attrs", {}))
    nodes, heads = _graph(graph, 0)
    if version < VERSION:
        upgrade(nodes, version)
    _check(nodes, heads)
    return Symbol(heads)


fromjson = load_json


def _check_fields(what: str, value: Any, needed: set[str], known: set[str]) -> None:
    if not isinstance(value, dict):
        raise MXNetError(f"{what} must be a JSON object, not {value!r}"[:200])
    missing, unknown = needed - value.keys(), value.keys() - known
    if missing:
        raise MXNetError(f"{what}: Missing field {', '.join(sorted(missing))}")
    if unknown:
        raise MXNetError(f"{what}: Unknown field {', '.join(sorted(unknown))}, candidates are: {known}")


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise MXNetError(f"{what} must be a list, not {value!r}"[:200])
    return value


def _version(attrs: Any) -> int:
    found = attrs.get("mxnet_version", ["int", _OLDEST]) if isinstance(attrs, dict) else None
    if not (isinstance(found, list) and len(found) == 2 and type(found[1]) is int):
        raise MXNetError(f"the version of the graph can't be read: {attrs!r}"[:200])
    return found[1]


def _graph(graph: dict[str, Any], depth: int) -> tuple[list[Node], list[Entry]]:
    """The nodes and the heads; what nodes say of themselves is not checked yet."""
    found = _nodes(graph["nodes"], depth)
    nodes = [node for node, _ in found]
    for node, inputs in found:
        node.inputs = [_entry(entry, nodes) for entry in inputs]
    heads = [_entry(entry, nodes) for entry in _list(graph["heads"], "heads")]
    if not heads:
        raise MXNetError("the graph has no outputs")
    _check_order(nodes)
    return nodes, heads


def _check(nodes: list[Node], heads: list[Entry]) -> None:
    for node in nodes:
        _check_node(node)
    for head in heads:
        _check_output(head)


def _nodes(described: Any, depth: int) -> list[tuple[Node, list[Any]]]:
    """The nodes, their inputs still to be joined."""
    found = []
    for i, fields in enumerate(_list(described, "nodes")):
        _check_fields(f"node {i}", fields, {"op", "name", "inputs"}, _NODE_FIELDS)
        attrs: dict[str, str] = {}
        for key in ("param", "attr", "attrs"):
            attrs |= _texts(fields.get(key, {}), i)
        node = _node(fields, attrs, i)
        node.subgraphs = _subgraphs(fields.get("subgraphs", []), f"node {i}", depth + 1)
        found.append((node, _list(fields["inputs"], f"the inputs of node {i}")))
    return found


def _subgraphs(described: Any, what: str, depth: int) -> tuple[tuple[Entry, ...], ...]:
    """The heads of graphs within a node."""
    found = []
    for fields in _list(described, f"the subgraphs of {what}"):
        if depth > _DEEPEST:
            raise MXNetError(f"{what}: graphs are in graphs, {depth} deep")
        _check_fields(f"a graph in {what}", fields, _NEEDED, _NEEDED | {"node_row_ptr", "attrs"})
        nodes, heads = _graph(fields, depth)
        _check(nodes, heads)
        found.append(tuple(heads))
    return tuple(found)


def _node(fields: dict[str, Any], attrs: dict[str, str], i: int) -> Node:
    name, called = fields["name"], fields["op"]
    if not isinstance(name, str) or not isinstance(called, str):
        raise MXNetError(f"node {i}: its name and its operator must be texts")
    try:
        return Node(None if called == "null" else operator_named(called), name, attrs)
    except MXNetError as error:
        raise MXNetError(f"Failed loading Op {name} of type {called}: {error}") from None


def _texts(attrs: Any, i: int) -> dict[str, str]:
    if not isinstance(attrs, dict) or not all(isinstance(v, str) for v in attrs.values()):
        raise MXNetError(f"node {i}: its attributes must be texts")
    return attrs


def _entry(described: Any, nodes: list[Node]) -> Entry:
    numbers = _list(described, "an input")
    if len(numbers) not in (2, 3) or any(type(n) is not int or n < 0 for n in numbers):
        raise MXNetError(f"an input must be the numbers of a node, an output and a version, not {numbers!r}")
    if numbers[0] >= len(nodes):
        raise MXNetError(f"there is no node {numbers[0]}: there are {len(nodes)}")
    return Entry(nodes[numbers[0]], numbers[1], numbers[2] if len(numbers) == 3 else 0)


def _check_order(nodes: list[Node]) -> None:
    """Complains of a node that is its own input, over however many others."""
    waiting = {id(node): len(node.inputs) for node in nodes}
    users: dict[int, list[Node]] = {}
    for node in nodes:
        for entry in node.inputs:
            users.setdefault(id(entry.node), []).append(node)
    ready = [node for node in nodes if not node.inputs]
    done = 0
    while ready:
        done += 1
        for user in users.get(id(ready.pop()), ()):
            waiting[id(user)] -= 1
            if not waiting[id(user)]:
                ready.append(user)
    if done < len(nodes):
        raise MXNetError("the graph goes in a circle")


def _check_node(node: Node) -> None:
    """Complains of attributes that can't be read, and of inputs that are too many or not there."""
    if node.op is None:
        if node.inputs:
            raise MXNetError(f"the variable {node.name} has inputs")
        return
    check_graphs(node)
    try:
        count = node.outputs
    except (TypeError, ValueError):
        raise MXNetError(f"{node.op.name} {node.name}: how many outputs it has can't be read") from None
    if count > _MOST_OUTPUTS:
        raise MXNetError(f"{node.op.name} {node.name} has {count} outputs, which can't be")
    names = node.input_names
    if len(node.inputs) > len(names):
        raise MXNetError(f"{node.op.name} {node.name} has {len(node.inputs)} inputs; it takes {names}")
    for entry in node.inputs:
        _check_output(entry)
        if entry.node.op is None:
            entry.node.version = max(entry.node.version, entry.version)


def _check_output(entry: Entry) -> None:
    if entry.index >= entry.node.outputs:
        raise MXNetError(f"{entry.node.name} has no output {entry.index}")
