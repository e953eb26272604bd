"""The tape: what was recorded, and the way back through it. On torch tensors; knows no NDArray.

A recorded call is a :class:`Node`. Nodes are numbered in the order of their making, so going through
those that a gradient has reached from the highest number down meets each one after all its consumers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from heapq import heappop, heappush
from itertools import count
from sys import getrefcount
from threading import get_ident
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.ops.accumulation import Sum, whole
from regluon.ops.memory import LARGE, hand_over
from regluon.ops.registry import same, torch_gradient

__all__ = ["Entry", "Leaf", "Node", "Port", "Traced", "backward", "backward_recorded", "record", "state"]


recorders: set[int] = set()
"""The threads that record. ``get_ident() in recorders`` takes a quarter of a thread-local flag's time."""


keepers: set[int] = set()
"""The threads that go back through a graph that is to be kept."""


class _Thread(threading.local):
    """Per thread: whether calls run for training; and what takes it off the recorders when it ends."""

    training: bool = False

    def __init__(self) -> None:
        self.end = _End(get_ident())


class _End:
    def __init__(self, thread: int) -> None:
        self._thread = thread

    def __del__(self, forget: Callable[[int], None] = recorders.discard) -> None:
        forget(self._thread)


class _State:
    """Per thread: whether calls are recorded, and whether they run for training."""

    def __init__(self) -> None:
        self._here = _Thread()

    @property
    def recording(self) -> bool:
        """Whether calls are recorded."""
        return get_ident() in recorders

    @recording.setter
    def recording(self, on: bool) -> None:
        if on:
            self._here.training  # noqa: B018 (makes the thread's own part, which outlives the flag)
            recorders.add(get_ident())
        else:
            recorders.discard(get_ident())

    @property
    def training(self) -> bool:
        """Whether calls run for training."""
        return self._here.training

    @training.setter
    def training(self, on: bool) -> None:
        self._here.training = on


state = _State()
_numbers = count(0, -1)

_NO_GRAPH = (
    "cannot differentiate: this array is not the result of recorded operations, or its graph was freed by an "
    "earlier backward. Compute it within autograd.record() from arrays that have a gradient (attach_grad); "
    "to go through one graph twice, pass retain_graph=True to the first backward"
)


class Leaf:
    """A variable: where a gradient ends. ``grad`` is its buffer (anything with a tensor ``_data``)."""

    __slots__ = ("fresh", "grad", "req")
    gradient = True
    """Like a node that is not freed."""
    collects = True
    """Gradients may arrive here as their factors."""

    def __init__(self, grad: Any, req: str) -> None:
        self.grad, self.req = grad, req
        self.fresh = False

    def write(self, g: Tensor) -> None:
        """Puts the gradient of one backward into the buffer, as ``req`` says."""
        self.fresh = True
        try:
            buffer = self.grad._data
        except AttributeError:  # one that is not dense takes what arrives in its own way
            if self.req != "null":
                self.grad._receive(g, self.req == "add")
            return
        if self.req == "write":
            if g.numel() < LARGE or _references(g) > _Probe.alone or not hand_over(buffer, g):
                buffer.copy_(g)
        elif self.req == "add":
            buffer.add_(g)


class Node:
    """A recorded call: how to go back through it, and where its inputs came from."""

    __slots__ = ("attributes", "fn", "gradient", "inputs", "order", "out", "parents")

    def __init__(
        self,
        fn: Callable[..., Any] | None,
        gradient: Callable[..., Sequence[Tensor | None]],
        inputs: Sequence[Any],
        attributes: dict[str, Any],
        out: Any,
        parents: Sequence[Entry | None],
    ) -> None:
        self.order = next(_numbers)
        self.fn = fn
        self.gradient: Callable[..., Sequence[Tensor | None]] | None = gradient
        self.inputs = inputs
        self.attributes = attributes
        self.out = out
        self.parents = parents


_new = object.__new__
_add = torch.add  # torch has a module-level __getattr__: looking a name up in it is slow


def node_of(
    fn: Callable[..., Any] | None,
    gradient: Callable[..., Sequence[Tensor | None]],
    inputs: Sequence[Any],
    attributes: dict[str, Any],
    out: Any,
    parents: Sequence[Entry | None],
) -> Node:
    """A :class:`Node`, at half the cost of calling the class."""
    node = _new(Node)
    node.order = next(_numbers)
    node.fn = fn
    node.gradient = gradient
    node.inputs = inputs
    node.attributes = attributes
    node.out = out
    node.parents = parents
    return node


class Port:
    """One of several outputs of a node."""

    __slots__ = ("index", "node")

    def __init__(self, node: Node, index: int) -> None:
        self.node, self.index = node, index

    @property
    def gradient(self) -> Any:
        """The node's: None if it was freed."""
        return self.node.gradient


def ports_of(node: Node, count: int) -> list[Port]:
    """One for each output, at half the cost of calling the class."""
    ports = []
    for index in range(count):
        port = _new(Port)
        port.node, port.index = node, index
        ports.append(port)
    return ports


Entry: TypeAlias = Node | Port | Leaf


class Traced(NamedTuple):
    """A tensor and the entry it came from, if it was recorded."""

    tensor: Tensor
    entry: Entry | None


def live(entry: Entry | None) -> Entry | None:
    """The entry, or None if its graph was freed: what it belonged to is a constant now."""
    return None if entry is None or entry.gradient is None else entry


