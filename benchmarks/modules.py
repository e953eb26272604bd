"""Training steps of ``mx.mod.Module``, against MXNet's where there is one."""

from __future__ import annotations

import os
import sys

from harness import alternate_programs, table

# What each is called, and how many steps are timed together.
NETS = {
    "small": ("Layers of 16 and 10, batch 10", 60),
    "mnist": ("Layers of 128, 64 and 10, batch 100×784", 30),
    "lenet": ("LeNet, batch 64×1×28×28", 2),
    "lstm": ("Two LSTM cells of 100 unrolled 20 steps, batch 32, 1000 words", 2),
}


def measure(kind: str, rounds: int) -> str:
    """One net's table; a time is of one step, on one thread."""
    title, calls = NETS[kind]
    commands = {"regluon": (sys.executable, "module_steps", kind)}
    if mxnet := os.environ.get("MXNET_PYTHON"):
        commands["MXNet 1.9.1"] = (mxnet, "module_steps", kind)
    times = alternate_programs(commands, rounds, calls=calls, threads=1)
    return table(title, times, "regluon", 1e-6, "µs")


def report(kinds: list[str] | None = None, rounds: int = 40) -> str:
    """All nets, or those named."""
    return "\n".join(measure(kind, rounds) for kind in kinds or NETS)
