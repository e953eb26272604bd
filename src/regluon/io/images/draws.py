"""Random numbers of an image, one by one, as libstdc++'s distributions make them of mt19937."""

from __future__ import annotations

from typing import Any

from regluon.random.engine import coin, deviates, factor, integer, permutation
from regluon.random.mt import Stream

__all__ = ["Draws"]


class Draws:
    """The numbers that MXNet's iterators draw.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        self._stream = Stream(seed)

    @property
    def state(self) -> Any:
        """Where the stream stands; to be set again."""
        return self._stream.state

    @state.setter
    def state(self, state: Any) -> None:
        self._stream.state = state

    def between(self, low: float, high: float) -> float:
        """A float32 number from ``low`` to ``high``."""
        return factor(self._stream, low, high)

    def share(self) -> float:
        """A float32 number from 0 to 1."""
        return factor(self._stream, 0, 1)

    def around(self, width: float) -> float:
        """A number from -``width`` to ``width``."""
        return self.share() * width * 2 - width

    def integer(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return integer(self._stream, low, high)

    def coin(self) -> bool:
        """Heads, with probability ½."""
        return coin(self._stream)

    def normal(self, count: int, deviation: float) -> list[float]:
        """Normal numbers around 0."""
        return deviates(self._stream, count, deviation)

    def order(self, count: int) -> list[int]:
        """The numbers below ``count`` in random order."""
        found: list[int] = permutation(self._stream, count, True).tolist()
        return found
