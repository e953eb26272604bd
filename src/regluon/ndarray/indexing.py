"""``x[key]`` and ``x[key] = value``.

Whatever selects one contiguous block of memory without arrays of indices shares it with ``x``; everything
else is a copy.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, NoReturn

import numpy as np
import torch
from torch import Tensor

from regluon.base import MXNetError, as_number, is_number
from regluon.ndarray.creation import numbers
from regluon.ndarray.keys import Selection, arrays_of, indices_of, read_key, select, split_axis
from regluon.ndarray.ndarray import NDArray
from regluon.ops.slicing import region
from regluon.tape import Entry, Node, live, record, state

__all__ = ["getitem", "setitem"]

# Keys made of these mean the same to torch; what it refuses of them is looked at again, for a better error.
_PLAIN = frozenset((int, slice, NoneType))
_EVERYTHING = slice(None)
_REFUSED = (IndexError, ValueError, TypeError)


def getitem(self: NDArray, key: Any) -> NDArray:
    """``self[key]``

    Parameters
    ----------
    key
        Integers, slices, ``...``, ``None``, arrays and lists of indices (numbers with a fraction are cut
        off), and tuples of these.

    Raises
    ------
    IndexError
        For an index out of bounds, or too many of them.
    ValueError
        For a key that is none of the above.
    """
    data = self._data
    kind = type(key)
    try:
        if kind is int:
            found = data[key] if data.dim() > 1 else _element(data, key)
        elif kind is slice:
            if key == _EVERYTHING:
                return self
            found = data[key]
        elif kind is tuple and _PLAIN.issuperset(map(type, key)):
            if not key:
                return self
            found = data[key]
            if not found.dim():
                found = found.reshape(1)
        else:
            return _select(self, key)
    except _REFUSED:
        return _select(self, key)
    found = found.contiguous()
    if self._ag is not None and state.recording:
        source = live(self._ag)
        if source is not None:
            node = Node(_plain_item, _plain_item_back, [data], {"key": key}, found, [source])
            return NDArray(found, self._ctx, node)
    return NDArray(found, self._ctx)


def _element(x: Tensor, key: int) -> Tensor:
    """x[key] of one axis, in shape (1,): one call instead of two."""
    found = x[key : key + 1 or None]
    if not found.shape[0]:
        raise IndexError
    return found


def _plain_item(x: Tensor, *, key: Any) -> Tensor:
    found = x[key]
    return found if found.dim() else found.reshape(1)


def _plain_item_back(g: Tensor, need: Any, out: Tensor, x: Tensor, *, key: Any) -> tuple[Tensor]:
    whole = torch.zeros(x.shape, dtype=g.dtype, device=g.device)
    whole[key] = g
    return (whole,)


def _select(array: NDArray, key: Any) -> NDArray:
    """Keys with arrays, ellipses and negative steps, and those that are wrong."""
    data = array._data
    if array._ag is None and isinstance(key, (NDArray, list, np.ndarray)):
        found = _rows(data, indices_of(key))
        if found is not None:
            return NDArray(found, array._ctx)
    selection = read_key(key, data)
    attributes = selection._asdict()
    source = live(array._ag) if state.recording else None
    node: Node | None = None
    if source is not None and selection.advanced:
        found, node = record(select, None, select, [data], attributes, [source])
        found = found.contiguous()
    else:
        found = select(data, **attributes).contiguous()
        if source is not None:
            node = Node(select, _select_back, [data], attributes, found, [source])
    return NDArray(found, array._ctx, node)


def _rows(data: Tensor, index: Tensor) -> Tensor | None:
    """data[index], unless an index is out of bounds."""
    if not (data.dim() and index.dim() and index.is_cpu and data.is_cpu):
        return None
    try:
        return data[index]
    except IndexError:
        return None


def _select_back(g: Tensor, need: Any, out: Tensor, x: Tensor, *, items: Any, **rest: Any) -> tuple[Tensor]:
    whole = torch.zeros(x.shape, dtype=g.dtype, device=g.device)
    place, backward = region(whole, items)
    g = g.reshape(place.shape)
    place.copy_(torch.flip(g, backward) if backward else g)
    return (whole,)


def setitem(self: NDArray, key: Any, value: Any) -> None:
    """``self[key] = value``, into the same memory

    Parameters
    ----------
    value
        A number, or an array or list that can be stretched to the shape of ``self[key]``; it is converted
        to the type of ``self``, and copied to its context.

    Raises
    ------
    IndexError, ValueError
        As for ``self[key]``, and ValueError for a value that does not fit.
    TypeError
        For a value that is neither a number nor array-like.
    MXNetError
        While recording: when ``self`` belongs to the graph already, or when ``value`` does and only a part
        of ``self`` is written.
    """
    kind = type(key)
    plain = kind is int or kind is slice or (kind is tuple and _PLAIN.issuperset(map(type, key)))
    if plain and not state.recording:
        data = self._data
        try:
            place = data if key == _EVERYTHING else data[key]
            if type(value) is float or type(value) is int:
                place.fill_(value)
                return
            if type(value) is NDArray and (place.is_contiguous() or not _shares(data, value._data)):
                place.copy_(value._data)
                return
        except (*_REFUSED, RuntimeError):
            pass
    _assign(self, key, value)


def _shares(x: Tensor, y: Tensor) -> bool:
    return x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()


def _assign(array: NDArray, key: Any, value: Any) -> None:
    data = array._data
    if data.dim() == 0:
        if not (isinstance(key, (slice, tuple)) and key in (_EVERYTHING, ())):
            raise IndexError("scalar tensor can only accept `()` and `:` as index")
        key = ()
    if not data.numel():
        return
    selection = read_key(key, data)
    tracked = _tracked(value) if state.recording else None
    if state.recording:
        if live(array._ag) is not None:
            _refuse("an array that belongs to the graph")
        if tracked is not None and not selection.covers(array.shape):
            _refuse("a recorded value into a part of an array")
    if tracked is not None:
        _assign_recorded(array, selection, value)
    elif is_number(value):
        _fill(data, selection, as_number(value))
    else:
        _write(data, selection, _tensor_of(value, data))


def _tracked(value: Any) -> Entry | None:
    return live(value._ag) if isinstance(value, NDArray) else None


def _refuse(what: str) -> NoReturn:
    raise MXNetError(
        f"x[key] = value: writing {what} is not supported while recording; make a new array, or write within "
        "autograd.pause()"
    )


def _tensor_of(value: Any, like: Tensor) -> Tensor:
    """The value on the device of ``like``, and apart from its memory."""
    if not isinstance(value, NDArray):
        try:
            return numbers(value, like.dtype).to(like.device)
        except TypeError as error:
            raise TypeError(
                f"NDArray does not support assignment with non-array-like object {value} of {type(value)}"
            ) from error
    data = value._data.to(like.device)
    return data.clone() if _shares(data, like) else data


def _fill(data: Tensor, selection: Selection, value: float) -> None:
    exact = isinstance(value, int) and -(2**63) <= value < 2**63
    number = torch.tensor(value, dtype=torch.int64 if exact else torch.float64).to(data.dtype)
    if selection.advanced:
        _put(data, selection.items, number.to(data.device))
    else:
        region(data, selection.items)[0].copy_(number)


def _write(data: Tensor, selection: Selection, value: Tensor) -> None:
    if selection.advanced:
        _put(data, selection.items, value.to(data.dtype), selection.new_axes, selection.split)
        return
    place, backward = region(data, selection.items)
    if not place.numel() and not value.numel():
        return
    value = _fitted(value, place.shape, selection.new_axes)
    place.copy_(torch.flip(value, backward) if backward else value)


def _put(
    data: Tensor, items: tuple[Any, ...], value: Tensor, new_axes: tuple[int, ...] = (), split: int = 0
) -> None:
    """Writes where arrays of indices say."""
    place, backward = region(data, [slice(None) if isinstance(i, Tensor) else i for i in items])
    index = arrays_of(items, split)
    if backward:
        # A reversed array is no view to write through: write by the places in memory.
        place, index, split = data.view(-1), (select(_places(data), items=items, split=split),), 0
    arrays = [i for i in index if isinstance(i, Tensor)]
    value = _trimmed(value, max(i.dim() for i in arrays) + place.dim() - len(arrays), new_axes)
    if split and value.dim() >= -split_axis(items, split):
        value = value.unsqueeze(split_axis(items, split))
    try:
        place[index] = value
    except (RuntimeError, IndexError) as error:
        raise ValueError(f"a value of shape {tuple(value.shape)} can't be put there: {error}") from None


def _places(data: Tensor) -> Tensor:
    return torch.arange(data.numel(), device=data.device).reshape(data.shape)


def _trimmed(value: Tensor, ndim: int, new_axes: tuple[int, ...]) -> Tensor:
    """The value without the axes of 1 that the key has asked for, or that lead, if it has too many."""
    if value.dim() > ndim:
        value = value.squeeze(tuple([a for a in new_axes if a < value.dim()]))
    while value.dim() > ndim and value.shape[0] == 1:
        value = value.squeeze(0)
    return value


def _fitted(value: Tensor, shape: torch.Size, new_axes: tuple[int, ...]) -> Tensor:
    try:
        return _trimmed(value, len(shape), new_axes).expand(shape)
    except RuntimeError:
        raise ValueError(
            "operands could not be broadcast together with remapped shapes"
            f"[original->remapped]: {tuple(value.shape)} and requested shape {tuple(shape)}"
        ) from None


def _assign_recorded(array: NDArray, selection: Selection, value: NDArray) -> None:
    """Overwrites all of an array with a recorded value: it belongs to the graph from then on."""
    data, value = array._data, value.as_in_context(array._ctx)
    part = region(data, selection.items)[0].shape
    attributes = {"dtype": data.dtype, "shape": data.shape, "part": part, "new_axes": selection.new_axes}
    found, node = record(_stretched, None, _stretched, [value._data], attributes, [live(value._ag)])
    data.copy_(found)
    array._ag = node


def _stretched(
    value: Tensor, *, dtype: torch.dtype, shape: torch.Size, part: torch.Size, new_axes: tuple[int, ...]
) -> Tensor:
    return _fitted(value.to(dtype), part, new_axes).reshape(shape)
