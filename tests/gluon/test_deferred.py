"""Shapes that the first forward pass finds out, also for blocks with parameters and children of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, init, nd
from regluon.gluon import DeferredInitializationError, HybridBlock, nn

X = nd.array([[1, 2, 3], [4, 5, 6]])
Forward = Callable[..., Any]


class Custom(HybridBlock):
    """A block whose computation and whose parameters' shapes are given."""

    def __init__(self, forward: Forward, **shapes: Any) -> None:
        super().__init__()
        self._given = forward
        with self.name_scope():
            for name, shape in shapes.items():
                parameter = self.params.get(name, shape=shape, init="ones", allow_deferred_init=True)
                setattr(self, name, parameter)

    def hybrid_forward(self, F: Any, *args: Any, **params: Any) -> Any:
        return self._given(F, *args, **params)


def called(forward: Forward, *args: Any, **shapes: Any) -> tuple[Custom, Any]:
    block = Custom(forward, **shapes)
    block.initialize()
    return block, block(*args)


def fc(F: Any, x: Any, weight: Any, bias: Any = None, units: int = 4) -> Any:
    return F.FullyConnected(x, weight, bias, num_hidden=units, no_bias=bias is None)


def test_layers() -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(4), nn.Flatten(), nn.Dense(2, flatten=False))
    net.initialize(init.One())
    with pytest.raises(DeferredInitializationError):
        net[0].weight.data()
    assert net[0].bias.data().shape == (4,)
    np.testing.assert_array_equal(net(X).asnumpy(), [[24, 24], [60, 60]])
    assert [p.shape for p in net.collect_params().values()] == [(4, 3), (4,), (2, 4), (2,)]
    with pytest.raises(mx.MXNetError, match=r"FullyConnected\(\(2, 5\) float32, \(4, 3\) float32"):
        net(nd.ones((2, 5)))


@pytest.mark.parametrize("shapes", [{"weight": None}, {"weight": (0, 0)}, {"weight": (4, 0), "bias": (0,)}])
def test_parameters_of_ones_own(shapes: Any) -> None:
    block, out = called(fc, X, **shapes)
    assert block.weight.shape == (4, 3)
    assert {p.shape for p in block.params.values()} <= {(4, 3), (4,)}
    assert out.asnumpy()[:, 0].tolist() == ([7.0, 16.0] if "bias" in shapes else [6.0, 15.0])


def test_a_parameter_that_is_used_twice() -> None:
    block, out = called(lambda F, x, w: fc(F, fc(F, x, w, units=3), w, units=3), X, w=(3, 0))
    assert block.w.shape == (3, 3)
    assert out.asnumpy().tolist() == [[18.0] * 3, [45.0] * 3]


def test_embedding_and_nested_inputs_and_outputs() -> None:
    def forward(F: Any, xs: Any, pair: Any, table: Any, weight: Any) -> Any:
        rows = F.Embedding(xs[0], table, input_dim=7, output_dim=2)
        return rows, [fc(F, pair[0][0], weight), {"x": pair}]

    block, out = called(forward, [X], ([X], None), table=(0, 0), weight=(0, 0))
    assert (block.table.shape, block.weight.shape) == ((7, 2), (4, 3))
    assert (out[0].shape, out[1][0].shape) == ((2, 3, 2), (2, 4))
    assert out[1][1]["x"][0][0] is X


def test_inputs_that_are_no_arrays() -> None:
    block, out = called(lambda F, x, units, nothing, w: fc(F, x, w, units=units), X, 5, None, w=(0, 0))
    assert (block.w.shape, out.shape) == ((5, 3), (2, 5))


def test_nothing_is_computed_drawn_or_recorded_while_shapes_are_found_out() -> None:
    def forward(F: Any, x: Any, w: Any) -> Any:
        noise = F.random.uniform(shape=(2, 4))
        return F.Dropout(fc(F, x, w) + noise + F.ones((2, 4)), p=0.5)

    mx.random.seed(3)
    with autograd.record():
        block, out = called(forward, X, w=(0, 0))
    mx.random.seed(3)
    with autograd.record():
        again = block(X)
    out.backward()
    np.testing.assert_array_equal(out.asnumpy(), again.asnumpy())


def test_children_are_seen_through() -> None:
    class Outer(HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            with self.name_scope():
                self.first, self.last = nn.Dense(4, activation="relu"), nn.Dense(3)
                self.w = self.params.get("w", shape=(2, 0), allow_deferred_init=True)

        def hybrid_forward(self, F: Any, x: Any, w: Any) -> Any:
            return self.last(fc(F, self.first(x), w, units=2))

    seen: list[Any] = []
    net = Outer()
    net.first.register_forward_hook(lambda block, inputs, out: seen.append(out.asnumpy().shape))
    net.initialize()
    assert net(X).shape == (2, 3)
    assert [p.shape for p in net.collect_params().values()] == [(2, 4), (4, 3), (4,), (3, 2), (3,)]
    assert seen == [(2, 4)]


def test_infer_shape_initializes_nothing() -> None:
    net = nn.HybridSequential()
    net.add(nn.Dense(4), nn.Dense(2))
    net.infer_shape(X)
    assert [p.shape for p in net.collect_params().values()] == [(4, 3), (4,), (2, 4), (2,)]
    with pytest.raises(RuntimeError, match="not been initialized"):
        net(X)
    net.initialize()
    assert net[1].weight.data().shape == (2, 4)


@pytest.mark.parametrize(
    ("forward", "shape", "reason"),
    [
        (lambda F, x, w: F.dot(x, w), (0, 4), "dot: the shape of rhs does not follow from the other inputs"),
        (lambda F, x, w: F.broadcast_mul(x, w), (1, 0), "broadcast_mul: the shape of rhs does not follow"),
        (lambda F, x, w: x * F.relu(w), (0, 0), "relu: the shape of data does not follow"),
        (
            lambda F, x, w: x,
            (3, 0),
            "the shape of parameter 'custom[0-9]+_w' does not follow from the inputs",
        ),
        (
            lambda F, x, w: fc(F, x, weight=w),
            (3, 0),
            r"shape \(4, 3\) is incompatible with given shape \(3, 0\)",
        ),
        (lambda F, x, w: x.foo(w), (3, 0), "no attribute 'foo'"),
        (lambda F, x, w: fc(F, x[0].asnumpy(), w), (3, 0), "meta"),
    ],
)
def test_what_does_not_follow_is_named(forward: Forward, shape: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=f"shape cannot be inferred: .*{reason}") as error:
        called(forward, X, w=shape)
    assert f"_w (shape={shape}, dtype=" in str(error.value)


def test_shapes_of_the_inputs_are_named() -> None:
    block = nn.BatchNorm()
    block.initialize()
    with pytest.raises(ValueError, match=r"shape cannot be inferred: .*The inputs have shapes \(3,\)"):
        block(nd.ones(3))


def test_a_failed_pass_leaves_the_parameters_waiting() -> None:
    block = Custom(fc, weight=(4, 0))
    block.initialize()
    with pytest.raises(ValueError, match="shape cannot be inferred"):
        block(X, 1, 2)
    assert block.weight.shape == (4, 0)
    assert block(X).shape == (2, 4)
