"""Pooling: windows over space, reduced to their maximum, mean, sum or p-norm."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import torch

from regluon.ops import windows
from regluon.ops.activation import require_floating
from regluon.ops.constants import constant
from regluon.ops.convolution import channels_last, each_axis
from regluon.ops.memory import is_last, laid
from regluon.ops.outlines import outline
from regluon.ops.registry import Mode, Shape, Tensor, gradient, register

PoolType: TypeAlias = Literal["avg", "lp", "max", "sum"]
Convention: TypeAlias = Literal["full", "same", "valid"]
Layout: TypeAlias = Literal["NCW", "NWC", "NCHW", "NHWC", "NCDHW", "NDHWC"]

# torch has a module-level __getattr__, which makes looking a name up in it slow. By the number of axes.
_max = {2: torch._C._nn.max_pool2d_with_indices, 3: torch._C._nn.max_pool3d_with_indices}
_avg = {2: torch._C._nn.avg_pool2d, 3: torch._C._nn.avg_pool3d}
_max_back = {
    2: torch.ops.aten.max_pool2d_with_indices_backward.default,
    3: torch.ops.aten.max_pool3d_with_indices_backward.default,
}
_avg_back = {2: torch.ops.aten.avg_pool2d_backward.default, 3: torch.ops.aten.avg_pool3d_backward.default}
_mean = torch.mean
_pad = torch.constant_pad_nd
_larger, _plus = torch.maximum, torch.add

_CHANNELS = 8
_NO_PLACES = torch.empty(0, dtype=torch.int64)


class _Windows(NamedTuple):
    """How torch is to lay the windows: all of it follows from attributes and data's shape."""

    axes: int
    kernel: Shape
    stride: Shape
    pad: Shape
    ceil: bool
    one: Shape
    around: Shape
    inside: Shape
    last: bool
    one_axis: bool
    moved: bool
    sizes: windows.Sizes


@lru_cache(1024)
def _windows(
    shape: Shape,
    kernel: Shape,
    stride: Shape,
    pad: Shape,
    everywhere: bool,
    convention: Convention,
    layout: str | None,
) -> _Windows:
    axes = len(shape) - 2
    if not 1 <= axes <= 3:
        raise ValueError("data must have 1 to 3 axes of space, besides batch and channels")
    last = channels_last(layout, axes)
    space = tuple(shape[1:-1] if last else shape[2:])
    if everywhere:
        kernel, stride, pad, convention = space, (), (), "valid"
    if len(kernel) != axes or min(kernel) < 1:
        raise ValueError(
            f"kernel={kernel} must have a number above 0 for each of data's {axes} axes of space"
        )
    stride = each_axis("stride", stride, kernel, 1, 1)
    if convention == "same":
        if axes > 1 or any(pad):
            raise ValueError('pooling_convention="same" is for one axis of space and without pad')
        pad = ()
    pad = each_axis("pad", pad, kernel, 0, 0)
    if any(k > n + 2 * p for k, n, p in zip(kernel, space, pad, strict=True)) and convention != "same":
        raise ValueError(f"kernel={kernel} is larger than the space {space} with pad={pad}")
    return _laid_out(space, kernel, stride, pad, convention, last)


