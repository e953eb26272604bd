"""Parts of arrays: slices, and whole arrays cut into pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import torch

from regluon.base import MXNetError
from regluon.ops.constants import constant
from regluon.ops.registry import Shape, Tensor, gradient, prepare, register
from regluon.ops.shape import axis_in

__all__ = ["Bounds", "region", "slices_of"]

Bounds: TypeAlias = tuple[int | None, ...]


def region(x: Tensor, items: Sequence[slice | int]) -> tuple[Tensor, list[int]]:
    """A view of x[items], where steps may be negative, and its axes that must still be reversed."""
    forward: list[slice | int] = []
    backward: list[int] = []
    place = 0
    for item, extent in zip(items, x.shape, strict=False):
        if isinstance(item, slice):
            if item.step is not None and item.step < 0:
                places = range(extent)[item]
                item = slice(places[-1], places[0] + 1, -item.step) if places else slice(0, 0)
                if len(places) > 1:
                    backward.append(place)
            place += 1
        forward.append(item)
    return x[tuple(forward)], backward


def _part(x: Tensor, slices: tuple[slice, ...]) -> Tensor:
    try:
        return x[slices]
    except ValueError:  # torch knows no negative steps
        found, backward = region(x, slices)
        return torch.flip(found, backward)


def _spread(g: Tensor, like: Tensor, slices: tuple[slice, ...]) -> Tensor:
    """The gradient of :func:`_part`: g in its place, zeros around it."""
    whole = torch.zeros(like.shape, dtype=g.dtype, device=g.device)
    place, backward = region(whole, slices)
    place.copy_(torch.flip(g, backward) if backward else g)
    return whole


@lru_cache(1024)
def slices_of(ndim: int, begin: Bounds, end: Bounds, step: Bounds) -> tuple[slice, ...]:
    """The slices that ``begin``, ``end`` and ``step`` (left out, or one for each of the others) mean."""
    if len(begin) != len(end) or (step and len(step) != len(begin)):
        raise ValueError("begin, end and step must be of one length")
    if len(begin) > ndim:
        raise ValueError(f"the array has only {ndim} axes")
    if 0 in step:
        raise ValueError("a step can't be 0")
    return tuple([slice(*bounds) for bounds in zip(begin, end, step or (None,) * len(begin), strict=True)])


@register("slice", aliases=("crop",), view=True)
def slice_(data: Tensor, *, begin: Bounds, end: Bounds, step: Bounds = ()) -> Tensor:
    """data[begin[0] : end[0] : step[0], begin[1] : end[1] : step[1], ...], None as in Python's slices."""
    return _part(data, slices_of(data.dim(), begin, end, step))


@gradient(slice_, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, begin: Bounds, end: Bounds, step: Bounds) -> Any:
    return (_spread(g, data, slices_of(data.dim(), begin, end, step)),)


@lru_cache(1024)
def _axis_slice(shape: Shape, axis: int, begin: int, end: int | None) -> tuple[slice, ...]:
    axis = axis_in(axis, len(shape))
    extent = shape[axis]
    first = begin + extent if begin < 0 else begin
    last = extent if end is None else end + extent if end < 0 else end
    if not 0 <= first < last <= extent:
        raise ValueError(f"there is no part {begin}...{end} of an axis of {extent}")
    return (*[slice(None)] * axis, slice(first, last))


@register("slice_axis", view=True)
def slice_axis(data: Tensor, *, axis: int, begin: int, end: int | None) -> Tensor:
    """The elements begin...end-1 along one axis; None is the axis's end, negative ones count from there."""
    return _part(data, _axis_slice(data.shape, axis, begin, end))


@gradient(slice_axis, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: int, begin: int, end: int | None) -> Any:
    return (_spread(g, data, _axis_slice(data.shape, axis, begin, end)),)


def _like_slices(data: Tensor, shape_like: Tensor, axes: Shape) -> tuple[slice, ...]:
    if not axes and data.dim() != shape_like.dim():
        raise ValueError("without axes, both arrays need the same number of axes")
    slices = [slice(None)] * data.dim()
    for a in axes or range(data.dim()):
        axis = axis_in(a, data.dim())  # of both, as MXNet counts those below 0
        extent = shape_like.shape[axis_in(axis, shape_like.dim())]
        if extent > data.shape[axis]:
            raise ValueError(f"axis {a} has {data.shape[axis]} elements, which is less than {extent}")
        slices[axis] = slice(0, extent)
    return tuple(slices)


@register("slice_like", view=True)
def slice_like(data: Tensor, shape_like: Tensor, *, axes: Shape = ()) -> Tensor:
    """The beginning of data along ``axes`` (all if ()), with the extents of shape_like."""
    return _part(data, _like_slices(data, shape_like, axes))


@gradient(slice_like)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, shape_like: Tensor, *, axes: Shape) -> Any:
    return _spread(g, data, _like_slices(data, shape_like, axes)), None


