"""Sequences of different lengths in one array."""

from __future__ import annotations

from typing import Any

import torch

from regluon.ops.registry import Tensor, gradient, infer_shape, register


def _check(data: Tensor, lengths: Tensor | None, use: bool, axis: int, axes: tuple[int, ...]) -> None:
    if axis not in axes:
        raise ValueError(f"axis={axis}: the steps must be on axis {' or '.join(map(str, axes))}")
    if data.dim() < 2:
        raise ValueError("data needs 2 axes or more: steps and samples")
    if use != (lengths is not None):
        raise ValueError("sequence_length and use_sequence_length=True go together: give both or neither")
    if lengths is not None and lengths.shape != (data.shape[1 - axis],):
        raise ValueError(
            f"sequence_length must have shape {(data.shape[1 - axis],)}, a number for each sample, "
            f"but it has {tuple(lengths.shape)}"
        )


def _counts(lengths: Tensor, least: int, steps: int) -> Tensor:
    """The lengths as whole numbers; those that are impossible are refused, on a GPU the nearest are taken."""
    counts = lengths.detach().to(torch.int64)
    if counts.is_cpu and not torch.all((counts >= least) & (counts <= steps)):
        raise ValueError(f"each sequence_length must be in {least}...{steps}")
    return counts.clamp(least, steps)


def _column(x: Tensor, axis: int, dim: int) -> Tensor:
    """``x`` along an axis of an array of that many."""
    return x.reshape([-1 if i == axis else 1 for i in range(dim)])


def _beyond(data: Tensor, lengths: Tensor, axis: int) -> Tensor:
    steps = torch.arange(data.shape[axis], device=data.device)
    return _column(steps, axis, data.dim()) >= _column(lengths.to(torch.int64), 1 - axis, data.dim())


@register("SequenceMask")
def sequence_mask(
    data: Tensor,
    sequence_length: Tensor | None = None,
    *,
    use_sequence_length: bool = False,
    value: float = 0.0,
    axis: int = 0,
) -> Tensor:
    """data, with ``value`` in all steps from a sample's length on

    Parameters
    ----------
    use_sequence_length
        Whether ``sequence_length`` is given; else all steps count.
    axis
        That of the steps, 0 or 1; the samples are on the other of the two.

    Inputs
    ------
    data : (steps, n, ...), or (n, steps, ...) with ``axis=1``
    sequence_length : (n,); fractions are cut off

    Outputs
    -------
    out : like data
    """
    _check(data, sequence_length, use_sequence_length, axis, (0, 1))
    if sequence_length is None:
        return data.clone(memory_format=torch.contiguous_format)
    filled = value if data.is_floating_point() else int(value)
    return torch.masked_fill(data, _beyond(data, sequence_length, axis), filled)


@gradient(sequence_mask)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    data: Tensor,
    sequence_length: Tensor | None = None,
    *,
    use_sequence_length: bool,
    value: float,
    axis: int,
) -> Any:
    if sequence_length is None:
        return (g,)
    return torch.masked_fill(g, _beyond(data, sequence_length, axis), 0.0), None


@register("SequenceLast")
def sequence_last(
    data: Tensor, sequence_length: Tensor | None = None, *, use_sequence_length: bool = False, axis: int = 0
) -> Tensor:
    """The last step of each sample

    Parameters and inputs are those of SequenceMask; a length is at least 1.

    Outputs
    -------
    out : (n, ...)
    """
    _check(data, sequence_length, use_sequence_length, axis, (0, 1))
    if sequence_length is None:
        return data.select(axis, -1).clone(memory_format=torch.contiguous_format)
    last = _counts(sequence_length, 1, data.shape[axis]) - 1
    samples = torch.arange(data.shape[1 - axis], device=data.device)
    return data[last, samples] if axis == 0 else data[samples, last]


@register("SequenceReverse")
def sequence_reverse(
    data: Tensor, sequence_length: Tensor | None = None, *, use_sequence_length: bool = False, axis: int = 0
) -> Tensor:
    """The steps of each sample backwards; those from its length on stay where they are

    Parameters
    ----------
    use_sequence_length
        Whether ``sequence_length`` is given; else all steps are turned round.
    axis
        That of the steps: 0.

    Inputs
    ------
    data : (steps, n, ...)
    sequence_length : (n,); fractions are cut off

    Outputs
    -------
    out : like data
    """
    _check(data, sequence_length, use_sequence_length, axis, (0,))
    if sequence_length is None:
        return torch.flip(data, (0,))
    counts = _counts(sequence_length, 0, data.shape[0])
    steps = torch.arange(data.shape[0], device=data.device).unsqueeze(1)
    sources = torch.where(steps < counts, counts - 1 - steps, steps)
    return data[sources, torch.arange(data.shape[1], device=data.device)]


@infer_shape(sequence_mask)
@infer_shape(sequence_last)
@infer_shape(sequence_reverse)
def _(data: Any, sequence_length: Any = None, *, axis: int, **attributes: Any) -> Any:
    return data, (data[1 - axis],)
