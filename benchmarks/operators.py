"""What ``nd`` adds to an operator: its call outside recording, over the raw torch call."""

from __future__ import annotations

import statistics
import timeit
from collections.abc import Callable

import torch

from regluon import nd

CALLS = 2000
ROUNDS = 40


def cases() -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Per operator: the ``nd`` call and the torch call that does the work."""
    a, b = nd.ones((10, 10)), nd.ones((10, 10))
    x, y = a._data, b._data
    column, bias = nd.ones((10, 1)), nd.ones((10,))
    u, v = column._data, bias._data
    linear, softmax = torch.nn.functional.linear, torch.softmax
    return {
        "a + b": (lambda: a + b, lambda: torch.add(x, y)),
        "a * b": (lambda: a * b, lambda: torch.mul(x, y)),
        "a - column": (lambda: a - column, lambda: torch.sub(x, u)),
        "a + 1.5": (lambda: a + 1.5, lambda: torch.add(x, 1.5)),
        "a > b": (lambda: a > b, lambda: torch.gt(x, y).to(x.dtype)),
        "nd.dot": (lambda: nd.dot(a, b), lambda: torch.mm(x, y)),
        "nd.exp": (lambda: nd.exp(a), lambda: torch.exp(x)),
        "nd.square": (lambda: nd.square(a), lambda: torch.square(x)),
        "nd.relu": (lambda: nd.relu(a), lambda: torch.relu(x)),
        "nd.tanh": (lambda: nd.tanh(a), lambda: torch.tanh(x)),
        "nd.sum(axis=1)": (lambda: nd.sum(a, axis=1), lambda: torch.sum(x, 1)),
        "a.mean()": (a.mean, lambda: torch.mean(x)),
        "nd.softmax": (lambda: nd.softmax(a), lambda: softmax(x, -1)),
        "nd.concat": (lambda: nd.concat(a, b, dim=1), lambda: torch.cat((x, y), 1)),
        "nd.FullyConnected": (
            lambda: nd.FullyConnected(a, b, bias, num_hidden=10),
            lambda: linear(x, y, v),
        ),
        "a[2:5]": (lambda: a[2:5], lambda: x[2:5]),
        "a.reshape((-1,))": (lambda: a.reshape((-1,)), lambda: x.reshape((-1,))),
    }


def report() -> str:
    """Per operator the medians and their difference."""
    lines = [
        "### Operators outside recording, 10x10",
        "",
        "| call | nd µs | torch µs | over µs |",
        "|---|---|---|---|",
    ]
    for name, (ours, raw) in cases().items():
        timers = [timeit.Timer(ours), timeit.Timer(raw)]
        times: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for timer, measured in zip(timers, times, strict=True):
                measured.append(timer.timeit(CALLS) / CALLS * 1e6)
        mine, plain = map(statistics.median, times)
        over = statistics.median(a - b for a, b in zip(*times, strict=True))
        lines.append(f"| `{name}` | {mine:.2f} | {plain:.2f} | {over:.2f} |")
    return "\n".join(lines) + "\n"
