"""The graph of a hybridized block: what it follows, what makes another one, what it says of errors."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from mxnet.gluon import nn

import mxnet as mx
from gluon.hybrids import agrees, warm
from mxnet import autograd, gluon, nd
from regluon.symbol import backends


def dense(*units: int, **given: Any) -> Any:
    mx.random.seed(1)
    net = nn.HybridSequential()
    for count in units:
        net.add(nn.Dense(count, activation="relu", **given))
    net.initialize(mx.init.Normal(0.5))
    return net


def bound(net: Any) -> Any:
    return next(iter(net._graph._bound.values()))[1]


def test_calls_go_straight() -> None:
    net = dense(4, 3)
    net.hybridize()
    warm(net, nd.ones((2, 5)))
    assert bound(net).compiled
    assert net._graph.call is bound(net).call


def test_another_batch_is_the_same_graph() -> None:
    net = dense(4, 3)
    net.hybridize()
    warm(net, nd.ones((2, 5)))
    before = net._graph.call
    assert net(nd.ones((7, 5))).shape == (7, 3)
    assert net._graph.call is before


def test_other_types() -> None:
    net = dense(4, 3)
    net.hybridize()
    warm(net, nd.ones((2, 5)))
    net.cast("float64")
    warm(net, nd.ones((2, 5), dtype="float64"))
    assert net(nd.ones((2, 5), dtype="float64")).dtype == np.float64


def test_gradient_requests_may_change() -> None:
    net = dense(3, in_units=5)
    net.hybridize()
    x = nd.ones((2, 5))
    seen = []
    for request in ("write", "null", "add", "write"):
        net.collect_params().setattr("grad_req", request)
        for _ in range(3):
            with autograd.record():
                out = net(x).sum()
            if request != "null":
                out.backward()
        if request != "null":
            seen.append(net[0].weight.grad().asnumpy())
    np.testing.assert_allclose(seen[1], 3 * seen[0])
    np.testing.assert_array_equal(seen[2], seen[0])


def test_what_no_head_reaches_keeps_its_gradient() -> None:
    class Two(gluon.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Dense(1, in_units=2), nn.Dense(1, in_units=2)

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return self.first(x) + F.BlockGrad(self.second(x))

    net = Two()
    net.initialize()
    agrees(net, [nd.ones((2, 2))])


def test_a_recorded_input() -> None:
    net, x = dense(3, in_units=2), nd.ones((2, 2))
    x.attach_grad()

    def gradient() -> Any:
        with autograd.record():
            out = (net(x * 2) * 3).sum()
        out.backward()
        return x.grad.asnumpy()

    expected = gradient()
    net.hybridize()
    for _ in range(3):
        np.testing.assert_allclose(gradient(), expected, rtol=1e-6)


def test_a_graph_that_was_freed() -> None:
    net = dense(3, in_units=2)
    net.hybridize()
    for _ in range(3):
        with autograd.record():
            out = net(nd.ones((1, 2)))
        out.backward(retain_graph=True)
        out.backward()
        with pytest.raises(mx.MXNetError, match="freed"):
            out.backward()


def test_derivatives_of_derivatives() -> None:
    net, x = nn.HybridSequential(), nd.array([[0.1, 0.2], [-0.3, 0.4]])
    net.add(nn.Dense(4, activation="tanh"), nn.Dropout(0.5), nn.BatchNorm(), nn.Dense(1))
    net.initialize(mx.init.Normal(1))
    x.attach_grad()

    def second() -> list[Any]:
        mx.random.seed(3)
        with autograd.record():
            out = net(x)
            (grad,) = autograd.grad(out, [x], create_graph=True)
            total = (grad**2).sum()
        total.backward()
        return [grad.asnumpy(), x.grad.asnumpy(), net[0].weight.grad().asnumpy()]

    net(x)
    expected = second()
    net.hybridize()
    for _ in range(3):
        for a, b in zip(second(), expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_random_streams_go_on() -> None:
    net = nn.HybridSequential()
    net.add(nn.Dropout(0.5), nn.HybridLambda(lambda F, x: x + F.random.normal(shape=(3, 4))))

    def draws() -> list[Any]:
        mx.random.seed(5)
        with autograd.record():
            return [net(nd.ones((3, 4))).asnumpy() for _ in range(4)]

    expected = draws()
    net.hybridize()
    np.testing.assert_array_equal(draws(), expected)
    np.testing.assert_array_equal(draws(), expected)


@pytest.mark.parametrize("calls", [0, 3])
def test_errors_name_operator_and_layer(calls: int) -> None:
    net = nn.HybridSequential(prefix="net_")
    with net.name_scope():
        net.add(nn.Dense(3, in_units=5))
    net.initialize()
    net.hybridize()
    for _ in range(calls):
        net(nd.ones((2, 5)))
    with pytest.raises(mx.MXNetError, match=r"net_dense0_fwd: FullyConnected\(\(2, 7\)"):
        net(nd.ones((2, 7)))
    assert net(nd.ones((2, 5))).shape == (2, 3)


def test_contexts_do_not_mix() -> None:
    block = nn.HybridLambda(lambda F, a, b: a + b)
    block.hybridize()
    for _ in range(3):
        block(nd.ones(2), nd.ones(2))
    with pytest.raises(mx.MXNetError, match="data1 is on cpu"):
        block(nd.ones(2), nd.ones(2, ctx=mx.cpu(1)))


def test_no_parameters_and_another_context() -> None:
    block = nn.HybridLambda(lambda F, x: F.relu(x) + F.zeros(shape=(2,)))
    block.hybridize()
    for context in (mx.cpu(0), mx.cpu(1), mx.cpu(0)):
        for _ in range(3):
            assert block(nd.ones(2, ctx=context)).context == context


def test_not_initialized() -> None:
    net = nn.Dense(3, in_units=2)
    net.hybridize()
    with pytest.raises(RuntimeError, match="has not been initialized"):
        net(nd.ones((1, 2)))


def test_shared_parameters() -> None:
    first = nn.Dense(3, in_units=3)
    net = nn.HybridSequential()
    net.add(first, nn.Dense(3, in_units=3, params=first.params))
    net.initialize(mx.init.Normal(1))
    agrees(net, [nd.array([[1, 2, 3]])])


def test_children_of_a_plain_block() -> None:
    class Plain(gluon.Block):
        def __init__(self) -> None:
            super().__init__()
            self.net = dense(3, in_units=2)

        def forward(self, x: Any) -> Any:
            return self.net(x) if float(x.sum().asscalar()) > 0 else x

    block = Plain()
    expected = block(nd.ones((1, 2))).asnumpy()
    block.hybridize()
    for _ in range(3):
        np.testing.assert_allclose(block(nd.ones((1, 2))).asnumpy(), expected, rtol=1e-6)
    assert block.net._graph.graph is not None


@pytest.mark.parametrize("again", [lambda net: pickle.loads(pickle.dumps(net)), copy.deepcopy])
def test_copies(again: Any) -> None:
    net = dense(3, in_units=2)
    net.hybridize()
    warm(net, nd.ones((1, 2)))
    other = again(net)
    warm(other, nd.ones((1, 2)))
    np.testing.assert_array_equal(other(nd.ones((1, 2))).asnumpy(), net(nd.ones((1, 2))).asnumpy())
    other[0].weight.set_data(nd.zeros((3, 2)))
    assert other(nd.ones((1, 2))).sum().asscalar() == 0 != net(nd.ones((1, 2))).sum().asscalar()


def test_sparse_inputs_and_gradients() -> None:
    net = nn.HybridSequential()
    net.add(nn.Embedding(6, 2, sparse_grad=True), nn.Dense(1))
    net.initialize(mx.init.Normal(1))
    net.hybridize()
    for _ in range(3):
        with autograd.record():
            out = net(nd.array([[1, 4]]))
        out.backward()
        assert net[0].weight.grad().stype == "row_sparse"
        assert sorted(net[0].weight.grad().indices.asnumpy().tolist()) == [1, 4]


def test_unknown_backends_are_told() -> None:
    net = dense(3, in_units=2)
    with pytest.warns(UserWarning, match="backend='TensorRT' is not known.*'inductor'"):
        net.hybridize(backend="TensorRT")
    assert net(nd.ones((1, 2))).shape == (1, 3)
    with pytest.warns(UserWarning, match="backend='MKLDNN' is not known"):
        net.optimize_for(nd.ones((1, 2)), backend="MKLDNN")
    assert net._cached_graph[1].list_arguments() == ["data", net[0].weight.name, net[0].bias.name]
    with pytest.raises(ValueError, match="inductor"):
        net.optimize_for(nd.ones((1, 2)))


def test_a_backend_gets_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions that torch's compiler would get: without its many seconds."""
    seen = []

    def compiler(function: Any, backend: str) -> Any:
        seen.append((function.__name__, backend))
        return function

    monkeypatch.setattr(torch, "compile", compiler)
    net, x = dense(4, 3, in_units=0), nd.array([[1, 2], [3, 4]])

    def results() -> list[Any]:
        with autograd.record():
            out = net(x)
        out.backward()
        return [out.asnumpy(), net[0].weight.grad().asnumpy(), net[0].bias.grad().asnumpy()]

    expected = results()
    net.hybridize(backend="inductor")
    for _ in range(3):
        for found, wanted in zip(results(), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-6)
    assert seen == [("forward", "inductor"), ("backward", "inductor")]


