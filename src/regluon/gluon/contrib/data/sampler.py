"""A sampler at intervals."""

from __future__ import annotations

from collections.abc import Iterator

from regluon.gluon.data import Sampler

__all__ = ["IntervalSampler"]


class IntervalSampler(Sampler):
    """Every ``interval``-th number below ``length``, from 0 on.

    Parameters
    ----------
    length, interval : int
    rollover : bool
        Whether those from 1 on follow, and so on, until all have come. (If not, ``len`` is ``length`` all the
        same, as in MXNet.)

    Raises
    ------
    AssertionError
        If the interval is longer than all.
    """

    def __init__(self, length: int, interval: int, rollover: bool = True) -> None:
        if interval > length:
            raise AssertionError(f"Interval {interval} must be smaller than or equal to length {length}")
        self._length = length
        self._interval = interval
        self._rollover = rollover

    def __iter__(self) -> Iterator[int]:
        for start in range(self._interval if self._rollover else 1):
            yield from range(start, self._length, self._interval)

    def __len__(self) -> int:
        return self._length