def record(
    fn: Callable[..., Any],
    gradient: Callable[..., Sequence[Tensor | None]] | None,
    compute: Callable[..., Any],
    inputs: Sequence[Any],
    attributes: dict[str, Any],
    parents: Sequence[Entry | None],
    drawn: bool = False,
) -> tuple[Any, Node]:
    """Computes and makes the node. Without a gradient, torch differentiates ``fn`` alone.

    An operator that has ``drawn`` random numbers is not computed again for a second derivative: it would
    draw others.
    """
    if gradient is not None:
        out = compute(*inputs, **attributes)
        again = (lambda *inputs, **attributes: out) if drawn else fn
        return out, Node(again, gradient, inputs, attributes, out, parents)
    with torch.enable_grad():
        leaves = [_torch_leaf(x) if p is not None else x for x, p in zip(inputs, parents, strict=True)]
        graph = fn(*leaves, **attributes)
        node = Node(fn, torch_gradient, leaves, attributes, graph, parents)
    if isinstance(graph, Tensor):
        return _own(graph), node
    return tuple([_own(o) for o in graph]), node


def _own(graph: Tensor) -> Tensor:
    plain = graph.detach()
    return plain.clone(memory_format=torch.contiguous_format) if graph._is_view() or graph.is_leaf else plain


def _torch_leaf(x: Tensor) -> Tensor:
    return x.detach().requires_grad_() if x.is_floating_point() else x


_ONES_LIMIT = 1024
_ones: dict[tuple[torch.Size, torch.dtype, torch.device], Tensor] = {}


def ones_like(x: Tensor) -> Tensor:
    """Ones of ``x``'s shape, only to be read: those of small shapes are kept."""
    key = (x.shape, x.dtype, x.device)
    found = _ones.get(key)
    if found is None:
        found = torch.ones_like(x)
        if x.numel() <= _ONES_LIMIT and len(_ones) < _ONES_LIMIT:
            _ones[key] = found
    return found


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
    _write(leaves)
    return []


def _go_back_and_keep(heads: Sequence[tuple[Tensor, Entry | None]], *collected: Any) -> None:
    before = get_ident() in keepers
    keepers.add(get_ident())
    try:
        _go_back(heads, True, *collected)
    finally:
        if not before:
            keepers.discard(get_ident())


def _write(leaves: dict[Leaf, Any]) -> None:
    for leaf, g in leaves.items():
        leaf.write(whole(g))


def _references(g: Any) -> int:
    return getrefcount(g)


class _Probe(Leaf):
    """Finds out how many references there are to a gradient that nobody else has."""

    alone = 0

    def write(self, g: Tensor) -> None:
        """Counts them, where a leaf does."""
        _Probe.alone = _references(g)


_write({_Probe(None, "null"): torch.empty(0)})


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
    for g, entry in heads:
        _check_head(entry)
        _send(entry, g, nodes, arrived, heap, leaves)
    while heap:
        order = heappop(heap)
        node, g = nodes.pop(order), arrived.pop(order)
        if kept:
            _keep(node, g, kept)
        gradient = node.gradient
        if gradient is None:
            raise MXNetError(_NO_GRAPH)
        if type(g) is list:
            g = _complete(g, node.out)
        parents, inputs = node.parents, node.inputs
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
                if order in nodes:
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
        if not retain:
            # Lets go of all that was kept for the way back; without a gradient it counts as freed. At once,
            # so that the next gradients find warm memory.
            node.fn = node.gradient = node.out = None
            node.inputs = node.parents = ()


def _sum_of(before: Any, grad: Any) -> Any:
    if getattr(before, "is_sparse", False):  # torch wants what is stored by rows second in an addition
        return _add(whole(grad), before)
    found = Sum(before)
    found.take(grad)
    return found


def _check_head(entry: Entry | None) -> None:
    if entry is None or entry.gradient is None:
        raise MXNetError(_NO_GRAPH)


def _send(
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


def _keep(node: Node, g: Any, kept: dict[Entry, Any]) -> None:
    if node in kept:
        kept[node] = g
    for entry in kept:
        if type(entry) is Port and entry.node is node:
            kept[entry] = g[entry.index]


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
        _check_head(entry)
        _send(entry, g, nodes, arrived, heap, leaves, _add_traced)
    while heap:
        order = heappop(heap)
        node, g = nodes.pop(order), arrived.pop(order)
        _keep(node, g, kept)
        if node.gradient is None:
            raise MXNetError(_NO_GRAPH)
        single = isinstance(g, Traced)
        gs = [g] if single else _complete_traced(g, node.out)
        for parent, grad in zip(node.parents, _back_recorded(node, gs, single), strict=True):
            if parent is not None:
                _send(parent, grad, nodes, arrived, heap, leaves, _add_traced)
    return [leaves.get(t) if isinstance(t, Leaf) else kept[t] for t in targets]


def _complete_traced(gs: list[Traced | None], outs: Sequence[Tensor]) -> list[Traced]:
    return [Traced(torch.zeros_like(o), None) if g is None else g for g, o in zip(gs, outs, strict=True)]


def _add_traced(a: Traced, b: Traced) -> Traced:
    return _record_traced(torch.add, [a, b])[0]


def _back_recorded(node: Node, gs: list[Traced], single: bool) -> Sequence[Traced]:
    """The gradient of a node as a recorded operator of its inputs and the head gradients."""
    fn, gradient, attributes = node.fn, node.gradient, node.attributes
    if gradient is None:
        raise MXNetError(_NO_GRAPH)
    if fn is None:
        return gradient.recorded(gs)  # type: ignore[attr-defined, no-any-return]
    n, parents = len(node.inputs), node.parents
    if gradient is torch_gradient:
        gradient = partial(torch_gradient, create_graph=True)

    def step(*arguments: Any) -> tuple[Tensor, ...]:
        inputs, heads = arguments[:n], arguments[n:]
        with torch.enable_grad():
            xs = [
                x if not isinstance(x, Tensor) or x.requires_grad or p is None else _torch_leaf(x)
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
