"""The chapter's experiment for 5 weight decays and 20 seeds: one run after another, and all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from harness import alternate, seconds, table
from mxnet.gluon import nn

from mxnet import gluon, init, nd
from regluon import lab

VALUES, SEEDS = (0, 0.3, 1, 3, 10), 20


def net() -> Any:
    made = nn.Sequential()
    made.add(nn.Dense(1))
    return made


def data() -> Any:
    inputs = nd.random.normal(shape=(120, 200))
    labels = nd.dot(inputs, nd.ones((200, 1)) * 0.01) + 0.05
    labels += nd.random.normal(scale=0.01, shape=labels.shape)
    return (inputs[:20], labels[:20]), (inputs[20:], labels[20:])


FIT = lab.Experiment(
    net, gluon.loss.L2Loss(), data, optimizer_params={"learning_rate": 0.003}, init=init.Normal(sigma=1)
)


def together() -> lab.Path:
    return lab.path(FIT, wd=VALUES, seeds=SEEDS)


def apart() -> list[lab.Run]:
    return [FIT(wd=wd, seed=seed) for wd in VALUES for seed in lab.some_seeds(SEEDS)]


def difference(path: lab.Path, runs: list[lab.Run]) -> float:
    """The largest difference of losses and parameters, relative to the largest number of each array."""
    worst = 0.0
    for run in runs:
        other = path.run(run.wd, run.seed)
        pairs = [(other.train_loss, run.train_loss), (other.test_loss, run.test_loss)]
        pairs += [(other.parameters[name], array) for name, array in run.parameters.items()]
        worst = max(worst, *(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs))
    return worst


def report(rounds: int = 9) -> str:
    """Both ways, and how far their numbers lie apart."""
    worst = difference(together(), apart())
    runs = {"apart": lambda: seconds(apart), "together": lambda: seconds(together)}
    title = "The weight decay chapter for 5 values and 20 seeds, data drawn anew for each seed"
    times = alternate(runs, rounds, warm_up=0)
    return table(title, times, "apart", 1e-3, "ms") + (
        f"\nThe largest relative difference of a loss or parameter is {worst:.1e}.\n"
    )


if __name__ == "__main__":
    print(report())
