"""Recurrent layers where no recording tells: lengths, clipping, dropout, types, errors, subclasses."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, nd
from regluon.gluon import nn, rnn
from regluon.ops.registry import OPERATORS

X = nd.array(np.random.RandomState(0).standard_normal((4, 3, 2)))


def ready(layer: Any, *inputs: Any) -> Any:
    mx.random.seed(3)
    layer.initialize(mx.init.Normal(0.5))
    layer(*inputs)
    return layer


def gradients(block: Any, outs: list[Any]) -> dict[str, np.ndarray]:
    """Those of a fixed combination of the outputs; to be called while recording."""
    total = sum((o * nd.array(np.cos(np.arange(o.size)).reshape(o.shape))).sum() for o in outs)
    with autograd.pause():
        total.backward()  # type: ignore[union-attr]
    return {name: p.grad().asnumpy().copy() for name, p in block.collect_params().items()}


@pytest.mark.parametrize("kind", [rnn.RNN, rnn.LSTM, rnn.GRU])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_lengths_are_heeded(kind: Any, bidirectional: bool) -> None:
    """As the same layer's cells heed them."""
    layer = kind(5, 2, bidirectional=bidirectional, use_sequence_length=True)
    lengths = nd.array([2, 4, 1])
    ready(layer, X, None, lengths)
    cells = layer._unfuse()
    with autograd.record():
        out, states = layer(X, layer.begin_state(3), lengths)
        mine = gradients(layer, [out])
    with autograd.record():
        expected, last = cells.unroll(4, X, layout="TNC", merge_outputs=True, valid_length=lengths)
        theirs = gradients(layer, [expected])
    np.testing.assert_allclose(out.asnumpy(), expected.asnumpy(), rtol=1e-5, atol=1e-6)
    for name, gradient in mine.items():
        np.testing.assert_allclose(gradient, theirs[name], rtol=1e-4, atol=1e-5, err_msg=name)
    last = last if kind is not rnn.LSTM else [*last[::2], *last[1::2]]
    for found, pieces in zip(
        states, np.split(np.array([s.asnumpy() for s in last]), len(states)), strict=True
    ):
        np.testing.assert_allclose(found.asnumpy(), pieces, rtol=1e-5, atol=1e-6)


def test_clipped_states() -> None:
    layer = ready(rnn.LSTM(5, state_clip_min=-0.01, state_clip_max=0.02), X)
    _, (_, c) = layer(X, layer.begin_state(3))
    assert (c.asnumpy() >= -0.01).all()
    assert (c.asnumpy() <= np.float32(0.02)).all()
    with pytest.raises(AssertionError, match="clipping"):
        layer._unfuse()


def test_dropout_between_layers() -> None:
    layer = ready(rnn.GRU(50, 2, dropout=0.9), X)
    quiet = layer(X).asnumpy()
    np.testing.assert_array_equal(layer(X).asnumpy(), quiet)
    with autograd.train_mode():
        assert (layer(X).asnumpy() != quiet).any()


def test_states_are_left_out_if_they_were_not_given() -> None:
    layer = ready(rnn.LSTM(5), X)
    assert isinstance(layer(X), nd.NDArray)
    out, states = layer(X, layer.begin_state(3))
    assert (out.shape, [s.shape for s in states]) == ((4, 3, 5), [(1, 3, 5), (1, 3, 5)])


def test_begin_state_and_types() -> None:
    layer = rnn.GRU(5, dtype="float64")
    assert layer.begin_state(2)[0].dtype == np.float64
    assert layer.begin_state(2, func=nd.ones, dtype="float32")[0].asnumpy().tolist() == [[[1.0] * 5] * 2]
    layer.initialize()
    assert layer(X.astype("float64")).dtype == np.float64
    layer.cast("float32")
    assert layer(X).dtype == np.float32
    assert layer.begin_state(2)[0].dtype == np.float32
    uniform = layer.begin_state(2, func=nd.random.uniform, low=5, high=6)[0]
    assert (uniform.asnumpy() >= 5).all()


def test_errors_name_what_is_wrong() -> None:
    with pytest.raises(AssertionError, match="Invalid layout CNT"):
        rnn.LSTM(5, layout="CNT")
    layer = ready(rnn.LSTM(5, prefix="mine_"), X)
    with pytest.raises(ValueError, match=r"Expecting \(1, 3, 5\), got \(1, 3, 4\)"):
        layer(X, [nd.zeros((1, 3, 4)), nd.zeros((1, 3, 4))])
    with pytest.raises(mx.MXNetError, match=r"weights must have shapes \[\(20, 3\).*have \[\(20, 2\)"):
        layer(nd.ones((4, 3, 3)))
    with pytest.raises(AssertionError, match="projection"):
        rnn.LSTM(5, projection_size=2)._unfuse()
    with pytest.raises(mx.MXNetError, match="sequence_length"):
        ready(rnn.GRU(5, use_sequence_length=True), X, None, nd.ones(3))(X, None, nd.ones(2))


def test_shapes_follow_in_a_net() -> None:
    net = nn.HybridSequential()
    net.add(
        nn.Dense(3, flatten=False), rnn.LSTM(4, layout="NTC"), rnn.GRU(2, bidirectional=True), nn.Dense(1)
    )
    net.initialize()
    assert net(X).shape == (4, 1)
    assert [p.shape for p in net.collect_params(".*l0_i2h_weight").values()] == [(16, 3), (6, 4)]

    class Outer(nn.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            self.inner = net
            self.scale = self.params.get("scale", shape=(0,), init="ones", allow_deferred_init=True)

        def hybrid_forward(self, F: Any, x: Any, scale: Any) -> Any:
            return F.FullyConnected(self.inner(x), scale.reshape((1, -1)), num_hidden=1, no_bias=True)

    net.initialize(force_reinit=True)
    assert net(X).shape == (4, 1)


def test_more_than_ten_layers_have_places() -> None:
    layer = rnn.RNN(2, 11)
    assert "_unfused.10.h2h_bias" in layer._collect_params_with_prefix()


def test_a_layer_is_copied_and_pickled() -> None:
    layer = ready(rnn.LSTM(5, 2, dropout=0.1), X)
    expected = layer(X).asnumpy()
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(other(X).asnumpy(), expected)


def test_parameters_of_a_subclass() -> None:
    class Scaled(rnn.RNN):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.scale = self.params.get("scale", shape=(1,))

        def hybrid_forward(self, F: Any, inputs: Any, states: Any, scale: Any, **params: Any) -> Any:
            return super().hybrid_forward(F, inputs, states, **params) * scale

    layer = Scaled(5)
    layer.initialize(mx.init.One())
    assert "scale" in layer._collect_params_with_prefix()
    assert layer(X).shape == (4, 3, 5)


def test_the_operator_is_mxnets_composition() -> None:
    """What stands for it in a symbol file computes the same."""
    op = OPERATORS["_regluon_rnn"]
    for layer in (rnn.LSTM(5, 2, bidirectional=True, projection_size=3), rnn.GRU(5, 2)):
        ready(layer, X)
        params = [p.data() for p in layer.collect_params().values()]
        composed = op.composed(nd, X, *layer.begin_state(3), *params, **op.read_all(layer._attributes()))  # type: ignore[misc]
        out, states = layer(X, layer.begin_state(3))
        for a, b in zip([out, *states], composed, strict=True):
            np.testing.assert_array_equal(a.asnumpy(), b.asnumpy())
