"""Windows over space, one axis after the other: k + k numbers for a window of k · k, and in vector kernels.

torch's own kernels for contiguous data go through each window's numbers one by one: they take 3 to 20 times
as long. Where there are few numbers, one call of a kernel is still the faster way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import torch

from regluon.ops.registry import Shape, Tensor

__all__ = [
    "Sizes",
    "as_channels",
    "as_planes",
    "backward_by_axes",
    "by_axes",
    "over_axes",
    "spread_over_axes",
    "with_channels_last",
]

Sizes: TypeAlias = tuple[tuple[int, int, int, int], ...]
"""For each axis of space: the kernel's extent, its step, the width around data, the number of windows."""

_FORWARD, _BACKWARD = 2**14, 2**16


def by_axes(x: Tensor) -> bool:
    """Whether this way is open (it writes in place: torch can't differentiate it) and pays."""
    return not x.requires_grad and x.numel() > _FORWARD and x.is_cpu


def backward_by_axes(g: Tensor, x: Tensor) -> bool:
    """The same for the way back."""
    return not g.requires_grad and x.numel() > _BACKWARD and x.is_cpu


class _Tap(NamedTuple):
    """One place of the kernel: of which windows it is inside the data, and the numbers there."""

    all: bool
    windows: tuple[slice, ...]
    numbers: tuple[slice, ...]


@lru_cache(1024)
def _taps(axis: int, n: int, k: int, s: int, p: int, count: int) -> list[_Tap]:
    """Those inside all windows first."""
    before, taps = (slice(None),) * axis, []
    for i in range(k):
        first, end = max(0, -((i - p) // s)), min(count, (n - 1 + p - i) // s + 1)
        if first < end:
            start = first * s + i - p
            numbers = slice(start, start + (end - first - 1) * s + 1, s)
            taps.append(_Tap(end - first == count, (*before, slice(first, end)), (*before, numbers)))
    return sorted(taps, key=lambda t: not t.all)


def over_axes(x: Tensor, sizes: Sizes, combine: Callable[..., Tensor], start: float) -> Tensor:
    """``combine`` (of two tensors, with ``out``) over the numbers of each window.

    Rows come first: their kernels have contiguous memory, and leave less for those that have not.
    """
    given = x
    for axis, (k, s, p, count) in enumerate(sizes, 2):
        if k == s == 1 and not p:
            continue
        taps = _taps(axis, x.size(axis), k, s, p, count)
        if len(taps) > 1 and taps[1].all:
            y, rest = combine(x[taps[0].numbers], x[taps[1].numbers]), taps[2:]
        else:
            y, rest = x.new_full((*x.shape[:axis], count, *x.shape[axis + 1 :]), start), taps
        for tap in rest:
            some = y if tap.all else y[tap.windows]
            combine(some, x[tap.numbers], out=some)
        x = y
    return x.clone() if x is given else x


def spread_over_axes(g: Tensor, sizes: Sizes, space: Shape) -> Tensor:
    """The way back from sums: to each number the sum of its windows' gradients."""
    for axis in reversed(range(2, g.dim())):
        k, s, p, count = sizes[axis - 2]
        n = space[axis - 2]
        if k == s == 1 and not p:
            continue
        y = g.new_zeros((*g.shape[:axis], n, *g.shape[axis + 1 :]))
        for tap in _taps(axis, n, k, s, p, count):
            numbers, some = y[tap.numbers], g if tap.all else g[tap.windows]
            if s >= k:
                numbers.copy_(some)
            else:
                numbers.add_(some)
        g = y
    return g


def with_channels_last(x: Tensor) -> Tensor:
    """The same array with its channels last in memory.

    Channels that are a multiple of a kibibyte apart displace each other from the cache: a copy with gaps
    between them, image by image, first makes it two to three times as fast.
    """
    last = torch.channels_last if x.dim() == 4 else torch.channels_last_3d
    size = x.shape[2:].numel()
    if size % 256 or x.numel() < _FORWARD or x.requires_grad or not (x.is_cpu and x.is_contiguous()):
        return x.contiguous(memory_format=last)
    apart = x.new_empty(1, x.size(1), size + 16)[..., :size].view(1, *x.shape[1:])
    out = torch.empty_like(x, memory_format=last)
    for image, place in zip(x.split(1), out.split(1), strict=True):  # type: ignore[no-untyped-call]
        place.copy_(apart.copy_(image))
    return out


def as_channels(x: Tensor) -> Tensor:
    """The planes of all samples as the channels of a single one, last in memory."""
    space = x.shape[2:]
    return _transposed(x.view(-1, space.numel())).view(1, *space, -1).movedim(-1, 1)


def as_planes(x: Tensor, samples: int) -> Tensor:
    """The way back: (1, samples · channels, *places) -> (samples, channels, *places), contiguous."""
    places = x.shape[2:]
    return _transposed(x[0].movedim(0, -1).view(places.numel(), -1)).view(samples, -1, *places)


def _transposed(x: Tensor) -> Tensor:
    # Block by block: to copy a matrix turned round is a way of its own in torch, and the fastest.
    return x.new_empty(x.size(1), x.size(0)).copy_(x.t())
