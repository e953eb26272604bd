"""Times programs against each other: alternating in one run, ratios of medians with their spread.

Machines are shared and noisy, so a time alone says little. Each round times every program once, in turn;
a ratio is formed per round, and the median of the rounds' ratios is given with the quartiles.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Ratio(NamedTuple):
    """The median of one program's time over another's, round by round, and its quartiles."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.3f} ({self.low:.3f}..{self.high:.3f})"


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def alternate(
    timers: Mapping[str, Callable[[], float]], rounds: int, warm_up: int = 3
) -> dict[str, list[float]]:
    """Calls each timer once a round, the order turning from round to round; gives their times."""
    names = list(timers)
    for _ in range(warm_up):
        for name in names:
            timers[name]()
    times: dict[str, list[float]] = {name: [] for name in names}
    for i in range(rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            times[name].append(timers[name]())
    return times


def ratio(of: list[float], to: list[float]) -> Ratio:
    """The ratio of two programs' times over the rounds."""
    quotients = [a / b for a, b in zip(of, to, strict=True)]
    low, median, high = statistics.quantiles(quotients, n=4)
    return Ratio(median, low, high)


def table(title: str, times: Mapping[str, list[float]], base: str, unit: float, label: str) -> str:
    """A Markdown table of medians, and of the ratios of ``base`` to each of the others."""
    lines = [f"### {title}", "", f"| program | median {label} | {base} / program |", "|---|---|---|"]
    for name, measured in times.items():
        quotient = "1" if name == base else str(ratio(times[base], measured))
        lines.append(f"| {name} | {statistics.median(measured) / unit:.2f} | {quotient} |")
    return "\n".join(lines) + "\n"
