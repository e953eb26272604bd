"""split_data, split_and_load, clip_global_norm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, gluon, nd
from regluon.gluon import nn, utils

X = np.arange(14.0).reshape(7, 2)


def shapes(arrays: Any) -> list[tuple[int, ...]]:
    return [a.shape for a in arrays]


@pytest.mark.parametrize(
    ("pieces", "sizes"), [(1, [7]), (2, [4, 3]), (3, [3, 2, 2]), (7, [1] * 7), (8, [1] * 7 + [0])]
)
def test_the_first_pieces_are_longer(pieces: int, sizes: list[int]) -> None:
    found = utils.split_data(nd.array(X), pieces, even_split=False)
    assert [len(piece) for piece in found] == sizes
    np.testing.assert_array_equal(np.concatenate([piece.asnumpy() for piece in found]), X)


def test_along_another_axis() -> None:
    found = utils.split_data(nd.array(X.T), 3, batch_axis=1, even_split=False)
    assert shapes(found) == [(2, 3), (2, 2), (2, 2)]
    np.testing.assert_array_equal(found[1].asnumpy(), X.T[:, 3:5])


def test_pieces_share_the_batchs_memory() -> None:
    batch = nd.array(X)
    utils.split_data(batch, 7)[1][:] = 100
    assert batch[1].asnumpy().tolist() == [100, 100]


@pytest.mark.parametrize(("axis", "data"), [(0, X), (1, X.T)])
def test_an_uneven_split_has_to_be_allowed(axis: int, data: Any) -> None:
    with pytest.raises(
        ValueError, match=f"cannot be evenly split into 2 slices along axis {axis}.*even_split=False"
    ):
        utils.split_data(nd.array(data), 2, batch_axis=axis)


def test_pieces_are_put_on_their_contexts() -> None:
    contexts = [mx.cpu(1), mx.cpu(2)]
    found = utils.split_and_load(X[:4], contexts)
    assert [(a.context, a.shape, a.dtype) for a in found] == [(c, (2, 2), np.float32) for c in contexts]
    batch = nd.array(X)
    assert utils.split_and_load(batch, [mx.cpu(0)])[0] is batch
    assert utils.split_and_load([[1, 2], [3, 4]], [mx.cpu(1)])[0].context is mx.cpu(1)
    assert shapes(utils.split_and_load(batch, contexts, even_split=False)) == [(4, 2), (3, 2)]


def test_gradients_come_back_from_the_pieces() -> None:
    batch = nd.array(X[:4])
    batch.attach_grad()
    with autograd.record():
        pieces = utils.split_and_load(batch, [mx.cpu(0), mx.cpu(1)])
        losses = [(piece * (i + 1)).sum() for i, piece in enumerate(pieces)]
    autograd.backward(losses)
    assert batch.grad.asnumpy()[:, 0].tolist() == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("arrays", "norm", "clipped"),
    [
        ([[3, 4], [0]], 5.0, [[0.6, 0.8], [0]]),
        ([[0.3, 0.4]], 0.5, [[0.3, 0.4]]),
        ([[0, 0]], 0.0, [[0, 0]]),
        ([[2], [2], [2], [2]], 4.0, [[0.5]] * 4),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_clip_global_norm(arrays: Any, norm: float, clipped: Any, dtype: str) -> None:
    given = [nd.array(a, dtype=dtype) for a in arrays]
    found = utils.clip_global_norm(given, 1.0)
    assert isinstance(found, np.floating)
    tolerance = 1e-3 if dtype == "float16" else 1e-6
    np.testing.assert_allclose(found, norm, rtol=tolerance)
    for array, expected in zip(given, clipped, strict=True):
        np.testing.assert_allclose(array.asnumpy(), expected, rtol=tolerance)


def test_the_norm_as_an_array() -> None:
    arrays = [nd.array([3.0], ctx=mx.cpu(1)), nd.array([4.0])]
    norm = utils.clip_global_norm(arrays, 1.0, check_isfinite=False)
    assert (norm.shape, norm.context, norm.asscalar()) == ((1,), mx.cpu(1), 5.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_norms_that_are_not_finite_are_warned_of(bad: float) -> None:
    with pytest.warns(UserWarning, match="nan or inf is detected"):
        assert not np.isfinite(utils.clip_global_norm([nd.array([bad, 1])], 1.0))


def test_what_cannot_be_clipped() -> None:
    with pytest.raises(AssertionError, match="at least one array"):
        utils.clip_global_norm([], 1.0)
    with pytest.raises(mx.MXNetError, match="int32 arrays cannot be scaled"):
        utils.clip_global_norm([nd.array([1], dtype="int32")], 1.0)


def test_gradients_are_clipped_where_the_trainer_sees_them() -> None:
    net = nn.Dense(1, in_units=2, use_bias=False)
    net.initialize("zeros")
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1.0})
    with autograd.record():
        loss = net(nd.array([[3.0, 4.0]]))
    loss.backward()
    utils.clip_global_norm([p.grad() for p in net.collect_params().values()], 0.5)
    trainer.step(1)
    np.testing.assert_allclose(net.weight.data().asnumpy(), [[-0.3, -0.4]], rtol=1e-6)
