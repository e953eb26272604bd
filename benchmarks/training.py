"""Training steps: the same program on regluon, in idiomatic PyTorch, and on MXNet where there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from harness import alternate, table

HERE = Path(__file__).parent
TITLES = {
    "chapter": "The weight decay chapter, one step of batch 1",
    "recurrent": "An LSTM cell written in Python, 30 steps, forward and backward",
    "tree": "A tree-structured net, a new graph for each example",
}


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


def measure(theme: str, rounds: int, calls: int) -> str:
    """One theme's table; a time is of one training step."""
    sys.path.insert(0, str(HERE / "programs"))
    steps = import_module(f"torch_{theme}").STEPS * calls
    pythons = {"regluon": (sys.executable, f"gluon_{theme}"), "PyTorch": (sys.executable, f"torch_{theme}")}
    if mxnet := os.environ.get("MXNET_PYTHON"):
        pythons["MXNet 1.9.1"] = (mxnet, f"gluon_{theme}")
    with ExitStack() as stack:
        programs = {name: stack.enter_context(Program(*p)) for name, p in pythons.items()}
        timers: dict[str, Callable[[], float]] = {
            name: lambda program=program: program.seconds(calls) / steps  # type: ignore[misc]
            for name, program in programs.items()
        }
        times = alternate(timers, rounds)
    return table(TITLES[theme], times, "regluon", 1e-6, "µs")


def report(rounds: int = 60) -> str:
    """All themes. A program that has slept wakes up slowly: it is timed for more than 10 ms at once."""
    return "\n".join(
        measure(theme, rounds, calls) for theme, calls in (("chapter", 20), ("recurrent", 3), ("tree", 2))
    )
