"""A graph as steps in their order, on numbered values: what becomes straight-line functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regluon.ops.registry import Operator
from regluon.symbol.graph import Entry, inputs_first, output_of, postorder
from regluon.symbol.symbol import Symbol

__all__ = ["Program", "Step", "lower"]


@dataclass(slots=True, eq=False)
class Step:
    """A call of an operator: numbers of the values that go in and come out."""

    op: Operator
    attributes: dict[str, Any]
    inputs: list[int]
    outputs: list[int]
    """Those that a user sees."""
    name: str


@dataclass(slots=True, eq=False)
class Program:
    """Steps, and which values are inputs and results. Values are numbered from 0, inputs first."""

    inputs: list[str]
    steps: list[Step]
    heads: list[int]
    count: int
    """How many values there are."""

    def new(self) -> int:
        """The number of another value."""
        self.count += 1
        return self.count - 1

    def users(self) -> list[int]:
        """How often each value is used, as a result too."""
        uses = [0] * self.count
        for value in self.heads:
            uses[value] += 1
        for step in self.steps:
            for value in step.inputs:
                uses[value] += 1
        return uses

    def makers(self) -> dict[int, Step]:
        """The step that each value comes out of."""
        return {value: step for step in self.steps for value in step.outputs}

    def without_unused(self) -> None:
        """Drops steps whose outputs nobody uses, and that change nothing."""
        needed, kept = set(self.heads), []
        for step in reversed(self.steps):
            if step.op.writes or step.op.generator or not needed.isdisjoint(step.outputs):
                needed.update(step.inputs)
                kept.append(step)
        self.steps = kept[::-1]


def lower(symbol: Symbol, data: Sequence[str], plain: bool = False) -> Program:
    """The steps of a graph, with the inputs ``data`` first and the other variables in the graph's order.

    Where a node is known to stand for another operator, that is taken, unless ``plain``.

    Raises
    ------
    MXNetError
        If an output is used that the operator keeps for itself.
    """
    moved = _itself if plain else _instead
    heads = [moved(head) for head in symbol._heads]
    variables = [node.name for node in postorder(symbol._heads) if node.op is None]
    names = [*data, *[name for name in variables if name not in data]]
    program = Program(names, [], [], len(names))
    numbers = {name: i for i, name in enumerate(names)}
    values: dict[tuple[int, int], int] = {}
    nodes = inputs_first([h.node for h in heads], lambda node: [moved(e).node for e in node.inputs])
    for node in nodes:
        if node.op is None:
            values[id(node), 0] = numbers[node.name]
            continue
        inputs = [output_of(moved(entry), values) for entry in node.inputs]
        outputs = [program.new() for _ in range(node.shown)]
        values.update({(id(node), i): value for i, value in enumerate(outputs)})
        program.steps.append(Step(node.op, node.attributes, inputs, outputs, node.name))
    program.heads = [output_of(head, values) for head in heads]
    return program


def _itself(entry: Entry) -> Entry:
    return entry


def _instead(entry: Entry) -> Entry:
    while entry.node.instead is not None:
        entry = entry.node.instead[entry.index]
    return entry
