"""The way back through a graph, by numbers: each node after all its consumers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from threading import get_ident
from typing import Any

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.ops.accumulation import Sum, whole
from regluon.tape.flags import keepers
from regluon.tape.nodes import NO_GRAPH, Entry, Leaf, Node, Port, Way, write_all
from regluon.tape.recording import ones_like

__all__ = ["backward", "backward_of_ones", "check_head", "keep", "send"]

_add = torch.add  # torch has a module-level __getattr__: looking a name up in it is slow


def backward(
    heads: Sequence[tuple[Tensor, Entry | None]], retain: bool, targets: Sequence[Entry] | None = None
) -> list[Tensor | None]:
    """Sends gradients from ``heads`` (head gradients and the entries where they come in) back to the leaves.

    Without ``targets``, writes the leaves' buffers; with them, returns their gradients and writes nothing.
    """
    leaves: dict[Leaf, Any] = {}
    kept: dict[Entry, Any] = {} if targets is None else dict.fromkeys(targets)
    if retain:
        _go_back_and_keep(heads, leaves, kept)
    else:
        _go_back(heads, retain, leaves, kept)
    if targets is not None:
        return [whole(leaves.get(t)) if isinstance(t, Leaf) else kept[t] for t in targets]
    write_all(leaves)
    return []


def backward_of_ones(x: Tensor, entry: Entry | None) -> None:
    """:func:`backward` from ``x`` with a gradient of ones; the graph is let go of.

    Along compiled graphs that pass the gradient on to one another, it goes without what branches need.
    """
    g: Tensor | None = None
    while type(entry) is Node and isinstance(way := entry.gradient, Way):
        inputs, parents, through = entry.inputs, entry.parents, way.through
        if through is not None:
            g = way.passing(way, g)  # type: ignore[misc]
            _let_go(entry)
            if g is None:
                g = torch.zeros_like(inputs[through])
            entry = parents[through]
        elif _written(entry, way, g):
            return
        else:
            break
    backward([(ones_like(x) if g is None else g, entry)], False)


def _written(node: Node, way: Way, g: Tensor | None) -> bool:
    """Whether the way back through a node has ended in its variables' buffers at once."""
    if way.direct is None or not way.direct(way, node.inputs, g):
        return False
    _let_go(node)
    return True


def _let_go(node: Node) -> None:
    """Lets go of all that was kept for the way back; without a gradient it counts as freed."""
    node.fn = node.gradient = node.out = None
    node.inputs = node.parents = ()


def _go_back_and_keep(heads: Sequence[tuple[Tensor, Entry | None]], *collected: Any) -> None:
    before = get_ident() in keepers
    keepers.add(get_ident())
    try:
        _go_back(heads, True, *collected)
    finally:
        if not before:
            keepers.discard(get_ident())


