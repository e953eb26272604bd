"""The chapters on optimization: paths over two variables, and optimizers tried on a linear regression."""

# ruff: noqa: T201
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from regluon import autograd
from regluon import ndarray as nd
from regluon.gluon import Trainer, nn
from regluon.gluon.data import ArrayDataset, DataLoader
from regluon.gluon.loss import L2Loss
from regluon.initializer import Normal
from regluon.toolbox.files import fetch
from regluon.toolbox.linear import linreg, squared_loss
from regluon.toolbox.plotting import plt, set_figsize

__all__ = ["get_data_ch7", "show_trace_2d", "train_2d", "train_ch7", "train_gluon_ch7"]

AIRFOIL = "../data/airfoil_self_noise.dat"
AIRFOIL_URL = "http://d2l-data.s3-accelerate.amazonaws.com/airfoil_self_noise.dat"
AIRFOIL_SHA1 = "76e5be1548fd8222e5074cf0faae75edff8cf93f"

EVALUATE_EVERY = 100  # examples


def train_2d(trainer: Callable[..., Any]) -> list[tuple[Any, Any]]:
    """20 steps from (-5, -2), and a line that says where they lead.

    Parameters
    ----------
    trainer : function
        Of x1, x2 and two numbers of its own, which are 0 at first: gives their next values.

    Outputs
    -------
    list of pairs
        The 21 points (x1, x2).
    """
    point: tuple[Any, ...] = (-5, -2, 0, 0)
    results = [point[:2]]
    for _ in range(20):
        point = trainer(*point)
        results.append(point[:2])
    x1, x2 = results[-1]
    print(f"epoch 20, x1 {x1:f}, x2 {x2:f}")
    return [(x1, x2) for x1, x2 in results]


def show_trace_2d(f: Callable[..., Any], res: Iterable[tuple[Any, Any]]) -> None:
    """Draw a path over the level lines of f.

    Parameters
    ----------
    f : function
        Of two NumPy arrays x1 and x2.
    res : list of pairs
        The points (x1, x2), as `train_2d` gives them.
    """
    path1, path2 = zip(*res, strict=True)
    set_figsize()
    plt.plot(path1, path2, "-o", color="#ff7f0e")
    grid1 = np.arange(-5.5, 1.0, 0.1)
    grid2 = np.arange(min(-3.0, min(path2) - 1), max(1.0, max(path2) + 1), 0.1)
    x1, x2 = np.meshgrid(grid1, grid2)
    plt.contour(x1, x2, f(x1, x2), colors="#1f77b4")
    plt.xlabel("x1")
    plt.ylabel("x2")


def get_data_ch7() -> tuple[Any, Any]:
    """NASA's measurements of the noise of airfoils, each column with mean 0 and variance 1.

    The book's file is ``../data/airfoil_self_noise.dat``; it is downloaded if it is not there.

    Outputs
    -------
    tuple of NDArray
        (1503, 5) features and (1503,) labels.

    Errors
    ------
    FileNotFoundError
        If there is neither the file nor a network.
    """
    data = np.genfromtxt(fetch(AIRFOIL, AIRFOIL_URL, AIRFOIL_SHA1, keep=True), delimiter="\t")
    data = (data - data.mean(axis=0)) / data.std(axis=0)
    return nd.array(data[:, :-1]), nd.array(data[:, -1])


def train_ch7(
    trainer_fn: Callable[..., Any],
    states: Any,
    hyperparams: Any,
    features: Any,
    labels: Any,
    batch_size: int = 10,
    num_epochs: int = 2,
) -> None:
    """Train a linear regression by an optimizer written from scratch, print its loss, draw the curve.

    Parameters
    ----------
    trainer_fn : function
        Of the arrays to learn, the states and the hyperparameters: changes the arrays in place.
    states, hyperparams
        What it gets.
    features, labels : NDArray
        (examples, inputs) and (examples,)
    batch_size, num_epochs : int
    """
    w, b = nd.random.normal(scale=0.01, shape=(features.shape[1], 1)), nd.zeros(1)
    w.attach_grad()
    b.attach_grad()

    def mean_loss(X: Any, y: Any) -> Any:
        return squared_loss(linreg(X, w, b), y).mean()

    def step(X: Any, y: Any) -> None:
        with autograd.record():
            loss = mean_loss(X, y)
        loss.backward()
        trainer_fn([w, b], states, hyperparams)

    def evaluate() -> float:
        return float(mean_loss(features, labels).asscalar())

    _run(step, evaluate, features, labels, batch_size, num_epochs)


def train_gluon_ch7(
    trainer_name: Any,
    trainer_hyperparams: dict[str, Any] | None,
    features: Any,
    labels: Any,
    batch_size: int = 10,
    num_epochs: int = 2,
) -> None:
    """Train a linear regression by one of Gluon's optimizers, print its loss, draw the curve.

    Parameters
    ----------
    trainer_name : str or Optimizer
    trainer_hyperparams : dict
        What `Trainer` gets.
    features, labels : NDArray
        (examples, inputs) and (examples,)
    batch_size, num_epochs : int
    """
    net = nn.Sequential()
    net.add(nn.Dense(1))
    net.initialize(Normal(sigma=0.01))
    loss = L2Loss()
    trainer = Trainer(net.collect_params(), trainer_name, trainer_hyperparams)

    def step(X: Any, y: Any) -> None:
        with autograd.record():
            losses = loss(net(X), y)
        losses.backward()
        trainer.step(batch_size)

    def evaluate() -> float:
        return float(loss(net(features), labels).mean().asscalar())

    _run(step, evaluate, features, labels, batch_size, num_epochs)


def _run(
    step: Callable[[Any, Any], None],
    evaluate: Callable[[], float],
    features: Any,
    labels: Any,
    batch_size: int,
    num_epochs: int,
) -> None:
    losses = [evaluate()]
    batches = DataLoader(ArrayDataset(features, labels), batch_size, shuffle=True)
    seconds = 0.0
    for _ in range(num_epochs):
        start = time.time()
        for i, (X, y) in enumerate(batches, 1):
            step(X, y)
            if i * batch_size % EVALUATE_EVERY == 0:
                losses.append(evaluate())
        seconds = time.time() - start
    print(f"loss: {losses[-1]:f}, {seconds:f} sec per epoch")
    _draw(losses, num_epochs)


def _draw(losses: Sequence[float], num_epochs: int) -> None:
    set_figsize()
    plt.plot(np.linspace(0, num_epochs, len(losses)), losses)
    plt.xlabel("epoch")
    plt.ylabel("loss")
