"""Uniform and normal numbers from words, as libstdc++'s distributions make them of mt19937."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regluon.random.elementary import logf
from regluon.random.mt import Block, Lanes, Words, blocks

__all__ = ["Numbers", "integers", "normals", "rounded", "uniforms", "uniforms_of"]

Numbers = NDArray[np.floating[Any]]

# What is made of so many numbers stays in the processor's cache.
_AT_ONCE = 8192
_WIDTH = 512
_SCALE = np.float32(2.0**-32)
_BELOW_ONE = np.nextafter(np.float32(1), np.float32(0))
_BELOW_ONE_WIDE = np.nextafter(1.0, 0.0)
_ACCEPTED = math.pi / 4


def uniforms_of(words: Words, wide: bool) -> Numbers:
    """Numbers in [0, 1): float32 of a word each, or float64 of two, the low one first."""
    if wide:
        numbers: Numbers = words[..., 1::2] * 2.0**32
        numbers += words[..., ::2]
        numbers *= 2.0**-64
        return np.minimum(numbers, _BELOW_ONE_WIDE, out=numbers)
    return _at_most(_BELOW_ONE, words.astype(np.float32), _SCALE)


def _at_most(limit: np.float32, numbers: Numbers, factor: np.float32) -> Numbers:
    """factor * numbers, in place. To look for numbers above the limit is faster than to cut each."""
    numbers *= factor
    return np.minimum(numbers, limit, out=numbers) if numbers.max(initial=0) > limit else numbers


def rounded(numbers: Any, like: Numbers) -> Any:
    """What C++ makes of a result with a parameter: MXNet's float16 rounds it, other types promote."""
    return numbers.astype(np.float32).astype(np.float16) if like.dtype == np.float16 else numbers


def uniforms(lanes: Lanes, size: int, wide: bool) -> Numbers:
    """``size`` numbers in [0, 1)."""
    out: Numbers = np.empty(size, np.float64 if wide else np.float32)
    for block in blocks(size, _WIDTH, _AT_ONCE):
        block.of(out)[:] = uniforms_of(lanes.take(block, block.width * (1 + wide)), wide)
    return out


def integers(lanes: Lanes, size: int, low: int, high: int) -> NDArray[np.int64]:
    """``size`` integers low + |v mod (high - low)|, where v = 2³¹ a + b with the next words a and b."""
    out = np.empty(size, np.int64)
    span = np.int64((high - low + 2**63) % 2**64 - 2**63)
    for block in blocks(size, _WIDTH, _AT_ONCE):
        words = lanes.take(block, 2 * block.width).astype(np.uint64)
        numbers = ((words[:, ::2] << np.uint64(31)) + words[:, 1::2]).view(np.int64)
        block.of(out)[:] = np.abs(np.fmod(numbers, span)) + np.int64(low)
    return out


def normals(lanes: Lanes, size: int, wide: bool) -> Numbers:
    """``size`` standard normal numbers, by the polar method, which keeps one of each accepted pair.

    Points (x, y) are drawn in the square until 0 < x² + y² = s <= 1; the number is y √(-2 log s / s).
    """
    out: Numbers = np.empty(size, np.float64 if wide else np.float32)
    for block in blocks(size, _WIDTH, _AT_ONCE):
        y, square = _points(lanes, block, wide)
        factor = np.log(square) if wide else logf(square)
        factor *= -2
        factor /= square
        np.sqrt(factor, out=factor)
        factor *= y
        block.of(out)[:] = factor.reshape(-1, block.width)
    return out


def _points(lanes: Lanes, block: Block, wide: bool) -> tuple[Numbers, Numbers]:
    """y and s of the accepted points of a block, lane by lane."""
    rows = block.last - block.first
    pairs = int(block.width / _ACCEPTED + 1.8 * math.sqrt(block.width)) + 7
    while True:
        v = _coordinates(lanes.peek(block, 2 * pairs * (1 + wide)), wide)
        squares = v * v
        square = squares[:, ::2] + squares[:, 1::2]
        accepted = square <= 1
        accepted &= square > 0
        places = np.flatnonzero(accepted)
        starts = np.searchsorted(places, np.arange(0, (rows + 1) * pairs, pairs))
        if np.diff(starts).min() >= block.width:
            break
        pairs *= 2
    chosen = places.take(starts[:-1, None] + np.arange(block.width))
    lanes.skip(block, (chosen[:, -1] % pairs + 1) * (2 * (1 + wide)))
    chosen = chosen.ravel()
    s = square.ravel().take(chosen)
    chosen *= 2
    chosen += 1
    return v.ravel().take(chosen), s


def _coordinates(words: Words, wide: bool) -> Numbers:
    """2 u - 1 of the :func:`uniforms_of` words, in fewer steps."""
    if wide:
        v = uniforms_of(words, wide)
        v *= 2
    else:
        v = _at_most(2 * _BELOW_ONE, words.astype(np.float32), 2 * _SCALE)
    v -= 1
    return v
