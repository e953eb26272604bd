"""Reductions along axes. Whatever is reduced in full has shape (1,): there are no arrays without axes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import torch

from regluon.base import dtype_name
from regluon.ops.comparison import no_gradient
from regluon.ops.constants import constant
from regluon.ops.masks import mask
from regluon.ops.registry import DType, Shape, Tensor, gradient, prepare, register

_sum = torch.sum  # torch has a module-level __getattr__: looking a name up in it is slow

__all__ = ["Plan", "plan", "reduced_axes"]


class Plan(NamedTuple):
    """What a reduction does to one shape."""

    axes: tuple[int, ...]
    many: int
    """How many elements become one."""
    kept: tuple[int, ...]
    """The result's shape, reduced axes kept with extent 1."""
    shape: tuple[int, ...]
    """The result's shape."""
    dim: int | tuple[int, ...] | None
    """The axes as torch takes them quickest; None for all where torch's result lacks its axis."""
    keepdim: bool
    """How torch makes that shape."""


def reduced_axes(ndim: int, axis: Shape | None, exclude: bool) -> tuple[int, ...]:
    """The axes to reduce: all for None or (), and with ``exclude`` those that are not named."""
    if not axis:
        return tuple(range(ndim))
    for a in axis:
        if not -ndim <= a < ndim:
            raise IndexError(f"axis {a} is out of range for an array of {ndim} axes")
    named = {a % ndim for a in axis}
    if len(named) < len(axis):
        raise ValueError(f"the axes {axis} have duplicates")
    return tuple([a for a in range(ndim) if (a in named) != exclude])


@lru_cache(maxsize=4096)
def plan(data: torch.Size, axis: Shape | None, keepdims: bool, exclude: bool) -> Plan:
    """How an array of shape ``data`` is reduced."""
    axes = reduced_axes(len(data), axis, exclude)
    kept = tuple([1 if a in axes else n for a, n in enumerate(data)])
    shape = kept if keepdims else tuple([n for a, n in enumerate(data) if a not in axes]) or (1,)
    many = torch.Size([data[a] for a in axes]).numel()
    dim = axes[0] if len(axes) == 1 else axes
    if len(axes) < len(data) or keepdims:
        return Plan(axes, many, kept, shape, dim, keepdims)
    return Plan(axes, many, kept, shape, 0 if len(axes) == 1 else None, len(axes) == 1)


def _sum_all(data: Tensor) -> Tensor:
    """The sum of all elements, with shape (1,)."""
    # Either gives that shape in one call, a view of torch's sum without axes in two.
    return _sum(data, 0, True) if data.dim() == 1 else data.sum_to_size(1)


def _sum_along(data: Tensor, p: Plan) -> Tensor:
    if p.dim is None:
        return _sum_all(data)
    return _sum(data, p.dim, p.keepdim) if p.axes else data.clone()


@register("sum", aliases=("sum_axis",))
def sum(data: Tensor, *, axis: Shape | None = None, keepdims: bool = False, exclude: bool = False) -> Tensor:
    """Σ data, along ``axis`` (all axes if None, those not named if ``exclude``); integers wrap around"""
    return sum_call(axis=axis, keepdims=keepdims, exclude=exclude)(data)


@prepare(sum)
def sum_call(*, axis: Shape | None, keepdims: bool, exclude: bool) -> Callable[[Tensor], Tensor]:
    """:func:`sum` for these attributes."""
    if axis is not None and len(axis) == 1 and not exclude:
        only = axis[0]
        return lambda data: _in_type(_sum(data, only, keepdims or data.dim() == 1), data)
    if not axis and not keepdims:
        return lambda data: _in_type(_sum_all(data), data)
    return lambda data: _in_type(_sum_along(data, plan(data.shape, axis, keepdims, exclude)), data)


def _in_type(total: Tensor, data: Tensor) -> Tensor:
    return total if total.dtype is data.dtype else total.to(data.dtype)


@gradient(sum, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: Any, keepdims: bool, exclude: bool) -> Any:
    return (_stretch(g, data, plan(data.shape, axis, keepdims, exclude)),)


