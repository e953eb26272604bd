"""The way back, itself recorded: for derivatives of derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from heapq import heappop
from typing import Any

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.ops.accumulation import whole
from regluon.ops.registry import same, torch_gradient
from regluon.tape.nodes import NO_GRAPH, Entry, Leaf, Node, Port, Traced, live
from regluon.tape.recording import record, torch_leaf
from regluon.tape.way_back import check_head, keep, send

__all__ = ["backward_recorded"]


def backward_recorded(
    heads: Sequence[tuple[Traced, Entry | None]], targets: Sequence[Entry]
) -> list[Traced | None]:
    """Like :func:`backward`, but every step back is itself recorded; keeps the graph."""
    nodes: dict[int, Node] = {}
    arrived: dict[int, Any] = {}
    heap: list[int] = []
    leaves: dict[Leaf, Traced] = {}
    kept: dict[Entry, Traced | None] = dict.fromkeys(targets)
    for g, entry in heads:
        check_head(entry)
        send(entry, g, nodes, arrived, heap, leaves, _add_traced)
    while heap:
        order = heappop(heap)
        node, g = nodes.pop(order), arrived.pop(order)
        keep(node, g, kept)
        if node.gradient is None:
            raise MXNetError(NO_GRAPH)
        single = isinstance(g, Traced)
        gs = [g] if single else _complete_traced(g, node.out)
        for parent, grad in zip(node.parents, _back_recorded(node, gs, single), strict=True):
            if parent is not None:
                send(parent, grad, nodes, arrived, heap, leaves, _add_traced)
    return [leaves.get(t) if isinstance(t, Leaf) else kept[t] for t in targets]


def _complete_traced(gs: list[Traced | None], outs: Sequence[Tensor]) -> list[Traced]:
    return [Traced(torch.zeros_like(o), None) if g is None else g for g, o in zip(gs, outs, strict=True)]


def _add_traced(a: Traced, b: Traced) -> Traced:
    return _record_traced(torch.add, [a, b])[0]


def _back_recorded(node: Node, gs: list[Traced], single: bool) -> Sequence[Traced]:
    """The gradient of a node as a recorded operator of its inputs and the head gradients."""
    fn, gradient, attributes = node.fn, node.gradient, node.attributes
    if gradient is None:
        raise MXNetError(NO_GRAPH)
    if fn is None:
        return gradient.recorded(gs, node)  # type: ignore[attr-defined, no-any-return]
    n, parents = len(node.inputs), node.parents
    if gradient is torch_gradient:
        gradient = partial(torch_gradient, create_graph=True)

    def step(*arguments: Any) -> tuple[Tensor, ...]:
        inputs, heads = arguments[:n], arguments[n:]
        with torch.enable_grad():
            xs = [
                x if not isinstance(x, Tensor) or x.requires_grad or p is None else torch_leaf(x)
                for x, p in zip(inputs, parents, strict=True)
            ]
            out = fn(*xs, **attributes)
            g = heads[0] if single else heads
            grads = [whole(d) for d in gradient(g, parents, out, *xs, **attributes)]
        likes = [heads[0] if x is None else x for x in xs]
        return tuple([torch.zeros_like(x) if d is None else d for x, d in zip(likes, grads, strict=True)])

    sources: Sequence[Entry | None] = [node] if fn is same else parents
    pairs = [Traced(x, p) for x, p in zip(node.inputs, sources, strict=True)]
    return _record_traced(step, [*pairs, *gs])


def _record_traced(fn: Callable[..., Any], arguments: Sequence[Traced]) -> list[Traced]:
    """Calls ``fn`` and records the call, to be differentiated by torch."""
    tensors, entries = [a.tensor for a in arguments], [live(a.entry) for a in arguments]
    if all(e is None for e in entries):
        out = fn(*tensors)
        return [Traced(out, None)] if isinstance(out, Tensor) else [Traced(o.detach(), None) for o in out]
    out, node = record(fn, None, fn, tensors, {}, entries)
    if isinstance(out, Tensor):
        return [Traced(out, node)]
    return [Traced(o, Port(node, i)) for i, o in enumerate(out)]
