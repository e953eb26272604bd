"""Training loops for classifiers where the edition of 2018 has other ones: means of the batches' means."""

# ruff: noqa: T201
from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from regluon import autograd
from regluon.context import Context
from regluon.toolbox.classification import _epoch_line, _stepper, evaluate_accuracy

__all__ = ["accuracy", "train_ch3", "train_ch5"]


def accuracy(y_hat: Any, y: Any) -> float:
    """The share of rows of ŷ (examples, classes) whose greatest value is at the label y (examples,)."""
    return float((y_hat.argmax(axis=1) == y.astype("float32")).mean().asscalar())


def train_ch3(
    net: Any,
    train_iter: Any,
    test_iter: Any,
    loss: Callable[..., Any],
    num_epochs: int,
    batch_size: int,
    params: Any = None,
    lr: float | None = None,
    trainer: Any = None,
) -> None:
    """Train a classifier on the CPU, and print the loss and the accuracies of each epoch.

    Parameters
    ----------
    net : Block or function
    train_iter, test_iter : iterables of pairs
        Batches of features and labels.
    loss : function
        Of outputs and labels: a loss for each example.
    num_epochs, batch_size : int
    params, lr
        Without a trainer: the arrays to learn and the learning rate of `sgd`.
    trainer : Trainer, optional
    """
    step = _stepper(params, lr, trainer, batch_size)
    for epoch in range(num_epochs):
        train_loss, train_acc = _epoch(net, train_iter, loss, step)
        print(_epoch_line(epoch, train_loss, train_acc, evaluate_accuracy(test_iter, net)))


def train_ch5(
    net: Any,
    train_iter: Any,
    test_iter: Any,
    loss: Callable[..., Any],
    batch_size: int,
    trainer: Any,
    ctx: Context,
    num_epochs: int,
) -> None:
    """Train a classifier on one context, and print how each epoch went.

    Parameters
    ----------
    net : Block
        With parameters on `ctx`.
    train_iter, test_iter : iterables of pairs
        Batches of features and labels.
    loss : function
        Of outputs and labels: a loss for each example.
    batch_size : int
    trainer : Trainer
    ctx : Context
    num_epochs : int
    """
    print("training on", ctx)
    step = _stepper(None, None, trainer, batch_size)
    for epoch in range(num_epochs):
        start = time.time()
        batches = ((X.as_in_context(ctx), y.as_in_context(ctx)) for X, y in train_iter)
        train_loss, train_acc = _epoch(net, batches, loss, step)
        line = _epoch_line(epoch, train_loss, train_acc, evaluate_accuracy(test_iter, net, ctx))
        print(f"{line}, time {time.time() - start:.1f} sec")


def _epoch(
    net: Any, batches: Iterable[Any], loss: Callable[..., Any], step: Callable[[], None]
) -> tuple[float, float]:
    """One pass: the means over the batches of their mean loss and of their accuracy."""
    loss_sum, acc_sum, n = 0.0, 0.0, 0
    for X, y in batches:
        with autograd.record():
            y_hat = net(X)
            losses = loss(y_hat, y)
        losses.backward()
        step()
        loss_sum += float(losses.mean().asscalar())
        acc_sum += accuracy(y_hat, y)
        n += 1
    return loss_sum / n, acc_sum / n
