"""Blocks and Trainers with gradients by rows: files, states and several contexts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, gluon, nd

CONTEXTS = [mx.cpu(0), mx.cpu(1)]


def parameter(stype: str = "row_sparse") -> Any:
    params = gluon.ParameterDict("net_")
    found = params.get("table", shape=(6, 2), init=mx.init.One(), stype=stype, grad_stype="row_sparse")
    params.initialize()
    return params, found


def step(table: Any, trainer: Any) -> None:
    x = nd.array([1, 4])
    with autograd.record():
        rows = table.data() if table.stype == "default" else table.row_sparse_data(x)
        y = nd.Embedding(x, rows, input_dim=6, output_dim=2, sparse_grad=True).sum()
    y.backward()
    trainer.step(1)


def whole(table: Any) -> Any:
    return table.row_sparse_data(nd.arange(6)).asnumpy()


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_states_of_sparse_parameters_are_saved(name: str, tmp_path: Path) -> None:
    arguments = {"momentum": 0.9} if name == "sgd" else {}
    params, table = parameter()
    trainer = gluon.Trainer(params, name, {"learning_rate": 0.1, **arguments})
    step(table, trainer)
    trainer.save_states(str(tmp_path / "states"))
    params.save(str(tmp_path / "params"))
    again, other = parameter()
    second = gluon.Trainer(again, name, {"learning_rate": 0.1, **arguments})
    again.load(str(tmp_path / "params"))
    second.load_states(str(tmp_path / "states"))
    for _ in range(2):
        step(table, trainer)
        step(other, second)
    assert np.array_equal(whole(table), whole(other))
    assert nd.load(str(tmp_path / "params"))["net_table"].stype == "row_sparse"  # type: ignore[call-overload]


def test_a_sparse_file_fills_a_dense_parameter(tmp_path: Path) -> None:
    _, table = parameter("default")
    table._load_init(nd.array(np.eye(6, 2)).tostype("row_sparse"), None)
    assert np.array_equal(table.data().asnumpy(), np.eye(6, 2))
    params, sparse = parameter()
    gluon.Trainer(params, "sgd")
    sparse.set_data(nd.array(np.eye(6, 2)))
    assert np.array_equal(whole(sparse), np.eye(6, 2))


@pytest.mark.parametrize("on_store", [True, False])
def test_gradients_of_several_contexts_are_summed(on_store: bool) -> None:
    net = gluon.nn.Embedding(6, 2, sparse_grad=True)
    net.initialize(mx.init.One(), ctx=CONTEXTS)
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1}, update_on_kvstore=on_store)
    with autograd.record():
        ys = [net(nd.array([n, 4], ctx=ctx)).sum() for n, ctx in enumerate(CONTEXTS)]
    autograd.backward(ys)
    trainer.step(1)
    for ctx in CONTEXTS:
        assert net.weight.data(ctx).asnumpy()[:, 0].tolist() == [0, 0, 1, 1, -1, 1]
    if not on_store:
        assert net.weight.list_grad()[1].indices.asnumpy().tolist() == [0, 1, 4]


def test_sparse_parameters_want_the_store() -> None:
    params, _ = parameter()
    trainer = gluon.Trainer(params, "sgd", update_on_kvstore=False)
    with pytest.raises(ValueError, match="sparse weights"):
        trainer.step(1)
    with pytest.raises(RuntimeError, match="More than one trainers"):
        gluon.Trainer(params, "sgd")


def test_zero_grad_empties_a_gradient_by_rows() -> None:
    params, table = parameter()
    trainer = gluon.Trainer(params, "sgd")
    step(table, trainer)
    assert table.grad().indices.shape == (2,)
    table.zero_grad()
    assert table.grad().indices.shape == (0,)


def test_a_sparse_weight_of_16_bits_is_updated_by_way_of_float32() -> None:
    net = gluon.nn.Embedding(6, 2, sparse_grad=True, dtype="float16")
    net.initialize(mx.init.One())
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5, "multi_precision": True})
    with autograd.record():
        y = net(nd.array([1, 4])).sum()
    y.backward()
    trainer.step(1)
    assert net.weight.data().asnumpy()[:, 0].tolist() == [1, 0.5, 1, 1, 0.5, 1]
