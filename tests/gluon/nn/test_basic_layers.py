"""Layers and containers; their printed forms, names and values in whole nets are in ../test_nets.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, init, nd
from regluon.gluon import nn

X = np.array([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]], dtype="float32")


def containers() -> Any:
    return pytest.mark.parametrize("kind", [nn.Sequential, nn.HybridSequential])


def values(array: Any) -> Any:
    return array.asnumpy().tolist()


@pytest.mark.parametrize("shape", [(2, 3), (2, 1, 3), (4,)])
def test_dense_flattens(shape: tuple[int, ...]) -> None:
    x, net = np.arange(np.prod(shape), dtype="float32").reshape(shape), nn.Dense(2)
    net.initialize(init.One())
    expected = x.reshape(len(x), -1).sum(1)
    np.testing.assert_allclose(net(nd.array(x)).asnumpy(), np.stack([expected, expected], 1))


def test_dense_along_the_last_axis() -> None:
    net = nn.Dense(2, flatten=False, use_bias=False, weight_initializer="ones")
    net.initialize()
    x = np.arange(12, dtype="float32").reshape(2, 2, 3)
    np.testing.assert_allclose(net(nd.array(x)).asnumpy()[..., 1], x.sum(-1))
    assert net.bias is None
    assert list(net._collect_params_with_prefix()) == ["weight"]


@pytest.mark.parametrize(
    ("activation", "function"),
    [
        ("relu", lambda x: np.maximum(x, 0)),
        ("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
        ("tanh", np.tanh),
        ("softrelu", lambda x: np.log1p(np.exp(x))),
        ("softsign", lambda x: x / (1 + np.abs(x))),
    ],
)
def test_activations(activation: str, function: Any) -> None:
    np.testing.assert_allclose(nn.Activation(activation)(nd.array(X)).asnumpy(), function(X), rtol=1e-6)
    net = nn.Dense(1, activation=activation, weight_initializer="ones", bias_initializer=init.Constant(0.5))
    net.initialize()
    expected = function(X.sum(1, keepdims=True) + 0.5)
    np.testing.assert_allclose(net(nd.array(X)).asnumpy(), expected, rtol=1e-6)
    assert net.act.name == f"{net.name}_{activation}"


def test_an_unknown_activation() -> None:
    with pytest.raises(mx.MXNetError, match="relu, sigmoid, softrelu, softsign, tanh"):
        nn.Activation("foo")(nd.array(X))


def test_dense_gradients() -> None:
    net = nn.Dense(2, in_units=3)
    net.initialize(init.One())
    with autograd.record():
        loss = (net(nd.array(X)) * nd.array([[1, 2], [3, 4]])).sum()
    loss.backward()
    np.testing.assert_allclose(net.weight.grad().asnumpy(), np.array([[1, 3], [2, 4]]) @ X)
    assert values(net.bias.grad()) == [4, 6]


def test_dense_in_other_types() -> None:
    net = nn.Dense(2, in_units=3, dtype="float64")
    net.initialize()
    assert net(nd.array(X, dtype="float64")).dtype is np.float64
    assert repr(net.weight) == f"Parameter {net.name}_weight (shape=(2, 3), dtype=float64)"


def test_dropout() -> None:
    ones, net = nd.ones((1000,)), nn.Dropout(0.25)
    assert values(net(ones)) == values(ones)
    mx.random.seed(1)
    with autograd.train_mode():
        dropped = net(ones).asnumpy()
    assert set(np.unique(dropped)) == {np.float32(0), np.float32(1 / 0.75)}
    assert 700 < (dropped > 0).sum() < 800
    mx.random.seed(1)
    with autograd.record():
        np.testing.assert_array_equal(net(ones).asnumpy(), dropped)
        assert values(nn.Dropout(0)(ones)) == values(ones)


def test_dropout_shared_along_axes() -> None:
    with autograd.train_mode():
        dropped = nn.Dropout(0.5, axes=(1,))(nd.ones((50, 7))).asnumpy()
    assert (dropped == dropped[:, :1]).all()
    assert len(np.unique(dropped)) == 2


def test_embedding() -> None:
    net = nn.Embedding(4, 2)
    net.initialize()
    table = np.arange(8, dtype="float32").reshape(4, 2)
    net.weight.set_data(nd.array(table))
    rows = np.array([[3, 0, 3], [1, 2, 0]])
    for dtype in ("float32", "int32", "int64"):
        np.testing.assert_array_equal(net(nd.array(rows, dtype=dtype)).asnumpy(), table[rows])
    with autograd.record():
        net(nd.array(rows)).sum().backward()
    assert values(net.weight.grad()) == [[2, 2], [1, 1], [1, 1], [2, 2]]


def test_flatten() -> None:
    for shape, expected in [((2, 3, 4), (2, 12)), ((2,), (2, 1)), ((3, 5), (3, 5))]:
        assert nn.Flatten()(nd.ones(shape)).shape == expected


@pytest.mark.parametrize(
    "net",
    [
        nn.Lambda("relu"),
        nn.Lambda(nd.relu),
        nn.HybridLambda("relu"),
        nn.HybridLambda(lambda F, x: F.relu(x)),
    ],
)
def test_lambdas(net: Any) -> None:
    np.testing.assert_array_equal(net(nd.array(X)).asnumpy(), np.maximum(X, 0))
    assert net.prefix.startswith(type(net).__name__.lower())


def test_lambdas_of_several_arrays() -> None:
    one, two = nd.ones((2,)), nd.full((2,), 2)
    assert values(nn.HybridLambda("elemwise_add")(one, two)) == [3, 3]
    assert nn.Lambda(lambda x, y: (y, x))(one, two) == (two, one)


@pytest.mark.parametrize("kind", [nn.Lambda, nn.HybridLambda])
def test_lambdas_of_something_else(kind: Any) -> None:
    with pytest.raises(AssertionError, match="Function name foo is not found in"):
        kind("foo")
    with pytest.raises(ValueError, match="Unrecognized function in lambda: 3 of type <class 'int'>"):
        kind(3)


@containers()
def test_containers_are_sequences(kind: Any) -> None:
    net = kind()
    layers = [nn.Dense(1), nn.Flatten(), nn.Dropout(0.5)]
    net.add(*layers)
    assert len(net) == 3
    assert list(net) == layers
    assert [net[0], net[-1], net[np.int64(1)]] == [layers[0], layers[2], layers[1]]
    with pytest.raises(IndexError):
        net[3]
    with pytest.raises(TypeError):
        net["a"]


@containers()
def test_a_slice_is_a_net_of_the_same_layers(kind: Any) -> None:
    net = kind(prefix="net_")
    net.add(nn.Dense(1), nn.Flatten(), nn.Dropout(0.5))
    part = net[1:]
    assert type(part) is kind
    assert part.prefix == "net_"
    assert list(part) == [net[1], net[2]]
    assert len(net[3:]) == 0
    assert repr(net[0:0]) == f"{kind.__name__}(\n\n)"


@containers()
def test_an_empty_container_gives_its_input(kind: Any) -> None:
    x = nd.array(X)
    assert kind()(x) is x


@containers()
def test_a_layers_result_goes_on_as_it_is(kind: Any) -> None:
    net = kind()
    net.add(nn.HybridLambda(lambda F, x: (x, [x + 1])), nn.HybridLambda(lambda F, pair: [pair, pair[0]]))
    pair, first = net(nd.array([1.0]))
    assert (values(pair[0]), values(pair[1][0]), first is pair[0]) == ([1], [2], True)
    with pytest.raises(TypeError, match="positional argument"):
        net(nd.array(X), nd.array(X))


def test_hybridizing_a_plain_sequence_of_hybrid_layers_is_warned_of() -> None:
    net = nn.Sequential(prefix="net_")
    net.add(nn.Dense(1))
    with pytest.warns(UserWarning, match="All children of this Sequential layer 'net_' are HybridBlocks"):
        net.hybridize()
    net.add(nn.Lambda("relu"))
    net.hybridize(False)
    assert not net[0]._active
