"""The chapters on optimization in the edition of 2018: an optimizer tried on a linear regression."""

# ruff: noqa: T201
from __future__ import annotations

from typing import Any

import numpy as np

from regluon import autograd
from regluon.gluon.data import ArrayDataset, DataLoader
from regluon.gluon.loss import L2Loss
from regluon.toolbox.plotting import semilogy

__all__ = ["optimize"]


def optimize(
    batch_size: int,
    trainer: Any,
    num_epochs: int,
    decay_epoch: int | None,
    log_interval: int,
    features: Any,
    labels: Any,
    net: Any,
) -> None:
    """Train a linear regression, print its weight and bias, and draw the loss over a logarithmic axis.

    Parameters
    ----------
    batch_size : int
    trainer : Trainer
    num_epochs : int
    decay_epoch : int or None
        After this epoch the learning rate becomes a tenth, with each further one again.
    log_interval : int
        After how many examples, about, the loss is taken.
    features, labels : NDArray
        (examples, inputs) and (examples,)
    net : Sequential
        Whose first layer is the linear one.
    """
    batches = DataLoader(ArrayDataset(features, labels), batch_size, shuffle=True)
    loss = L2Loss()

    def evaluate() -> float:
        return float(loss(net(features), labels).mean().asscalar())

    losses = [evaluate()]
    for epoch in range(1, num_epochs + 1):
        if decay_epoch and epoch > decay_epoch:
            trainer.set_learning_rate(trainer.learning_rate * 0.1)
        for i, (X, y) in enumerate(batches):
            with autograd.record():
                error = loss(net(X), y)
            error.backward()
            trainer.step(batch_size)
            if i * batch_size % log_interval == 0:
                losses.append(evaluate())
    print("w:", net[0].weight.data(), "\nb:", net[0].bias.data(), "\n")
    semilogy(np.linspace(0, num_epochs, len(losses)), losses, "epoch", "loss")
