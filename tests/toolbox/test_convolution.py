"""Cross-correlation, residual blocks and ResNet-18."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx
from toolbox import recorded, setups

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])


def test_corr2d() -> None:
    X, K = mx.nd.arange(9).reshape((3, 3)), mx.nd.array([[0, 1], [2, 3]])
    assert d2lzh.corr2d(X, K).asnumpy().tolist() == [[19, 25], [37, 43]]
    assert d2lzh.corr2d(mx.nd.ones((6, 8), dtype="int32"), mx.nd.array([[1, -1]])).shape == (6, 7)


def test_corr2d_can_be_learned() -> None:
    X = mx.nd.ones((6, 8))
    X[:, 2:6] = 0
    Y = d2lzh.corr2d(X, mx.nd.array([[1, -1]]))
    K = mx.nd.zeros((1, 2))
    K.attach_grad()
    for _ in range(30):
        with mx.autograd.record():
            loss = ((d2lzh.corr2d(X, K) - Y) ** 2).sum()
        loss.backward()
        K[:] -= 0.03 * K.grad
    np.testing.assert_allclose(K.asnumpy(), [[1, -1]], atol=0.01)


@BOOKS
def test_residual(book: Any) -> None:
    X = mx.nd.random.uniform(shape=(4, 3, 6, 6))
    same = book.Residual(3)
    same.initialize()
    assert same(X).shape == (4, 3, 6, 6)
    half = book.Residual(6, use_1x1conv=True, strides=2)
    half.initialize()
    assert half(X).shape == (4, 6, 3, 3)
    for convolution in (same.conv1, same.conv2):
        convolution.weight.set_data(mx.nd.zeros(convolution.weight.shape))
    assert (same(X) - X).abs().max().asscalar() < 1e-6  # nothing is added


@BOOKS
def test_resnet18_is_trained_as_mxnets(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 12)
    net = book.resnet18(setups.CLASSES)
    net.initialize(mx.init.Xavier())
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.002})
    train, test = setups.batches(mx, 1, 32, 8, 16, True), setups.batches(mx, 2, 8, 8, 8, False)
    loss = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    book.train(train, test, net, loss, trainer, mx.cpu(), 2)
    lines = capsys.readouterr().out.splitlines()[1:]
    printed = recorded.numbers(recorded.TIMED, lines)
    np.testing.assert_allclose(printed, recorded.RECORDED["resnet"], rtol=2e-3, atol=2e-3)
