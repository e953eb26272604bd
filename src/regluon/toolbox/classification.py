"""Training loops for classifiers, and how right these are, as in the edition of 2019."""

# ruff: noqa: T201
from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from regluon import autograd
from regluon import ndarray as nd
from regluon.context import Context, cpu
from regluon.gluon.loss import SoftmaxCrossEntropyLoss
from regluon.toolbox.contexts import _get_batch
from regluon.toolbox.linear import sgd

__all__ = ["evaluate_accuracy", "train", "train_ch3", "train_ch5"]


def evaluate_accuracy(data_iter: Iterable[Any], net: Any, ctx: Any = [cpu()]) -> float:  # noqa: B006, B008
    """The share of examples whose greatest output is that of their label.

    Parameters
    ----------
    data_iter : iterable of pairs
        Batches of features and labels.
    net : Block or function
        Gives a score for each class along axis 1.
    ctx : Context or list of Context
        Where the net's parameters are.
    """
    contexts = [ctx] if isinstance(ctx, Context) else ctx
    right, n = nd.array([0]), 0
    for batch in data_iter:
        features, labels, _ = _get_batch(batch, contexts)
        for X, y in zip(features, labels, strict=True):
            right += _right(net(X), y).copyto(cpu())
            n += y.size
    return float(right.asscalar()) / n


def train_ch3(
    net: Any,
    train_iter: Iterable[Any],
    test_iter: Iterable[Any],
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
    train_iter: Iterable[Any],
    test_iter: Iterable[Any],
    batch_size: int,
    trainer: Any,
    ctx: Context,
    num_epochs: int,
) -> None:
    """Train a classifier with the cross-entropy of softmax on one context, and print how each epoch went.

    Parameters
    ----------
    net : Block
        With parameters on `ctx`.
    train_iter, test_iter : iterables of pairs
        Batches of features and labels.
    batch_size : int
    trainer : Trainer
    ctx : Context
    num_epochs : int
    """
    print("training on", ctx)
    loss = SoftmaxCrossEntropyLoss()
    step = _stepper(None, None, trainer, batch_size)
    for epoch in range(num_epochs):
        start = time.time()
        batches = ((X.as_in_context(ctx), y.as_in_context(ctx)) for X, y in train_iter)
        train_loss, train_acc = _epoch(net, batches, loss, step)
        line = _epoch_line(epoch, train_loss, train_acc, evaluate_accuracy(test_iter, net, ctx))
        print(f"{line}, time {time.time() - start:.1f} sec")


def train(
    train_iter: Iterable[Any],
    test_iter: Iterable[Any],
    net: Any,
    loss: Callable[..., Any],
    trainer: Any,
    ctx: Any,
    num_epochs: int,
) -> None:
    """Train a classifier on one or several contexts, and print how each epoch went.

    Parameters
    ----------
    train_iter, test_iter : iterables of pairs
        Batches of features and labels, cut evenly over the contexts. A label may be an image of labels.
    net : Block
        With parameters on all of `ctx`.
    loss : function
        Of outputs and labels: a loss for each example.
    trainer : Trainer
    ctx : Context or list of Context
    num_epochs : int
    """
    print("training on", ctx)
    contexts = [ctx] if isinstance(ctx, Context) else ctx
    for epoch in range(num_epochs):
        start = time.time()
        loss_sum, losses, right, labels = 0.0, 0, 0.0, 0
        for batch in train_iter:
            Xs, ys, batch_size = _get_batch(batch, contexts)
            with autograd.record():
                y_hats = [net(X) for X in Xs]
                ls = [loss(y_hat, y) for y_hat, y in zip(y_hats, ys, strict=True)]
            for part in ls:
                part.backward()
            trainer.step(batch_size)
            loss_sum += sum(float(part.sum().asscalar()) for part in ls)
            losses += sum(part.size for part in ls)
            right += sum(float(_right(y_hat, y).asscalar()) for y_hat, y in zip(y_hats, ys, strict=True))
            labels += sum(y.size for y in ys)
        test_acc = evaluate_accuracy(test_iter, net, contexts)
        line = _epoch_line(epoch, loss_sum / losses, right / labels, test_acc)
        print(f"{line}, time {time.time() - start:.1f} sec")


def _epoch(
    net: Any, batches: Iterable[Any], loss: Callable[..., Any], step: Callable[[], None]
) -> tuple[float, float]:
    """One pass: the mean loss and the accuracy over all examples."""
    loss_sum, right, n = 0.0, 0.0, 0
    for X, y in batches:
        with autograd.record():
            y_hat = net(X)
            total = loss(y_hat, y).sum()
        total.backward()
        step()
        loss_sum += float(total.asscalar())
        right += float(_right(y_hat, y).asscalar())
        n += y.size
    return loss_sum / n, right / n


def _stepper(params: Any, lr: float | None, trainer: Any, batch_size: int) -> Callable[[], None]:
    if trainer is not None:
        return lambda: trainer.step(batch_size)
    if params is None or lr is None:
        raise ValueError("train_ch3: without a trainer it needs params and lr")
    return lambda: sgd(params, lr, batch_size)


def _right(y_hat: Any, y: Any) -> Any:
    """How many of the greatest outputs are those of the labels."""
    return (y_hat.argmax(axis=1) == y.astype("float32")).sum()


def _epoch_line(epoch: int, train_loss: float, train_acc: float, test_acc: float) -> str:
    return f"epoch {epoch + 1}, loss {train_loss:.4f}, train acc {train_acc:.3f}, test acc {test_acc:.3f}"
