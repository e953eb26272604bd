"""A compiled call once more, operator by operator on the tape: for derivatives of its gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from regluon.context import Context
from regluon.symbol.lines import given_to
from regluon.symbol.program import Program, Step
from regluon.tape import Entry, Node, Port, Traced, backward_recorded, live, record

__all__ = ["recorded_gradients"]


def recorded_gradients(
    program: Program,
    ctx: Context,
    training: bool,
    inputs: Sequence[Tensor],
    parents: Sequence[Entry | None],
    drawn: Mapping[int, Any],
    gs: Sequence[Traced],
) -> list[Traced]:
    """The gradients of the inputs as recorded results, given those of the heads.

    Parameters
    ----------
    drawn
        By the number of a step that draws random numbers: what came out of it.
    """
    # The inputs once more, so that the way back ends there, and what is recorded goes on behind them.
    starts = [None if p is None else _same(x, p) for x, p in zip(inputs, parents, strict=True)]
    values = {i: Traced(x, start) for i, (x, start) in enumerate(zip(inputs, starts, strict=True))}
    for k, step in enumerate(program.steps):
        values.update(zip(step.outputs, _called(step, k, values, ctx, training, drawn), strict=False))
    heads = [
        (g, entry) for g, v in zip(gs, program.heads, strict=True) if (entry := values[v].entry) is not None
    ]
    targets = [start for start in starts if start is not None]
    found = iter(backward_recorded(heads, targets))
    grads = [None if start is None else next(found) for start in starts]
    return [
        Traced(x.new_zeros(x.shape), None) if g is None else g for g, x in zip(grads, inputs, strict=True)
    ]


def _same(x: Tensor, parent: Entry) -> Node:
    return Node(lambda x: x.view_as(x), lambda g, need, out, x: (g,), (x,), {}, x, (parent,))


def _called(
    step: Step,
    k: int,
    values: Mapping[int, Traced],
    ctx: Context,
    training: bool,
    drawn: Mapping[int, Any],
) -> list[Traced]:
    op, given = step.op, given_to(step, ctx, training)
    traced = [values[i] for i in step.inputs]
    tensors, parents = [t.tensor for t in traced], [live(t.entry) for t in traced]
    result: Any
    node: Node | None = None
    recorded = any(p is not None for p in parents)
    if k in drawn and not (recorded and op.by_torch):
        result = again = drawn[k]
        if recorded:
            node = Node(lambda *a, **b: again, op.gradient, tensors, given, result, parents)
    elif recorded:
        own = None if op.by_torch else op.gradient
        result, node = record(op.fn, own, op.compute, tensors, given, parents)
    else:
        result = op.compute(*tensors, **given)
    if isinstance(result, Tensor):
        return [Traced(result, node)]
    if len(step.outputs) == 1 and op.visible is not None:
        return [Traced(result[0], node)]
    return [Traced(r, None if node is None else Port(node, i)) for i, r in enumerate(result)]
