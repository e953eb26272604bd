"""A program computed step by step on arrays, with all the checks of operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regluon.base import MXNetError
from regluon.context import SHAPES
from regluon.ndarray import NDArray
from regluon.ndarray.dispatch import create, invoke
from regluon.ops.registry import Operator
from regluon.symbol.alike import output_shape
from regluon.symbol.program import Program

__all__ = ["called", "run_steps"]

Attributes = dict[str, Any]


def run_steps(
    program: Program, inputs: Sequence[NDArray], shapes: Mapping[str, tuple[int, ...]]
) -> list[NDArray]:
    """The results, on the current context; under autograd if that records.

    ``shapes`` has those of what steps make without inputs, where they follow from the inputs.

    Raises
    ------
    MXNetError
        If an operator refuses what it is given: with the name of its node.
    """
    values: list[Any] = [*inputs, *[None] * (program.count - len(inputs))]
    uses = program.users()
    for step in program.steps:
        arrays = [values[i] for i in step.inputs]
        result = called(step.op, step.name, arrays, step.attributes, shapes.get(step.name))
        for value, array in zip(step.outputs, result if isinstance(result, list) else [result], strict=False):
            values[value] = array
        for i in step.inputs:  # an array that nobody needs any more is let go of
            uses[i] -= 1
            if not uses[i]:
                values[i] = None
    count = len(inputs)
    return [_again(inputs[i]) if i < count else values[i] for i in program.heads]


def _again(x: NDArray) -> NDArray:
    """Another array of the same memory, at the same place of a graph."""
    return x if x.stype != "default" else NDArray(x._data, x._ctx, x._ag)


def called(
    op: Operator, name: str, arrays: list[NDArray], attributes: Attributes, shape: tuple[int, ...] | None
) -> Any:
    """What an operator gives in a graph, where the call is ``name``.

    ``shape`` is that of what is made without inputs, where it follows from others.

    Raises
    ------
    MXNetError
        If the operator refuses.
    """
    try:
        if not arrays:
            return create(op, {**attributes, "shape": shape} if shape else attributes)
        if arrays[0]._ctx is SHAPES and (outline := _outline(op, arrays, attributes)) is not None:
            return outline
        return invoke(op, arrays, attributes)
    except MXNetError as error:
        raise MXNetError(f"Error in operator {name}: {error}") from None


def _outline(op: Operator, arrays: list[NDArray], attributes: Attributes) -> NDArray | None:
    """The output without data, if arithmetic gives its shape."""
    try:
        tensors = [a._data for a in arrays]
    except AttributeError:  # a parameter whose shape is not known
        return None
    shapes, types = [tuple(t.shape) for t in tensors], [t.dtype for t in tensors]
    shape = output_shape(op, shapes, types, attributes)
    return None if shape is None else NDArray(tensors[0].new_empty(shape), SHAPES)
