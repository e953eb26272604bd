"""Hybridized nets against imperative ones, and predictions of convolutional nets against PyTorch."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from harness import HERE, alternate, alternate_programs, ratio

sys.path.insert(0, str(HERE / "programs"))

CALLS = {"linear": 1000, "mlp 1": 300, "mlp 32": 300, "steps": 5, "unrolled": 10}
STARTS = 5
IMAGES = {"resnet": "ResNet-18, 32×3×64×64", "mobilenet": "MobileNet 1.0, 32×3×64×64"}


def repeated(run: Callable[[], object], calls: int) -> Callable[[], float]:
    """Times so many calls; gives the seconds of one."""

    def timer() -> float:
        start = time.perf_counter()
        for _ in range(calls):
            run()
        return (time.perf_counter() - start) / calls

    return timer


def row(title: str, times: dict[str, list[float]], of: str, to: str, unit: float) -> str:
    """A line of a table: two medians and their ratio."""
    medians = [f"{statistics.median(times[name]) / unit:.2f}" for name in (to, of)]
    return f"| {title} | {' | '.join(medians)} | {ratio(times[of], times[to])} |"


def small(rounds: int) -> str:
    """Small nets: both ways in this process, alternating."""
    import gluon_small  # noqa: PLC0415 (found by the path above)

    lines = ["### Small nets, µs", "", "| net | imperative | hybridized | ratio |", "|---|---|---|---|"]
    for name, calls in CALLS.items():
        kinds: dict[str, Callable[[bool], Any]] = {
            "prediction": lambda h, n=name: gluon_small.predicting(n, h),
            "forward and backward": lambda h, n=name: gluon_small.training(n, h, False),
        }
        if not name.startswith(("steps", "unrolled")):
            kinds["the same, net and loss in one block"] = lambda h, n=name: gluon_small.training(n, h, True)
        for kind, make in kinds.items():
            timers = {"imperative": make(False), "hybridized": make(True)}
            times = alternate({k: repeated(run, calls) for k, run in timers.items()}, rounds, 4)
            lines.append(row(f"{name}, {kind}", times, "hybridized", "imperative", 1e-6))
    return "\n".join(lines) + "\n"


def images(rounds: int, threads: int) -> str:
    """Predictions of convolutional nets, each program in a process of its own, started several times.

    Whether a process gets the memory that it has freed without new pages is its luck at the start.
    """
    lines = [
        f"### Predictions, {threads} thread{'s' * (threads > 1)}, ms",
        "",
        "| net | imperative | hybridized | PyTorch channels last | folded | to PyTorch | to folded |",
        "|---|---|---|---|---|---|---|",
    ]
    for net, title in IMAGES.items():
        commands = {
            "imperative": (sys.executable, "gluon_predict", net),
            "hybridized": (sys.executable, "gluon_predict", net, "hybridized"),
            "torch": (sys.executable, "torch_predict", net),
            "folded": (sys.executable, "torch_predict", net, "folded"),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(STARTS):
            found = alternate_programs(commands, -(-rounds // STARTS), threads=threads, warm_up=5)
            for name, measured in found.items():
                times[name] += measured
        medians = " | ".join(f"{statistics.median(t) * 1e3:.1f}" for t in times.values())
        quotients = [str(ratio(times["hybridized"], times[name])) for name in ("torch", "folded")]
        lines.append(f"| {title} | {medians} | {' | '.join(quotients)} |")
    return "\n".join(lines) + "\n"


def first_calls(rounds: int) -> str:
    """What first calls take: of nets whose parameters are there already, and of nets as they are made."""
    import gluon_predict  # noqa: PLC0415
    import gluon_small  # noqa: PLC0415

    makers: dict[str, Callable[[bool], Any]] = {
        title: lambda h, n=net: gluon_predict.make(n, "hybridized" if h else "")
        for net, title in IMAGES.items()
    }
    for name in ("linear", "mlp 32", "steps", "unrolled"):
        makers[name] = lambda h, n=name: gluon_small.predicting(n, h)
    head = (
        "imperative",
        "bound",
        "hybridized: 1st",
        "2nd",
        "3rd",
        "4th",
        "new: imperative",
        "new: hybridized",
    )
    lines = ["### First calls, ms", "", f"| net | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|"]
    for title, make in makers.items():
        measured: list[list[float]] = []
        for _ in range(rounds):
            run = make(False)
            new = repeated(run, 1)()
            usual = min(repeated(run, 1)() for _ in range(3))
            run.net.hybridize()
            calls = [repeated(run, 1)() for _ in range(4)]
            hybrid = repeated(make(True), 1)()
            measured.append([usual, 3 * usual + 0.05, *calls, new, hybrid])
        medians = [f"{statistics.median(times) * 1e3:.2f}" for times in zip(*measured, strict=True)]
        lines.append(f"| {title} | {' | '.join(medians)} |")
    return "\n".join(lines) + "\n"


def report(names: Sequence[str] = (), rounds: int = 15) -> str:
    """All tables; ``names`` may pick "small", "images" and "first"."""
    parts = {
        "small": lambda: small(rounds),
        "images": lambda: images(rounds, 1),
        "first": lambda: first_calls(5),
    }
    return "\n".join(make() for name, make in parts.items() if name in names or not names)
