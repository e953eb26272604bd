"""Symbolic cells: what the recorded programs do not show."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import mxnet as mx


def values(symbol: Any, **shapes: Any) -> list[np.ndarray[Any, Any]]:
    """The outputs for parameters that depend on their names alone."""
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", **shapes)
    for name, array in executor.arg_dict.items():
        rng = np.random.default_rng(sum(map(ord, name)))
        array[:] = rng.uniform(-1, 1, array.shape)
    return [o.asnumpy() for o in executor.forward()]


def test_unroll_by_its_old_name() -> None:
    cell, steps = mx.rnn.RNNCell(3), [mx.sym.var("x0"), mx.sym.var("x1")]
    with pytest.warns(UserWarning, match="rnn_unroll is deprecated"):
        outputs, _ = mx.rnn.rnn_unroll(cell, 2, steps)
    expected, _ = cell.unroll(2, steps)
    shapes = {"x0": (2, 4), "x1": (2, 4)}
    for a, b in zip(
        values(mx.sym.Group(outputs), **shapes), values(mx.sym.Group(expected), **shapes), strict=True
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("mode", ["rnn_relu", "rnn_tanh", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_unfused_cells_compute_the_same(mode: str, bidirectional: bool) -> None:
    fused = mx.rnn.FusedRNNCell(4, 2, mode, bidirectional, prefix="f_")
    stack = fused.unfuse()
    data = mx.sym.var("data")
    whole, _ = fused.unroll(3, data, layout="TNC", merge_outputs=True)
    parts, _ = stack.unroll(3, data, layout="TNC", merge_outputs=True)
    seed = random.randrange(1 << 30)
    rng = np.random.default_rng(seed)
    shapes, _, _ = whole.infer_shape(data=(3, 2, 5))
    vector = mx.nd.array(rng.uniform(-1, 1, shapes[1]))
    inputs = mx.nd.array(rng.uniform(-1, 1, (3, 2, 5)))
    (a,) = whole.eval(data=inputs, f_parameters=vector)
    weights = stack.pack_weights(fused.unpack_weights({"f_parameters": vector}))
    (b,) = parts.eval(data=inputs, **weights)
    np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), rtol=1e-5, atol=1e-6, err_msg=f"seed {seed}")
    packed = fused.pack_weights(stack.unpack_weights(weights))
    np.testing.assert_array_equal(packed["f_parameters"].asnumpy(), vector.asnumpy())


def test_weights_that_do_not_fit() -> None:
    cell = mx.rnn.FusedRNNCell(3)
    for size in (7, 100):
        with pytest.raises(AssertionError, match=f"Invalid parameters size for FusedRNNCell: {size} numbers"):
            cell.unpack_weights({"lstm_parameters": mx.nd.ones(size)})


def test_a_modified_cell_may_be_modified_again() -> None:
    cell = mx.rnn.ZoneoutCell(mx.rnn.ResidualCell(mx.rnn.RNNCell(4)), zoneout_states=0.5)
    names = [s.name for s in cell.begin_state(mx.sym.var)]
    assert names == ["rnn_begin_state_0"]
    outputs, _ = cell.unroll(2, mx.sym.var("data"), merge_outputs=True)
    assert values(outputs, data=(3, 2, 4))[0].shape == (3, 2, 4)
    with pytest.raises(AssertionError, match="modifier cells"):
        cell.base_cell.begin_state()


def test_convolutions_keep_the_size_of_the_state() -> None:
    cell = mx.rnn.ConvGRUCell((1, 3, 8, 6), 5, h2h_kernel=(5, 3), h2h_dilate=(2, 1), i2h_stride=(2, 1))
    assert cell.state_shape == [(0, 5, 4, 6)]
    outputs, _ = cell.unroll(2, [mx.sym.var("x0"), mx.sym.var("x1")])
    (out,) = values(outputs[1], x0=(2, 3, 8, 6), x1=(2, 3, 8, 6))
    assert out.shape == (2, 5, 4, 6)


def test_no_bucket_has_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match=r"no bucket of \[2\] has a sentence"):
        mx.rnn.BucketSentenceIter([[1, 2, 3]] * 4, 2, [2])
    assert "discarded 4 sentences" in capsys.readouterr().out


def test_a_cell_of_ones_own() -> None:
    class Sum(mx.rnn.BaseRNNCell):
        state_info = property(lambda self: [{"shape": (0, 3), "__layout__": "NC"}])

        def __call__(self, inputs: Any, states: Any) -> Any:
            out = inputs + states[0]
            return out, [out]

    outputs, states = Sum("s_").unroll(3, mx.sym.var("data"), merge_outputs=True)
    found = mx.sym.Group([outputs, *states]).eval(data=mx.nd.ones((2, 3, 3)))
    np.testing.assert_array_equal(found[0].asnumpy()[:, :, 0], [[1, 2, 3]] * 2)
    np.testing.assert_array_equal(found[1].asnumpy(), np.full((2, 3), 3))
    assert Sum().unpack_weights({"a": 1}) == {"a": 1}
    with pytest.raises(NotImplementedError, match="does not define a single step"):
        mx.rnn.BaseRNNCell()(1, [])
