"""Loops and branches of graphs, computed on arrays by ``nd.contrib``'s."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from regluon import autograd
from regluon.context import SHAPES
from regluon.ndarray import NDArray, zeros
from regluon.ndarray.control_flow import cond, foreach, while_loop
from regluon.ops.shape_mode import ShapeMode
from regluon.symbol.control.operators import locations
from regluon.symbol.graph import Entry, Node, postorder

__all__ = ["Graph", "computed", "stepwise"]

Graph = Callable[..., list[NDArray]]
"""A graph of a node as a function of arrays for its variables, in their order."""

Run = Callable[[Sequence[Entry], dict[tuple[int, int], NDArray]], list[NDArray]]


def stepwise(heads: Sequence[Entry], run: Run) -> Graph:
    """A graph that ``run`` computes operator by operator."""
    variables = [(id(node), 0) for node in postorder(heads) if node.op is None]
    return lambda *arrays: run(heads, dict(zip(variables, arrays, strict=True)))


def computed(node: Node, arrays: list[NDArray], graphs: list[Graph]) -> list[NDArray]:
    """The outputs of a loop or a branch

    Parameters
    ----------
    graphs
        What computes the node's graphs.
    """
    assert node.op is not None
    places = locations(node.op, node.attributes)
    return _COMPUTED[node.op.name](graphs, places, arrays, node.attributes)


def _foreach(
    graphs: list[Graph], places: list[list[int]], arrays: list[NDArray], attributes: dict[str, Any]
) -> list[NDArray]:
    first, states = len(attributes["in_data_locs"]), len(attributes["in_state_locs"])
    count, rest = attributes["num_out_data"], arrays[first + states :]

    def body(data: list[NDArray], states: list[NDArray]) -> tuple[list[NDArray], list[NDArray]]:
        given = [*data, *states, *rest]
        found = graphs[0](*[given[i] for i in places[0]])
        return found[:count], found[count:]

    outputs, last = foreach(body, arrays[:first], arrays[first : first + states])
    return [*outputs, *last]


def _while_loop(
    graphs: list[Graph], places: list[list[int]], arrays: list[NDArray], attributes: dict[str, Any]
) -> list[NDArray]:
    test, step = graphs
    moving = [places[1][place] for place in attributes["func_var_locs"]]
    count, limit = attributes["num_out_data"], attributes["max_iterations"]

    def given(values: Sequence[NDArray], place: list[int]) -> list[NDArray]:
        now = dict(zip(moving, values, strict=True))
        return [now.get(i, arrays[i]) for i in place]

    def func(*values: NDArray) -> tuple[list[NDArray], list[NDArray]]:
        found = step(*given(values, places[1]))
        return found[:count], found[count:]

    start = [arrays[i] for i in moving]
    outputs, last = while_loop(
        lambda *values: test(*given(values, places[0]))[0], func, start, max_iterations=limit
    )
    if count and not outputs:  # no step: zeros, shaped like what there would have been
        outputs = [
            zeros((limit, *o.shape), start[0]._ctx, o.dtype) for o in _outlines(step, places[1], arrays)
        ]
    return [*outputs[:count], *last]


def _outlines(step: Graph, place: list[int], arrays: list[NDArray]) -> list[NDArray]:
    """The outputs of a step without their values."""
    with autograd.pause(), SHAPES, ShapeMode():
        return step(*[NDArray(arrays[i]._data.to("meta"), SHAPES) for i in place])


def _cond(
    graphs: list[Graph], places: list[list[int]], arrays: list[NDArray], attributes: dict[str, Any]
) -> list[NDArray]:
    test, then, other = [
        partial(graph, *[arrays[i] for i in place]) for graph, place in zip(graphs, places, strict=True)
    ]
    return cond(test()[0], then, other)  # type: ignore[no-any-return]


_COMPUTED = {"_foreach": _foreach, "_while_loop": _while_loop, "_cond": _cond}
