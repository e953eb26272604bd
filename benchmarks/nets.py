"""Training steps of whole nets against PyTorch in both memory formats, and against MXNet where there is one.

With one thread and with two; imperative and hybridized.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence
from typing import NamedTuple

from harness import Ratio, alternate_programs, ratio


class Theme(NamedTuple):
    """A net: what it is, the steps that are timed together, and whether it has images."""

    title: str
    steps: int
    images: bool
    counted: bool = True


THEMES = {
    "mlp": Theme("MLP, 784-256-10, batch 256", 60, False),
    "lenet": Theme("LeNet, 256×1×28×28", 10, True),
    "resnet": Theme("ResNet-18, 32×3×64×64", 3, True),
    "mobilenet": Theme("MobileNet 1.0, 32×3×64×64", 5, True),
    "lstm": Theme("LSTM, 2 layers, 35×32×256", 6, False),
    "language": Theme("Language model: the LSTM between 10,000 words", 2, False, False),
}
VARIANTS = ("", "hybridized")
PAUSE = 0.3
"""Longer than the threads of an OpenMP team keep spinning when their work is done."""


class Row(NamedTuple):
    """What was measured of a net: median times in seconds, and ratios of regluon's to the others'."""

    title: str
    counted: bool
    medians: dict[str, float]
    ratios: dict[str, Ratio]


def programs(theme: str, variant: str) -> dict[str, tuple[str, ...]]:
    """The programs of a net by their names: a Python, a module and its arguments."""
    found: dict[str, tuple[str, ...]] = {
        "regluon": (sys.executable, "gluon_nets", theme, variant),
        "PyTorch": (sys.executable, "torch_nets", theme),
    }
    if THEMES[theme].images:
        found["PyTorch, channels last"] = (sys.executable, "torch_nets", theme, "channels last")
    if mxnet := os.environ.get("MXNET_PYTHON"):
        found["MXNet"] = (mxnet, "gluon_nets", theme, variant)
    return found


def measure(theme: str, variant: str, threads: int, rounds: int) -> Row:
    """All programs of a net, alternating."""
    title, steps, _, counted = THEMES[theme]
    commands = programs(theme, variant)
    times = alternate_programs(commands, rounds, calls=steps, threads=threads, pause=PAUSE)
    medians = {name: statistics.median(t) for name, t in times.items()}
    ratios = {name: ratio(times["regluon"], t) for name, t in times.items() if name != "regluon"}
    found = Row(f"{title}, {variant}" if variant else title, counted, medians, ratios)
    told = ", ".join(f"{quotient} of {name}" for name, quotient in ratios.items())
    print(f"{found.title}, {threads} threads: {told}", file=sys.stderr)  # all of them take 20 minutes
    return found


def against_torch(row: Row) -> Ratio:
    """The ratio to PyTorch in the faster of its memory formats."""
    return max((r for name, r in row.ratios.items() if name != "MXNet"), key=lambda r: r.median)


def table(rows: Sequence[Row], threads: int) -> str:
    """Milliseconds of a step, and regluon's ratios to the others with their quartiles."""
    kinds = ("regluon", "PyTorch", "PyTorch, channels last", "MXNet")
    lines = [
        f"### Training steps of nets, {threads} thread{'s' * (threads > 1)}",
        "",
        "| net | regluon ms | PyTorch ms | channels last ms | MXNet ms | to PyTorch | to MXNet |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [f"{row.medians[k] * 1e3:.2f}" if k in row.medians else "" for k in kinds]
        quotients = [str(against_torch(row)), str(row.ratios.get("MXNet", ""))]
        lines.append(f"| {' | '.join([row.title, *cells, *quotients])} |")
    for variant in VARIANTS:
        counted = [r for r in rows if r.counted and r.title.endswith(VARIANTS[1]) is bool(variant)]
        if all("MXNet" in r.ratios for r in counted) and counted:
            mean = statistics.geometric_mean(r.ratios["MXNet"].median for r in counted)
            count = f"{variant} " if variant else ""
            lines += ["", f"Geometric mean of regluon / MXNet over {len(counted)} {count}nets: {mean:.3f}"]
    return "\n".join(lines) + "\n"


def report(names: Sequence[str] = (), rounds: int = 15) -> str:
    """A table for each number of threads; ``names`` may pick nets, variants ("imperative") and threads."""
    themes = [t for t in THEMES if t in names] or list(THEMES)
    variants = [v for v in VARIANTS if (v or "imperative") in names] or list(VARIANTS)
    counts = [n for n in (1, 2) if str(n) in names] or [1, 2]
    return "\n".join(table([measure(t, v, n, rounds) for t in themes for v in variants], n) for n in counts)