def _go_back(  # noqa: C901, PLR0912, PLR0915 (one loop, on the path of every node)
    heads: Sequence[tuple[Tensor, Entry | None]],
    retain: bool,
    leaves: dict[Leaf, Any],
    kept: dict[Entry, Any],
) -> None:
    """Collects the gradients of leaves and kept entries."""
    nodes: dict[int, Node] = {}
    arrived: dict[int, Any] = {}
    heap: list[int] = []
    g: Any
    parent: Any
    # The next node of a chain, as long as nothing else waits: it needs no place in the heap.
    following: Node | None = None
    coming: Any = None
    for g, entry in heads:
        check_head(entry)
        if type(entry) is Node and len(heads) == 1:
            following, coming = entry, g
        else:
            send(entry, g, nodes, arrived, heap, leaves)
    while following is not None or heap:
        if following is not None:
            node, g, following = following, coming, None
        else:
            order = heappop(heap)
            node, g = nodes.pop(order), arrived.pop(order)
        if kept:
            keep(node, g, kept)
        gradient = node.gradient
        if gradient is None:
            raise MXNetError(NO_GRAPH)
        if type(g) is list:
            g = _complete(g, node.out)
        parents, inputs = node.parents, node.inputs
        last = node.fn is None and not (heap or leaves or kept or retain)
        if last and isinstance(gradient, Way) and _written(node, gradient, g):
            return
        attributes = node.attributes
        if attributes:
            grads = gradient(g, parents, node.out, *inputs, **attributes)
        elif len(inputs) == 1:
            grads = gradient(g, parents, node.out, inputs[0])
        elif len(inputs) == 2:
            grads = gradient(g, parents, node.out, inputs[0], inputs[1])
        else:
            grads = gradient(g, parents, node.out, *inputs)
        for parent, grad in zip(parents, grads):  # noqa: B905 (on the path of every node)
            if parent is None:
                continue
            if grad is None:
                grad = torch.zeros_like(inputs[parents.index(parent)])
            kind = type(parent)
            if kind is Node:
                order = parent.order
                if parent is following:
                    coming = _add(coming, grad)
                elif following is None and not heap:
                    following, coming = parent, grad
                elif order in nodes:
                    arrived[order] = _add(arrived[order], grad)
                else:
                    nodes[order], arrived[order] = parent, grad
                    heappush(heap, order)
            elif kind is Leaf:
                before = leaves.get(parent)
                if before is None:
                    leaves[parent] = grad
                elif type(before) is Sum:
                    before.take(grad)
                else:
                    leaves[parent] = _sum_of(before, grad)
            else:
                _send_to_port(parent, grad, nodes, arrived, heap, _add)
        if heap and following is not None:
            nodes[following.order], arrived[following.order] = following, coming
            heappush(heap, following.order)
            following = None
        if not retain:
            # As _let_go does. At once, so that the next gradients find warm memory.
            node.fn = node.gradient = node.out = None
            node.inputs = node.parents = ()


def _sum_of(before: Any, grad: Any) -> Any:
    if getattr(before, "is_sparse", False):  # torch wants what is stored by rows second in an addition
        return _add(whole(grad), before)
    found = Sum(before)
    found.take(grad)
    return found


def check_head(entry: Entry | None) -> None:
    """Complains of what has no graph, or none any more."""
    if entry is None or entry.gradient is None:
        raise MXNetError(NO_GRAPH)


def send(
    entry: Any,
    g: Any,
    nodes: dict[int, Node],
    arrived: dict[int, Any],
    heap: list[int],
    leaves: dict[Leaf, Any],
    add: Callable[[Any, Any], Any] = torch.add,
) -> None:
    """Adds ``g`` to what has arrived at ``entry``; several outputs of a node have a list for theirs."""
    if type(entry) is Leaf:
        before = leaves.get(entry)
        leaves[entry] = g if before is None else add(before, g)
        return
    if type(entry) is Port:
        _send_to_port(entry, g, nodes, arrived, heap, add)
        return
    order = entry.order
    before = arrived.get(order)
    if before is None:
        nodes[order] = entry
        heappush(heap, order)
    arrived[order] = g if before is None else add(before, g)


def _send_to_port(
    port: Port,
    g: Any,
    nodes: dict[int, Node],
    arrived: dict[int, Any],
    heap: list[int],
    add: Callable[[Any, Any], Any],
) -> None:
    node, index = port.node, port.index
    order = node.order
    slots = arrived.get(order)
    if slots is None:
        slots = arrived[order] = [None] * len(node.out)
        nodes[order] = node
        heappush(heap, order)
    slots[index] = g if slots[index] is None else add(slots[index], g)


def _complete(gs: list[Tensor | None], outs: Sequence[Tensor]) -> Sequence[Tensor]:
    """Zeros for the outputs that nothing was made of."""
    return [torch.zeros_like(o) if g is None else g for g, o in zip(gs, outs)]  # noqa: B905 (hot)


def keep(node: Node, g: Any, kept: dict[Entry, Any]) -> None:
    """Notes the gradient of a node, or of its outputs, that is asked for."""
    if node in kept:
        kept[node] = g
    for entry in kept:
        if type(entry) is Port and entry.node is node:
            kept[entry] = g[entry.index]
