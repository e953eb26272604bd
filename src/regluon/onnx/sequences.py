"""Sequences of different lengths in one array."""

from __future__ import annotations

import numpy as np

from regluon.onnx.call import Call, converts

__all__: list[str] = []


def _column(call: Call, x: str, axis: int) -> str:
    """A vector along an axis of the data."""
    return call.reshape(x, *[-1 if i == axis else 1 for i in range(call.rank())])


@converts("SequenceMask", whole=True)
def _mask(call: Call) -> str:
    x, axis = call.inputs[0], call["axis"]
    if not call["use_sequence_length"]:
        return call.emit("Identity", x)
    zero, one = call.constant(0, np.int64), call.constant(1, np.int64)
    steps = _column(call, call.emit("Range", zero, call.extent(axis), one), axis)
    lengths = _column(call, call.cast(call.inputs[1], np.int64), 1 - axis)
    beyond = call.emit("GreaterOrEqual", steps, lengths)
    return call.emit("Where", beyond, call.constant(call["value"]), x)


@converts("SequenceLast", whole=True)
def _last(call: Call) -> str:
    x, axis = call.inputs[0], call["axis"]
    if not call["use_sequence_length"]:
        return call.emit("Gather", x, call.constant(-1, np.int64), axis=axis)
    if axis == 0:  # the samples first
        x = call.transpose(x, (1, 0, *range(2, call.rank())))
    places = call.emit("Sub", call.cast(call.inputs[1], np.int64), call.constant(1, np.int64))
    return call.emit("GatherND", x, call.reshape(places, -1, 1), batch_dims=1)


@converts("SequenceReverse", whole=True)
def _reversed(call: Call) -> str:
    x = call.inputs[0]
    if not call["use_sequence_length"]:
        return call.emit("Slice", x, call.ints(-1), call.ints(-(2**31) + 1), call.ints(0), call.ints(-1))
    lengths = call.cast(call.inputs[1], np.int64)
    return call.emit("ReverseSequence", x, lengths, batch_axis=1, time_axis=0)
