"""Gradients that compiled graphs write into the buffers themselves: when they do, and what they are."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mxnet.gluon import nn

import mxnet as mx
from mxnet import autograd, gluon, nd
from regluon.ops.threads import SMALL, few_threads
from regluon.symbol import direct as module
from regluon.symbol import shortcuts


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each way back that could write by itself has done so."""
    found: list[bool] = []

    def watched(*args: Any) -> Any:
        write = original(*args)
        if write is None:
            return None

        def call(*args: Any) -> bool:
            found.append(write(*args))
            return found[-1]

        return call

    original = module.direct
    monkeypatch.setattr("regluon.symbol.compiled.direct", watched)
    return found


def dense(*layers: Any, inputs: int = 5) -> Any:
    net = nn.HybridSequential()
    for units, activation, bias in layers:
        net.add(nn.Dense(units, activation=activation, use_bias=bias))
    mx.random.seed(4)
    net.initialize(mx.init.Normal(0.5), force_reinit=True)
    net(nd.ones((1, inputs)))
    return net


def gradients(net: Any, *arrays: Any, loss: Any = None, times: int = 3) -> list[Any]:
    """What backward leaves in the buffers, after the calls that are made with all checks."""
    for _ in range(times):
        with autograd.record():
            out = net(*arrays) if loss is None else loss(net(arrays[0]), *arrays[1:])
        out.backward()
    return [p.grad().asnumpy() for p in net.collect_params().values() if p.grad_req != "null"]


def same(found: list[Any], expected: list[Any]) -> None:
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def compared(net: Any, *arrays: Any, **given: Any) -> None:
    """Hybridized as imperatively."""
    expected = gradients(net, *arrays, **given)
    net.hybridize()
    for p in net.collect_params().values():
        p.zero_grad()
    same(gradients(net, *arrays, **given), expected)


@pytest.mark.parametrize("rows", [1, 7])
@pytest.mark.parametrize(
    "layers",
    [
        [(1, None, True)],
        [(3, "tanh", False)],
        [(4, "relu", True), (4, "sigmoid", False), (2, None, True)],
    ],
)
def test_layers(layers: list[Any], rows: int, written: list[bool]) -> None:
    compared(dense(*layers), nd.random.normal(shape=(rows, 5)))
    assert written == [True, True]


@pytest.mark.parametrize(
    "loss",
    [
        gluon.loss.L2Loss(),
        gluon.loss.L2Loss(weight=3),
        gluon.loss.SoftmaxCrossEntropyLoss(),
        gluon.loss.SoftmaxCrossEntropyLoss(weight=0.5),
        gluon.loss.HuberLoss(),
    ],
    ids=lambda loss: f"{type(loss).__name__}-{loss._weight}",
)
@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize("units", [1, 6])
def test_after_a_loss(loss: Any, hybrid: bool, units: int, written: list[bool]) -> None:
    loss.hybridize(hybrid)
    label = nd.zeros(3) if "Softmax" in type(loss).__name__ else nd.random.normal(shape=(3, units))
    net = dense((4, "relu", True), (units, None, True))
    compared(net, nd.random.normal(shape=(3, 5)), label, loss=loss)
    assert True in written


def test_the_buffer_is_the_one_that_the_user_holds(written: list[bool]) -> None:
    net = dense((2, None, True))
    net.hybridize()
    weight = net[0].weight
    held, part, memory = weight.grad(), weight.grad()[1], weight.grad()._data.data_ptr()
    found = gradients(net, nd.arange(5).reshape((1, 5)))
    assert written[-1]
    assert held is weight.grad()
    assert memory == held._data.data_ptr()
    np.testing.assert_array_equal(part.asnumpy(), found[0][1])
    np.testing.assert_array_equal(part.asnumpy(), np.arange(5))


@pytest.mark.parametrize("part", [lambda g: g, lambda g: g[1:3], lambda g: g.reshape((3, 5))])
def test_data_that_lie_in_a_buffer(part: Callable[[Any], Any], written: list[bool]) -> None:
    net = dense((3, "tanh", True), (2, None, True), inputs=5)
    net.hybridize()
    gradients(net, nd.ones((2, 5)))
    buffer = net[0].weight.grad()
    buffer[:] = nd.random.normal(shape=(3, 5))
    data = part(buffer)
    expected_data = data.copy()
    with autograd.record():
        out = net(data)
    out.backward()
    assert not written[-1]
    found = [p.grad().asnumpy() for p in net.collect_params().values()]
    same(found, gradients(net, expected_data))
    assert written[-1]


def test_buffers_that_are_added_to(written: list[bool]) -> None:
    net = dense((3, "relu", True), (1, None, True))
    net[0].weight.grad_req = "add"
    compared(net, nd.random.normal(shape=(2, 5)))
    assert written == []


def test_frozen_parameters(written: list[bool]) -> None:
    net = dense((3, "relu", True), (1, None, True))
    net[0].collect_params().setattr("grad_req", "null")
    compared(net, nd.random.normal(shape=(2, 5)))
    assert written == [True, True]


