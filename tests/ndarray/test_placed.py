"""Calls whose results go to an array given as ``out``: the first one prepares, the others find that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from regluon import autograd, cpu, nd
from regluon.base import MXNetError

X = np.arange(6, dtype="float32").reshape(2, 3)
CALLS: list[tuple[Callable[..., Any], Any]] = [
    (lambda x, out: nd.elemwise_add(x, x, out=out), X + X),
    (lambda x, out: nd.elemwise_add(lhs=x, rhs=x, out=out), X + X),
    (lambda x, out: nd.clip(x, a_min=1, a_max=3, out=out), X.clip(1, 3)),
    (lambda x, out: nd.clip(x, 1, 3, out=out), X.clip(1, 3)),
    (lambda x, out: nd.clip(x, a_min=1, a_max=3, out=out, name="c"), X.clip(1, 3)),
    (lambda x, out: nd.sqrt(x, out=out), np.sqrt(X)),
    (lambda x, out: nd.add_n(x, x, x, out=out), 3 * X),
    (lambda x, out: nd.add_n(*[x] * 12, out=out), 12 * X),
    (lambda x, out: nd.Dropout(x, p=0.5, out=out), X),
    (lambda x, out: nd.LeakyReLU(x, act_type="elu", out=out), X),
]


@pytest.mark.parametrize("call", range(len(CALLS)))
def test_the_array_is_written_and_returned(call: int) -> None:
    function, expected = CALLS[call]
    x, out = nd.array(X), nd.zeros((2, 3))
    memory = out._data.data_ptr()
    for place in (out, [out]):
        for _ in range(3):
            out[:] = -1
            assert function(x, place) is out
            np.testing.assert_allclose(out.asnumpy(), expected, rtol=1e-6)
    assert out._data.data_ptr() == memory
    assert function(x, None) is not None
    assert x.asnumpy().tolist() == X.tolist()


def test_calls_with_and_without_it_do_not_meet() -> None:
    x, out = nd.array(X), nd.zeros((3,))
    for _ in range(3):
        assert nd.sum(x, axis=0, out=out) is out
        assert nd.sum(x, axis=1).asnumpy().tolist() == [3, 12]
        assert nd.sum(x, axis=0) is not out
        other = nd.zeros((2,))
        assert nd.sum(x, axis=1, out=other) is other
        assert out.asnumpy().tolist() == [3, 5, 7]


def test_states_are_updated_once_a_call() -> None:
    weight, state = nd.zeros((2,)), nd.zeros((2,))
    for step in range(1, 5):
        found = nd.sgd_mom_update(weight, nd.ones((2,)), state, lr=1.0, momentum=1.0, out=weight)
        assert found is weight
        assert state.asnumpy().tolist() == [-step] * 2
        assert weight.asnumpy().tolist() == [-step * (step + 1) / 2] * 2


def test_several_results_go_to_several_arrays() -> None:
    weights = [nd.zeros((2,)), nd.zeros((3,))]
    arrays = [weights[0], nd.ones((2,)), weights[1], nd.ones((3,))]
    for step in range(1, 4):
        rates = {"lrs": (1.0, 2.0), "wds": (0.0, 0.0), "num_weights": 2}
        found = nd.multi_sgd_update(*arrays, **rates, out=weights)
        assert all(a is b for a, b in zip(found, weights, strict=True))
        assert [w.asnumpy().tolist() for w in weights] == [[-step] * 2, [-2.0 * step] * 3]


def test_a_part_of_an_array_is_written() -> None:
    x, whole = nd.array(X), nd.zeros((4, 3))
    for _ in range(2):
        nd.elemwise_mul(x, x, out=whole[1:3])
        assert whole.asnumpy().tolist() == [[0] * 3, *(X * X).tolist(), [0] * 3]


REFUSED: list[tuple[Callable[[Any], Any], type[Exception], str]] = [
    (
        lambda x: nd.elemwise_add(x, x, out=nd.zeros((3, 2))),
        MXNetError,
        r"result is .*2, 3.* but out is .*3, 2",
    ),
    (lambda x: nd.elemwise_add(x, x, out=nd.zeros((2, 3), dtype="int32")), MXNetError, "but out is .*int32"),
    (lambda x: nd.elemwise_add(x, x, out=X), TypeError, "out must be an NDArray, but it is ndarray"),
    (lambda x: nd.elemwise_add(x, x, out=[x, x]), MXNetError, "1 result, but 2 arrays"),
    (lambda x: nd.elemwise_add(x, x.astype("float64"), out=x), MXNetError, "different types"),
    (lambda x: nd.elemwise_add(x, x.as_in_context(cpu(1)), out=x), MXNetError, "different contexts"),
    (lambda x: nd.elemwise_add(x, nd.zeros((5,)), out=x), MXNetError, "elemwise_add"),
    (lambda x: nd.elemwise_add(x, X, out=x), TypeError, "'rhs' must be an NDArray"),
    (lambda x: nd.elemwise_add(x, out=x), TypeError, "'rhs' is required"),
    (lambda x: nd.elemwise_add(x, x, axis=1, out=x), MXNetError, "has no argument .axis."),
    (
        lambda x: nd.multi_sgd_update(x, x, lrs=(1,), wds=(0,), num_weights=1, out=X),
        TypeError,
        "must be an NDArray",
    ),
]


@pytest.mark.parametrize("call", range(len(REFUSED)))
def test_what_can_not_be_written_is_refused(call: int) -> None:
    function, error, words = REFUSED[call]
    x = nd.array(X)
    for _ in range(2):
        with pytest.raises(error, match=words):
            function(x)
    assert nd.elemwise_add(x, x, out=x) is x
    assert x.asnumpy().tolist() == (2 * X).tolist()


def test_parts_of_graphs_are_not_written_while_recording() -> None:
    x, constant, out = nd.array(X), nd.array(X), nd.zeros((2, 3))
    x.attach_grad()
    nd.elemwise_mul(x, x, out=out)  # prepared outside
    with autograd.record():
        assert nd.elemwise_mul(constant, constant, out=out) is out
        nd.elemwise_mul(x, x, out=out)
        with pytest.raises(MXNetError, match="while recording"):
            nd.elemwise_mul(x, x, out=x)
        with pytest.raises(MXNetError, match="while recording"):
            nd.elemwise_mul(constant, constant, out=out)
    out.backward()
    assert x.grad.asnumpy().tolist() == (2 * X).tolist()


def test_sparse_arrays_are_taken_and_written() -> None:
    x = nd.array(X)
    rows = x.tostype("row_sparse")
    for _ in range(2):
        out = nd.zeros((2, 3))
        with pytest.warns(RuntimeWarning, match="dense copies"):
            assert nd.elemwise_add(x, rows, out=out) is out
        assert out.asnumpy().tolist() == (2 * X).tolist()
        sparse = nd.zeros((2, 3), stype="row_sparse")
        assert nd.elemwise_add(rows, rows, out=sparse) is sparse
        assert sparse.asnumpy().tolist() == (2 * X).tolist()
