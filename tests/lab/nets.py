"""Small experiments for the tests of regluon.lab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from mxnet.gluon import nn

from mxnet import gluon, init, nd
from regluon import lab


def data(features: int = 6, outputs: int = 1, classes: int = 0, train: int = 7, test: int = 9) -> Any:
    """A function that draws data."""

    def draw() -> Any:
        x = nd.random.normal(shape=(train + test, features))
        if classes:
            y = nd.array(np.random.randint(classes, size=train + test))  # noqa: NPY002
        else:
            y = nd.dot(x, nd.ones((features, outputs)) * 0.3) + 0.5
            y += nd.random.normal(scale=0.1, shape=y.shape)
        return (x[:train], y[:train]), (x[train:], y[train:])

    return draw


def linear() -> Any:
    net = nn.Sequential()
    net.add(nn.Dense(1))
    return net


def experiment(net: Callable[[], Any] = linear, **options: Any) -> lab.Experiment:
    """An experiment with what differs."""
    loss = options.pop("loss", None) or gluon.loss.L2Loss()
    drawn = options.pop("data", None) or data()
    given = {"optimizer_params": {"learning_rate": 0.05}, "epochs": 3, "init": init.Normal(0.5), **options}
    return lab.Experiment(net, loss, drawn, **given)
