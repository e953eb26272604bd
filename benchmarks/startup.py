"""What importing costs, in processes of their own, over importing torch."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from harness import alternate, seconds, table

# What a program begins with: importing a package alone loads little, as its parts are loaded when used.
PROGRAMS = {
    "regluon": "from regluon import autograd, gluon, init, nd",
    "torch": "import torch",
    "mxnet alias": "from mxnet import autograd, gluon, init, nd",
}


# As installed: with the compiled modules that the first start leaves.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def start(code: str) -> float:
    """How long a process takes that runs only this."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT))


def report(rounds: int = 10) -> str:
    """The medians, and what regluon adds to torch in a round."""
    times = alternate(
        {name: lambda code=code: start(code) for name, code in PROGRAMS.items()}, rounds, warm_up=1
    )
    added = statistics.median(a - b for a, b in zip(times["regluon"], times["torch"], strict=True))
    return table("Start", times, "regluon", 1.0, "s") + f"\nregluon over torch: {added:.2f} s\n"
