"""What the keys of ``x[key]`` mean, and the elements that they select, on tensors."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from regluon.ndarray.creation import numbers
from regluon.ndarray.ndarray import NDArray
from regluon.ops.indexing import check_bounds
from regluon.ops.slicing import region

__all__ = ["Selection", "arrays_of", "indices_of", "read_key", "select", "split_axis"]


class Selection(NamedTuple):
    """A key, axis by axis: an int, a slice, or a tensor of indices for each; and where axes of 1 come in.

    Arrays of indices that only a None keeps apart go to the front: ``split`` is the axis behind that None, or
    else 0.
    """

    items: tuple[Any, ...]
    new_axes: tuple[int, ...]
    split: int = 0

    @property
    def advanced(self) -> bool:
        """Whether there are arrays of indices, or else only ints and slices."""
        return any(isinstance(item, Tensor) for item in self.items)

    def covers(self, shape: tuple[int, ...]) -> bool:
        """Whether it selects every element, each in its place."""
        return all(_covers(item, extent) for item, extent in zip(self.items, shape, strict=True))


def _covers(item: Any, extent: int) -> bool:
    if isinstance(item, Tensor):
        return False
    if isinstance(item, slice):
        places = range(extent)[item]
        return len(places) == extent and places.step > 0
    return extent == 1


def read_key(key: Any, x: Tensor) -> Selection:
    """The selection that ``key`` means for ``x``.

    Raises
    ------
    IndexError
        For too many indices, more than one ellipsis, or an index out of bounds.
    ValueError
        For what is no index, and for arrays of indices that don't fit together.
    """
    keys = _expanded(key if isinstance(key, tuple) else (key,), x.dim())
    axes = iter(range(x.dim()))
    items = [None if k is None else _item(k, next(axes), x) for k in keys]
    arrays = [i for i, item in enumerate(items) if isinstance(item, Tensor)]
    if arrays:
        # Beside an array of indices, a number is one too.
        items = [torch.tensor([i], device=x.device) if isinstance(i, int) else i for i in items]
        arrays = [i for i, item in enumerate(items) if isinstance(item, Tensor)]
        _check_fit([i.shape for i in items if isinstance(i, Tensor)])
    if len(items) == x.dim():
        return Selection(tuple(items), ())
    return Selection(
        tuple([i for i in items if i is not None]), _new_axes(items, arrays), _split(items, arrays)
    )


def _split(items: list[Any], arrays: list[int]) -> int:
    """The axis behind the first None between arrays of indices, unless a slice is there as well."""
    between = items[arrays[0] : arrays[-1]] if arrays else []
    if None not in between or any(isinstance(item, slice) for item in between):
        return 0
    at = arrays[0] + between.index(None)
    return sum(item is not None for item in items[:at])


def _expanded(keys: tuple[Any, ...], ndim: int) -> list[Any]:
    """The keys with an ellipsis, or what is missing at the end, as full slices."""
    dots = [i for i, k in enumerate(keys) if k is Ellipsis]
    if len(dots) > 1:
        raise IndexError("Cannot use more than one ellipsis (`...`) for indexing")
    used = sum(k is not None for k in keys) - len(dots)
    if used > ndim:
        raise IndexError(f"too many indices ({used}) for array with {ndim} dimensions")
    at = dots[0] if dots else len(keys)
    return [*keys[:at], *[slice(None)] * (ndim - used), *keys[at + 1 :]]


def _item(key: Any, axis: int, x: Tensor) -> Any:
    extent = x.shape[axis]
    if isinstance(key, slice):
        range(extent)[key]
        return key
    if isinstance(key, (int, np.integer)):
        if not -extent <= key < extent:
            raise IndexError(f"index {key} is out of bounds for axis {axis} with size {extent}")
        return int(key)
    index = indices_of(key)
    check_bounds(index, extent, axis)
    return index.to(x.device) if index.dim() else int(index)


def indices_of(key: Any) -> Tensor:
    """An array or list of indices as int64."""
    if isinstance(key, NDArray):
        if key._data.dtype is torch.bool:
            raise ValueError(
                "Cannot perform boolean indexing in legacy mode: nd.contrib.boolean_mask takes a mask"
            )
        return key._data.long()
    if isinstance(key, (list, tuple, range, np.ndarray)):
        return numbers(key, torch.int64)
    raise ValueError(f"NDArray does not support slicing with key {key} of type {type(key)}.")


def _new_axes(items: list[Any], arrays: list[int]) -> tuple[int, ...]:
    """Where the axes of 1 that None asks for come to stand in the result.

    As MXNet counts: a block of arrays that stays in its place doesn't move those behind it.
    """
    apart = bool(arrays) and arrays[-1] - arrays[0] >= len(arrays)
    before = max(items[i].dim() for i in arrays) if apart else 0
    found = []
    for item in items:
        if item is None:
            found.append(before)
        before += item is None or isinstance(item, slice)
    return tuple(found)


def _check_fit(shapes: list[torch.Size]) -> None:
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        texts = " and ".join(str(tuple(s)) for s in shapes)
        raise ValueError(f"the arrays of indices, of shapes {texts}, don't fit together") from None


def select(x: Tensor, *, items: tuple[Any, ...], new_axes: tuple[int, ...] = (), split: int = 0) -> Tensor:
    """The selected elements: a view if torch can give one. Made of differentiable torch calls."""
    found, backward = region(x, [slice(None) if isinstance(i, Tensor) else i for i in items])
    if backward:
        found = torch.flip(found, backward)
    if any(isinstance(i, Tensor) for i in items):
        found = found[arrays_of(items, split)]
        found = found.squeeze(split_axis(items, split)) if split else found
    for axis in new_axes:
        found = found.unsqueeze(axis)
    return found if found.dim() or not x.dim() else found.reshape(1)


def arrays_of(items: tuple[Any, ...], split: int = 0) -> tuple[Any, ...]:
    """The arrays of indices alone, as a key for what the slices have selected; a split is a None in it."""
    key = [item if isinstance(item, Tensor) else slice(None) for item in items]
    return (*key[:split], None, *key[split:]) if split else tuple(key)


def split_axis(items: tuple[Any, ...], split: int) -> int:
    """Where that None stands in the result, counted from its end."""
    return -1 - sum(not isinstance(item, Tensor) for item in items[split:])
