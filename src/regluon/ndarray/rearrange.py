"""Functions of ``nd`` over several arrays or axes, made of operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray.dispatch import invoke
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS

__all__ = ["concatenate", "moveaxis", "onehot_encode", "split_v2"]


def concatenate(arrays: Sequence[NDArray], axis: int = 0, always_copy: bool = True) -> NDArray:
    """The arrays behind each other along ``axis``; one alone is returned as it is if not ``always_copy``."""
    if not isinstance(arrays, (list, tuple)) or not arrays:
        raise TypeError(f"concatenate takes a list of arrays, not {arrays!r}")
    if len(arrays) == 1 and not always_copy:
        return arrays[0]
    return invoke(OPERATORS["Concat"], arrays, {"dim": axis})  # type: ignore[no-any-return]


def moveaxis(tensor: NDArray, source: int | Sequence[int], destination: int | Sequence[int]) -> NDArray:
    """The array with the axes ``source`` at the places ``destination``; the others keep their order.

    Raises
    ------
    ValueError
        If an axis is out of range or named twice, or there are not as many places as axes.
    """
    sources, places = _axes(source, tensor.ndim, "source"), _axes(destination, tensor.ndim, "destination")
    if len(sources) != len(places):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    order = [a for a in range(tensor.ndim) if a not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, axis)
    return invoke(OPERATORS["transpose"], (tensor,), {"axes": tuple(order)})  # type: ignore[no-any-return]


def _axes(axes: int | Sequence[int], ndim: int, what: str) -> list[int]:
    given = [axes] if isinstance(axes, int) else list(axes)
    for a in given:
        if not -ndim <= a < ndim:
            raise ValueError(f"{what}: axis {a} is out of range for an array of {ndim} axes")
    found = [a % ndim for a in given]
    if len(set(found)) < len(found):
        raise ValueError(f"repeated axis in {what}: {axes}")
    return found


def onehot_encode(indices: NDArray, out: NDArray) -> NDArray:
    """Writes into out, of shape (n, depth), rows that are 1 where the n indices say and 0 elsewhere."""
    return invoke(OPERATORS["_onehot_encode"], (indices, out), {}, out)  # type: ignore[no-any-return]


def split_v2(
    ary: NDArray, indices_or_sections: int | tuple[int, ...], axis: int = 0, squeeze_axis: bool = False
) -> Any:
    """An array cut into equal sections, or before each of the given indices.

    Parameters
    ----------
    indices_or_sections
        How many sections; or the indices along ``axis`` where a new part begins.
    squeeze_axis
        Whether to leave out the axis, if every part has 1 of it.

    Raises
    ------
    ValueError
        If the sections would not be equal.
    """
    if isinstance(indices_or_sections, tuple):
        indices = (0, *indices_or_sections)
    elif isinstance(indices_or_sections, int):
        extent = ary.shape[axis]
        if indices_or_sections < 1 or extent % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
        indices = tuple(range(0, extent, extent // indices_or_sections)) or (0,)
    else:
        raise ValueError("indices_or_sections must either int or tuple of ints")
    given = {"indices": indices, "axis": axis, "squeeze_axis": squeeze_axis, "sections": 0}
    return invoke(OPERATORS["_split_v2"], (ary,), given)
