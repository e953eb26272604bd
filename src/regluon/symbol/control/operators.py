"""The records of operators whose nodes hold graphs: what symbol files say of them."""

from __future__ import annotations

from typing import Any, NoReturn

from torch import Tensor

from regluon.base import MXNetError
from regluon.ops.registry import Operator, Shape, _describe

__all__ = ["CONTROL", "GRAPHS", "locations"]


def _only_in_graphs(name: str) -> NoReturn:
    raise MXNetError(f"{name} is computed by the graph that it is in, not by itself")


def foreach(
    *data: Tensor,
    num_args: int,
    num_outputs: int,
    num_out_data: int,
    in_state_locs: Shape,
    in_data_locs: Shape,
    remain_locs: Shape,
) -> tuple[Tensor, ...]:
    """The graph once for each element along the first axis, with states that go on from one to the next"""
    _only_in_graphs("_foreach")


def while_loop(
    *data: Tensor,
    num_args: int,
    num_outputs: int,
    num_out_data: int,
    max_iterations: int,
    cond_input_locs: Shape,
    func_input_locs: Shape,
    func_var_locs: Shape,
) -> tuple[Tensor, ...]:
    """The second graph as long as the first gives something else than zero"""
    _only_in_graphs("_while_loop")


def cond(
    *data: Tensor,
    num_args: int,
    num_outputs: int,
    cond_input_locs: Shape,
    then_input_locs: Shape,
    else_input_locs: Shape,
) -> tuple[Tensor, ...]:
    """The second graph if the first gives something else than zero, else the third"""
    _only_in_graphs("_cond")


def _outputs(attributes: dict[str, Any]) -> int:
    return int(attributes["num_outputs"])


CONTROL: dict[str, Operator] = {
    name: _describe(fn, name, (), False, False, _outputs, {})
    for name, fn in (("_foreach", foreach), ("_while_loop", while_loop), ("_cond", cond))
}
"""By the names that symbol files have."""

GRAPHS = {
    "_foreach": ("fn",),
    "_while_loop": ("cond", "func"),
    "_cond": ("cond", "then_branch", "else_branch"),
}
"""What the graphs of a node are, in their order."""

# By operator: for each graph the attributes that say which of the node's inputs go into it.
_PLACES = {
    "_while_loop": ("cond_input_locs", "func_input_locs"),
    "_cond": ("cond_input_locs", "then_input_locs", "else_input_locs"),
}


def locations(op: Operator, attributes: dict[str, Any]) -> list[list[int]]:
    """For each graph, which of the node's inputs its variables are, in their order."""
    if op.name != "_foreach":
        return [list(attributes[key]) for key in _PLACES[op.name]]
    order = [*attributes["in_data_locs"], *attributes["in_state_locs"], *attributes["remain_locs"]]
    found = [0] * len(order)
    for place, position in enumerate(order):
        found[position] = place
    return [found]