def test_a_net_called_twice(written: list[bool]) -> None:
    net = dense((3, "relu", True), (1, None, True))
    twice = [nd.random.normal(shape=(2, 5)), nd.random.normal(shape=(2, 5))]

    def both() -> list[Any]:
        for _ in range(3):
            with autograd.record():
                loss = (net(twice[0]) * net(twice[1])).sum()
            loss.backward()
        return [p.grad().asnumpy() for p in net.collect_params().values()]

    expected = both()
    net.hybridize()
    same(both(), expected)
    assert written == []


def test_shared_parameters_gather_what_arrives(written: list[bool]) -> None:
    first = nn.Dense(5, in_units=5)
    net = nn.HybridSequential()
    net.add(first, nn.Dense(5, in_units=5, params=first.params))
    net.initialize(mx.init.Normal(0.5))
    compared(net, nd.random.normal(shape=(2, 5)))
    assert written == []


def test_wanted_data(written: list[bool]) -> None:
    net = dense((3, "relu", True), (1, None, True))
    x = nd.random.normal(shape=(2, 5))
    x.attach_grad()
    expected = [*gradients(net, x), x.grad.asnumpy()]
    net.hybridize()
    same([*gradients(net, x), x.grad.asnumpy()], expected)
    assert written == []


def test_other_buffers_are_taken_up(written: list[bool]) -> None:
    net = dense((2, None, True))
    net.hybridize()
    x = nd.ones((1, 5))
    gradients(net, x)
    weight = net[0].weight.data()
    weight.attach_grad()
    found = gradients(net, x)
    assert written[-1]
    np.testing.assert_array_equal(weight.grad.asnumpy(), np.ones((2, 5)))
    np.testing.assert_array_equal(found[1], np.ones(2))


def test_kept_graphs_and_heads(written: list[bool]) -> None:
    net = dense((2, "tanh", True), (2, None, True))
    net.hybridize()
    x = nd.random.normal(shape=(3, 5))
    (expected, *_) = gradients(net, x)
    count = len(written)
    with autograd.record():
        out = net(x)
    out.backward(retain_graph=True)
    np.testing.assert_allclose(net[0].weight.grad().asnumpy(), expected, rtol=1e-6)
    assert len(written) == count
    out.backward(nd.full((3, 2), 2))
    np.testing.assert_allclose(net[0].weight.grad().asnumpy(), 2 * expected, rtol=1e-6)
    assert written[count:] == [True]
    with pytest.raises(mx.MXNetError, match="cannot differentiate"):
        out.backward()


def test_a_chain_is_gone_through_once() -> None:
    net, loss = dense((1, None, True)), gluon.loss.L2Loss()
    net.hybridize()
    loss.hybridize()
    x, y = nd.ones((2, 5)), nd.zeros((2, 1))
    gradients(net, x, y, loss=loss)
    with autograd.record():
        out = net(x)
        value = loss(out, y)
    value.backward()
    for freed in (value, out):
        with pytest.raises(mx.MXNetError, match="cannot differentiate"):
            freed.backward()


def test_a_chain_that_ends_in_an_array() -> None:
    loss = gluon.loss.L2Loss()
    loss.hybridize()
    x, y = nd.array([[1.0], [4.0]]), nd.zeros((2, 1))
    x.attach_grad()
    for _ in range(3):
        with autograd.record():
            value = loss(x, y)
        value.backward()
    np.testing.assert_array_equal(x.grad.asnumpy(), x.asnumpy())


def test_stale_gradients_are_told_from_fresh_ones() -> None:
    net = dense((1, None, True))
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd")
    gradients(net, nd.ones((1, 5)))
    trainer.step(1)
    with pytest.raises(UserWarning, match="not been updated by backward"):
        trainer.step(1)
    gradients(net, nd.ones((1, 5)), times=1)
    trainer.step(1)


@pytest.mark.skipif(not SMALL, reason="torch has no MKL here")
@pytest.mark.parametrize("rows", [1, 3, 40, 300])
def test_small_products_on_one_thread(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortcuts, "_alone", lambda: False)
    net = dense((64, "relu", True), (64, "relu", True), (10, None, False), inputs=20)
    compared(
        net, nd.random.normal(shape=(rows, 20)), nd.zeros(rows), loss=gluon.loss.SoftmaxCrossEntropyLoss()
    )
    assert few_threads(0) == 0  # MKL tells what was set before


@pytest.mark.skipif(not SMALL, reason="torch has no MKL here")
def test_threads_are_back_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortcuts, "_alone", lambda: False)
    net = dense((64, "relu", True), (64, "relu", True), inputs=20)
    net.hybridize()
    for _ in range(3):
        net(nd.ones((32, 20)))
    with pytest.raises(mx.MXNetError, match="FullyConnected"):
        net(nd.ones((32, 21)))
    assert few_threads(0) == 0


def test_random_nets(written: list[bool]) -> None:
    seed = random.randrange(2**31)
    print("seed", seed)
    rng = random.Random(seed)
    for _ in range(10):
        kinds = [None, "relu", "tanh", "sigmoid"]
        layers = [
            (rng.randint(1, 6), rng.choice(kinds), rng.random() < 0.7) for _ in range(rng.randint(1, 4))
        ]
        compared(dense(*layers), nd.random.normal(shape=(rng.randint(1, 5), 5)))
    assert written == [True] * 20
