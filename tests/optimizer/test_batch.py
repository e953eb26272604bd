from __future__ import annotations

import numpy as np
import pytest

import regluon as mx
from regluon.base import MXNetError
from regluon.optimizer.batch import arrays_of, as_lists, gather


def test_sorted_by_type() -> None:
    weights = [mx.nd.ones(n + 1, dtype=t) for n, t in enumerate(["float32", "float64", "float32"])]
    states = [(w * 2, w * 3) for w in weights]
    first, second = gather("abc", weights, [w * 0 for w in weights], states)
    assert (first.indices, second.indices) == (["a", "c"], ["b"])
    assert (first.single, second.single) == (None, "b")
    assert [tuple(w.shape) for w in first.weights] == [(1,), (3,)]
    assert [s[1].tolist() for s in first.states] == [[2, 2, 2], [3, 3, 3]]
    _, _, states_of_part = first.part([1])
    assert [s[0].tolist() for s in states_of_part] == [[2, 2, 2], [3, 3, 3]]


def test_halves_are_updated_through_their_masters() -> None:
    half, grad, master = mx.nd.ones(2, dtype="float16"), mx.nd.ones(2, dtype="float16"), mx.nd.ones(2)
    (batch,) = gather([0], [half], [grad], [None], [master])
    assert batch.weights[0] is master._data
    batch.load()
    assert batch.grads[0].dtype == master._data.dtype
    master[:] = 0.1
    batch.store()
    np.testing.assert_array_equal(half.asnumpy(), np.float16([0.1, 0.1]))


def test_what_does_not_fit() -> None:
    weight = mx.nd.ones((2, 3))
    with pytest.raises(MXNetError, match=r"weight 7: it is \(2, 3\) float32, .*gradient is \(3,\) float32"):
        gather([7], [weight], [mx.nd.ones(3)], [None])
    with pytest.raises(MXNetError, match=r"gradient is \(2, 3\) float16"):
        gather([7], [weight], [mx.nd.ones((2, 3), dtype="float16")], [None])
    with pytest.raises(MXNetError, match="after a cast, start with a new Trainer"):
        gather([7], [weight], [weight], [mx.nd.ones((2, 3), dtype="float64")])
    with pytest.raises(MXNetError, match="states of"):
        gather([0, 1], [weight, weight], [weight, weight], [None, weight])


def test_arrays_of_states() -> None:
    a, b = mx.nd.ones(1), mx.nd.ones(2)
    assert arrays_of(None) == []
    assert [x is y for x, y in zip(arrays_of((a, [None, (b, 3)])), (a, b), strict=True)] == [True, True]


def test_lists() -> None:
    assert as_lists(1, 2, 3, 4) == ([1], [2], [3], [4])
    assert as_lists([1], [2], [3], [4]) == ([1], [2], [3], [4])
