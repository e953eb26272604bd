"""What a graph is made of: variables, recorded calls and their outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from sys import getrefcount
from typing import Any, ClassVar, NamedTuple, TypeAlias

import torch
from torch import Tensor

from regluon.ops.accumulation import whole
from regluon.ops.memory import LARGE, hand_over

__all__ = [
    "NO_GRAPH",
    "Entry",
    "Leaf",
    "Node",
    "Port",
    "Traced",
    "Way",
    "live",
    "next_number",
    "node_of",
    "ports_of",
    "write_all",
]

next_number = count(0, -1).__next__
"""Of nodes, in the order of their making: a later one has a lower number, and comes first on the way back."""
_new = object.__new__

NO_GRAPH = (
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
        self.order = next_number()
        self.fn = fn
        self.gradient: Callable[..., Sequence[Tensor | None]] | None = gradient
        self.inputs = inputs
        self.attributes = attributes
        self.out = out
        self.parents = parents


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
    node.order = next_number()
    node.fn = fn
    node.gradient = gradient
    node.inputs = inputs
    node.attributes = attributes
    node.out = out
    node.parents = parents
    return node


class Way:
    """The gradient of a node without ``fn``: the way back through something that is no operator."""

    __slots__ = ()
    direct: ClassVar[staticmethod[[Any, Sequence[Any], Tensor | None], bool] | None] = None
    """If only variables are reached, what writes their buffers by itself, given the way, the node's inputs
    and the gradient, of which None stands for ones; it tells whether it could."""
    through: ClassVar[int | None] = None
    """The only input that a gradient comes to, if that is no parameter."""
    passing: ClassVar[staticmethod[[Any, Tensor | None], Tensor | None] | None] = None
    """What makes that gradient, given the way and the gradient, of which None stands for ones."""

    def __call__(self, g: Any, need: Any, out: Any, *inputs: Any) -> Sequence[Tensor | None]:
        """The gradients of the inputs."""
        raise NotImplementedError

    def recorded(self, gs: Sequence[Traced], node: Node) -> list[Traced]:
        """The same for its node while recording, so that it can be differentiated again."""
        raise NotImplementedError


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


def write_all(leaves: dict[Leaf, Any]) -> None:
    """Puts the gradients of one backward into the variables' buffers."""
    for leaf, g in leaves.items():
        if type(g) is not Tensor:  # all of them before any buffer is written: factors may lie in one
            leaves[leaf] = whole(g)
    for leaf, g in leaves.items():
        leaf.write(g)


def _references(g: Any) -> int:
    return getrefcount(g)


class _Probe(Leaf):
    """Finds out how many references there are to a gradient that nobody else has."""

    alone = 0

    def write(self, g: Tensor) -> None:
        """Counts them, where a leaf does."""
        _Probe.alone = _references(g)


write_all({_Probe(None, "null"): torch.empty(0)})
