"""Single random numbers from one mt19937, as libstdc++'s distributions make them."""

from __future__ import annotations

import numpy as np

from regluon.random.elementary import logf
from regluon.random.mt import Stream
from regluon.random.numbers import uniforms_of

__all__ = ["coin", "deviates", "factor"]

_ONE = np.float32(1)


def _uniforms(stream: Stream, count: int, wide: bool = False) -> np.ndarray:
    return uniforms_of(stream.take(count * (1 + wide)).astype(np.uint32), wide)


def factor(stream: Stream, low: float, high: float) -> float:
    """A float32 number from ``low`` to ``high``."""
    start = np.float32(low)
    return float(_uniforms(stream, 1)[0] * (np.float32(high) - start) + start)


def coin(stream: Stream) -> bool:
    """Heads, with probability ½."""
    return bool(_uniforms(stream, 1, wide=True)[0] < 0.5)


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
