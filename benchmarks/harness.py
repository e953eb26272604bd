"""Times programs against each other: alternating in one run, ratios of medians with their spread.

Machines are shared and noisy, so a time alone says little. Each round times every program once, in turn;
a ratio is formed per round, and the median of the rounds' ratios is given with the quartiles.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


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


class Program:
    """A program in a process of its own, timed on demand."""

    def __init__(self, python: str, module: str, *arguments: str, threads: int | None = None) -> None:
        command = [python, str(HERE / "timed_program.py"), module, *arguments]
        environment = os.environ if threads is None else {**os.environ, "OMP_NUM_THREADS": str(threads)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def seconds(self, calls: int) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{calls}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._process.args} ended")
        return float(answer)

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def alternate_programs(
    commands: Mapping[str, Sequence[str]],
    rounds: int,
    *,
    calls: int = 1,
    threads: int | None = None,
    warm_up: int = 3,
    pause: float = 0.0,
) -> dict[str, list[float]]:
    """Seconds of a call of each program: a Python, a module in ``programs`` and its arguments.

    So many ``calls`` are timed together, after a ``pause``.
    """
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(Program(*command, threads=threads))
            for name, command in commands.items()
        }

        def timer(program: Program) -> Callable[[], float]:
            def run() -> float:
                time.sleep(pause)
                return program.seconds(calls) / calls

            return run

        return alternate({name: timer(program) for name, program in running.items()}, rounds, warm_up)


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
