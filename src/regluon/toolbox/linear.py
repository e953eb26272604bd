"""Linear regression from scratch: the model, its loss, its batches and its optimizer."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from regluon import ndarray as nd

__all__ = ["data_iter", "linreg", "sgd", "squared_loss"]


def data_iter(batch_size: int, features: Any, labels: Any) -> Iterator[tuple[Any, Any]]:
    """Batches of examples in an order that Python's ``random`` draws; the last one may be smaller.

    Parameters
    ----------
    batch_size : int
    features, labels : NDArray
        The examples, along the first axis.

    Outputs
    -------
    iterator
        Pairs of NDArray: (batch_size, ...) features and labels.
    """
    indices = list(range(len(features)))
    random.shuffle(indices)
    for i in range(0, len(indices), batch_size):
        chosen = nd.array(indices[i : i + batch_size], ctx=features.context)
        yield features.take(chosen), labels.take(chosen)


def linreg(X: Any, w: Any, b: Any) -> Any:
    """X·w + b

    Inputs
    ------
    X : (examples, features)
    w : (features, outputs)
    b : (outputs,)
    """
    return nd.dot(X, w) + b


def squared_loss(y_hat: Any, y: Any) -> Any:
    """(ŷ - y)² / 2 of each element, in the shape of ŷ."""
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def sgd(params: Iterable[Any], lr: float, batch_size: int) -> None:
    """p ← p - lr · gradient / batch_size, in place, for each array p with a gradient."""
    for param in params:
        param[:] = param - lr * param.grad / batch_size
