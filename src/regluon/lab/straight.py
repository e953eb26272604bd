"""A training step of all runs without a tape: forwards through net and loss and back, over tensors.

The tape finds out at each step what a gradient goes through. Here it is known beforehand, as the net and a
Gluon loss have graphs. Operators and gradients are those that the tape would call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from regluon import symbol
from regluon.base import MXNetError
from regluon.gluon.loss import Loss
from regluon.ops.accumulation import whole
from regluon.ops.registry import Operator
from regluon.symbol.program import lower
from regluon.tape import ones_like

__all__ = ["Numbered", "Plain", "Straight", "plain", "steps_of_loss"]


class Plain(NamedTuple):
    """An operation on tensors, and its gradient.

    ``back`` is given the head gradient, for each input True or None (its gradient is not needed), the result,
    and the inputs. A result that is not ``single`` is several tensors, of which the first one counts, and the
    others are for the gradient.
    """

    compute: Callable[..., Any]
    back: Callable[..., Sequence[Any]]
    single: bool = True


Numbered = tuple[Plain, tuple[int, ...]]
"""An operation on the values of these numbers."""


def plain(op: Operator, attributes: dict[str, Any]) -> Plain | None:
    """An operator as an operation; None if it needs more than its inputs, or torch to differentiate it."""
    if op.by_torch or op.supplied or op.writes or op.shows(attributes) != 1:
        return None
    of_result, gradient = op.needs(attributes) == "out", op.gradient

    def back(g: Tensor, needs: Sequence[Any], out: Any, *inputs: Tensor) -> Sequence[Any]:
        return gradient(g, needs, out, *((out,) if of_result else inputs), **attributes)

    return Plain(op.prepared(attributes), back, op.single)


def steps_of_loss(loss: Any, prediction: int) -> list[Numbered] | None:
    """A Gluon loss as operations; None if it has no such form.

    The labels have the number after the ``prediction``'s, the results those that follow.
    """
    if not isinstance(loss, Loss) or loss._forward_hooks or loss._forward_pre_hooks:
        return None
    try:
        program = lower(loss(symbol.var("prediction"), symbol.var("label")), ["prediction", "label"])
    except (MXNetError, AttributeError, TypeError, ValueError):
        return None
    found: list[Numbered] = []
    for number, step in enumerate(program.steps, 2):
        operation = plain(step.op, step.attributes) if step.inputs and step.outputs == [number] else None
        if operation is None:
            return None
        found.append((operation, tuple(prediction + i for i in step.inputs)))
    return found if len(program.inputs) == 2 and program.heads == [len(found) + 1] and found else None


class _Back(NamedTuple):
    """The gradient of a step: its number, its inputs', which are needed, and their places."""

    number: int
    back: Callable[..., Sequence[Any]]
    inputs: tuple[int, ...]
    needs: tuple[Any, ...]
    wanted: tuple[tuple[int, int], ...]


class Straight:
    """A net and a loss, called with inputs, labels and parameters: the gradients of the parameters.

    Numbers are given to the inputs, to each of the parameters, to what the net's steps make, to the labels,
    and to what the loss's steps make.

    Parameters
    ----------
    net, loss
        Their steps.
    learned
        For each parameter, whether its gradient is needed.
    """

    def __init__(self, net: Sequence[Numbered], loss: Sequence[Numbered], learned: Sequence[bool]) -> None:
        self.net, self.loss = list(net), list(loss)
        self.parameters = range(1, len(learned) + 1)
        reached = {number for number, needed in zip(self.parameters, learned, strict=True) if needed}
        first = len(learned) + 1
        numbers = [
            *range(first, first + len(net)),
            *range(first + len(net) + 1, first + len(net) + 1 + len(loss)),
        ]
        self.backs = list(_backs(numbers, [*net, *loss], reached))[::-1]

    def __call__(self, x: Tensor, y: Tensor, parameters: Sequence[Tensor]) -> list[Tensor | None]:
        """A gradient for each parameter; None for what needs none, or does not matter."""
        values = [x, *parameters]
        results: list[Any] = [*values]
        for steps in (self.net, self.loss):
            if steps is self.loss:
                values.append(y)
                results.append(y)
            for (compute, _, single), inputs in steps:
                result = compute(*[values[i] for i in inputs])
                results.append(result)
                values.append(result if single else result[0])
        arrived: dict[int, Any] = {len(values) - 1: ones_like(values[-1])}
        for number, back, inputs, needs, wanted in self.backs:
            g = arrived.pop(number, None)
            if g is None:
                continue
            found = back(g, needs, results[number], *[values[i] for i in inputs])
            for place, i in wanted:
                before, more = arrived.get(i), found[place]
                if more is not None:
                    arrived[i] = more if before is None else torch.add(before, more)
        return [whole(arrived.get(number)) for number in self.parameters]


def _backs(numbers: Sequence[int], steps: Sequence[Numbered], reached: set[int]) -> Iterator[_Back]:
    """The gradients of those steps that the ``reached`` values go into; their results are reached, too."""
    for number, (step, inputs) in zip(numbers, steps, strict=True):
        wanted = tuple((place, i) for place, i in enumerate(inputs) if i in reached)
        if wanted:
            needs = tuple(True if i in reached else None for i in inputs)
            yield _Back(number, step.back, inputs, needs, wanted)
            reached.add(number)
