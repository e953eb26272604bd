"""A graph in float32 as one in mixed precision.

What is known of a value on the way is whether it is of the lower type, of float32, or neither for sure: a
variable, or what operators make of one that compute in whatever type they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

import torch

from regluon.base import FLAG_OF_DTYPE, dtype_name
from regluon.ops.registry import OPERATORS
from regluon.symbol import Symbol
from regluon.symbol.graph import Entry, Node, copy_graph, postorder

__all__ = ["Choice", "converted"]

_LOWER, _FLOAT, _EITHER = "lower", "float32", "either"
_CASTS = ("Cast", "amp_cast")


class Choice(NamedTuple):
    """Which operators compute in which type, by their names in symbol files.

    Parameters
    ----------
    target
        The lower type.
    lower, float32, widest
        Operators that compute in it, in float32, in the widest type of their inputs.
    conditional
        Operators in float32, where an attribute has one of some values: {operator: (attribute, values)}.
    excluded
        Names of nodes that compute in float32.
    """

    target: torch.dtype
    lower: Collection[str]
    float32: Collection[str]
    widest: Collection[str]
    conditional: Mapping[str, tuple[str, Collection[str]]]
    excluded: Collection[str]


def converted(symbol: Symbol, choice: Choice, parameters: Collection[str], cast_parameters: bool) -> Symbol:
    """A copy of the graph with casts, whose results are of float32.

    Parameters
    ----------
    parameters
        The names of variables whose types are written into the graph.
    cast_parameters
        Whether those become of the lower type that are used in it alone.
    """
    heads = copy_graph(symbol._heads)
    work = _Conversion(choice, postorder(heads))
    for node in work.nodes:
        work.take(node)
    heads = [work.result(head) for head in heads]
    for node in work.nodes:
        if node.op is None and node.name in parameters:
            work.declare(node, cast_parameters)
    return Symbol(heads)


class _Conversion:
    """The nodes of the new graph, what is known of their outputs, and the casts made so far."""

    def __init__(self, choice: Choice, nodes: list[Node]) -> None:
        self.choice, self.nodes = choice, nodes
        self.known: dict[tuple[int, int], str] = {}
        self.casts: dict[tuple[int, int, str], Node] = {}
        self.plain: set[int] = set()
        """Nodes that something uses without a cast."""

    def take(self, node: Node) -> None:
        """Puts casts before a node's inputs where they are needed."""
        if node.op is None:
            self._learn(node, _EITHER)
            return
        way = self._way(node)
        if way == _LOWER:
            node.inputs, made = self._all(node, self._lower), _LOWER
        elif way == _FLOAT:
            node.inputs, made = self._all(node, self._float), _FLOAT
        elif way == "widest":
            node.inputs, made = self._widest(node)
        else:
            node.inputs, made = self._all(node, self._same), self._passed(node)
        self._learn(node, made)

    def _way(self, node: Node) -> str:
        assert node.op is not None
        choice, name = self.choice, node.op.name
        if node.name in choice.excluded:
            return _FLOAT
        if name in choice.lower:
            return _LOWER
        if name in choice.float32:
            return _FLOAT
        attribute, values = choice.conditional.get(name, ("", ()))
        if node.attrs.get(attribute) in values:
            return _FLOAT
        return "widest" if name in choice.widest else "given"

    def _learn(self, node: Node, what: str) -> None:
        for i in range(node.outputs):
            self.known[id(node), i] = what

    def _all(self, node: Node, cast: Callable[[Entry], Entry]) -> list[Entry]:
        states = node.updated
        return [self._same(e) if i in states else cast(e) for i, e in enumerate(node.inputs)]

    def _same(self, entry: Entry) -> Entry:
        self.plain.add(id(entry.node))
        return entry

    def _of(self, entry: Entry) -> str:
        return self.known[id(entry.node), entry.index]

    def _lower(self, entry: Entry) -> Entry:
        return self._same(entry) if self._of(entry) == _LOWER else self._cast(entry, self.choice.target)

    def _float(self, entry: Entry) -> Entry:
        """In float32, which a variable is taken for."""
        known = self._of(entry)
        if known == _FLOAT or (known == _EITHER and entry.node.op is None):
            return self._same(entry)
        return self._cast(entry, torch.float32)

    def _cast_to_float(self, entry: Entry) -> Entry:
        """In float32, a variable as well."""
        return self._same(entry) if self._of(entry) == _FLOAT else self._cast(entry, torch.float32)

    def _cast(self, entry: Entry, dtype: torch.dtype) -> Entry:
        name = dtype_name(dtype)
        key = (id(entry.node), entry.index, name)
        if key not in self.casts:
            called = f"{entry.node.output_names[entry.index]}_amp_cast_{name}"
            self.casts[key] = Node(OPERATORS["amp_cast"], called, {"dtype": name}, [entry])
        return Entry(self.casts[key], 0, 0)

    def _is(self, entry: Entry, what: str) -> bool:
        """Whether a value is there in a type, as it is or cast."""
        name = "float32" if what == _FLOAT else dtype_name(self.choice.target)
        return self._of(entry) == what or (id(entry.node), entry.index, name) in self.casts

    def _widest(self, node: Node) -> tuple[list[Entry], str]:
        inputs = node.inputs
        floats = [self._is(entry, _FLOAT) for entry in inputs]
        lowers = [self._is(entry, _LOWER) for entry in inputs]
        if all(floats) or (any(floats) and any(lowers)):
            return [self._cast_to_float(entry) for entry in inputs], _FLOAT
        if all(lowers):
            return [self._lower(entry) for entry in inputs], _LOWER
        count = len(inputs)
        called = f"{inputs[0].node.output_names[inputs[0].index]}_amp_multicast"
        cast = Node(OPERATORS["amp_multicast"], called, {"num_outputs": str(count)}, inputs)
        return [Entry(cast, i, 0) for i in range(count)], _EITHER

    def _passed(self, node: Node) -> str:
        """What an operator gives that computes in the type of its first input."""
        assert node.op is not None
        first = self._of(node.inputs[0]) if node.inputs else _EITHER
        if node.op.name in _CASTS and first != _EITHER:
            dtype = node.attributes["dtype"]
            kinds = {self.choice.target: _LOWER, torch.float32: _FLOAT}
            return kinds.get(dtype, _EITHER)
        return first

    def result(self, head: Entry) -> Entry:
        """An output of the graph, in float32."""
        return self._float(head)

    def declare(self, node: Node, cast: bool) -> None:
        """Writes the type of a parameter into the graph; in the lower one it needs no cast."""
        made = self.casts.get((id(node), 0, dtype_name(self.choice.target)))
        lower = cast and id(node) not in self.plain
        node.attrs["__dtype__"] = str(FLAG_OF_DTYPE[self.choice.target if lower else torch.float32])
        if lower and made is not None:
            for other in (*self.nodes, *self.casts.values()):
                other.inputs = [Entry(node, 0, e.version) if e.node is made else e for e in other.inputs]