def _count(n: int, k: int, s: int, p: int, convention: Convention) -> int:
    """How many windows an axis has."""
    if convention == "valid":
        return (n + 2 * p - k) // s + 1
    return -(-(n + 2 * p - k) // s) + 1 if convention == "full" else -(-n // s)


def _shape(
    shape: Shape,
    kernel: Shape,
    stride: Shape,
    pad: Shape,
    everywhere: bool,
    convention: Convention,
    last: bool,
) -> Shape:
    """The result's shape."""
    space = tuple(shape[1:-1] if last else shape[2:])
    places: Shape = (1,) * len(space)
    if not everywhere:
        pad = () if convention == "same" else pad
        steps, around = each_axis("stride", stride, kernel, 1, 1), each_axis("pad", pad, kernel, 0, 0)
        each = zip(space, kernel, steps, around, strict=True)
        places = tuple(_count(*axis, convention) for axis in each)
    return (shape[0], *places, shape[-1]) if last else (*shape[:2], *places)


def _laid_out(
    space: Shape, kernel: Shape, stride: Shape, pad: Shape, convention: Convention, last: bool
) -> _Windows:
    """torch lets no padding be wider than half a window, nor a window begin behind the data.

    Its means over three axes take no window that is larger than the data, whatever the padding.
    """
    laid = list(zip(space, kernel, stride, pad, strict=True))
    places = [_count(*axis, convention) for axis in laid]
    behind = any((o - 1) * s >= n + p for o, (n, k, s, p) in zip(places, laid, strict=True))
    around: Shape = ()
    inside: Shape = ()
    larger = len(space) == 3 and any(k > n for n, k, _, _ in laid)
    if convention == "same" or behind or larger or any(p > k // 2 for _, k, _, p in laid):
        for o, (n, k, s, p) in zip(reversed(places), reversed(laid), strict=True):
            around += (p, max((o - 1) * s + k - n - p, 0))
            inside += (p, p)
        pad, convention = (0,) * len(space), "valid"
    one_axis = len(space) == 1
    if one_axis:
        kernel, stride, pad, places = (1, *kernel), (1, *stride), (0, *pad), [1, *places]
    ceil, ones = convention == "full", (1,) * len(kernel)
    moved = last or one_axis
    sizes = tuple(zip(kernel, stride, pad, places, strict=True))
    given = (len(kernel), kernel, stride, pad, ceil, ones, around, inside)
    return _Windows(*given, last, one_axis, moved, sizes)


def _into(x: Tensor, w: _Windows) -> Tensor:
    """Channels first, and at least two axes of space."""
    if w.last:
        x = x.movedim(-1, 1)
    return x.unsqueeze(2) if w.one_axis else x


def _out_of(x: Tensor, w: _Windows) -> Tensor:
    if w.one_axis:
        x = x.squeeze(2)
    return x.movedim(1, -1).contiguous() if w.last else x


def _cut(x: Tensor, w: _Windows) -> Tensor:
    return _pad(x, [-n for n in w.around]) if w.around else x


def _maxima(x: Tensor, w: _Windows, training: bool) -> tuple[Tensor, Tensor]:
    """The maxima, and where they are if that is likely to be asked for."""
    if w.around:
        x = _pad(x, w.around, torch.finfo(x.dtype).min)
    if not training and not w.last and windows.by_axes(x) and x.is_contiguous():
        return windows.over_axes(x, w.sizes, _larger, -torch.inf), _NO_PLACES
    return _with_places(x, w)


def _with_places(x: Tensor, w: _Windows) -> tuple[Tensor, Tensor]:
    """By torch's kernel, whose vectors are of channels; they are laid last, or the planes of all samples."""
    few = x.size(1) < _CHANNELS
    if w.last or is_last(x) or (few and not (windows.by_axes(x) and x.is_contiguous())):
        return _max[w.axes](x, w.kernel, w.stride, w.pad, w.one, w.ceil)
    laid_so = windows.as_channels(x) if few else windows.with_channels_last(x)
    out, places = _max[w.axes](laid_so, w.kernel, w.stride, w.pad, w.one, w.ceil)
    if few:
        return windows.as_planes(out, x.size(0)), windows.as_planes(places, x.size(0))
    return out.contiguous(), places.contiguous()


def _maxima_back(g: Tensor, x: Tensor, places: Tensor, w: _Windows) -> Tensor:
    if w.around:
        x = _pad(x, w.around, torch.finfo(x.dtype).min)
    if places.numel() != g.numel():
        places = _with_places(x.detach(), w)[1]
    return _cut(_max_back[w.axes](g, x, w.kernel, w.stride, w.pad, w.one, w.ceil, places), w)


def _means(x: Tensor, w: _Windows, count_pad: bool, divisor: int | None) -> Tensor:
    if w.around:
        x = _pad(x, w.around)
    if windows.by_axes(x) and _sums_by_axes(x, w, count_pad, divisor):
        sums = windows.over_axes(x, w.sizes, _plus, 0.0)
        return sums if divisor else torch.div(sums, _divisors(x, w, count_pad))
    if w.axes == 3 and x.dtype is torch.float16:  # torch has no such kernel for the CPU
        return _avg[3](x.float(), w.kernel, w.stride, w.pad, w.ceil, count_pad, divisor).half()
    return _avg[w.axes](x, w.kernel, w.stride, w.pad, w.ceil, count_pad, divisor)


def _means_back(g: Tensor, x: Tensor, w: _Windows, count_pad: bool, divisor: int | None) -> Tensor:
    if w.around:
        x = _pad(x, w.around)
    if windows.backward_by_axes(g, x) and _sums_by_axes(x, w, count_pad, divisor):
        each = g if divisor else torch.div(g, _divisors(x, w, count_pad))
        return _cut(windows.spread_over_axes(each, w.sizes, x.shape[2:]), w)
    half = w.axes == 3 and x.dtype is torch.float16
    if half:
        g, x = g.float(), x.float()
    back = _cut(_avg_back[w.axes](g, x, w.kernel, w.stride, w.pad, w.ceil, count_pad, divisor), w)
    return back.half() if half else back


def _sums_by_axes(x: Tensor, w: _Windows, count_pad: bool, divisor: int | None) -> bool:
    """Not where the sums would be rounded on the way, nor where windows have different shares of padding."""
    rounded = x.element_size() <= 2 or (divisor is None and w.ceil and count_pad)
    return not w.last and not rounded and not is_last(x)


def _divisors(x: Tensor, w: _Windows, count_pad: bool) -> Tensor:
    """How many numbers each mean is of."""
    if count_pad or not (w.ceil or any(w.pad)):
        return constant(math.prod(w.kernel), x.dtype)
    like = torch.ones((1, 1, *x.shape[2:]), dtype=x.dtype, device=x.device)
    return _avg[w.axes](like, w.kernel, w.stride, w.pad, w.ceil, False, 1)


def _counts(x: Tensor, w: _Windows, count_pad: bool) -> Tensor:
    """How many numbers each window's sum is to be divided by, where torch can't count them."""
    like = torch.ones((1, 1, *x.shape[2:]), dtype=x.dtype, device=x.device)
    if count_pad:
        like = _pad(_pad(like, w.inside, 1.0), [a - b for a, b in zip(w.around, w.inside, strict=True)])
        w = w._replace(around=())
    return _means(like, w, True, 1).clamp(min=1)


def _smooth(x: Tensor, w: _Windows, pool_type: PoolType, everywhere: bool, count_pad: bool, p: int) -> Tensor:
    """Means, sums and norms."""
    if pool_type == "avg":
        if everywhere:
            return _mean(x, _SPACE[w.axes], True)
        if not w.around:
            return _means(x, w, count_pad, None)
        return torch.div(_means(x, w, True, 1), _counts(x, w, count_pad))
    if pool_type == "sum" or p == 1:
        return _means(x, w, True, 1)
    if p == 2:
        return torch.sqrt(_means(torch.square(x), w, True, 1))
    sums = _means(torch.pow(x, 3), w, True, 1)
    return torch.sign(sums) * torch.pow(torch.abs(sums), 1 / 3)


_SPACE = {2: (2, 3), 3: (2, 3, 4)}


def _smooth_back(
    g: Tensor,
    out: Tensor,
    x: Tensor,
    w: _Windows,
    pool_type: PoolType,
    everywhere: bool,
    count_pad: bool,
    p: int,
) -> Tensor:
    if pool_type == "avg":
        if everywhere:
            share = constant(1 / (x.numel() // max(g.numel(), 1)), g.dtype)
            return laid(torch.mul(g, share).expand(x.shape), is_last(x))
        if not w.around:
            return _means_back(g, x, w, count_pad, None)
        return _means_back(torch.div(g, _counts(x, w, count_pad)), x, w, True, 1)
    if pool_type == "sum" or p == 1:
        return _means_back(g, x, w, True, 1)
    slope = torch.div(g, torch.pow(out, p - 1)).masked_fill(out == 0, 0.0)
    return torch.mul(torch.pow(x, p - 1), _means_back(slope, x, w, True, 1))


def _norm(pool_type: str, p_value: int | None) -> int:
    if pool_type != "lp":
        return 0
    if p_value not in (1, 2, 3):
        raise ValueError(f'pool_type="lp" needs p_value=1, 2 or 3, but it is {p_value}')
    return p_value


@register("Pooling", visible=1)
def pooling(
    data: Tensor,
    *,
    kernel: Shape = (),
    pool_type: PoolType = "max",
    global_pool: bool = False,
    cudnn_off: bool = False,
    pooling_convention: Convention = "valid",
    stride: Shape = (),
    pad: Shape = (),
    p_value: int | None = None,
    count_include_pad: bool | None = None,
    layout: Layout | None = None,
    training: Mode,
) -> tuple[Tensor, Tensor]:
    """out[n, c, o] = max of data[n, c, o stride + k - pad] over the places k of the window; or mean, ...

    Of equal maxima the first has the gradient. A window without any data gives the lowest number of the type
    as maximum, and 0 otherwise. Where the maxima lie is a hidden output.

    Parameters
    ----------
    kernel, stride, pad
        The window's extents, its step and the width of what is around data: a number for each axis of space.
        By default step 1 and nothing around.
    pool_type
        "max", "avg", "sum" or "lp": (Σ xᵖ)^(1/p), of the numbers themselves, not of their absolute values.
    global_pool
        One window for all of space; kernel, stride, pad and convention do not count.
    pooling_convention
        "valid" has ⌊(space + 2 pad - kernel) / stride⌋ + 1 places, "full" rounds up, so that the last window
        may leave what is around data. "same" has ⌈space / stride⌉, for one axis of space and without pad.
    p_value
        p: 1, 2 or 3.
    count_include_pad
        Whether a mean counts the padding (but never what is beyond it). It does by default.
    layout
        With "NWC", "NHWC" and "NDHWC" the channels are the last axis of data and result.
    cudnn_off
        Of no effect.

    Inputs
    ------
    data : (batch, channels, *space), with 1 to 3 axes of space

    Outputs
    -------
    out : (batch, channels, *places)
    """
    require_floating(data)
    w = _windows(data.shape, kernel, stride, pad, global_pool, pooling_convention, layout)
    x = _into(data, w) if w.moved else data
    places = _NO_PLACES
    if data.is_meta and pool_type != "lp":
        shape = _shape(data.shape, kernel, stride, pad, global_pool, pooling_convention, w.last)
        return outline(data, shape), places
    if pool_type == "max":
        if global_pool and not training and not x.requires_grad:
            out = torch.amax(x, _SPACE[w.axes], True)
        else:
            out, places = _maxima(x, w, training)
    else:
        p = _norm(pool_type, p_value)
        out = _smooth(x, w, pool_type, global_pool, count_include_pad is not False, p)
    return _out_of(out, w) if w.moved else out, places


@gradient(pooling)
def _(
    g: Tensor,
    need: Any,
    outs: tuple[Tensor, Tensor],
    data: Tensor,
    *,
    kernel: Shape,
    pool_type: PoolType,
    global_pool: bool,
    cudnn_off: bool,
    pooling_convention: Convention,
    stride: Shape,
    pad: Shape,
    p_value: int | None,
    count_include_pad: bool | None,
    layout: Layout | None,
    training: bool,
) -> Any:
    w = _windows(data.shape, kernel, stride, pad, global_pool, pooling_convention, layout)
    out, places = outs
    if w.moved:
        x, g, out = _into(data, w), _into(g, w), _into(out, w)
    else:
        x = data
    if pool_type == "max":
        back = _maxima_back(g, x, places, w)
    else:
        p = _norm(pool_type, p_value)
        counted = count_include_pad is not False
        back = _smooth_back(g, out, x, w, pool_type, global_pool, counted, p)
    return (_out_of(back, w) if w.moved else back,)


@register("Pooling_v1")
def pooling_v1(
    data: Tensor,
    *,
    kernel: Shape = (),
    pool_type: Literal["avg", "max", "sum"] = "max",
    global_pool: bool = False,
    pooling_convention: Literal["full", "valid"] = "valid",
    stride: Shape = (),
    pad: Shape = (),
) -> Tensor:
    """Pooling in two dimensions, as old symbol files hold it

    Unlike in Pooling, what is around data is 0 for maxima, too, all of several equal maxima have the
    gradient, a mean divides by the kernel's size everywhere, and an empty window has the maximum -inf.
    """
    require_floating(data)
    if data.dim() != 4:
        raise ValueError("data must have 4 axes: batch, channels, height, width")
    if global_pool:
        kernel, stride, pad = data.shape[2:], (), ()
    _windows(data.shape, kernel, stride, pad, False, pooling_convention, None)
    stride, pad = stride or (1, 1), pad or (0, 0)
    lowest = torch.finfo(data.dtype).min
    x = _pad(data, (pad[1], pad[1], pad[0], pad[0]))
    for axis, n, k, s in zip((2, 3), x.shape[2:], kernel, stride, strict=True):
        beyond = max((_count(n, k, s, 0, pooling_convention) - 1) * s + k - n, 0)
        x = _pad(x, (0, beyond) if axis == 3 else (0, 0, 0, beyond), lowest if pool_type == "max" else 0.0)
    size = constant(math.prod(kernel), data.dtype)
    if windows.by_axes(x) and x.element_size() > 2:
        counts = [_count(n, k, s, 0, "valid") for n, k, s in zip(x.shape[2:], kernel, stride, strict=True)]
        sizes = tuple(zip(kernel, stride, (0, 0), counts, strict=True))
        if pool_type != "max":
            sums = windows.over_axes(x, sizes, _plus, 0.0)
            return sums if pool_type == "sum" else torch.div(sums, size)
        top = windows.over_axes(x, sizes, _larger, -torch.inf)
        return top.masked_fill(top == lowest, -torch.inf)
    blocks = x.unfold(2, kernel[0], stride[0]).unfold(3, kernel[1], stride[1])
    if pool_type != "max":
        sums = torch.sum(blocks, (4, 5))
        return sums if pool_type == "sum" else torch.div(sums, size)
    top = torch.amax(blocks, (4, 5), keepdim=True).detach()
    # Nothing is added; but so each of the maxima has the whole gradient.
    ties = torch.where(blocks == top, blocks - top, torch.zeros_like(top))
    return (top + ties.sum((4, 5), keepdim=True)).masked_fill(top == lowest, -torch.inf)[..., 0, 0]
