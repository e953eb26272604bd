"""A body taken out of the graph around it."""

from __future__ import annotations

from collections.abc import Sequence

from regluon.symbol.graph import Entry, Node, postorder
from regluon.symbol.symbol import _output_name

__all__ = ["MARK", "cut", "variables_of"]

MARK = "__subgraph_name__"
"""The attribute that says which body a node has been made in."""


def cut(heads: Sequence[Entry], name: str) -> dict[str, Entry]:
    """Puts variables for what comes from outside of the body ``name``; gives what they stand for, by name."""
    instead: dict[tuple[int, int], Entry] = {}
    found: dict[str, Entry] = {}
    for node in postorder(heads):
        if node.attrs.get(MARK) != name:
            continue
        for place, entry in enumerate(node.inputs):
            if entry.node.attrs.get(MARK) == name:
                continue
            key = id(entry.node), entry.index
            if key not in instead:
                called = _output_name(entry)
                instead[key] = Entry(Node(None, called, {}), 0, 0)
                found.setdefault(called, entry)
            node.inputs[place] = instead[key]
    return found


def variables_of(heads: Sequence[Entry]) -> list[Node]:
    """The variables of a graph in their order.

    Raises
    ------
    AssertionError
        If two have one name.
    """
    variables = [node for node in postorder(heads) if node.op is None]
    names = [node.name for node in variables]
    if len(set(names)) != len(names):
        raise AssertionError(f"The inputs of the subgraph don't have unique names: {names}")
    return variables
