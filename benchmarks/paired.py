"""What one function takes more than another, resolved to a fraction of a microsecond, with its error.

Two least times differ by more than a small difference when the functions take hundreds of microseconds: each
is the luckiest of its own calls. Here every call is timed by itself, in groups of four, ABBA and BAAB in
turn, so that a drift of the machine and who comes first cancel within a group; and groups are added until
the mean of their differences is known well enough. Of the groups that half counts which took the least time
as a whole: the other half saw more of what else the machine does, and is left out whichever function met it.

What both have in common can be marked. Its time varies more than all the rest, if it is long; the rest alone
is known to a fraction of a microsecond then, too.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import perf_counter, perf_counter_ns
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Difference", "Extra", "Marks", "extra"]

Times = npt.NDArray[np.float64]

WARM_UP, GROUPS, BLOCKS, TRIMMED = 40, 50, 20, 0.1


class Difference(NamedTuple):
    """Of two times, in µs, with twice its standard error."""

    mean: float
    error: float

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.error:.2f}"


class Extra(NamedTuple):
    """Both functions' median times, by how much the first is longer, and what of it is outside the marks."""

    first: float
    second: float
    whole: Difference
    outside: Difference


class Marks:
    """When the part that both functions have in common began and ended, in ns."""

    def __init__(self) -> None:
        self.began = self.ended = 0

    def around(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """``fn``, marked."""

        def marked(*args: Any, **kwargs: Any) -> Any:
            self.began = perf_counter_ns()
            result = fn(*args, **kwargs)
            self.ended = perf_counter_ns()
            return result

        return marked


def extra(
    first: Callable[[], object],
    second: Callable[[], object],
    marks: Marks | None = None,
    error: float = 0.1,
    seconds: float = 1.5,
) -> Extra:
    """Measures until the error is small enough, at most for so long."""
    marks = marks or Marks()
    for _ in range(WARM_UP):
        first()
        second()
    times: Times = np.empty((0, 4, 2))
    collecting, end = gc.isenabled(), perf_counter() + seconds
    gc.disable()  # whose turn it is when the collector comes is chance
    try:
        while True:
            times = np.concatenate([times, _groups(first, second, marks)])
            undisturbed = _undisturbed(times)
            whole = _difference(undisturbed[:, :, 0])
            if len(times) >= 8 * GROUPS and (whole.error < error or perf_counter() > end):
                break
    finally:
        if collecting:
            gc.enable()
    medians = np.median(undisturbed[:, :2, 0], axis=0)
    return Extra(*map(float, medians), whole, _difference(undisturbed[:, :, 0] - undisturbed[:, :, 1]))


def _groups(first: Callable[[], object], second: Callable[[], object], marks: Marks) -> Times:
    """The times of calls in µs, and those between their marks: first, second, second, first a row."""
    rows = []
    for number in range(GROUPS):
        outer, inner = (second, first) if number % 2 else (first, second)
        row = []
        for run in (outer, inner, inner, outer):
            began = perf_counter_ns()
            run()
            ended = perf_counter_ns()
            row.append((ended - began, marks.ended - marks.began))
        rows.append([row[i] for i in ((1, 0, 3, 2) if number % 2 else (0, 1, 2, 3))])
    return np.array(rows) / 1e3


def _undisturbed(times: Times) -> Times:
    """The quicker half of the groups."""
    whole = times[:, :, 0].sum(1)
    return times[whole <= np.median(whole)]


def _difference(times: Times) -> Difference:
    """The mean over the groups without the tenths at both ends, which are interrupts.

    Its error is that of the means of successive blocks: neighbours may be alike, as in a slow spell.
    """
    each = (times[:, 0] + times[:, 3] - times[:, 1] - times[:, 2]) / 2
    low, high = np.quantile(each, [TRIMMED, 1 - TRIMMED])
    blocks = np.clip(each, low, high)[: len(each) // BLOCKS * BLOCKS].reshape(BLOCKS, -1).mean(1)
    error = 2 * blocks.std(ddof=1) / BLOCKS**0.5 / (1 - 2 * TRIMMED)
    return Difference(float(each[(low <= each) & (each <= high)].mean()), float(error))
