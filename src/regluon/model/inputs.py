"""Iterators of what ``FeedForward`` takes as data."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon import io
from regluon.ndarray import NDArray

__all__ = ["eval_iterator", "iterator"]

_ARRAYS = (np.ndarray, NDArray)


def iterator(X: Any, y: Any, batch_size: int, is_train: bool) -> Any:
    """An iterator as it is; arrays of data and labels in batches, shuffled for training.

    Raises
    ------
    TypeError, ValueError
        If they are no arrays, or do not fit each other.
    """
    if not isinstance(X, _ARRAYS):
        if not isinstance(X, io.DataIter):
            raise TypeError(f"X must be DataIter, NDArray or numpy.ndarray, not {type(X).__name__}")
        return X
    if y is None:
        if is_train:
            raise ValueError("y must be specified when X is numpy.ndarray: arrays to learn from need labels")
        y = np.zeros(X.shape[0])
    if not isinstance(y, _ARRAYS):
        raise TypeError(f"y must be ndarray when X is numpy.ndarray, not {type(y).__name__}")
    if X.shape[0] != y.shape[0]:
        raise ValueError(f"The numbers of data points and labels not equal: {X.shape[0]} and {y.shape[0]}")
    if y.ndim == 2 and y.shape[1] == 1:
        y = y.reshape((-1,))
    if y.ndim != 1:
        raise ValueError(f"Label must be 1D or 2D (with 2nd dimension being 1), not of shape {y.shape}")
    size = min(X.shape[0], batch_size)
    if is_train:
        return io.NDArrayIter(X, y, size, shuffle=True, last_batch_handle="roll_over")
    return io.NDArrayIter(X, y, size, shuffle=False)


def eval_iterator(eval_data: Any, batch_size: int) -> Any:
    """Validation data: an iterator, a pair of arrays or lists, or None."""
    if eval_data is None or isinstance(eval_data, io.DataIter):
        return eval_data
    if not isinstance(eval_data, (tuple, list)) or len(eval_data) != 2:
        raise TypeError(
            "Eval data must be DataIter, or NDArray/numpy.ndarray/list pair (i.e. tuple/list of length 2), "
            f"not {type(eval_data).__name__}"
        )
    data, label = eval_data
    if data is None:
        raise ValueError("Eval data is NONE: eval_data must be a pair of data and labels, not (None, ...)")
    if label is None and isinstance(data, io.DataIter):
        return data
    data, label = (np.array(part) if isinstance(part, list) else part for part in (data, label))
    return iterator(data, label, batch_size, is_train=True)
