"""Every operator of the registry: what a call adds to its kernels, and its time against MXNet's."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import torch

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE)]

from timed_operators import samples  # noqa: E402

from ops.running import Run  # noqa: E402 (it needs the path)
from ops.samples.spec import S  # noqa: E402
from regluon import autograd, cpu  # noqa: E402
from regluon.ndarray.functions import function_of  # noqa: E402
from regluon.ndarray.ndarray import NDArray  # noqa: E402
from regluon.random import generator  # noqa: E402

LIMIT_US, LIMIT_RATIO = 2.0, 2.0
AGAIN = 3
"""How often what is above the limit is measured again: a slow spell of the machine outlasts a measurement."""


class Cost(NamedTuple):
    """An operator's call, in µs: as ``nd`` function, and as the function over tensors that it is."""

    op: str
    whole: float
    bare: float
    whole_at_once: float
    bare_at_once: float

    @property
    def over(self) -> float:
        """What ``nd`` adds."""
        return self.whole - self.bare

    @property
    def own(self) -> float:
        """What it adds to a function that has its results at once, so that the caches hold what nd needs."""
        return self.whole_at_once - self.bare_at_once


def best(*runs: Callable[[], object], rounds: int = 60) -> list[float]:
    """The least time of each, in µs, taken in turn: what is longer is other processes'."""
    timers = [timeit.Timer(run) for run in runs]  # once: making one compiles, which empties the caches
    calls = max(1, min(100, int(0.0005 / min(timers[0].repeat(number=1, repeat=5)))))
    times: list[list[float]] = [[] for _ in runs]
    for i in range(rounds):
        for number in range(len(runs)) if i % 2 else reversed(range(len(runs))):
            times[number].append(timers[number].timeit(calls))
    return [min(of_one) / calls * 1e6 for of_one in times]


def cost(sample: S, before: Cost | None = None) -> Cost:
    """Of a small call outside recording; the least of this measurement and the one before."""
    now = Cost(sample.op, *called(sample), *called(sample, at_once=True))
    return now if before is None else Cost(sample.op, *map(min, now[1:], before[1:]))


def called(sample: S, at_once: bool = False) -> list[float]:
    """The times of the ``nd`` call and the function's, or of one that returns ``at_once`` what that did."""
    run = Run(sample)
    op, inputs, attributes = run.op, run.inputs, sample.attributes
    supplied = {**run.supplied, **({op.generator: generator(cpu())} if op.generator else {})}
    arrays = [None if x is None else NDArray(x, cpu()) for x in inputs]
    written = op.written(len(inputs)).items()
    kept = op.compute, op.prepare
    if at_once:
        op.compute, op.prepare = returning(op.compute(*inputs, **supplied)), None
    function, compute = function_of(op), op.compute

    def bare() -> None:
        outs = compute(*inputs, **supplied)
        for position, index in written:
            inputs[position].copy_(outs[index])

    try:
        with autograd.train_mode() if sample.train else autograd.predict_mode():
            return best(lambda: function(*arrays, **attributes), bare)
    finally:
        op.compute, op.prepare = kept


def returning(results: object) -> Callable[..., object]:
    """A function of anything, with these results."""
    return lambda *inputs, **attributes: results


def overheads(chosen: Collection[str]) -> str:
    """The operators whose ``nd`` call takes more than the limit over what it calls, worst first."""
    with torch.no_grad():
        small = [s for _, s in samples() if not chosen or s.op in chosen]
        costs = [cost(s) for s in small]
        for _ in range(AGAIN):
            costs = [cost(s, c) if c.over > LIMIT_US else c for c, s in zip(costs, small, strict=True)]
        costs.sort(key=lambda c: -c.over)
    above = [c for c in costs if c.over > LIMIT_US or chosen]
    over, own = [c.over for c in costs], [c.own for c in costs]
    lines = [
        f"### What a call of nd adds, {len(costs)} operators",
        "",
        "| | median µs | most µs | above the limit |",
        "|---|---|---|---|",
        f"| to the operator's function | {statistics.median(over):.2f} | {over[0]:.2f} | {beyond(over)} |",
        f"| to one that returns at once | {statistics.median(own):.2f} | {max(own):.2f} | {beyond(own)} |",
        "",
        "| operator | nd µs | its function µs | over µs | over one that returns at once µs |",
        "|---|---|---|---|---|",
    ]
    rows = [f"| `{c.op}` | {c.whole:.2f} | {c.bare:.2f} | {c.over:.2f} | {c.own:.2f} |" for c in costs]
    return "\n".join(lines + rows[: len(above) or 5]) + "\n"


