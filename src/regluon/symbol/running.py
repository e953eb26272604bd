"""A graph computed node by node on arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from regluon.base import MXNetError
from regluon.ndarray import NDArray, custom
from regluon.symbol.control.running import Graph, computed, stepwise
from regluon.symbol.graph import Entry, Node, output_of, postorder
from regluon.symbol.stepping import called

__all__ = ["LOSSES", "run"]

LOSSES = frozenset(
    """
    SoftmaxOutput LinearRegressionOutput LogisticRegressionOutput MAERegressionOutput SVMOutput MakeLoss
    make_loss BlockGrad
    """.split()
)
"""Operators whose gradients do not depend on those of their outputs."""

Values = dict[tuple[int, int], NDArray]
Monitor = tuple[Callable[[str, NDArray], Any], bool]


def run(
    heads: Sequence[Entry],
    values: Values,
    monitor: Monitor | None = None,
    made: Mapping[Node, tuple[int, ...]] | None = None,
    graphs_of: Callable[[Node], list[Graph]] | None = None,
) -> list[NDArray]:
    """The arrays of ``heads``, from those of the variables; under autograd if that records.

    ``made`` has the shapes of what nodes make without inputs, where these follow from the others;
    ``graphs_of`` gives what computes the graphs of a loop or a branch, if not this function.
    """
    nodes = postorder(heads)
    tell, of_inputs = monitor or (None, False)
    uses: dict[int, int] = {}
    for entry in [*heads, *[e for node in nodes for e in node.inputs]]:
        uses[id(entry.node)] = uses.get(id(entry.node), 0) + 1
    for node in nodes:
        if node.op is None:
            continue
        arrays = [output_of(entry, values) for entry in node.inputs]
        if tell is not None and of_inputs:
            _tell_inputs(tell, node, arrays)
        result: Any
        if node.interpreted:
            result = _interpreted(node, arrays, graphs_of or _graphs_of)
        else:
            result = called(node.op, node.name, arrays, node.attributes, (made or {}).get(node))
        for i, array in enumerate(result if isinstance(result, list) else [result]):
            values[id(node), i] = array
        if tell is not None:
            for i, name in enumerate(node.output_names):
                tell(name, values[id(node), i])
        for entry in node.inputs:  # an array that nobody needs any more is let go of
            uses[id(entry.node)] -= 1
            if not uses[id(entry.node)] and entry.node.op is not None:
                for i in range(entry.node.shown):
                    values.pop((id(entry.node), i), None)
    return [output_of(head, values) for head in heads]


def _graphs_of(node: Node) -> list[Graph]:
    return [stepwise(heads, run) for heads in node.subgraphs]


def _interpreted(
    node: Node, arrays: list[NDArray], graphs_of: Callable[[Node], list[Graph]]
) -> list[NDArray]:
    try:
        if node.subgraphs:
            return computed(node, arrays, graphs_of(node))
        return custom.called(node.attributes["signature"], arrays)
    except (MXNetError, ValueError, IndexError, AssertionError) as error:
        raise MXNetError(f"Error in operator {node.name}: {error}") from None


def _tell_inputs(callback: Callable[[str, NDArray], Any], node: Node, arrays: list[NDArray]) -> None:
    """Each input by the operator's name for it, and before that a variable by its own."""
    for name, entry, array in zip(node.input_names, node.inputs, arrays, strict=False):
        if entry.node.op is None:
            callback(entry.node.name, array)
        callback(f"{node.name}_{name}", array)