@register("mean")
def mean(data: Tensor, *, axis: Shape | None = None, keepdims: bool = False, exclude: bool = False) -> Tensor:
    """Σ data / n, along ``axis`` (all axes if None, those not named if ``exclude``)"""
    if axis is None and not keepdims and data.is_floating_point():
        return torch.div(_sum(data), _whole(data.numel(), data.dtype, data.device))
    p = plan(data.shape, axis, keepdims, exclude)
    if p.many == 1:
        return data.clone().view(p.shape)
    total = _sum_along(data, p)
    if total.is_floating_point():
        return torch.div(total, constant(p.many, total.dtype))
    total = total.to(data.dtype)
    if data.dtype is torch.bool:
        return total
    if p.many % 256 ** data.element_size() == 0:  # MXNet's process ends
        name = dtype_name(data.dtype)
        raise ValueError(f"the count {p.many} is 0 as {name}; astype('float32') makes a mean of them")
    return torch.div(total, p.many, rounding_mode="trunc")


@lru_cache(maxsize=1024)
def _whole(number: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """A divisor whose shape makes a full mean's (1,)."""
    return torch.full((1,), number, dtype=dtype, device=device)


@gradient(mean, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: Any, keepdims: bool, exclude: bool) -> Any:
    p = plan(data.shape, axis, keepdims, exclude)
    if p.many == 1:
        return (g.reshape(data.shape),)
    return (_stretch(torch.div(g, constant(p.many, g.dtype)), data, p),)


def _stretch(g: Tensor, data: Tensor, p: Plan) -> Tensor:
    """A reduction's gradient back over the reduced axes, without a copy."""
    if p.many == 1:
        return g.reshape(data.shape)
    return _kept(g, p).expand(data.shape)


def _kept(x: Tensor, p: Plan) -> Tensor:
    """A result with its reduced axes back in place, as extents of 1; of a single number that says nothing."""
    return x if p.dim is None or p.keepdim or p.shape == p.kept else x.reshape(p.kept)


def _product(data: Tensor, p: Plan) -> Tensor:
    result = data if p.axes else data.clone()
    for a in reversed(p.axes):
        result = torch.prod(result, a)
    return result.reshape(p.shape).to(data.dtype)


@register("prod")
def prod(data: Tensor, *, axis: Shape | None = None, keepdims: bool = False, exclude: bool = False) -> Tensor:
    """Π data, along ``axis`` (all axes if None, those not named if ``exclude``)

    The gradient is the product divided by the element: not a number where the element is 0.
    """
    return _product(data, plan(data.shape, axis, keepdims, exclude))


@gradient(prod)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: Any, keepdims: bool, exclude: bool) -> Any:
    p = plan(data.shape, axis, keepdims, exclude)
    return (torch.div(_kept(torch.mul(g, out), p), data),)


@register("nansum")
def nansum(
    data: Tensor, *, axis: Shape | None = None, keepdims: bool = False, exclude: bool = False
) -> Tensor:
    """Σ data without what is not a number, along ``axis`` (as in :func:`sum`)"""
    p = plan(data.shape, axis, keepdims, exclude)
    return _sum_along(torch.nan_to_num(data, 0.0, torch.inf, -torch.inf), p).to(data.dtype)


@gradient(nansum)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: Any, keepdims: bool, exclude: bool) -> Any:
    p = plan(data.shape, axis, keepdims, exclude)
    return (torch.where(torch.isnan(data), 0, _kept(g, p)),)


@register("nanprod")
def nanprod(
    data: Tensor, *, axis: Shape | None = None, keepdims: bool = False, exclude: bool = False
) -> Tensor:
    """Π data without what is not a number, along ``axis`` (as in :func:`prod`)"""
    p = plan(data.shape, axis, keepdims, exclude)
    return _product(torch.nan_to_num(data, 1.0, torch.inf, -torch.inf), p)


@gradient(nanprod)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: Any, keepdims: bool, exclude: bool) -> Any:
    p = plan(data.shape, axis, keepdims, exclude)
    return (torch.where(torch.isnan(data), 0, torch.div(_kept(torch.mul(g, out), p), data)),)


def _extreme(fn: Callable[..., Tensor], data: Tensor, p: Plan) -> Tensor:
    if p.many == 0:
        raise ValueError("no elements have neither maximum nor minimum")
    if p.dim is None:
        return fn(data).view(1)
    return fn(data, p.dim, p.keepdim) if p.axes else data.clone()


def _to_extremes(g: Tensor, out: Tensor, data: Tensor, p: Plan) -> Tensor:
    """The gradient to all elements that equal the result."""
    return torch.mul(_kept(g, p), mask(torch.eq, data, _kept(out, p)))


@register("max", aliases=("max_axis",))
def max(data: Tensor, *, axis: Shape | None = None, keepdims: bool = False, exclude: bool = False) -> Tensor:
    """The largest element along ``axis`` (as in :func:`sum`); each that equals it gets the whole gradient"""
    return _extreme(torch.amax, data, plan(data.shape, axis, keepdims, exclude))