@register("_slice_assign", aliases=("_crop_assign",), same_type=True)
def slice_assign(lhs: Tensor, rhs: Tensor, *, begin: Bounds, end: Bounds, step: Bounds = ()) -> Tensor:
    """A copy of lhs in which the part that ``slice`` would give is rhs."""
    out = lhs.clone(memory_format=torch.contiguous_format)
    place, backward = region(out, slices_of(out.dim(), begin, end, step))
    if place.shape != rhs.shape:
        raise ValueError(f"the part to be assigned has shape {tuple(place.shape)}")
    place.copy_(torch.flip(rhs, backward) if backward else rhs)
    return out


@register("_slice_assign_scalar", aliases=("_crop_assign_scalar",))
def slice_assign_scalar(
    data: Tensor, *, scalar: float = 0.0, begin: Bounds, end: Bounds, step: Bounds = ()
) -> Tensor:
    """A copy of data in which every element of the part that ``slice`` would give is ``scalar``."""
    out = data.clone(memory_format=torch.contiguous_format)
    region(out, slices_of(out.dim(), begin, end, step))[0].copy_(constant(scalar, out.dtype))
    return out


# torch's annotations say that these return nothing.
_split_copy: Any = torch.split_copy
_unbind_copy: Any = torch.unbind_copy
_strided_copy: Any = torch.as_strided_copy
_unbind = torch.unbind


@register("SliceChannel", aliases=("split",))
def split(data: Tensor, *, num_outputs: int, axis: int = 1, squeeze_axis: bool = False) -> tuple[Tensor, ...]:
    """data cut into ``num_outputs`` equal parts along ``axis``, which is left out if ``squeeze_axis``."""
    return split_call(num_outputs=num_outputs, axis=axis, squeeze_axis=squeeze_axis)(data)


@prepare(split)
def split_call(*, num_outputs: int, axis: int, squeeze_axis: bool) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """:func:`split` for these attributes."""

    def call(data: Tensor) -> tuple[Tensor, ...]:
        at, width, shape, strides = _parts(data.shape, num_outputs, axis, squeeze_axis)
        if not data.is_contiguous():
            return tuple(_unbind_copy(data, at) if squeeze_axis else _split_copy(data, width, at))
        # One copy for all parts, of which each is a block.
        return _unbind(_strided_copy(data, shape, strides))

    return call


@lru_cache(maxsize=1024)
def _parts(
    data: torch.Size, count: int, axis: int, squeeze: bool
) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    """The axis, the parts' extent along it, and shape and strides of all parts along a new first axis."""
    at = axis_in(axis, len(data))
    extent = data[at]
    if count < 1 or extent % count:
        raise MXNetError(f"an axis of {extent} can't be cut into {count} equal parts")
    if squeeze and extent != count:
        raise MXNetError(f"squeeze_axis needs num_outputs={extent}, the extent of axis {axis}")
    width = extent // count
    steps = [data[i + 1 :].numel() for i in range(len(data))]
    kept = [i for i in range(len(data)) if i != at or not squeeze]
    shape = (count, *[width if i == at else data[i] for i in kept])
    return at, width, shape, (width * steps[at], *[steps[i] for i in kept])


@gradient(split)
def _(g: Any, need: Any, out: Any, data: Tensor, *, num_outputs: int, axis: int, squeeze_axis: bool) -> Any:
    return (torch.stack(g, axis) if squeeze_axis else torch.cat(g, axis),)


@register("_split_v2", view=True)
def split_v2(
    data: Tensor, *, indices: Shape, axis: int = 1, squeeze_axis: bool = False, sections: int = 0
) -> tuple[Tensor, ...]:
    """data cut along ``axis`` where ``indices`` say, or into equal ``sections``.

    Parameters
    ----------
    indices
        Where each part begins, the first one's 0 included.
    squeeze_axis
        Whether to leave out the axis, of which every part must have 1.
    """
    extent = data.shape[axis_in(axis, data.dim())]
    if sections:
        return split(data, num_outputs=sections, axis=axis, squeeze_axis=squeeze_axis)
    ends = (*indices[1:], extent)
    sizes = [end - begin for begin, end in zip(indices, ends, strict=True)]
    if not sizes or indices[0] != 0 or min(sizes) < 0:
        raise ValueError(f"indices must rise from 0 to {extent} at most")
    if squeeze_axis and max(sizes) != 1:
        raise ValueError(f"squeeze_axis needs parts of 1 along axis {axis}")
    parts = torch.split(data, sizes, axis)
    return tuple([p.squeeze(axis) for p in parts]) if squeeze_axis else parts


@gradient(split_v2)
def _(g: Any, need: Any, out: Any, data: Tensor, **attributes: Any) -> Any:
    axis = attributes["axis"]
    return (torch.stack(g, axis) if attributes["squeeze_axis"] else torch.cat(g, axis),)
