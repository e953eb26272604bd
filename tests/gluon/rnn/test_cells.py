"""Cells where no recording tells: the two ways to unroll, watchers, modifiers, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, nd
from regluon.gluon import contrib, nn, rnn

X = nd.array(np.random.RandomState(0).standard_normal((3, 4, 2)))
KINDS = [
    lambda **kwargs: rnn.RNNCell(5, **kwargs),
    lambda **kwargs: rnn.RNNCell(5, "relu", **kwargs),
    lambda **kwargs: rnn.LSTMCell(5, **kwargs),
    lambda **kwargs: rnn.GRUCell(5, **kwargs),
    lambda **kwargs: contrib.rnn.LSTMPCell(5, 3, **kwargs),
]


def ready(cell: Any, x: Any = X) -> Any:
    mx.random.seed(3)
    cell.initialize(mx.init.Normal(0.5))
    cell.unroll(4, x)
    return cell


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("lengths", [None, [1, 4, 3]])
def test_all_steps_at_once_or_one_by_one(make: Any, lengths: Any) -> None:
    cell = ready(make())
    states = [nd.ones(info["shape"]) / 2 for info in cell.state_info(3)]
    lengths = lengths and nd.array(lengths, dtype="int32")
    found = []
    for way in ("whole", "steps", "single operators"):
        seen: list[Any] = []
        watched = way != "whole"
        if watched:
            cell.register_forward_hook(lambda *args, seen=seen: seen.append(args))
        if way == "single operators":
            cell._step = None
        x = X.copy()
        x.attach_grad()
        with autograd.record():
            out, last = cell.unroll(4, x, states, merge_outputs=True, valid_length=lengths)
            total = (out * nd.arange(out.size).reshape(out.shape)).sum() + sum(s.sum() for s in last)
        total.backward()
        grads = [p.grad() for p in cell.collect_params().values()]
        found.append([a.asnumpy() for a in (out, *last, x.grad, *grads)])
        assert len(seen) == 4 * watched
        assert cell._counter == 3
    for a, b, c in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(c, b, rtol=1e-4, atol=1e-4)


def test_second_derivatives_of_an_unrolled_cell() -> None:
    cell = ready(rnn.LSTMCell(5))
    results = []
    for watched in (False, True):
        if watched:
            cell.register_forward_hook(lambda *_: None)
        x = X.copy()
        x.attach_grad()
        with autograd.record():
            out, _ = cell.unroll(4, x, merge_outputs=True)
            g = autograd.grad(out.sum(), [x], create_graph=True)[0]
            total = (g * g).sum()
        total.backward()
        results.append(x.grad.asnumpy())
    np.testing.assert_allclose(*results, rtol=1e-3, atol=1e-5)


def test_forms_of_inputs_and_outputs() -> None:
    cell = ready(rnn.GRUCell(5))
    assert [o.shape for o in cell.unroll(4, X)[0]] == [(3, 5)] * 4
    assert cell.unroll(4, X, merge_outputs=True)[0].shape == (3, 4, 5)
    assert cell.unroll(3, X, layout="TNC", merge_outputs=True)[0].shape == (3, 4, 5)
    assert cell.unroll(4, X, valid_length=nd.array([1, 2, 3]))[0].shape == (3, 4, 5)
    steps = [X[:, i] for i in range(4)]
    out, _ = cell.unroll(4, steps, merge_outputs=True)
    np.testing.assert_array_equal(out.asnumpy(), cell.unroll(4, X, merge_outputs=True)[0].asnumpy())
    pictures = nd.ones((3, 4, 2, 1))
    np.testing.assert_allclose(
        cell.unroll(4, pictures, merge_outputs=True)[0].asnumpy(),
        cell.unroll(4, nd.ones((3, 4, 2)), merge_outputs=True)[0].asnumpy(),
        rtol=1e-5,
    )


def test_blocks_as_activations() -> None:
    cell = ready(rnn.RNNCell(5, activation=nn.Activation("tanh")))
    same = ready(rnn.RNNCell(5))
    for a, b in zip(cell.unroll(4, X)[0], same.unroll(4, X)[0], strict=True):
        np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), rtol=1e-5, atol=1e-6)
    function = ready(rnn.RNNCell(5, activation=lambda x, name: nd.tanh(x)))
    out = function.unroll(4, X)[0][0].asnumpy()
    np.testing.assert_allclose(out, cell.unroll(4, X)[0][0].asnumpy(), rtol=1e-5, atol=1e-6)


def test_a_subclass_computes_its_own_steps() -> None:
    class Doubled(rnn.LSTMCell):
        def hybrid_forward(self, F: Any, inputs: Any, states: Any, *args: Any, **params: Any) -> Any:
            out, states = super().hybrid_forward(F, inputs, states, *args, **params)
            return out * 2, states

    cell, same = ready(Doubled(5)), ready(rnn.LSTMCell(5))
    for a, b in zip(cell.unroll(4, X)[0], same.unroll(4, X)[0], strict=True):
        np.testing.assert_allclose(a.asnumpy(), 2 * b.asnumpy(), rtol=1e-5, atol=1e-6)


def test_base_cells_belong_to_their_modifiers() -> None:
    base = rnn.LSTMCell(5, prefix="base_")
    cell = rnn.ZoneoutCell(base, 0.1)
    assert (cell.prefix, cell.params) == ("base_zoneout", base.params)
    with pytest.raises(AssertionError, match="base belongs to a modifier"):
        base.begin_state(batch_size=2)
    with pytest.raises(AssertionError, match="already modified"):
        rnn.ResidualCell(base)
    assert [s.shape for s in cell.begin_state(batch_size=2)] == [(2, 5), (2, 5)]
    assert base._modified


def test_what_cannot_be_stepped() -> None:
    both = rnn.BidirectionalCell(rnn.LSTMCell(5), rnn.LSTMCell(5))
    with pytest.raises(NotImplementedError, match="unroll"):
        both(X[:, 0], [])
    with pytest.raises(AssertionError, match="BidirectionalCell doesn't support zoneout"):
        rnn.ZoneoutCell(both)
    stack = rnn.HybridSequentialRNNCell()
    stack.add(both)
    with pytest.raises(AssertionError, match="cannot be stepped"):
        stack(X[:, 0], [])
    with pytest.raises(AssertionError, match="SequentialRNNCell doesn't support variational"):
        contrib.rnn.VariationalDropoutCell(stack, drop_states=0.5)
    assert contrib.rnn.VariationalDropoutCell(stack, drop_inputs=0.5).base_cell is stack


def test_stacks_are_modified_and_indexed() -> None:
    stack = rnn.HybridSequentialRNNCell()
    stack.add(rnn.RNNCell(2))
    stack.add(rnn.LSTMCell(2))
    assert (len(stack), type(stack[1])) == (2, rnn.LSTMCell)
    assert len(stack.state_info()) == 3
    out, states = ready(rnn.ZoneoutCell(rnn.ResidualCell(stack))).unroll(4, X, merge_outputs=True)
    assert (out.shape, len(states)) == ((3, 4, 2), 3)


def test_errors_of_inputs() -> None:
    cell = ready(rnn.GRUCell(5))
    for watched in (False, True):
        if watched:
            cell.register_forward_hook(lambda *_: None)
        with pytest.raises(AssertionError, match="length=3, but the inputs have 4"):
            cell.unroll(3, X)
        with pytest.raises(AssertionError, match="needs inputs"):
            cell.unroll(3, None)
        with pytest.raises(mx.MXNetError, match=r"sequence_length must be in 1\.\.\.4"):
            cell.unroll(4, X, valid_length=nd.array([0, 1, 5]))
    with pytest.raises(AssertionError, match="one array"):
        contrib.rnn.rnn_cell.dynamic_unroll(cell, [X[0]], cell.begin_state(batch_size=4))
    with pytest.raises(NotImplementedError, match="state_info"):
        rnn.RecurrentCell().begin_state()
    with pytest.raises(AssertionError, match="number"):
        rnn.DropoutCell("0.5")  # type: ignore[arg-type]


def test_shapes_follow_through_cells() -> None:
    class Net(nn.HybridBlock):
        def __init__(self) -> None:
            super().__init__()
            with self.name_scope():
                self.cell = rnn.LSTMCell(4)
                self.weight = self.params.get("weight", shape=(3, 0), allow_deferred_init=True)

        def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
            out, _ = self.cell.unroll(4, x, merge_outputs=True)
            return F.FullyConnected(out, weight, num_hidden=3, no_bias=True, flatten=False)

    net = Net()
    net.initialize()
    assert net(X).shape == (3, 4, 3)
    assert (net.weight.shape, net.cell.i2h_weight.shape) == ((3, 4), (16, 2))
