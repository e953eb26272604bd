"""Shapes and types of loops and branches, from those of the graphs that they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from regluon.symbol.control.operators import locations
from regluon.symbol.graph import Entry, Node

__all__ = ["SHAPES_OF", "TYPES_OF", "Kind", "completed"]

Infer = Callable[[Sequence[Entry], list[Any]], tuple[list[Any], list[Any]]]


class Kind(NamedTuple):
    """What is inferred: how what is known of an array and of its elements follow from each other."""

    element: Callable[[Any], Any]
    stacked: Callable[[Any, int], Any]
    """Of the array of so many elements."""
    all_of: Callable[[Any], Any]
    """Of an array of any number of elements, of which nothing is known."""


def _row(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[1:] or (1,) if shape else ()


SHAPES_OF = Kind(_row, lambda shape, count: (count, *shape) if shape else (), lambda shape: ())
TYPES_OF = Kind(lambda dtype: dtype, lambda dtype, count: dtype, lambda dtype: dtype)


def completed(node: Node, known: list[Any], infer: Infer, kind: Kind) -> tuple[list[Any], list[Any]]:
    """What is known of a node's inputs and outputs, from what is known of its inputs

    Parameters
    ----------
    infer
        Gives what is known of a graph's variables and heads, from what is known of its variables.
    kind
        Whether it is shapes or types.
    """
    assert node.op is not None
    places, attributes = locations(node.op, node.attributes), node.attributes
    if node.op.name == "_foreach":
        return _foreach(node.subgraphs[0], places[0], attributes, known, infer, kind)
    inputs = list(known)
    heads = []
    for graph, place in zip(node.subgraphs, places, strict=True):
        variables, found = infer(graph, [inputs[i] for i in place])
        heads.append(found)
        for i, value in zip(place, variables, strict=True):
            inputs[i] = inputs[i] or value
    if node.op.name == "_cond":
        return inputs, [_common(a, b) for a, b in zip(heads[1], heads[2], strict=True)]
    count, limit = attributes["num_out_data"], attributes["max_iterations"]
    return inputs, [*[kind.stacked(v, limit) for v in heads[1][:count]], *heads[1][count:]]


def _common(a: Any, b: Any) -> Any:
    """What both branches agree on."""
    return a or b if not a or not b or a == b else type(a)() if isinstance(a, tuple) else None


def _foreach(
    graph: Sequence[Entry],
    places: list[int],
    attributes: dict[str, Any],
    known: list[Any],
    infer: Infer,
    kind: Kind,
) -> tuple[list[Any], list[Any]]:
    first, outputs = len(attributes["in_data_locs"]), attributes["num_out_data"]
    extent = next((value[0] for value in known[:first] if isinstance(value, tuple) and value), 0)
    given = [kind.element(value) if i < first else value for i, value in enumerate(known)]
    variables, heads = infer(graph, [given[i] for i in places])
    inputs = list(known)
    for i, value in zip(places, variables, strict=True):
        inputs[i] = (inputs[i] or kind.all_of(value)) if i < first else value or inputs[i]
    for i, value in enumerate(heads[outputs:], first):  # the states go on as they are
        inputs[i] = inputs[i] or value
    return inputs, [*[kind.stacked(value, extent) for value in heads[:outputs]], *heads[outputs:]]
