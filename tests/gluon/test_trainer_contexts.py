"""A Trainer over several contexts: what comes together, and when."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon.base import MXNetError
from regluon.gluon import Parameter, Trainer
from regluon.kvstore import KVStore
from regluon.kvstore.sums import sum_into

CONTEXTS = [mx.cpu(0), mx.cpu(1), mx.cpu(2)]


def parameter() -> Parameter:
    p = Parameter("w", shape=(1,))
    p.initialize(mx.init.One(), ctx=CONTEXTS)
    return p


def backward(p: Parameter) -> None:
    """Gradients of 1, 2 and 3."""
    for n, data in enumerate(p.list_data()):
        with mx.autograd.record():
            loss = data * (n + 1)
        loss.backward()


def seen(arrays: list[Any]) -> list[float]:
    return [a.asscalar() for a in arrays]


ARGUMENTS: list[tuple[dict[str, Any], list[float], list[float]]] = [
    ({}, [-2, -2, -2], [1, 2, 3]),
    ({"kvstore": "local"}, [-2, -2, -2], [1, 2, 3]),
    ({"update_on_kvstore": False}, [-2, -2, -2], [6, 6, 6]),
    ({"kvstore": KVStore("device"), "update_on_kvstore": False}, [-2, -2, -2], [6, 6, 6]),
    ({"kvstore": None}, [0.5, 0, -0.5], [1, 2, 3]),
]


@pytest.mark.parametrize(("arguments", "weights", "grads"), ARGUMENTS)
def test_weights_and_gradients_of_a_step(
    arguments: dict[str, Any], weights: list[float], grads: list[float]
) -> None:
    p = parameter()
    trainer = Trainer([p], "sgd", {"learning_rate": 0.5}, **arguments)
    with pytest.raises(UserWarning, match=r"`w` on context cpu\(0\)"):
        trainer.step(1)
    backward(p)
    trainer.step(1)
    assert seen(p.list_data()) == weights
    assert seen(p.list_grad()) == grads


def test_gradients_that_update_one_copy_never_get_stale() -> None:
    p = parameter()
    trainer = Trainer([p], "sgd", {"learning_rate": 0.5})
    backward(p)
    for _ in range(3):
        trainer.step(1)
    assert seen(p.list_data()) == [-8, -8, -8]
    for call in (trainer.allreduce_grads, lambda: trainer.update(1)):
        with pytest.raises(AssertionError, match="update_on_kvstore` to False when creating trainer"):
            call()


def test_the_two_halves_of_a_step() -> None:
    p = parameter()
    trainer = Trainer([p], "sgd", {"learning_rate": 0.5}, update_on_kvstore=False)
    backward(p)
    trainer.allreduce_grads()
    assert seen(p.list_grad()) == [6, 6, 6]
    for grad in p.list_grad():
        grad[:] = 1
    trainer.update(2)
    assert seen(p.list_data()) == [0.75, 0.75, 0.75]
    with pytest.raises(UserWarning, match="has not been updated by backward"):
        trainer.update(2)


def test_the_environment_decides_what_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MXNET_UPDATE_ON_KVSTORE", "0")
    p = parameter()
    trainer = Trainer([p], "sgd")
    trainer.allreduce_grads()
    assert trainer._update_on_kvstore is False


def test_copies_begin_with_the_first_ones_values() -> None:
    p = parameter()
    p.data(CONTEXTS[1])[:] = 5
    backward(p)
    Trainer([p], "sgd", {"learning_rate": 0.0}).step(1)
    assert seen(p.list_data()) == [1, 1, 1]


class Foreign:
    """The methods of a store, and no relation to ours."""

    type = "foreign"

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def is_capable(self, capability: str) -> bool:
        return capability == "optimizer"

    def set_optimizer(self, optimizer: Any) -> None:
        self.seen.append(optimizer)

    def broadcast(self, key: int, value: Any, out: Any, priority: int = 0) -> None:
        self.seen.append(key)

    def save_optimizer_states(self, fname: str, dump_optimizer: bool = False) -> None:
        self.seen.append((fname, dump_optimizer))

    def pushpull(self, key: int, value: Any, out: Any = None, priority: int = 0) -> None:
        for weight in out:
            weight[:] = sum(seen(value))


def test_a_foreign_store_that_updates() -> None:
    p, store = parameter(), Foreign()
    trainer = Trainer([p], "sgd", kvstore=store)
    trainer.save_states("its own way")
    backward(p)
    trainer.step(1)
    assert seen(p.list_data()) == [6, 6, 6]
    assert store.seen == [trainer.optimizer, ("its own way", True), 0]


def test_what_is_refused() -> None:
    p = parameter()
    with pytest.raises(TypeError, match="kvstore must be KVStore, str or None, not 3"):
        Trainer([p], "sgd", kvstore=3).step(1)
    with pytest.raises(ValueError, match="update_on_kvstore=False when training with kvstore=None"):
        Trainer([p], "sgd", kvstore=None, update_on_kvstore=True).step(1)
    with pytest.raises(MXNetError, match="'dist_sync': training by several processes is a declared gap"):
        Trainer([p], "sgd", kvstore="dist_sync").step(1)
    with pytest.raises(MXNetError, match="compression is not supported"):
        Trainer([p], "sgd", kvstore="local", compression_params={"type": "2bit"}).step(1)


def test_a_store_of_ones_own_has_what_the_trainer_learns() -> None:
    p, store, weight = parameter(), mx.kv.create("device"), mx.nd.zeros(1)
    trainer = Trainer([p], "sgd", {"learning_rate": 0.5}, kvstore=store)
    for left in (-2, -5):
        backward(p)
        trainer.step(1)
        store.pull(0, weight)
        assert weight.asscalar() == left
    assert store._updater is trainer._updaters[0]


def test_gradients_of_two_bits() -> None:
    p = parameter()
    trainer = Trainer([p], "sgd", {"learning_rate": 0.5}, compression_params={"type": "2bit", "threshold": 2})
    for left in (-1, -4):
        backward(p)  # 1, 2 and 3 arrive as 0, 2 and 2, and then as 2 each
        trainer.step(1)
        assert seen(p.list_data()) == [left] * 3


def test_sums() -> None:
    parts = [mx.nd.array([n, 10.0 * n], ctx=mx.cpu(n)) for n in range(1, 5)]
    total = mx.nd.zeros(2)
    for count, wanted in ((1, [1, 10]), (2, [3, 30]), (4, [10, 100])):
        sum_into(total, parts[:count])
        np.testing.assert_array_equal(total.asnumpy(), wanted)
    sum_into(parts[0], parts)
    np.testing.assert_array_equal(parts[0].asnumpy(), [10, 100])
