"""gluon.contrib.nn: blocks side by side, rows of tables, devices; what layers compute: ../test_layers.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, init, nd
from regluon.base import MXNetError
from regluon.gluon import nn
from regluon.gluon.contrib import nn as contrib


@pytest.mark.parametrize("kind", [contrib.Concurrent, contrib.HybridConcurrent])
def test_blocks_side_by_side(kind: Any) -> None:
    net = kind(axis=1, prefix="side_")
    with net.name_scope():
        net.add(nn.Dense(2), contrib.Identity(), nn.Dense(1, use_bias=False))
    net.initialize(init.One())
    assert net(nd.array([[1, 2]])).asnumpy().tolist() == [[3, 3, 1, 2, 3]]
    layers = ["(0): Dense(2 -> 2, linear)", "(1): Identity(\n  \n  )", "(2): Dense(2 -> 1, linear)"]
    assert repr(net) == "\n  ".join([f"{kind.__name__}(", *layers]) + "\n)"
    assert next(p.name for p in net.collect_params().values()) == "side_dense0_weight"


def test_rows_of_a_table_in_use() -> None:
    layer = contrib.SparseEmbedding(5, 2, weight_initializer="ones", prefix="table_")
    assert repr(layer) == "SparseEmbedding(5 -> 2, float32)"
    layer.initialize()
    rows = nd.array([[1, 3], [3, 1]])
    with pytest.raises(RuntimeError, match="when no Trainer is created with it"):
        layer(rows)
    trainer = mx.gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.5})
    with autograd.record():
        out = layer(rows)
        loss = out.sum()
    assert out.shape == (2, 2, 2)
    loss.backward()
    trainer.step(1)
    after = layer.weight.row_sparse_data(nd.arange(5)).tostype("default").asnumpy()
    assert after[:, 0].tolist() == [1, 0, 1, 0, 1]


def test_statistics_of_one_device_only() -> None:
    assert "ndev=1, key='one_', in_channels=None" in repr(contrib.SyncBatchNorm(num_devices=1, prefix="one_"))
    with pytest.warns(UserWarning, match="set num_devices"):
        assert contrib.SyncBatchNorm()._kwargs["ndev"] >= 1
    layer = contrib.SyncBatchNorm(in_channels=2, num_devices=2)
    layer.initialize()
    with pytest.raises(MXNetError, match="statistics of several devices"):
        layer(nd.ones((2, 2)))


@pytest.mark.parametrize("factors", [(2, 3), (3, 1)])
def test_shuffled_pixels_go_where_the_formula_says(factors: tuple[int, int]) -> None:
    f, g = factors
    x = np.arange(2 * 2 * f * g * 2 * 3, dtype="float32").reshape(2, 2 * f * g, 2, 3)
    y = contrib.PixelShuffle2D(factors)(nd.array(x)).asnumpy()
    for c, h, i, w, j in np.ndindex(2, 2, f, 3, g):
        assert (y[:, c, h * f + i, w * g + j] == x[:, (c * f + i) * g + j, h, w]).all()


def test_factors_that_do_not_fit() -> None:
    with pytest.raises(AssertionError, match="PixelShuffle2D: factor must be a number or 2 of them"):
        contrib.PixelShuffle2D((2, 2, 2))
    with pytest.raises(MXNetError):
        contrib.PixelShuffle2D(2)(nd.ones((1, 6, 2, 2)))