@gradient(max)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: Any, keepdims: bool, exclude: bool) -> Any:
    return (_to_extremes(g, out, data, plan(data.shape, axis, keepdims, exclude)),)


@register("min", aliases=("min_axis",))
def min(data: Tensor, *, axis: Shape | None = None, keepdims: bool = False, exclude: bool = False) -> Tensor:
    """The smallest element along ``axis`` (as in :func:`sum`); each that equals it gets the whole gradient"""
    return _extreme(torch.amin, data, plan(data.shape, axis, keepdims, exclude))


@gradient(min)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: Any, keepdims: bool, exclude: bool) -> Any:
    return (_to_extremes(g, out, data, plan(data.shape, axis, keepdims, exclude)),)


@register("norm")
def norm(
    data: Tensor,
    *,
    ord: int = 2,
    axis: Shape | None = None,
    out_dtype: DType | None = None,
    keepdims: bool = False,
) -> Tensor:
    """√(Σ data²), or Σ |data| for ``ord=1``, along ``axis`` (all axes if None)

    Parameters
    ----------
    ord
        1 or 2.
    out_dtype
        The type in which it is computed and given; data's if None.
    """
    if ord not in (1, 2):
        raise ValueError(f"ord is 1 or 2, not {ord}")
    kind = out_dtype or data.dtype
    p = plan(data.shape, axis, keepdims, False)
    values = data if data.is_floating_point() else data.double()
    result: Tensor = torch.linalg.vector_norm(values, ord, p.dim, p.keepdim)
    if p.dim is None:
        result = result.view(1)
    return result if result.dtype is kind else result.to(kind)


@gradient(norm)
def _(
    g: Tensor, need: Any, out: Tensor, data: Tensor, *, ord: int, axis: Any, out_dtype: Any, keepdims: bool
) -> Any:
    p = plan(data.shape, axis, keepdims, False)
    slope = torch.sign(data) if ord == 1 else torch.div(data, _kept(out, p))
    return (torch.mul(slope, _kept(g, p)).to(data.dtype),)


def _position(fn: Callable[..., Tensor], data: Tensor, axis: int | None, keepdims: bool) -> Tensor:
    """A position along an axis, in data's type."""
    if axis is not None:
        found = fn(data, axis, keepdims)
        return (found if found.dim() else found.view(1)).to(data.dtype)
    return fn(data).view((1,) * data.dim() if keepdims else (1,)).to(data.dtype)


@register("argmax")
def argmax(data: Tensor, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The position of the first largest element along ``axis`` (of all elements if None), in data's type"""
    return _position(torch.argmax, data, axis, keepdims)


@register("argmin")
def argmin(data: Tensor, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The position of the first smallest element along ``axis`` (of all elements if None), in data's type"""
    return _position(torch.argmin, data, axis, keepdims)


@register("argmax_channel")
def argmax_channel(data: Tensor) -> Tensor:
    """The position of the first largest element along axis 1, in data's type"""
    return _position(torch.argmax, data, 1, False)


for _fn in (argmax, argmin, argmax_channel):
    gradient(_fn)(no_gradient)


@register("_np_cumsum", aliases=("cumsum",))
def cumsum(a: Tensor, *, axis: int | None = None, dtype: DType | None = None) -> Tensor:
    """The sums of all elements up to each one, along ``axis`` (of the flattened array if None)

    Parameters
    ----------
    dtype
        The type in which it is computed and given; that of ``a`` if None, but int64 for bool.
    """
    kind = dtype or (torch.int64 if a.dtype is torch.bool else a.dtype)
    return torch.cumsum(a.reshape(-1) if axis is None else a, 0 if axis is None else axis, dtype=kind)


@gradient(cumsum, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, a: Tensor, *, axis: int | None, dtype: DType | None) -> Any:
    if axis is None:
        return (torch.cumsum(g.flip(0), 0).flip(0).reshape(a.shape).to(a.dtype),)
    return (torch.cumsum(g.flip(axis), axis).flip(axis).to(a.dtype),)


@register("moments")
def moments(data: Tensor, *, axes: Shape | None = None, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """The mean m and the variance Σ (data - m)² / n along ``axes``

    Outputs
    -------
    mean, variance : the shape of data without ``axes``, or with them as 1 if ``keepdims``
    """
    if not axes:
        raise ValueError("axes must be named; name all of them for the moments of the whole array")
    center = mean(data, axis=axes, keepdims=True)
    spread = mean(torch.square(data - center), axis=axes, keepdims=True)
    shape = plan(data.shape, axes, keepdims, False).shape
    return center.view(shape), spread.view(shape)