def beyond(times: Sequence[float]) -> str:
    """How many are above the limit."""
    return f"{sum(t > LIMIT_US for t in times)} above {LIMIT_US}"


class Timed:
    """A Python that times operators on demand, on one thread if OMP_NUM_THREADS does not say otherwise."""

    def __init__(self, python: str) -> None:
        command = [python, str(HERE / "timed_operators.py")]
        environment = {"OMP_NUM_THREADS": "1", **os.environ}
        pipe, none = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=none, text=True, env=environment
        )
        self.count = int(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"{self._process.args} ended")
        return answer

    def seconds(self, number: int, size: int, calls: int) -> float | None:
        """The time of one call; None if there is none at this size."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{number} {size} {calls}\n")
        self._process.stdin.flush()
        answer = self._answer()
        return None if answer == "-" else float(answer) / calls


def against(ours: Timed, theirs: Timed, number: int, rounds: int) -> tuple[float, float, bool] | None:
    """Median times of one operator, alternating; whether at the typical size."""
    for size in (0, 1):
        first = [p.seconds(number, size, 1) for p in (ours, theirs)]
        if None in first:
            continue
        calls = max(1, min(200, int(0.004 / max(filter(None, first)))))
        times: list[list[float]] = [[], []]
        for _ in range(rounds):
            for process, kept in zip((ours, theirs), times, strict=True):
                kept.append(process.seconds(number, size, calls) or 0.0)
        return statistics.median(times[0]), statistics.median(times[1]), size == 0
    return None


def against_mxnet(python: str, chosen: Collection[str], rounds: int = 7) -> str:
    """The operators that take more than the limit times MXNet's time, worst first."""
    names = [small.op for _, small in samples()]
    ours, theirs = Timed(sys.executable), Timed(python)
    assert ours.count == theirs.count == len(names)
    rows = []
    for number, name in enumerate(names):
        if chosen and name not in chosen:
            continue
        found = against(ours, theirs, number, rounds)
        for _ in range(AGAIN):
            if found is None or found[0] <= LIMIT_RATIO * found[1]:
                break
            again = against(ours, theirs, number, rounds)
            assert again is not None
            found = min(found[0], again[0]), min(found[1], again[1]), found[2]  # each at its best
        if found is not None:
            rows.append((found[0] / found[1], name, *found))
    rows.sort(reverse=True)
    above = [r for r in rows if r[0] > LIMIT_RATIO or chosen]
    typical = sum([r[4] for r in rows])
    lines = [
        f"### Operators against MXNet 1.9.1: {len(rows)}, of which {typical} at a typical size",
        "",
        f"Median ratio {statistics.median(r[0] for r in rows):.2f}; above {LIMIT_RATIO}: {len(above)}.",
        "",
        "| operator | regluon µs | MXNet µs | ratio |",
        "|---|---|---|---|",
    ]
    for quotient, name, mine, others, large in above or rows[:5]:
        size = "" if large else " (small)"
        lines.append(f"| `{name}`{size} | {mine * 1e6:.1f} | {others * 1e6:.1f} | {quotient:.2f} |")
    return "\n".join(lines) + "\n"


def report(chosen: Collection[str] = ()) -> str:
    """Both tables, the second where MXNET_PYTHON names MXNet's interpreter; of all operators or some."""
    tables = [overheads(chosen)]
    if python := os.environ.get("MXNET_PYTHON"):
        tables.append(against_mxnet(python, chosen))
    return "\n".join(tables)


__all__ = ["report"]
