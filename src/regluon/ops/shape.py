"""Reshaping, moving and stretching axes."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch

from regluon.base import MXNetError
from regluon.ops.registry import Shape, Tensor, gradient, register

__all__ = ["axis_in", "axis_order", "inverse_order", "reshaped"]


@lru_cache(4096)
def reshaped(shape: Shape, codes: Shape, reverse: bool = False) -> Shape:
    """The shape that MXNet's reshape makes of ``shape``.

    Parameters
    ----------
    shape
        What there is.
    codes
        What is asked for, axis by axis: an extent; 0, that of the input; -1, whatever is left over; -2, all
        the input's remaining axes; -3, two axes of the input in one; -4, one axis of the input in two, whose
        extents follow (one of them may be -1).
    reverse
        Whether to match the axes from the right.

    Raises
    ------
    MXNetError
        If a code can't be followed, or the elements don't fill the shape.
    ValueError
        If the elements don't all find room in it.
    """
    if reverse:
        return reshaped(shape[::-1], codes[::-1])[::-1]
    found: list[int] = []
    source, place = list(shape), 0
    follow = map(operator.index, codes)
    for code in follow:
        if code > 0 or code == -1:
            found.append(code)
            place += 1
        elif code == 0:
            found += _axes(source, place, 1, codes)
            place += 1
        elif code == -2:
            found += source[place:]
            place = len(source)
        elif code == -3:
            found.append(math.prod(_axes(source, place, 2, codes)))
            place += 2
        elif code == -4:
            (whole,) = _axes(source, place, 1, codes)
            found += _split(whole, next(follow, None), next(follow, None), codes)
            place += 1
        else:
            raise MXNetError(f"an extent of a shape can't be {code}, as in {codes}; the least code is -4")
    return _fill(found, shape, codes)


def _axes(source: list[int], place: int, count: int, codes: Shape) -> list[int]:
    if place + count > len(source):
        raise MXNetError(f"the shape {codes} asks for more axes than the {len(source)} of the array")
    return source[place : place + count]


def _split(whole: int, first: int | None, second: int | None, codes: Shape) -> tuple[int, int]:
    if first is None or second is None:
        raise MXNetError(f"-4 in a shape needs two extents to follow, as they don't in {codes}")
    if first == -1 and second > 0:
        first = whole // second
    elif second == -1 and first > 0:
        second = whole // first
    if first * second != whole or first < 0:
        raise MXNetError(f"an axis of {whole} can't be split in two as the shape {codes} says")
    return first, second


def _fill(found: list[int], shape: Shape, codes: Shape) -> Shape:
    if found.count(-1) > 1:
        raise MXNetError(f"-1 can leave open only one extent of a shape, not those of {codes}")
    if -1 in found:
        found[found.index(-1)] = _rest(found, shape)
    size, wanted = math.prod(shape), math.prod(found)
    if wanted > size:
        raise MXNetError(f"Cannot reshape array of size {size} into the larger shape {codes}")
    if wanted < size:
        raise ValueError(f"Cannot reshape array of size {size} into shape {codes}")
    return tuple(found)


def _rest(found: Sequence[int], shape: Sequence[int]) -> int:
    """What -1 stands for. Of an array without elements, (0, 3) by (0, -1) is (0, 3) again."""
    if 0 in found:
        found, shape = [n for n in found if n], [n for n in shape if n]
    return math.prod(shape) // -math.prod(found)


@register("Reshape", aliases=("reshape",), view=True)
def reshape(
    data: Tensor,
    *,
    shape: Shape = (),
    reverse: bool = False,
    target_shape: Shape = (),
    keep_highest: bool = False,
) -> Tensor:
    """The elements of data, in order, in another shape.

    Parameters
    ----------
    shape
        Extents, or codes: 0 keeps the input's extent, -1 is computed, -2 copies the remaining axes, -3 joins
        two axes, -4 splits one into the two extents that follow.
    reverse
        Whether the codes are matched from the right: (10, 5, 4) by (-1, 0) is then (50, 4), not (40, 5).
    target_shape, keep_highest
        The old way: one extent may be 0, which is then computed.
    """
    if target_shape and not shape:
        codes = [e or -1 for e in target_shape]
        if keep_highest:
            codes[0] = data.shape[0]
        shape = tuple(codes)
    return torch.reshape(data, reshaped(tuple(data.shape), shape, reverse))


@gradient(reshape, uses="inputs")
def reshape_gradient(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> Any:
    """The gradient of whatever keeps the order of the elements."""
    return (torch.reshape(g, data.shape),)


@register("reshape_like", view=True)
def reshape_like(
    lhs: Tensor,
    rhs: Tensor,
    *,
    lhs_begin: int | None = None,
    lhs_end: int | None = None,
    rhs_begin: int | None = None,
    rhs_end: int | None = None,
) -> Tensor:
    """lhs in the shape of rhs; or lhs[lhs_begin:lhs_end] of its axes as rhs[rhs_begin:rhs_end]."""
    if lhs_begin is lhs_end is rhs_begin is rhs_end is None:
        return torch.reshape(lhs, rhs.shape)
    first, last, _ = slice(lhs_begin, lhs_end).indices(lhs.dim())
    if first >= last:
        raise ValueError(f"there is no axis between {lhs_begin} and {lhs_end}")
    return torch.reshape(lhs, lhs.shape[:first] + rhs.shape[rhs_begin:rhs_end] + lhs.shape[last:])


@gradient(reshape_like)
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor, **attributes: Any) -> Any:
    return torch.reshape(g, lhs.shape), None


@register("Flatten", aliases=("flatten",), view=True)
def flatten(data: Tensor) -> Tensor:
    """(d1, d2, ..., dk) as (d1, d2 ... dk)"""
    return torch.reshape(data, (data.shape[0], math.prod(data.shape[1:])))


gradient(flatten, uses="inputs")(reshape_gradient)


@register("expand_dims", view=True)
def expand_dims(data: Tensor, *, axis: int) -> Tensor:
    """A new axis of extent 1 before ``axis``; from the right if it is negative, -1 for the last place."""
    return torch.unsqueeze(data, axis)


gradient(expand_dims)(reshape_gradient)


@register("squeeze", view=True)
def squeeze(data: Tensor, *, axis: Shape | None = None) -> Tensor:
    """Without the axes of extent 1: all of them, or those named. At least one axis stays."""
    shape = list(data.shape)
    if axis is None:
        shape = [n for n in shape if n != 1]
    else:
        places = {axis_in(a, len(shape)) for a in axis}
        wrong = [a for a in places if shape[a] != 1]
        if wrong or len(places) < len(axis):
            raise ValueError(f"the axes {axis} must be different ones of extent 1")
        shape = [n for a, n in enumerate(shape) if a not in places]
    return torch.reshape(data, shape or [1])


gradient(squeeze)(reshape_gradient)


@register("transpose", view=True)
def transpose(data: Tensor, *, axes: Shape = ()) -> Tensor:
    """data with its axes in the order ``axes``, or in reverse."""
    return torch.permute(data, axis_order(data.dim(), axes))


@gradient(transpose, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axes: Shape) -> Any:
    return (torch.permute(g, inverse_order(data.dim(), axes)),)


@lru_cache(256)
def axis_order(ndim: int, axes: Shape) -> Shape:
    """The permutation that ``transpose(axes=axes)`` means: a reversal for ()."""
    order = axes or tuple(range(ndim))[::-1]
    if sorted(order) != list(range(ndim)):
        raise ValueError(f"axes must hold each of 0...{ndim - 1} once")
    return order


@lru_cache(256)
def inverse_order(ndim: int, axes: Shape) -> Shape:
    """The permutation that undoes :func:`axis_order`'s."""
    order = axis_order(ndim, axes)
    return tuple(sorted(range(ndim), key=order.__getitem__))


