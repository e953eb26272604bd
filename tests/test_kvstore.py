"""Key-value stores: what no recording of MXNet holds. The rest is in tests/programs/kvstore.py."""

from __future__ import annotations

from typing import Any

import pytest

import regluon as mx
from regluon.base import MXNetError
from regluon.kvstore import kvstore, kvstore_server
from regluon.kvstore.base import TestStore


@pytest.mark.parametrize("kind", ["dist_sync", "dist_device_sync", "dist_async", "horovod", "byteps", "P3"])
def test_several_processes_are_a_declared_gap(kind: str) -> None:
    with pytest.raises(MXNetError, match=r"declared gap.*torchrun.*torch\.distributed"):
        mx.kv.create(kind)


def test_unknown_stores_list_the_known() -> None:
    with pytest.raises(
        MXNetError, match=r"there is no kvstore 'loacl'; there are device, local, .*teststore"
    ):
        mx.kv.create("loacl")


def test_nccl_asks_for_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kvstore, "num_gpus", lambda: 0)
    with pytest.raises(MXNetError, match="use 'local' or 'device'"):
        mx.kv.create("nccl")
    monkeypatch.setattr(kvstore, "num_gpus", lambda: 1)
    assert mx.kv.create("nccl").type == "nccl"


def test_where_values_are() -> None:
    found: list[Any] = []
    for kind in ("local", "device"):
        store = mx.kv.create(kind)
        store.init("a", mx.nd.ones(1, ctx=mx.cpu(2)))
        store._set_updater(lambda key, pushed, stored: found.append([key, pushed.context, stored.context]))
        store.push("a", [mx.nd.ones(1, ctx=mx.cpu(1)), mx.nd.ones(1)])
    assert found == [[b"a", mx.cpu_pinned(0), mx.cpu_pinned(0)], [b"a", mx.cpu(1), mx.cpu(1)]]


def test_what_was_pushed_may_change_afterwards() -> None:
    store, value, out = mx.kv.create("device"), mx.nd.ones(2), mx.nd.zeros(2)
    store.init(0, value)
    store.push(0, value)
    value[:] = 7
    store.pull(0, out=out)
    assert out.asnumpy().tolist() == [1, 1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([mx.nd.ones(2), mx.nd.ones(3)], r"pushed for key 0 differ.*\(2,\).*\(3,\)"),
        ([mx.nd.ones(2), mx.nd.ones(2, dtype="float16")], "float16.*float32"),
        ([mx.nd.ones((2, 1)), mx.nd.ones((2, 1)).tostype("row_sparse")], "default.*row_sparse"),
    ],
)
def test_arrays_of_one_push_are_alike(values: list[Any], message: str) -> None:
    store = mx.kv.create("device")
    store.init(0, mx.nd.ones(2))
    with pytest.raises(MXNetError, match=message):
        store.push(0, values)


def test_gradients_of_two_bits_are_float32_and_dense() -> None:
    store = mx.kv.create("device")
    store.set_gradient_compression({"type": "2bit"})
    rows = mx.nd.ones((2, 1)).tostype("row_sparse") * 0.3
    store.init([0, 1], [mx.nd.ones(2, dtype="float64"), rows])
    with pytest.raises(MXNetError, match="for float32, not float64"):
        store.push(0, mx.nd.ones(2, dtype="float64"))
    out = mx.nd.zeros((2, 1))
    store.push(1, rows)
    store.pull(1, out=out)
    assert out.asnumpy().ravel().tolist() == pytest.approx([0.3, 0.3])


def test_a_class_may_take_anothers_place() -> None:
    before = mx.kv.KVStoreBase.kv_registry.copy()
    try:
        with pytest.warns(UserWarning, match="overriding existing kvstore .*TestStore"):
            mx.kv.KVStoreBase.register(type("TestStore", (TestStore,), {}))
        assert type(mx.kv.create("teststore")) is not TestStore
    finally:
        mx.kv.KVStoreBase.kv_registry.update(before)


def test_barriers_do_not_wait_for_one_process() -> None:
    assert mx.kv.create()._barrier() is None


def test_the_server_is_a_gap() -> None:
    for module in (mx.kv, kvstore_server):
        with pytest.raises(AttributeError, match=r"torch\.distributed"):
            module.KVStoreServer  # noqa: B018


@pytest.mark.gpu
@pytest.mark.skipif(not mx.num_gpus(), reason="needs a GPU")
@pytest.mark.parametrize(
    ("kind", "home"), [("local", mx.cpu_pinned(0)), ("device", mx.gpu(0)), ("nccl", mx.gpu(0))]
)
def test_arrays_on_a_gpu_and_on_the_cpu(kind: str, home: Any) -> None:
    store, outs = mx.kv.create(kind), [mx.nd.zeros(2, ctx=mx.gpu(0)), mx.nd.zeros(2)]
    store.init(0, mx.nd.ones(2))
    store.set_optimizer(mx.optimizer.SGD(learning_rate=0.5, momentum=0.5))
    for _ in range(2):
        store.pushpull(0, [mx.nd.ones(2, ctx=mx.gpu(0)), mx.nd.ones(2)], out=outs)
    assert [o.asnumpy().tolist() for o in outs] == [[-1.5, -1.5]] * 2
    assert store._held[0].context is home
    assert store._updater.states[0].context is home
