"""Recurrent layers: dropout between them, sequences of different lengths, clipped states, what errors say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.ops.registry import OPERATORS

STEPS, BATCH, WIDTH, HIDDEN = 5, 3, 2, 4
LSTM = {"mode": "lstm", "state_size": HIDDEN, "num_layers": 1}
CASES = [
    {"mode": "gru", "state_size": HIDDEN, "num_layers": 1},
    {"mode": "rnn_tanh", "state_size": HIDDEN, "num_layers": 2, "bidirectional": True},
    {**LSTM, "num_layers": 2},
    {**LSTM, "bidirectional": True},
    {**LSTM, "projection_size": 3},
]


def inputs(given: dict[str, Any], dtype: str = "float64") -> list[Any]:
    """Data, parameters and states of the shapes that follow from the data's."""
    rng = np.random.RandomState(0)
    op = OPERATORS["RNN"]
    shapes = op.infer((STEPS, BATCH, WIDTH), None, None, None, **op.read_all(given))  # type: ignore[misc]
    return [nd.array(rng.uniform(-1, 1, shape), dtype=dtype) for shape in shapes]


def identity() -> Any:
    """Two layers in two directions that hand each positive number on."""
    one, zero = np.eye(3), np.zeros((3, 3))
    second = [np.hstack([one, zero]), zero, np.hstack([zero, one]), zero]
    weights = np.concatenate([x.ravel() for x in (one, zero, one, zero, *second)])
    return nd.array(np.concatenate([weights, np.zeros(24)]), dtype="float64")


def test_dropout_is_mxnets_of_the_same_seed() -> None:
    given = {"mode": "rnn_relu", "state_size": 3, "num_layers": 2, "bidirectional": True, "p": 0.3}
    states = nd.zeros((4, 2, 3), dtype="float64")
    data = nd.ones((2, 2, 3), dtype="float64")
    mx.random.seed(0)
    with autograd.train_mode():
        out = nd.RNN(data, identity(), states, **given).asnumpy()
    kept = np.array([int(bit) for bit in "111111111111101010111111"]).reshape(out.shape)
    np.testing.assert_allclose(out, kept / 0.7, rtol=1e-6)
    assert (nd.RNN(data, identity(), states, **given).asnumpy() == 1).all()
    with autograd.train_mode(), pytest.raises(MXNetError, match="p=1"):
        nd.RNN(data, identity(), states, **{**given, "p": 1})


def test_a_gradient_goes_through_the_dropped_layers() -> None:
    data, parameters, states = (
        nd.ones((2, 2, 3), dtype="float64"),
        identity(),
        nd.zeros((4, 2, 3), dtype="float64"),
    )
    data.attach_grad()
    mx.random.seed(0)
    with autograd.record():
        out = nd.RNN(
            data, parameters, states, mode="rnn_relu", state_size=3, num_layers=2, bidirectional=True, p=0.3
        )
    out.backward()
    both = out.asnumpy()[..., :3] + out.asnumpy()[..., 3:]
    np.testing.assert_allclose(data.grad.asnumpy(), both, rtol=1e-6)


@pytest.mark.parametrize("given", CASES)
def test_a_shorter_sequence_is_as_if_it_were_alone(given: dict[str, Any]) -> None:
    given = {**given, "state_outputs": True}
    lengths = [2, 5, 3]
    data, parameters, *states = inputs(given)
    found = nd.RNN(
        data,
        parameters,
        *states,
        sequence_length=nd.array(lengths, dtype="float64"),
        use_sequence_length=True,
        **given,
    )
    for n, length in enumerate(lengths):
        alone = [s[:, n : n + 1] for s in states]
        out, *last = nd.RNN(data[:length, n : n + 1], parameters, *alone, **given)
        np.testing.assert_allclose(found[0][:length, n].asnumpy(), out[:, 0].asnumpy(), atol=1e-12)
        assert not found[0][length:, n].asnumpy().any()
        for whole, part in zip(found[1:], last, strict=True):
            np.testing.assert_allclose(whole[:, n].asnumpy(), part[:, 0].asnumpy(), atol=1e-12)


