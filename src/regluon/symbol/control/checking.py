"""Whether the graphs of a node out of a file fit what it says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.base import MXNetError
from regluon.ops.registry import Operator
from regluon.symbol.control.cutting import variables_of
from regluon.symbol.control.operators import CONTROL, GRAPHS, locations
from regluon.symbol.graph import Node

__all__ = ["check_graphs"]


def check_graphs(node: Node) -> None:
    """Complains of graphs that a node should not have or lacks, and of places that are not there.

    Raises
    ------
    MXNetError
        That names the node and what is wrong.
    """
    op = node.op
    if op is None or op.name not in CONTROL:
        if node.subgraphs:
            raise MXNetError(f"{op.name if op else 'the variable'} {node.name} can't have graphs of its own")
        return
    count = len(GRAPHS[op.name])
    if len(node.subgraphs) != count:
        raise MXNetError(f"{op.name} {node.name} needs {count} graphs, not {len(node.subgraphs)}")
    try:
        wrong = _wrong(node, op, node.attributes)
    except AssertionError as error:
        wrong = str(error)
    if wrong:
        raise MXNetError(f"{op.name} {node.name}: {wrong}")


def _wrong(node: Node, op: Operator, attributes: dict[str, Any]) -> str | None:
    inputs = len(node.inputs)
    if op.name == "_foreach":
        keys = ("in_data_locs", "in_state_locs", "remain_locs")
        places = [place for key in keys for place in attributes[key]]
        if sorted(places) != list(range(inputs)):
            return f"{', '.join(keys)} are {places}, but there are {inputs} inputs"
        if not attributes["in_data_locs"]:
            return "there is nothing to loop over"
    for graph, places in zip(node.subgraphs, locations(op, attributes), strict=True):
        variables = variables_of(graph)
        if len(places) != len(variables) or not all(0 <= place < inputs for place in places):
            return f"a graph of {len(variables)} variables is to get the inputs {places} of {inputs}"
    return _wrong_outputs([len(graph) for graph in node.subgraphs], op, attributes)


def _wrong_outputs(heads: Sequence[int], op: Operator, attributes: dict[str, Any]) -> str | None:
    total, tests = attributes["num_outputs"], heads[:-1]
    if op.name == "_cond":
        tests, same = heads[:1], heads[1] == heads[2] == total
    else:
        same = heads[-1] == total
        moving = attributes["in_state_locs" if op.name == "_foreach" else "func_var_locs"]
        if not 0 <= attributes["num_out_data"] == total - len(moving):
            return (
                f"of {total} outputs {attributes['num_out_data']} are no states, but there are {len(moving)}"
            )
    if op.name == "_while_loop":
        places = attributes["func_var_locs"]
        if len(set(places)) != len(places) or not all(
            0 <= place < len(attributes["func_input_locs"]) for place in places
        ):
            return f"func_var_locs={places} are no inputs of the body"
        if not places:
            return "there are no loop variables"
    if not same or any(count != 1 for count in tests):
        return f"its graphs have {list(heads)} outputs, and it has {total}"
    return None
