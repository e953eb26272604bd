"""What importing costs, in processes of their own, over importing torch."""

from __future__ import annotations

import subprocess
import sys

from harness import alternate, seconds, table

# What a program begins with: importing a package alone loads little, as its parts are loaded when used.
PROGRAMS = {
    "regluon": "from regluon import autograd, gluon, init, nd",
    "torch": "import torch",
    "mxnet alias": "from mxnet import autograd, gluon, init, nd",
}


def report(rounds: int = 10) -> str:
    """The medians; the difference of the first two is what regluon adds."""
    timers = {
        name: lambda code=code: seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))
        for name, code in PROGRAMS.items()
    }
    return table("Start", alternate(timers, rounds, warm_up=1), "regluon", 1.0, "s")