def test_a_backend_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class RefusalError(RuntimeError):
        pass

    def refuse(*args: Any) -> Any:
        raise RefusalError("no compiler")

    monkeypatch.setattr(backends, "failures", lambda: RefusalError)
    monkeypatch.setattr(torch, "compile", lambda function, backend: refuse)
    net = dense(3, in_units=2)
    expected = net(nd.ones((1, 2))).asnumpy()
    net.hybridize(backend="inductor")
    net(nd.ones((1, 2)))
    with pytest.warns(UserWarning, match="runs without it: no compiler"):
        found = net(nd.ones((1, 2)))
    np.testing.assert_allclose(found.asnumpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(net(nd.ones((1, 2))).asnumpy(), expected, rtol=1e-6)


@pytest.mark.skipif(
    not os.environ.get("REGLUON_COMPILER") or shutil.which("g++") is None,
    reason="torch's compiler takes more than a minute, and needs g++: set REGLUON_COMPILER=1",
)
def test_inductor() -> None:
    net, x = dense(4, 3), nd.array([[1, 2], [3, 4]])
    agrees(net, [x])
    net.hybridize(backend="inductor")
    expected = net(x).asnumpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's compiler has some of its own
        warnings.filterwarnings("error", message="backend")
        for batch in (2, 2, 3):
            found = net(nd.concat(x, x, dim=0)[:batch]).asnumpy()
            np.testing.assert_allclose(found[:2], expected, rtol=1e-5)


def test_other_arrays_of_a_parameter_are_seen() -> None:
    """As the bridge to torch's modules puts them in."""
    net = dense(3, in_units=2)
    net.initialize(mx.init.One(), force_reinit=True)
    net.hybridize()
    warm(net, nd.ones((1, 2)))
    weight = net[0].weight
    kept = weight._data
    weight._data = {mx.cpu(): nd.zeros((3, 2))}
    weight._version += 1
    assert net(nd.ones((1, 2))).sum().asscalar() == 0
    weight._data = kept
    weight._version += 1
    assert net(nd.ones((1, 2))).sum().asscalar() == 6
