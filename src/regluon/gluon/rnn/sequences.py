"""Sequences as one array or as a list of steps: brought into the wanted form, masked, reversed."""

from __future__ import annotations

import sys
from typing import Any

from regluon import ndarray
from regluon.ndarray import NDArray

__all__ = [
    "begin_state_of",
    "check_length",
    "format_sequence",
    "is_merged",
    "mask_sequence",
    "operators_of",
    "reverse_sequence",
    "steps_of",
]


def is_merged(sequence: Any) -> bool:
    """Whether all steps are in one array."""
    return not isinstance(sequence, (list, tuple))


def operators_of(sequence: Any) -> Any:
    """The namespace of operators that takes this sequence."""
    first = sequence if is_merged(sequence) else sequence[0]
    if isinstance(first, NDArray):
        return ndarray
    symbols = sys.modules.get("regluon.symbol")  # without it there are no symbols
    if symbols is not None and isinstance(first, symbols.Symbol):
        return symbols
    raise TypeError(f"a sequence is an NDArray or a list of them, not {type(first).__name__}")


def format_sequence(
    length: int | None, inputs: Any, layout: str, merge: bool | None, in_layout: str | None = None
) -> tuple[Any, int, Any, int]:
    """The sequence as one array (``merge``), as a list of steps (False), or as it is (None).

    Parameters
    ----------
    length
        The number of steps; not checked if None.
    layout, in_layout
        The axes' letters, such as ``"NTC"``, of the result and of ``inputs`` if they differ.

    Returns
    -------
    The sequence, the number of the axis T, the operators' namespace, the batch's size: 0 of symbols.
    """
    if inputs is None:
        raise AssertionError("unroll needs inputs: a sequence of arrays, or one array")
    axis, in_axis = layout.find("T"), (in_layout or layout).find("T")
    F = operators_of(inputs)
    if not is_merged(inputs):
        check_length(length, len(inputs))
        batch = inputs[0].shape[0] if F is ndarray else 0
        if merge is not True:
            return inputs, axis, F, batch
        inputs, in_axis = F.stack(*inputs, axis=axis), axis
    else:
        batch = inputs.shape[layout.find("N")] if F is ndarray else 0
        if merge is False:
            steps = _length_of(F, inputs, in_axis, length)
            return steps_of(F, inputs, steps, in_axis, squeeze_axis=1), axis, F, batch
    if axis != in_axis:
        inputs = F.swapaxes(inputs, dim1=axis, dim2=in_axis)
    return inputs, axis, F, batch


def check_length(length: int | None, found: int) -> None:
    """Complains of another number of steps."""
    if length is not None and length != found:
        raise AssertionError(f"length={length}, but the inputs have {found} steps")


def _length_of(F: Any, merged: Any, axis: int, length: int | None) -> int:
    """The number of steps, which symbols are to be told."""
    if F is ndarray:
        check_length(length, merged.shape[axis])
        return merged.shape[axis]  # type: ignore[no-any-return]
    if length is None:
        raise AssertionError("the steps of a symbol are split by their number: give length")
    return length


def steps_of(F: Any, merged: Any, length: int, axis: int, squeeze_axis: int | bool = True) -> list[Any]:
    """A list of the steps, without their axis; symbol files have ``squeeze_axis`` as it is given."""
    steps = F.split(merged, num_outputs=length, axis=axis, squeeze_axis=squeeze_axis)
    return [steps] if isinstance(steps, NDArray) else list(steps)


def begin_state_of(cell: Any, F: Any, begin_state: Any, inputs: Any, batch_size: int) -> Any:
    """The given states, or the cell's zeros where the inputs are."""
    if begin_state is not None:
        return begin_state
    if F is not ndarray:
        return cell.begin_state(func=F.zeros, batch_size=batch_size)
    with (inputs if is_merged(inputs) else inputs[0]).context:
        return cell.begin_state(func=F.zeros, batch_size=batch_size)


def mask_sequence(F: Any, data: Any, length: int, valid_length: Any, axis: int, merge: bool | None) -> Any:
    """The sequence with zeros behind each sample's length; as a list if not ``merge``."""
    if is_merged(data):
        merged = data
    else:
        merged = F.stack(*data, axis=axis)
    masked = F.SequenceMask(merged, sequence_length=valid_length, use_sequence_length=True, axis=axis)
    return masked if merge else steps_of(F, masked, length, axis)


def reverse_sequence(sequence: list[Any], length: int, valid_length: Any = None) -> list[Any]:
    """The steps backwards, of each sample those within its length."""
    if valid_length is None:
        return list(reversed(sequence))
    F = operators_of(sequence)
    reversed_ = F.SequenceReverse(
        F.stack(*sequence, axis=0), sequence_length=valid_length, use_sequence_length=True
    )
    return steps_of(F, reversed_, length, 0)