def axis_in(axis: int, ndim: int) -> int:
    """``axis`` counted from the left, among ``ndim`` of them."""
    if not -ndim <= axis < ndim:
        raise IndexError(f"axis {axis} is out of range for an array of {ndim} axes")
    return axis % ndim


@register("SwapAxis", aliases=("swapaxes",), view=True)
def swapaxes(data: Tensor, *, dim1: int = 0, dim2: int = 0) -> Tensor:
    """data with two axes exchanged."""
    return torch.transpose(data, dim1, dim2)


@gradient(swapaxes, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, dim1: int, dim2: int) -> Any:
    return (torch.transpose(g, dim1, dim2),)


@register("broadcast_to", view=True)
def broadcast_to(data: Tensor, *, shape: Shape = ()) -> Tensor:
    """data with axes of extent 1 stretched to ``shape``, where 0 leaves an axis as it is."""
    if 0 in shape:
        shape = tuple([n or have for n, have in zip(shape, data.shape, strict=False)])
    return _stretched(data, shape)


@register("broadcast_axis", aliases=("broadcast_axes",), view=True)
def broadcast_axis(data: Tensor, *, axis: Shape = (), size: Shape = ()) -> Tensor:
    """data with each of the axes ``axis``, of extent 1, stretched to its ``size``."""
    if len(axis) != len(size):
        raise ValueError("axis and size must be of one length")
    shape = list(data.shape)
    for a, n in zip(axis, size, strict=True):
        shape[axis_in(a, len(shape))] = n
    return _stretched(data, shape)


def _stretched(data: Tensor, shape: Sequence[int]) -> Tensor:
    if len(shape) != data.dim():
        raise ValueError(f"the {data.dim()} axes of the array can't become those of {tuple(shape)}")
    return data.expand(shape)


def _stretch_gradient(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> Any:
    return (g.sum_to_size(data.shape),)


gradient(broadcast_to)(_stretch_gradient)
gradient(broadcast_axis)(_stretch_gradient)


@register("broadcast_like", view=True)
def broadcast_like(
    lhs: Tensor, rhs: Tensor, *, lhs_axes: Shape | None = None, rhs_axes: Shape | None = None
) -> Tensor:
    """lhs stretched to the shape of rhs; or its axes ``lhs_axes`` to the extents of ``rhs_axes``."""
    if lhs_axes is None or rhs_axes is None:
        return _stretched(lhs, rhs.shape)
    if len(lhs_axes) != len(rhs_axes):
        raise ValueError("lhs_axes and rhs_axes must be of one length")
    shape = list(lhs.shape)
    for a, b in zip(lhs_axes, rhs_axes, strict=True):
        shape[axis_in(a, len(shape))] = rhs.shape[axis_in(b, rhs.dim())]
    return _stretched(lhs, shape)


@gradient(broadcast_like)
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor, **attributes: Any) -> Any:
    return g.sum_to_size(lhs.shape), None


@register("shape_array")
def shape_array(data: Tensor) -> Tensor:
    """The extents of data, as int64."""
    return torch.tensor(tuple(data.shape), dtype=torch.int64, device=data.device)


@register("size_array")
def size_array(data: Tensor) -> Tensor:
    """The number of data's elements, as int64 of shape (1,)."""
    return torch.tensor((data.numel(),), dtype=torch.int64, device=data.device)
