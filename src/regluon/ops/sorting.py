"""The order of elements along an axis."""

from __future__ import annotations

from typing import Literal

import torch

from regluon.base import MXNetError
from regluon.ops.registry import DType, Tensor, register
from regluon.ops.shape import axis_in


def _ordered(data: Tensor, axis: int | None, ascending: bool) -> tuple[Tensor, Tensor]:
    """Values and indices in order. Equal elements keep theirs."""
    if axis is None:
        data, axis = data.reshape(-1), 0
    values, places = torch.sort(data, dim=axis_in(axis, data.dim()), descending=not ascending, stable=True)
    return values, places


@register("sort")
def sort(data: Tensor, *, axis: int | None = -1, is_ascend: bool = True) -> Tensor:
    """data in order along ``axis``; flattened if None."""
    return _ordered(data, axis, is_ascend)[0]


@register("argsort")
def argsort(
    data: Tensor, *, axis: int | None = -1, is_ascend: bool = True, dtype: DType = torch.float32
) -> Tensor:
    """The indices that bring data in order along ``axis``, as numbers of ``dtype``."""
    return _ordered(data, axis, is_ascend)[1].to(dtype)


@register("topk")
def topk(
    data: Tensor,
    *,
    axis: int | None = -1,
    k: int = 1,
    ret_typ: Literal["both", "indices", "mask", "value"] = "indices",
    is_ascend: bool = False,
    dtype: DType = torch.float32,
) -> Tensor | tuple[Tensor, ...]:
    """The k largest elements along ``axis``, or the smallest if ``is_ascend``, in order.

    Parameters
    ----------
    axis
        None for the flattened array.
    k
        How many; all of them if it is less than 1.
    ret_typ
        Their "value", their "indices", "both", or a "mask" in data's shape that is 1 where they are.
    dtype
        The type of the indices.
    """
    flat = data.reshape(-1) if axis is None else data
    along = 0 if axis is None else axis_in(axis, data.dim())
    count = flat.shape[along]
    if k > count:
        raise MXNetError(f"k={k} is more than the {count} elements there are")
    chosen = _first(flat, k if k > 0 else count, along, is_ascend)
    if ret_typ == "mask":
        mask = torch.zeros_like(flat, requires_grad=False).scatter(along, chosen[1], 1)
        return mask.reshape(data.shape)
    chosen[1] = chosen[1].to(dtype)
    return tuple(chosen) if ret_typ == "both" else chosen[ret_typ == "indices"]


_MANY, _SHARE = 64, 4
"""From how many elements on, and up to which part of them, choosing is worth its checks."""


def _counts(data: Tensor, value: Tensor, axis: int) -> Tensor:
    """How often the value is there. Written as numbers: truth values take three times as long to sum."""
    there = data.new_empty(0, dtype=torch.float32 if data.shape[axis] < 2**24 else torch.float64)
    return torch.eq(data.detach(), value.detach(), out=there).sum(axis)


def _first(data: Tensor, k: int, axis: int, ascending: bool) -> list[Tensor]:
    """Values and indices of the first ``k`` in order; equal elements keep theirs."""
    count = data.shape[axis]
    if count >= _MANY and k * _SHARE <= count and data.device.type != "meta":
        values, places = torch.topk(data, k, axis, not ascending)
        # torch chooses among equal elements as it likes: fine if all or none of them are chosen.
        last = values.narrow(axis, k - 1, 1)
        if torch.equal(_counts(data, last, axis), _counts(values, last, axis)):
            by_place = torch.sort(places, axis)
            values = values.gather(axis, by_place.indices)
            values, order = torch.sort(values, dim=axis, descending=not ascending, stable=True)
            return [values, by_place.values.gather(axis, order)]
    values, places = _ordered(data, axis, ascending)
    return [t.narrow(axis, 0, k).contiguous() for t in (values, places)]
