"""Batches, split over contexts and joined again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray import NDArray, concat, zeros

__all__ = ["host_arrays", "load", "merged", "part_of"]


def part_of(array: NDArray, axis: int, part: slice) -> NDArray:
    """The examples of ``part``, which are along ``axis``; all of it if they are along none."""
    if axis < 0 or (not part.start and part.stop in (None, array.shape[axis])):
        return array
    if axis == 0:
        return array[part]
    return array.slice_axis(axis=axis, begin=part.start, end=part.stop)


def load(
    batch: Any, kind: str, targets: Sequence[Sequence[tuple[slice, NDArray]]], axes: Sequence[int]
) -> None:
    """Copies the arrays of a batch, each part to its context

    Parameters
    ----------
    batch
        A batch, or a list of a batch for each context.
    kind
        "data" or "label".
    """
    if isinstance(batch, (list, tuple)):
        for k, one in enumerate(batch):
            for array, parts in zip(getattr(one, kind) or (), targets, strict=False):
                array.copyto(parts[k][1])
        return
    for array, parts, axis in zip(getattr(batch, kind, None) or (), targets, axes, strict=False):
        for part, target in parts:
            part_of(array, axis, part).copyto(target)


def merged(arrays: Sequence[Sequence[NDArray]], axes: Sequence[int]) -> list[NDArray]:
    """Each array's parts joined along its axis, on the first context; the first where there is no axis."""
    found = []
    for parts, axis in zip(arrays, axes, strict=True):
        if axis < 0 or len(parts) == 1:
            found.append(parts[0])
        else:
            found.append(concat(*[p.as_in_context(parts[0].context) for p in parts], dim=axis))
    return found


def host_arrays(names: Sequence[str], arrays: Sequence[Sequence[NDArray]]) -> dict[str, NDArray]:
    """Zeros on the CPU like the arrays of the first context."""
    return {
        name: zeros(a[0].shape, dtype=a[0].dtype, stype=a[0].stype)
        for name, a in zip(names, arrays, strict=True)
    }
