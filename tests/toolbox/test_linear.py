"""Linear regression from scratch: against NumPy's formulas, and trained as MXNet trains it."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx
from toolbox import recorded, setups

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])


@BOOKS
def test_the_model_and_its_loss(book: Any) -> None:
    X, w, b = mx.nd.array([[1, 2], [3, 4]]), mx.nd.array([[10], [1]]), mx.nd.array([0.5])
    y_hat = book.linreg(X, w, b)
    assert y_hat.asnumpy().tolist() == [[12.5], [34.5]]
    assert book.squared_loss(y_hat, mx.nd.array([12.5, 31.5])).asnumpy().tolist() == [[0], [4.5]]


@BOOKS
def test_data_iter(book: Any) -> None:
    features, labels = mx.nd.arange(20).reshape((10, 2)), mx.nd.arange(10)
    random.seed(1)
    order = list(range(10))
    random.shuffle(order)
    random.seed(1)
    batches = list(book.data_iter(4, features, labels))
    assert [y.asnumpy().tolist() for _, y in batches] == [order[:4], order[4:8], order[8:]]
    for X, y in batches:
        assert (X.asnumpy() == features.asnumpy()[y.asnumpy().astype(int)]).all()


@BOOKS
def test_training(book: Any) -> None:
    setups.seed(mx, 1)
    features, labels = setups.regression(mx)
    w, b = mx.nd.random.normal(scale=0.01, shape=(5, 1)), mx.nd.zeros(1)
    w.attach_grad()
    b.attach_grad()
    for _ in range(3):
        for X, y in book.data_iter(16, features, labels):
            with mx.autograd.record():
                loss = book.squared_loss(book.linreg(X, w, b), y)
            loss.backward()
            book.sgd([w, b], 0.1, 16)
    wanted = recorded.RECORDED["linear"]
    np.testing.assert_allclose(w.asnumpy().ravel(), wanted["w"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(b.asnumpy(), wanted["b"], rtol=1e-5)
