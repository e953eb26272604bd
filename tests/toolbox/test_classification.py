"""The training loops come to the losses and accuracies of plain loops of MXNet, and print them so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import d2lzh
import gluonbook
import mxnet as mx
from toolbox import recorded, setups

CROSS_ENTROPY = mx.gluon.loss.SoftmaxCrossEntropyLoss()
EDITIONS = {"ch3": d2lzh, "ch3_2018": gluonbook}


def assert_printed(lines: list[str], name: str, pattern: str) -> None:
    wanted = recorded.RECORDED[name]
    np.testing.assert_allclose(recorded.numbers(pattern, lines), wanted, rtol=1e-4, atol=6e-4)


@pytest.mark.parametrize("name", EDITIONS)
def test_train_ch3_from_scratch(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 2)
    params, net = setups.perceptron(mx)
    EDITIONS[name].train_ch3(net, *setups.both(mx, 8), CROSS_ENTROPY, 3, 16, params, 0.5)
    assert_printed(capsys.readouterr().out.splitlines(), f"{name}/scratch", recorded.EPOCH)


@pytest.mark.parametrize("name", EDITIONS)
def test_train_ch3_with_a_trainer(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 3)
    net = setups.dense(mx)
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    EDITIONS[name].train_ch3(net, *setups.both(mx, 8), CROSS_ENTROPY, 3, 16, None, None, trainer)
    assert_printed(capsys.readouterr().out.splitlines(), f"{name}/trainer", recorded.EPOCH)


@pytest.mark.parametrize("book", EDITIONS.values())
def test_train_ch3_with_nothing_to_learn_by(book: Any) -> None:
    with pytest.raises(ValueError, match="without a trainer it needs params and lr"):
        book.train_ch3(None, [], [], CROSS_ENTROPY, 1, 16, [])


@pytest.mark.parametrize("name", ["ch5", "ch5_2018"])
def test_train_ch5(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 4)
    net = setups.convolutional(mx)
    trainer = mx.gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01})
    train, test = setups.both(mx, 8)
    if name == "ch5":
        d2lzh.train_ch5(net, train, test, 16, trainer, mx.cpu(), 3)
    else:
        gluonbook.train_ch5(net, train, test, CROSS_ENTROPY, 16, trainer, mx.cpu(), 3)
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "training on cpu(0)"
    assert_printed(lines, name, recorded.TIMED)


@pytest.mark.parametrize("book", [d2lzh, gluonbook])
@pytest.mark.parametrize("contexts", [1, 2])
def test_train(book: Any, contexts: int, capsys: pytest.CaptureFixture[str]) -> None:
    setups.seed(mx, 5)
    ctx = [mx.cpu(i) for i in range(contexts)]
    net = setups.dense(mx, ctx)
    trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    train, test = setups.batches(mx, 1, 64, 8, 16, True), setups.batches(mx, 2, 32, 8, 16, False)
    book.train(train, test, net, CROSS_ENTROPY, trainer, ctx if contexts > 1 else ctx[0], 3)
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == ("training on cpu(0)" if contexts == 1 else "training on [cpu(0), cpu(1)]")
    assert_printed(lines, "two", recorded.TIMED)


def test_train_with_a_label_for_each_pixel(capsys: pytest.CaptureFixture[str]) -> None:
    X = mx.nd.random.uniform(shape=(8, 1, 4, 4))
    y = X[:, 0] > 0.5
    data = mx.gluon.data.DataLoader(mx.gluon.data.ArrayDataset(X, y), 4)
    net = mx.gluon.nn.Conv2D(2, 1)
    net.initialize(mx.init.Xavier())
    trainer = mx.gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.5})
    loss = mx.gluon.loss.SoftmaxCrossEntropyLoss(axis=1)
    d2lzh.train(data, data, net, loss, trainer, mx.cpu(), 30)
    last = capsys.readouterr().out.splitlines()[-1]
    (numbers,) = recorded.numbers(recorded.TIMED, [last.replace("epoch 30", "epoch 1")])
    scores = net(X)
    right = float((scores.argmax(axis=1) == y).mean().asscalar())
    assert numbers[2] == pytest.approx(right, abs=6e-4)
    assert numbers[0] < 0.3
    assert right > 0.9


def test_accuracies() -> None:
    y_hat = mx.nd.array([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5], [0.9, 0, 0], [0, 1, 0]])
    y = mx.nd.array([2, 0, 0, 1], dtype="int32")
    assert gluonbook.accuracy(y_hat, y) == 0.75
    batches = [(y_hat, y), (y_hat[:1], y[:1])]
    for book in (d2lzh, gluonbook):
        assert book.evaluate_accuracy(batches, lambda X: X) == 0.8
        assert book.evaluate_accuracy(batches, lambda X: X, mx.cpu(1)) == 0.8
        assert book.evaluate_accuracy(batches[:1], lambda X: X, [mx.cpu(0), mx.cpu(1)]) == 0.75
