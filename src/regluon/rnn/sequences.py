"""Sequences: one symbol with an axis of time, or a list of the steps."""

from __future__ import annotations

from typing import Any

from regluon import symbol as sym
from regluon.symbol import Symbol

__all__ = ["normalize", "steps_of"]


def normalize(
    length: int | None, inputs: Any, layout: str, merge: bool | None, in_layout: str | None = None
) -> tuple[Any, int]:
    """The sequence as one symbol (``merge``), as a list of the steps (``merge=False``), or as it is (None)

    Parameters
    ----------
    layout, in_layout
        The order of the axes in what is returned and in what is given; the same if None.

    Returns
    -------
    The sequence, and the axis of time in ``layout``.
    """
    if inputs is None:
        raise AssertionError(
            "unroll(inputs=None) has been deprecated. Please create input variables outside unroll."
        )
    axis = layout.find("T")
    in_axis = axis if in_layout is None else in_layout.find("T")
    if not isinstance(inputs, Symbol):
        if length is not None and len(inputs) != length:
            raise AssertionError(f"unroll: {len(inputs)} inputs for {length} steps")
        if merge is not True:
            return inputs, axis
        inputs = [sym.expand_dims(step, axis=axis) for step in inputs]
        return sym.Concat(*inputs, dim=axis), axis
    if merge is False:
        if len(inputs.list_outputs()) != 1:
            raise AssertionError(
                "unroll doesn't allow grouped symbol as input. Please convert to list with list(inputs) "
                "first or let unroll handle splitting."
            )
        steps = sym.split(inputs, axis=in_axis, num_outputs=length, squeeze_axis=1)  # type: ignore[arg-type]
        return list(steps), axis
    return (inputs if axis == in_axis else sym.swapaxes(inputs, dim1=axis, dim2=in_axis)), axis


def steps_of(outputs: Any, length: int, axis: int) -> list[Any]:
    """The steps of a sequence in one symbol; a list as it is."""
    if not isinstance(outputs, Symbol):
        return list(outputs)
    return list(sym.SliceChannel(outputs, axis=axis, num_outputs=length, squeeze_axis=1))
