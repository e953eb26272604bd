"""Training steps: the same program on regluon, in idiomatic PyTorch, and on MXNet where there is one."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from harness import HERE, alternate_programs, table

TITLES = {
    "chapter": "The weight decay chapter, one step of batch 1",
    "recurrent": "An LSTM cell written in Python, 30 steps, forward and backward",
    "tree": "A tree-structured net, a new graph for each example",
}


def measure(theme: str, rounds: int, calls: int) -> str:
    """One theme's table; a time is of one training step."""
    sys.path.insert(0, str(HERE / "programs"))
    steps = import_module(f"torch_{theme}").STEPS
    pythons = {"regluon": (sys.executable, f"gluon_{theme}"), "PyTorch": (sys.executable, f"torch_{theme}")}
    if mxnet := os.environ.get("MXNET_PYTHON"):
        pythons["MXNet 1.9.1"] = (mxnet, f"gluon_{theme}")
    times = alternate_programs(pythons, rounds, calls=calls)
    return table(TITLES[theme], times, "regluon", 1e-6 * steps, "µs")


def report(rounds: int = 60) -> str:
    """All themes. A program that has slept wakes up slowly: it is timed for more than 10 ms at once."""
    return "\n".join(
        measure(theme, rounds, calls) for theme, calls in (("chapter", 20), ("recurrent", 3), ("tree", 2))
    )
