"""Symbols as JSON, to the letter as MXNet 1.9.1 writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.fileio import atomic_write
from regluon.symbol.graph import Entry, Node, postorder, without_casts
from regluon.symbol.symbol import Symbol

__all__ = ["VERSION", "debug_str", "save", "tojson"]

VERSION = 10901
"""MXNet's version as a number, which symbol files hold."""

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LONG = 10  # more numbers than this are written a line each


def tojson(self: Symbol, remove_amp_cast: bool = True) -> str:
    """The graph as JSON, as MXNet 1.9.1 writes it

    Parameters
    ----------
    remove_amp_cast
        Whether the casts of automatic mixed precision are left out.
    """
    heads = without_casts(self._heads) if remove_amp_cast else self._heads
    return _graph(heads, 0, [("attrs", _object([("mxnet_version", f'["int", {VERSION}]')], 1))])


def _graph(heads: Sequence[Entry], depth: int, more: Sequence[tuple[str, str]] = ()) -> str:
    """A graph that is written at some depth, with fields of its own at the end."""
    nodes = postorder(heads)
    number = {id(node): i for i, node in enumerate(nodes)}
    rows = [0]
    for node in nodes:
        rows.append(rows[-1] + node.outputs)
    inner = depth + 1
    fields = [
        ("nodes", _array([_node(node, number, inner + 1) for node in nodes], inner, long=True)),
        ("arg_nodes", _array([str(number[id(n)]) for n in nodes if n.op is None], inner)),
        ("node_row_ptr", _array([str(row) for row in rows], inner)),
        ("heads", _array(_entries(heads, number), inner)),
        *more,
    ]
    return _object(fields, depth, long=True)


def save(self: Symbol, fname: str, remove_amp_cast: bool = True) -> None:
    """Writes the graph to a file as JSON; see :meth:`tojson`."""
    if not isinstance(fname, str):
        raise TypeError("fname need to be string")
    text = self.tojson(remove_amp_cast)
    with atomic_write(fname) as file:
        file.write(text.encode())


def _node(node: Node, number: dict[int, int], depth: int) -> str:
    fields = [("op", _text("null" if node.op is None else node.op.name)), ("name", _text(node.name))]
    if node.attrs:
        attrs = [(key, _text(value)) for key, value in sorted(node.attrs.items())]
        fields.append(("attrs", _object(attrs, depth + 1, long=len(attrs) > 1)))
    fields.append(("inputs", _array(_entries(node.inputs, number), depth + 1)))
    if node.subgraphs:
        graphs = [_graph(heads, depth + 2) for heads in node.subgraphs]
        fields.append(("subgraphs", _array(graphs, depth + 1, long=True)))
    return _object(fields, depth, long=True)


def _entries(entries: Sequence[Entry], number: dict[int, int]) -> list[str]:
    return [f"[{number[id(e.node)]}, {e.index}, {e.version}]" for e in entries]


def _text(value: str) -> str:
    return f'"{value.translate(_ESCAPES)}"'


def _array(items: list[str], depth: int, long: bool = False) -> str:
    return "[" + _lines(items, depth, long or len(items) > _LONG) + "]"


def _object(fields: list[tuple[str, str]], depth: int, long: bool = False) -> str:
    return "{" + _lines([f"{_text(key)}: {value}" for key, value in fields], depth, long) + "}"


def _lines(items: list[str], depth: int, long: bool) -> str:
    if not long:
        return ", ".join(items)
    indent = "\n" + "  " * (depth + 1)
    return indent + f", {indent}".join(items) + "\n" + "  " * depth


def debug_str(self: Symbol) -> str:
    """The graph as lines of text: variables, and operators with inputs and attributes."""
    lines = ["Symbol Outputs:"]
    lines += [f"\toutput[{i}]={head.node.name}({head.index})" for i, head in enumerate(self._heads)]
    for node in postorder(self._heads):
        lines += [f"Variable:{node.name}"] if node.op is None else _described(node)
    return "\n".join(lines) + "\n"


def _described(node: Node) -> list[str]:
    def described(entry: Entry) -> str:
        version = f" version={entry.version}" if entry.node.op is None else ""
        return f"{entry.node.name}({entry.index}){version}"

    op: Any = node.op
    lines = ["-" * 20, f"Op:{op.name}, Name={node.name}", "Inputs:"]
    lines += [f"\targ[{i}]={described(entry)}" for i, entry in enumerate(node.inputs)]
    attrs = [f"\t{key}={value}" for key, value in sorted(node.attrs.items())]
    return [*lines, "Attrs:", *attrs] if attrs else lines
