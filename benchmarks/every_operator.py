"""Every operator of the registry: what a call adds to its kernels, and its time against MXNet's."""

from __future__ import annotations

import inspect
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE)]

from paired import Difference, Extra, Marks, extra  # noqa: E402
from timed_operators import samples  # noqa: E402

from ops.running import Run  # noqa: E402 (it needs the path)
from ops.samples.spec import S  # noqa: E402
from regluon import autograd, cpu  # noqa: E402
from regluon.ndarray.functions import function_of  # noqa: E402
from regluon.ndarray.ndarray import NDArray  # noqa: E402
from regluon.random import generator  # noqa: E402

LIMIT_US, LIMIT_RATIO = 2.0, 2.0
ERROR_US = 0.15
AGAIN = 2
"""How often what is above a limit is timed again: a slow spell of the machine outlasts a measurement."""


class Cost(NamedTuple):
    """An operator's call as ``nd`` function, over the function over tensors that it is."""

    op: str
    own: Extra
    at_once: Extra
    """The same over a function that has its results at once, so that the caches hold what nd needs."""

    @property
    def resolved(self) -> bool:
        """Whether the times of whole calls tell what nd adds."""
        return self.own.whole.error <= ERROR_US

    @property
    def adds(self) -> Difference:
        """What nd adds; where the function's own time varies too much, what comes before and after it."""
        return self.own.whole if self.resolved else self.own.outside

    @property
    def near(self) -> bool:
        """Whether it is above the limit, or may be."""
        return self.adds.mean + self.adds.error > LIMIT_US


def quicker(before: Cost, sample: S) -> Cost:
    """Of two measurements the one in which the operator's function took less, whatever nd added."""
    return min(before, cost(sample), key=lambda c: c.own.second)


def cost(sample: S) -> Cost:
    """Of a small call outside recording."""
    with autograd.train_mode() if sample.train else autograd.predict_mode():
        return Cost(sample.op, extra(*pair(sample)), extra(*pair(sample, at_once=True)))


def pair(sample: S, at_once: bool = False) -> tuple[Callable[[], Any], Callable[[], None], Marks]:
    """The ``nd`` call and its function's, or one that has its results ``at_once``; and what they share."""
    run, marks = Run(sample), Marks()
    op, inputs, attributes = run.op, run.inputs, sample.attributes
    supplied = {**run.supplied, **({op.generator: generator(cpu())} if op.generator else {})}
    given = {k: v for k, v in supplied.items() if k in attributes or k not in run.attributes}
    arrays = [None if x is None else NDArray(x, cpu()) for x in inputs]
    written = op.written(len(inputs)).items()
    results, prepare = op.compute(*inputs, **supplied), op.prepare
    if at_once:
        op = replace(op, fn=alike(op.fn, lambda *inputs, **attributes: results), prepare=None)
    else:
        marked = prepare and (lambda **attributes: marks.around(prepare(**attributes)))
        op = replace(op, fn=alike(op.fn, marks.around(op.fn)), prepare=marked)
    function, compute = function_of(op), op.compute

    def nd() -> Any:
        return function(*arrays, **attributes)

    def bare() -> None:
        outs = compute(*inputs, **given)
        for position, index in written:
            if outs[index] is not None and outs[index] is not inputs[position]:
                inputs[position].copy_(outs[index])

    return nd, bare, marks


def alike(fn: Callable[..., Any], other: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is called like ``fn``, at the same cost, and calls the other."""
    spec = inspect.getfullargspec(fn)
    several = [f"*{spec.varargs}"] if spec.varargs else []
    takes = [*spec.args, *(several or (["*"] if spec.kwonlyargs else [])), *spec.kwonlyargs]
    gives = [*spec.args, *several, *[f"{name}={name}" for name in spec.kwonlyargs]]
    made: dict[str, Any] = {"other": other}
    text = f"def made({', '.join(takes)}): return other({', '.join(gives)})"
    exec(text, made)  # noqa: S102 (text of our own names alone)
    found = made["made"]
    found.__defaults__, found.__kwdefaults__ = fn.__defaults__, fn.__kwdefaults__
    return found  # type: ignore[no-any-return]


def overheads(chosen: Collection[str]) -> str:
    """The operators whose ``nd`` call takes more than the limit over what it calls, worst first."""
    with torch.no_grad():
        small = [s for _, s in samples() if not chosen or s.op in chosen]
        costs = [cost(s) for s in small]
        for _ in range(AGAIN):
            costs = [quicker(c, s) if c.near else c for c, s in zip(costs, small, strict=True)]
    costs.sort(key=lambda c: -c.adds.mean)
    shown = costs if chosen else [c for c in costs if c.near]
    lines = [
        f"### What a call of nd adds, {len(costs)} operators",
        "",
        f"| | median µs | most µs | above {LIMIT_US} µs | within their error of it |",
        "|---|---|---|---|---|",
        f"| to the operator's function | {summary([c.adds for c in costs])} |",
        f"| to one that returns at once | {summary([c.at_once.whole for c in costs])} |",
        "",
        *inside(costs),
        "",
        "| operator | nd µs | its function µs | nd adds µs | before and after it µs | to one at once µs |",
        "|---|---|---|---|---|---|",
    ]
    for c in shown or costs[:5]:
        columns = f"{c.own.first:.2f}", f"{c.own.second:.2f}", c.own.whole, c.own.outside, c.at_once.whole
        lines.append(f"| `{c.op}` | {' | '.join(map(str, columns))} |")
    return "\n".join(lines) + "\n"


def summary(found: Sequence[Difference]) -> str:
    """The columns of a summary: above the limit is what is so by more than its error."""
    means = [d.mean for d in found]
    above = sum(d.mean - d.error > LIMIT_US for d in found)
    near = sum(abs(d.mean - LIMIT_US) <= d.error for d in found)
    return f"{statistics.median(means):.2f} | {max(means):.2f} | {above} | {near}"


def inside(costs: Sequence[Cost]) -> list[str]:
    """What stands for the whole where that is not known, and what it leaves out."""
    lines = ["Errors are twice the standard error."]
    if others := [c for c in costs if not c.resolved]:
        lines.append(f"Not known to {ERROR_US} µs as a whole, and counted by what comes before and after: ")
        lines[-1] += ", ".join(f"`{c.op}`" for c in others) + ". Within their functions calls of nd take "
        lines[-1] += f"{statistics.fmean(c.own.whole.mean - c.own.outside.mean for c in others):.1f} µs more"
        error = sum(c.own.whole.error**2 for c in others) ** 0.5 / len(others)
        lines[-1] += f" on average, ± {error:.1f}."
    if slower := [c.own.whole.mean - c.own.outside.mean for c in costs if c.resolved]:
        lines.append(
            f"Within the functions of all others calls of nd take {statistics.median(slower):.2f} µs"
        )
        lines[-1] += f" more in the median, at most {max(slower):.2f}."
    return lines


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
