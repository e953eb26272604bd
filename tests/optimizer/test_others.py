"""What single optimizers do beside their formulas, and where MXNet gives up."""

from __future__ import annotations

import numpy as np
import pytest

import regluon as mx
from regluon.base import MXNetError


def test_dcasgd_with_momentum() -> None:
    # MXNet asks an array whether it is true, and gives up.
    o = mx.optimizer.DCASGD(learning_rate=0.1, momentum=0.5, lamda=0.2, wd=0.1)
    updater = mx.optimizer.get_updater(o)
    array, w, m, previous = mx.nd.array([1.0, -2.0]), np.array([1.0, -2.0]), 0.0, np.array([1.0, -2.0])
    for g in np.random.RandomState(0).normal(size=(4, 2)):
        updater(0, mx.nd.array(g), array)
        m = 0.5 * m - 0.1 * (g + 0.1 * w + 0.2 * g * g * (w - previous))
        previous, w = w, w + m
    np.testing.assert_allclose(array.asnumpy(), w, rtol=1e-5)


def test_lbsgd_adds_up_gradients_of_one_array() -> None:
    # In MXNet the sum is the array that holds the next gradient.
    updater = mx.optimizer.get_updater(mx.optimizer.LBSGD(learning_rate=1, batch_scale=2, warmup_epochs=0))
    weight, grad = mx.nd.zeros(2), mx.nd.array([1.0, 2.0])
    updater(0, grad, weight)
    np.testing.assert_array_equal(weight.asnumpy(), [0, 0])
    grad[:] = mx.nd.array([3.0, 4.0])
    updater(0, grad, weight)
    np.testing.assert_array_equal(weight.asnumpy(), [-4, -6])


@pytest.mark.parametrize("name", ["lars", "lbsgd"])
def test_momentum_that_comes_too_late(name: str) -> None:
    updater = mx.optimizer.get_updater(mx.optimizer.create(name))
    updater(0, mx.nd.ones(1), mx.nd.ones(1))
    updater.optimizer.momentum = 0.9  # type: ignore[attr-defined]
    with pytest.raises(MXNetError, match="give it to the constructor"):
        updater(0, mx.nd.ones(1), mx.nd.ones(1))


def test_lars_decays_weights_only() -> None:
    names = {0: "a_weight", 1: "a_bias", 2: "g_gamma"}
    o = mx.optimizer.LARS(wd=0.1, param_idx2name=names)
    np.testing.assert_allclose(o._get_wds([0, 1, 2]), [0.1, 0, 0])
    o.set_wd_mult({"g_gamma": 2.0})
    np.testing.assert_allclose(o._get_wds([0, 1, 2]), [0.1, 0, 0.2])


def test_group_adagrad_takes_matrices_without_decay() -> None:
    with pytest.raises(AssertionError, match="matrices"):
        mx.optimizer.get_updater(mx.optimizer.contrib.GroupAdaGrad())(0, mx.nd.ones(2), mx.nd.ones(2))
    ones = mx.nd.ones((2, 2))
    with pytest.raises(AssertionError, match="Weight decay"):
        mx.optimizer.get_updater(mx.optimizer.contrib.GroupAdaGrad(wd=0.1))(0, ones, ones.copy())


def test_sgld_draws_from_the_streams() -> None:
    def run(seed: int) -> np.ndarray:
        mx.random.seed(seed)
        weight = mx.nd.zeros(1000)
        mx.optimizer.get_updater(mx.optimizer.SGLD(learning_rate=0.25))(0, mx.nd.zeros(1000), weight)
        return weight.asnumpy()

    np.testing.assert_array_equal(run(1), run(1))
    assert not np.array_equal(run(1), run(2))
    assert abs(run(3).std() - 0.5) < 0.05


def test_a_trainer_with_each_of_them() -> None:
    for name in (
        "adamax",
        "nadam",
        "ftrl",
        "ftml",
        "signum",
        "lamb",
        "lars",
        "lbsgd",
        "dcasgd",
        "sgld",
        "test",
    ):
        net = mx.gluon.nn.Dense(2, in_units=3)
        net.initialize()
        before = net.weight.data().copy()
        trainer = mx.gluon.Trainer(net.collect_params(), name)
        for _ in range(2):
            with mx.autograd.record():
                loss = (net(mx.nd.ones((4, 3))) ** 2).sum()
            loss.backward()
            trainer.step(4)
        assert np.isfinite(net.weight.data().asnumpy()).all(), name
        assert not np.array_equal(net.weight.data().asnumpy(), before.asnumpy()), name
