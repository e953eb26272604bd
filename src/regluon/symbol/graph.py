"""The graph behind symbols: nodes, and which output of a node is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from regluon.base import MXNetError
from regluon.ops.registry import Operator
from regluon.symbol import schema
from regluon.symbol.custom import CUSTOM

__all__ = [
    "Entry",
    "Node",
    "copy_graph",
    "inputs_first",
    "is_open",
    "output_of",
    "postorder",
    "without_casts",
]

Item = TypeVar("Item")


class Node:
    """A variable, or an operator with its inputs; ``attrs`` are texts, as symbol files hold them."""

    __slots__ = ("_attributes", "attrs", "inputs", "instead", "name", "op", "subgraphs", "version")

    def __init__(
        self, op: Operator | None, name: str, attrs: dict[str, str], inputs: Sequence[Entry] = ()
    ) -> None:
        self.op, self.name, self.attrs = op, name, attrs
        self.inputs = list(inputs)
        self.subgraphs: tuple[tuple[Entry, ...], ...] = ()
        """Of loops and branches: the heads of the graphs that they compute, which nobody changes."""
        self.version = 0
        """Of a variable: how many operators update it, those that are made already."""
        self._attributes: dict[str, Any] | None = None
        self.instead: Sequence[Entry] | None = None
        """What gives the same outputs by fewer operators, some of which MXNet does not have."""

    @property
    def attributes(self) -> dict[str, Any]:
        """All attributes of the operator, in their declared types."""
        if self._attributes is None:
            assert self.op is not None
            self._attributes = schema.read(self.op, self.attrs)
        return self._attributes

    @property
    def outputs(self) -> int:
        """How many outputs it has, hidden ones included."""
        return 1 if self.op is None else schema.total(self.op, self.attributes)

    @property
    def shown(self) -> int:
        """How many outputs a user sees."""
        return 1 if self.op is None else schema.shown(self.op, self.attributes)

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs that a user sees."""
        if self.op is None:
            return [self.name]
        return [f"{self.name}_{short}" for short in schema.output_names(self.op, self.attributes)]

    @property
    def input_names(self) -> Sequence[str]:
        """What the operator calls its inputs."""
        assert self.op is not None
        return schema.input_names(self.op, self.attributes, len(self.inputs))

    @property
    def updated(self) -> frozenset[int]:
        """The positions of inputs that are auxiliary states, of those that are there."""
        if self.op is None:
            return frozenset()
        count = len(self.inputs)
        found = schema.auxiliary(self.op, count, self.attributes if self.op is CUSTOM else None)
        return found if not found or max(found) < count else frozenset(i for i in found if i < count)

    @property
    def interpreted(self) -> bool:
        """Whether arrays are needed to compute it: a loop, a branch, an operator written in Python."""
        return bool(self.subgraphs) or self.op is CUSTOM

    def changed(self) -> None:
        """Has the attributes read again."""
        self._attributes = None


class Entry(NamedTuple):
    """An output of a node. ``version`` counts, for a variable, the updates it has gone through before."""

    node: Node
    index: int  # type: ignore[assignment]
    version: int


def inputs_first(starts: Iterable[Item], inputs: Callable[[Item], Iterable[Item]]) -> list[Item]:
    """All that ``starts`` need, each after its inputs, and these in their order."""
    found: list[Item] = []
    seen: set[Item] = set()
    for start in starts:
        pending = [(start, iter(inputs(start)))] if start not in seen else []
        seen.add(start)
        while pending:
            item, rest = pending[-1]
            for below in rest:
                if below not in seen:
                    seen.add(below)
                    pending.append((below, iter(inputs(below))))
                    break
            else:
                found.append(item)
                pending.pop()
    return found


def postorder(heads: Iterable[Entry]) -> list[Node]:
    """All nodes below ``heads``, each after its inputs: the order of symbol files."""
    return inputs_first([head.node for head in heads], lambda node: [entry.node for entry in node.inputs])


def is_open(made: Any) -> bool:
    """Whether a node, or a step, makes something without inputs whose shape follows, 0 for now."""
    return made.op is not None and not made.inputs and 0 in (made.attributes.get("shape") or ())


def output_of(entry: Entry, values: Mapping[tuple[int, int], Item]) -> Item:
    """What there is for an output.

    Raises
    ------
    MXNetError
        If there is nothing, since the operator keeps that output for itself.
    """
    try:
        return values[id(entry.node), entry.index]
    except KeyError:
        raise MXNetError(
            f"the output {entry.index} of {entry.node.name} is hidden, and not computed here"
        ) from None


def copy_graph(
    heads: Sequence[Entry], replaced: Callable[[Node], Entry | None] = lambda node: None
) -> list[Entry]:
    """The heads of a copy of the graph, in which what ``replaced`` returns stands for a node's output."""
    copies: dict[int, Node] = {}
    instead: dict[int, Entry] = {}

    def moved(entry: Entry) -> Entry:
        key = id(entry.node)
        return instead[key] if key in instead else Entry(copies[key], entry.index, entry.version)

    for node in postorder(heads):
        other = replaced(node)
        if other is not None:
            instead[id(node)] = other
            continue
        copy = Node(node.op, node.name, dict(node.attrs), [moved(e) for e in node.inputs])
        copy.version, copy.subgraphs = node.version, node.subgraphs
        copy._attributes = node._attributes
        copies[id(node)] = copy
    return [moved(head) for head in heads]


def without_casts(heads: Sequence[Entry]) -> list[Entry]:
    """The heads of a copy of the graph without the casts of automatic mixed precision."""
    copies: dict[int, Node] = {}

    def moved(entry: Entry) -> Entry:
        casts = ("amp_cast", "amp_multicast")
        while entry.node.op and entry.node.op.name in casts and entry.index < len(entry.node.inputs):
            entry = entry.node.inputs[entry.index]
        return Entry(copies[id(entry.node)], entry.index, entry.version)

    for node in postorder(heads):
        copy = Node(node.op, node.name, node.attrs, ())
        copies[id(node)] = copy
        if node.op is None or node.op.name not in ("amp_cast", "amp_multicast"):
            copy.inputs = [moved(e) for e in node.inputs]
            copy.subgraphs = node.subgraphs  # which keep theirs
            copy._attributes = node._attributes
    return [moved(head) for head in heads]
