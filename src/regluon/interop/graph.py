"""A hybrid block's graph as a function of tensors alone, which torch can trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context
from regluon.gluon import HybridBlock
from regluon.interop.nested import put_together, take_apart
from regluon.interop.plain import plain_form
from regluon.ndarray.dispatch import supply
from regluon.symbol import Group, Symbol, var
from regluon.symbol.graph import is_open, postorder
from regluon.symbol.program import Program, Step, lower
from regluon.symbol.running import LOSSES

__all__ = ["TensorGraph", "symbol_of"]


def symbol_of(block: Any, structure: Any, count: int) -> tuple[list[str], Symbol, Any, list[int]]:
    """A hybrid block called with symbols: their names, all results, and how these are grouped

    A single input is called "data", several ones "data0", "data1", ...

    Raises
    ------
    MXNetError
        If it is no hybrid block.
    """
    if not isinstance(block, HybridBlock):
        raise MXNetError(f"{block.name} has to be a HybridBlock to be exported, not {type(block).__name__}")
    names = ["data"] if count == 1 else [f"data{i}" for i in range(count)]
    symbols: list[Any] = []
    outcome = block(*put_together(structure, [var(name) for name in names]))
    form = take_apart(outcome, Symbol, symbols)
    return names, Group(symbols), form, [len(s) for s in symbols]


class TensorGraph:
    """What a hybrid block computes of arguments of one structure, by the operators' functions on tensors

    Raises
    ------
    MXNetError
        If the block is no hybrid block, or its graph has loops, branches or operators written in Python.
    """

    def __init__(self, block: Any, structure: Any, count: int) -> None:
        names, symbol, self._form, self._lengths = symbol_of(block, structure, count)
        interpreted = [node.name for node in postorder(symbol._heads) if node.interpreted]
        if interpreted:
            raise MXNetError(f"{block.name}: {', '.join(interpreted)} can't be traced by torch")
        self._program: Program = lower(symbol, names, plain=True)
        self._makers = self._program.makers()
        self.parameters = self._program.inputs[count:]
        """The names of the parameters, in the order in which they are given."""

    def __call__(
        self, tensors: Sequence[Tensor], parameters: Sequence[Tensor], ctx: Context, training: bool
    ) -> Any:
        """The results, in the structure that the block gives them."""
        program = self._program
        values: dict[int, Any] = dict(enumerate([*tensors, *parameters]))
        for step in program.steps:
            if is_open(step):
                continue  # its user makes it
            inputs = [self._value(number, step, values) for number in step.inputs]
            values.update(zip(step.outputs, _run(step, inputs, ctx, training), strict=False))
        results = iter([values[head] for head in program.heads])
        grouped = [next(results) if n == 1 else [next(results) for _ in range(n)] for n in self._lengths]
        return put_together(self._form, grouped)

    def _value(self, number: int, step: Step, values: dict[int, Any]) -> Any:
        """A value; or zeros for the first states of a recurrent layer, as many as there are samples."""
        if number in values:
            return values[number]
        maker = self._makers[number]
        if step.op.name != "RNN":
            raise MXNetError(
                f"{maker.name} has the shape {maker.attributes['shape']}, which can't be completed for torch"
            )
        data: Tensor = values[step.inputs[0]]
        cells, _, width = maker.attributes["shape"]
        return data.new_zeros((cells, data.shape[1], width))


def _run(step: Step, inputs: list[Any], ctx: Context, training: bool) -> Sequence[Tensor]:
    """The results of an operator; its new states are written into the old ones."""
    op = step.op
    if training and op.name in LOSSES - {"BlockGrad"} and torch.is_grad_enabled():
        raise MXNetError(f"{step.name}: {op.name} has a gradient that torch can't trace; use a loss of torch")
    given = supply(op, step.attributes, ctx)
    if op.mode is not None:
        given[op.mode] = training
    form = plain_form(op.name, step.attributes, training)
    result = op.fn(*inputs, **given) if form is None else form(*inputs)
    results: Sequence[Tensor] = [result] if isinstance(result, Tensor) else result
    if training:
        for position, index in op.written(len(inputs)).items():
            if results[index] is not None and results[index] is not inputs[position]:
                inputs[position].detach().copy_(results[index].detach())
    return results
