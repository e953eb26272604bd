"""Single random numbers from one mt19937, as libstdc++'s distributions make them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from regluon.random.elementary import logf
from regluon.random.mt import Stream
from regluon.random.numbers import uniforms_of

__all__ = ["coin", "deviates", "factor", "integer", "permutation"]

_AT_ONCE = 65536
_ONE = np.float32(1)


def _uniforms(stream: Stream, count: int) -> np.ndarray:
    return uniforms_of(stream.take(count).astype(np.uint32), False)


def factor(stream: Stream, low: float, high: float) -> float:
    """A float32 number from ``low`` to ``high``."""
    start = np.float32(low)
    return float(_uniforms(stream, 1)[0] * (np.float32(high) - start) + start)


def coin(stream: Stream) -> bool:
    """Heads, with probability ½."""
    low, high = stream.take(2).tolist()
    heads: bool = (high * 2.0**32 + low) * 2.0**-64 < 0.5
    return heads


def deviates(stream: Stream, count: int, scale: float) -> list[float]:
    """float32 normal numbers by the polar method, y before x of each accepted point."""
    found: list[float] = []
    while len(found) < count:
        x, y = 2 * _uniforms(stream, 2) - _ONE
        square = x * x + y * y
        if 0 < square <= 1:
            radius = np.sqrt(-2 * logf(np.array([square], np.float32))[0] / square)
            found += [float(y * radius * np.float32(scale)), float(x * radius * np.float32(scale))]
    return found[:count]


def integer(stream: Stream, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included: ``_below`` of one, in a fifth of its time."""
    bound = high - low + 1
    scale = (2**32 - 1) // bound
    while (word := int(stream.take(1)[0])) >= scale * bound:
        pass
    return low + word // scale


def _below(stream: Stream, bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """A random integer below each bound, as ``std::uniform_int_distribution`` draws it.

    That is word // s with s = (2³² - 1) // bound; words from s bound on are drawn again.
    """
    scales = (2**32 - 1) // bounds
    words = stream.take(bounds.size).astype(np.int64)
    while (refused := np.flatnonzero(words >= scales * bounds)).size:
        words = np.concatenate([np.delete(words, refused[0]), stream.take(1).astype(np.int64)])
    return words // scales


def permutation(stream: Stream, size: int, flat: bool) -> NDArray[np.int64]:
    """Fisher and Yates' method, upwards for the elements of a vector, else downwards."""
    bounds = np.arange(2, size + 1) if flat else np.arange(size, 1, -1)
    parts = [_below(stream, bounds[i : i + _AT_ONCE]) for i in range(0, bounds.size, _AT_ONCE)]
    partners = np.concatenate([*parts, bounds[:0]]).tolist()
    order = list(range(size))
    for i, j in zip((bounds - 1).tolist(), partners, strict=True):
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)
