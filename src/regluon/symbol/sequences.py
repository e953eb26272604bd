"""Chains of recurrent cells as one operator over the sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from torch import Tensor

from regluon.ops.registry import OPERATORS
from regluon.symbol.graph import inputs_first
from regluon.symbol.program import Program, Step

__all__ = ["joined"]

_STATES = {"_regluon_lstm_cell": 2, "_regluon_gru_cell": 1, "_regluon_rnn_cell": 1}
_LEAST = 3
"""Shorter chains stay as they are."""


def joined(program: Program, fixed: dict[int, Tensor]) -> Program:
    """The program with one operator for each chain of cells whose inputs do not depend on it."""
    cells = [step for step in program.steps if step.op.name in _STATES]
    if len(cells) < _LEAST:
        return program
    program = replace(program, steps=list(program.steps))
    for chain in _chains(program, cells):
        if len(chain) >= _LEAST and all(i in fixed for i in _weights(chain[0])) and _free(program, chain):
            _join(program, chain, fixed)
    program.steps = _sorted(program)
    program.without_unused()
    return program


def _states(step: Step) -> list[int]:
    return step.inputs[1 : 1 + _STATES[step.op.name]]


def _weights(step: Step) -> list[int]:
    return step.inputs[1 + _STATES[step.op.name] :]


def _chains(program: Program, cells: Sequence[Step]) -> list[list[Step]]:
    """Cells of one kind with the same weights, each with the states of the one before."""
    by_states = {tuple(_states(step)): step for step in cells}
    uses = program.users()
    followed = set()
    following: dict[Step, Step] = {}
    for step in cells:
        after = by_states.get(tuple(step.outputs))
        if after is None or after.op is not step.op or after.attributes != step.attributes:
            continue
        # Inner states other than the last ones come out of no operator.
        inner = all(uses[value] == 1 for value in step.outputs[1:])
        if inner and _weights(after) == _weights(step):
            following[step] = after
            followed.add(after)
    chains = []
    for step in cells:
        if step not in followed:
            chain = [step]
            while chain[-1] in following:
                chain.append(following[chain[-1]])
            chains.append(chain)
    return chains


def _free(program: Program, chain: Sequence[Step]) -> bool:
    """Whether no input of the chain comes out of it."""
    inside = set(chain)
    after = {value for step in chain for value in step.outputs}
    for step in program.steps:
        if step not in inside and not after.isdisjoint(step.inputs):
            after.update(step.outputs)
    return all(step.inputs[0] not in after for step in chain)


def _join(program: Program, chain: Sequence[Step], fixed: dict[int, Tensor]) -> None:
    """Puts the operator, with what leads to it and away from it, in the place of the chain."""
    first, last, name = chain[0], chain[-1], chain[0].name
    weights = _weights(first)
    mode = {"_regluon_lstm_cell": "lstm", "_regluon_gru_cell": "gru"}.get(first.op.name)
    mode = mode or f"rnn_{first.attributes['act_type']}"
    new: list[Step] = []

    def put(op: str, inputs: list[int], outputs: list[int], **given: object) -> list[int]:
        operator = OPERATORS[op]
        new.append(Step(operator, operator.read_all(given), inputs, outputs, name))
        return outputs

    def add(op: str, *inputs: int, **given: object) -> int:
        return put(op, list(inputs), [program.new()], **given)[0]

    data = _sequence(program, [step.inputs[0] for step in chain], add)
    states = [add("expand_dims", value, axis=0) for value in _states(first)]
    outputs, *ends = put(
        "_regluon_rnn",
        [data, *states, *weights],
        [program.new() for _ in range(1 + len(states))],
        state_size=fixed[weights[1]].shape[1],
        num_layers=1,
        mode=mode,
    )
    hidden = [step.outputs[0] for step in chain]
    for step in list(program.steps):
        axis = step.attributes.get("axis") if step.op.name == "stack" else None
        if step.inputs == hidden and axis in (0, 1):
            program.steps.remove(step)
            if axis == 0:
                put("_copy", [outputs], step.outputs)
            else:
                put("SwapAxis", [outputs], step.outputs, dim1=0, dim2=1)
    put("SliceChannel", [outputs], hidden, num_outputs=len(chain), axis=0, squeeze_axis=True)
    for value, end in zip(last.outputs[1:], ends[1:], strict=True):
        put("Reshape", [end], [value], shape=(-3, -2))
    gone = set(chain)
    program.steps = [step for step in program.steps if step not in gone] + new


def _sequence(program: Program, values: list[int], add: Callable[..., int]) -> int:
    """All inputs as one value, with the steps first."""
    split = program.makers().get(values[0])
    if split is not None and split.op.name == "SliceChannel" and split.outputs == values:
        given = split.attributes
        if given["squeeze_axis"] and given["axis"] == 0:
            return split.inputs[0]
        if given["squeeze_axis"] and given["axis"] == 1:
            return add("SwapAxis", split.inputs[0], dim1=0, dim2=1)
    return add("stack", *values, axis=0)


def _sorted(program: Program) -> list[Step]:
    """The steps, each behind those whose outputs it takes, and else in their order."""
    makers = program.makers()
    return inputs_first(program.steps, lambda step: [makers[i] for i in step.inputs if i in makers])
