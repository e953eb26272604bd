"""The first words of many mt19937 engines at once.

An engine is seeded by 624 multiplications, each of which waits for the one before. One engine after another
takes as long as that; here each multiplication is done for all engines. Seeding and tempering are those of
Matsumoto and Nishimura (http://www.math.sci.hiroshima-u.ac.jp/m-mat/MT/emt.html, mt19937ar).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MANY", "MOST", "first_words"]

Words = NDArray[np.uint32]

MANY = 300
"""Engines from which on this is faster than one after another."""
MOST = 227
"""Words that an engine makes of what it was seeded with alone."""

_DISTANCE = 397  # of the words that one is made of
_AT_ONCE = 256  # engines whose words stay in the processor's cache
_LINE = 1024  # words; rows that far apart share their places in the processor's cache


def _constant(number: int) -> Any:
    return np.array(number, np.uint32)  # not a scalar, which each call would make an array of


_MULTIPLIER, _THIRTY, _ONE = _constant(1812433253), _constant(30), _constant(1)
_UPPER, _LOWER, _MATRIX = _constant(0x80000000), _constant(0x7FFFFFFF), _constant(0x9908B0DF)
_NUMBERS = [_constant(n) for n in range(_DISTANCE + MOST)]
# Shifts to the right, and to the left with a mask, in their order.
_TEMPERING = (11, None), (-7, 0x9D2C5680), (-15, 0xEFC60000), (18, None)


def first_words(seeds: NDArray[np.uint32], count: int) -> Words:
    """The first ``count`` words, at most ``MOST``, of the engine of each seed, a row each."""
    near, far = _seeded(seeds, count)
    words = np.empty((len(seeds), count), np.uint32)
    for i in range(0, len(seeds), _AT_ONCE):
        part = slice(i, i + _AT_ONCE)
        words[part] = _tempered(_twisted(near[:, part], far[:, part])).T
    return words


def _twisted(near: Words, far: Words) -> Words:
    words: Words = near[:-1] & _UPPER
    words |= near[1:] & _LOWER
    odd = words & _ONE
    odd *= _MATRIX
    words >>= _ONE
    words ^= odd
    words ^= far
    return words


def _tempered(words: Words) -> Words:
    """The words themselves, in place."""
    for shift, mask in _TEMPERING:
        moved = words >> shift if mask is None else words << -shift
        if mask is not None:
            moved &= mask
        words ^= moved
    return words


def _seeded(seeds: NDArray[np.uint32], count: int) -> tuple[Words, Words]:
    """What the words are made of: of the states seeded, [0, count] and [397, 397 + count), engines last."""
    engines = len(seeds)
    width = engines + 16 * (engines % _LINE == 0)
    near = np.empty((count + 1, width), np.uint32)[:, :engines]
    far = np.empty((count, width), np.uint32)[:, :engines]
    between = np.empty((2, engines), np.uint32)
    moved = np.empty(engines, np.uint32)
    shift, differ, multiply, add = np.right_shift, np.bitwise_xor, np.multiply, np.add
    near[0] = last = seeds
    rows = [*near, *(between[n % 2] for n in range(_DISTANCE - count - 1)), *far]
    for row, number in zip(rows[1:], _NUMBERS[1:], strict=False):
        shift(last, _THIRTY, moved)
        differ(moved, last, moved)
        multiply(moved, _MULTIPLIER, moved)
        add(moved, number, row)
        last = row
    return near, far