@pytest.mark.parametrize("given", [c for c in CASES if c["mode"] == "lstm"])
def test_bounds_out_of_reach_change_nothing(given: dict[str, Any]) -> None:
    given = {**given, "state_outputs": True}
    arrays = inputs(given)
    bounds = {"lstm_state_clip_min": -100, "lstm_state_clip_max": 100}
    lengths = {"sequence_length": nd.array([2, 5, 3], dtype="float64"), "use_sequence_length": True}
    for more in ({}, lengths):
        for nan in (False, True):
            plain = nd.RNN(*arrays, **given, **more)
            found = nd.RNN(*arrays, **given, **more, **bounds, lstm_state_clip_nan=nan)
            for a, b in zip(found, plain, strict=True):
                np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), atol=1e-12)


def test_states_are_kept_within_bounds() -> None:
    given = {**LSTM, "state_outputs": True}
    _, _, cell = nd.RNN(*inputs(given), **given, lstm_state_clip_min=-0.1, lstm_state_clip_max=0.05)
    assert cell.min().asscalar() == -0.1
    assert cell.max().asscalar() == 0.05


def test_lengths_are_the_fourth_input_of_layers_without_a_cell() -> None:
    data, parameters, state = inputs(CASES[0])
    lengths = nd.array([2, 5, 3], dtype="float64")
    by_name = nd.RNN(data, parameters, state, sequence_length=lengths, use_sequence_length=True, **CASES[0])
    by_place = nd.RNN(data, parameters, state, lengths, use_sequence_length=True, **CASES[0])
    np.testing.assert_array_equal(by_name.asnumpy(), by_place.asnumpy())


INFERRED = [
    ({"mode": "gru", "state_size": 3, "num_layers": 2, "bidirectional": True}, [(360,), (4, 2, 3)]),
    ({"mode": "lstm", "state_size": 3, "num_layers": 2}, [(204,), (2, 2, 3), (2, 2, 3)]),
    (
        {"mode": "lstm", "state_size": 3, "num_layers": 2, "projection_size": 2, "bidirectional": True},
        [(408,), (4, 2, 2), (4, 2, 3)],
    ),
]


@pytest.mark.parametrize(("given", "expected"), INFERRED)
def test_shapes_follow_from_the_data(given: dict[str, Any], expected: list[tuple[int, ...]]) -> None:
    op = OPERATORS["RNN"]
    found = op.infer((5, 2, 4), None, None, None, **op.read_all(given))  # type: ignore[misc]
    assert [tuple(s) for s in found] == [(5, 2, 4), *expected]


REFUSED = [
    ({}, {0: (5, 3)}, "3 axes"),
    ({}, {1: (7,)}, r"the parameters must have shape \(128,\), but they have \(7,\)"),
    ({}, {2: (1, 1, 4)}, r"takes states of shape \(1, 3, 4\) and \(1, 3, 4\)"),
    ({"projection_size": 3, "mode": "gru"}, {}, "projection_size is for the LSTM"),
    ({"use_sequence_length": True}, {}, "go together"),
    ({"p": 1.5}, {}, "p=1.5"),
]


@pytest.mark.parametrize(("more", "shapes", "said"), REFUSED)
def test_errors_name_what_was_expected(more: dict[str, Any], shapes: dict[int, Any], said: str) -> None:
    arrays = inputs(LSTM)
    for position, shape in shapes.items():
        arrays[position] = nd.zeros(shape, dtype="float64")
    with pytest.raises(MXNetError, match=said):
        nd.RNN(*arrays, **{**LSTM, **more})


def test_lengths_must_be_possible() -> None:
    for lengths in ([0, 1, 2], [6, 1, 1]):
        with pytest.raises(MXNetError, match=r"in 1\.\.\.5"):
            nd.RNN(*inputs(LSTM), nd.array(lengths, dtype="float64"), use_sequence_length=True, **LSTM)
