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


def importing(parts: str) -> float:
    """How long these imports take once torch is there, by the process's own clock."""
    code = f"import time, torch; start = time.perf_counter(); {parts}; print(time.perf_counter() - start)"
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, check=True, env=ENVIRONMENT, stdout=subprocess.PIPE).stdout)


def report(rounds: int = 10) -> str:
    """Whole processes, their ends included, and the imports alone."""
    timers = {name: lambda code=code: start(code) for name, code in PROGRAMS.items()}
    times = alternate({**timers, "import": lambda: importing(PROGRAMS["regluon"])}, rounds, warm_up=1)
    imports = times.pop("import")
    added = statistics.median(a - b for a, b in zip(times["regluon"], times["torch"], strict=True))
    return table("Start, whole processes", times, "regluon", 1.0, "s") + (
        f"\nregluon over torch: {added:.2f} s; its imports alone: {statistics.median(imports):.3f} s "
        f"({min(imports):.3f}..{max(imports):.3f})\n"
    )
