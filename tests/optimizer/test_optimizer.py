from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest

import regluon as mx
from regluon.base import MXNetError
from regluon.optimizer import Optimizer


@pytest.mark.parametrize("name", ["sgd", "SGD", "Nag", "ADAM", "adagrad", "rmsprop", "AdaDelta", "ccsgd"])
def test_created_by_name_in_any_case(name: str) -> None:
    assert type(mx.optimizer.create(name)).__name__.lower() == name.lower()


def test_unknown_name_lists_the_known() -> None:
    with pytest.raises(ValueError, match="Cannot find optimizer foo; there are adadelta, adagrad, adam"):
        mx.optimizer.create("foo")
    with pytest.raises(TypeError, match="foo"):
        mx.optimizer.create("sgd", foo=1)
    with pytest.raises(TypeError, match="SGD"):
        mx.optimizer.create(mx.optimizer.SGD())  # type: ignore[arg-type]


def test_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Optimizer, "opt_registry", dict(Optimizer.opt_registry))

    @mx.optimizer.register
    class Mine(Optimizer):
        pass

    assert type(mx.optimizer.create("mine", wd=0.5)) is Mine
    with pytest.warns(UserWarning, match="'mine'.*takes the place of"):
        mx.optimizer.register(type("MINE", (Optimizer,), {}))
    with pytest.raises(AssertionError, match="a class is needed"):
        mx.optimizer.register("sgd")  # type: ignore[type-var]
    with pytest.raises(NotImplementedError, match="Mine defines neither"):
        Mine().update(0, mx.nd.ones(1), mx.nd.ones(1), None)


def test_factors_by_name_and_index() -> None:
    names = {0: "a_weight", 1: "a_bias", 2: "g_gamma", 3: "x"}
    o = mx.optimizer.SGD(wd=0.1, param_idx2name=names)
    np.testing.assert_allclose(o._get_wds([0, 1, 2, 3, 4]), [0.1, 0, 0.1, 0, 0.1])
    o.set_wd_mult({"a_bias": 2.0, 0: 3.0})
    np.testing.assert_allclose(o._get_wds([0, 1, 2, 3, 4]), [0.3, 0.2, 0.1, 0, 0.1])
    o.set_lr_mult({"a_bias": 2.0, 2: 3.0})
    np.testing.assert_allclose(o._get_lrs([0, 1, 2, 3, 4]), [0.01, 0.02, 0.03, 0.01, 0.01])
    with pytest.raises(AssertionError, match="param_idx2name should be a dict"):
        mx.optimizer.SGD(param_idx2name=["a"])


def test_factors_of_a_symbol() -> None:
    class Symbol:
        def attr_dict(self) -> dict[str, dict[str, str]]:
            return {"a": {"__lr_mult__": "2", "__wd_mult__": "0.5"}}

        def list_arguments(self) -> list[str]:
            return ["a", "b"]

    o = mx.optimizer.SGD(wd=1.0, sym=Symbol(), param_idx2name={0: "a", 1: "b"})
    assert o._get_lr(0) == 0.02
    assert o._get_wds([0, 1]) == [0.5, 0.0]


def test_factors_of_parameters_come_first() -> None:
    parameter = mx.gluon.Parameter("p", lr_mult=3.0, wd_mult=4.0)
    o = mx.optimizer.SGD(learning_rate=1, wd=1, param_dict={0: parameter})
    o.set_lr_mult({0: 7})
    assert (o._get_lr(0), o._get_wd(0)) == (3, 4)


def test_learning_rate() -> None:
    o = mx.optimizer.SGD()
    o.set_learning_rate(0.5)
    assert o.learning_rate == o.lr == 0.5
    scheduler = mx.lr_scheduler.FactorScheduler(2, 0.5, base_lr=0.2)
    scheduled = mx.optimizer.SGD(lr_scheduler=scheduler)
    assert scheduled.learning_rate == 0.2
    with pytest.raises(UserWarning, match="LRScheduler"):
        scheduled.set_learning_rate(1)
    with pytest.warns(UserWarning, match="takes the place of its scheduler's base_lr"):
        mx.optimizer.SGD(learning_rate=0.3, lr_scheduler=scheduler)
    assert scheduler.base_lr == 0.3
    with pytest.raises(DeprecationWarning):
        o.set_lr_scale({})


def test_counts_are_kept_for_each_device() -> None:
    o = mx.optimizer.Adam(begin_num_update=5)
    updater = mx.optimizer.get_updater(o)
    for ctx, times in ((mx.cpu(0), 2), (mx.cpu(1), 3)):
        weight, grad = mx.nd.ones(2, ctx=ctx), mx.nd.ones(2, ctx=ctx)
        updater.states_synced.clear()
        for _ in range(times):
            updater([0, "b"], [grad, grad], [weight, weight.copy()])
    assert o._all_index_update_counts == {0: {0: 7, "b": 7}, 1: {0: 8, "b": 8}}
    assert o.num_update == 8


@pytest.mark.parametrize("listed", [False, True])
def test_update_without_an_updater(listed: bool) -> None:
    o = mx.optimizer.SGD(learning_rate=0.5, momentum=0.5)
    weight, grad = mx.nd.array([1.0, 2.0]), mx.nd.array([2.0, 2.0])
    state = o.create_state_multi_precision(0, weight)
    for _ in range(2):
        (o.update([0], [weight], [grad], [state]) if listed else o.update(0, weight, grad, state))
    np.testing.assert_array_equal(weight.asnumpy(), [-1.5, -0.5])
    np.testing.assert_array_equal(state.asnumpy(), [-1.5, -1.5])


def test_an_optimizer_of_ones_own_by_formula_and_by_update() -> None:
    class Signs(Optimizer):
        def formula(self, w, g, state, lr, wd, t):  # type: ignore[no-untyped-def]
            for weight, grad in zip(w, g, strict=True):
                weight.sub_(grad.sign(), alpha=lr)

    class SignsOfArrays(Optimizer):
        def update(self, index, weight, grad, state):  # type: ignore[no-untyped-def]
            self._update_count(index)
            weight[:] = weight - self._get_lr(index) * mx.nd.sign(grad)

    results = []
    for dtype in ("float32", "float16"):
        for kind in (Signs, SignsOfArrays):
            updater = mx.optimizer.get_updater(kind(learning_rate=0.25, multi_precision=True))
            weights = [mx.nd.array([1, 2], dtype=dtype), mx.nd.array([[3]], dtype=dtype)]
            updater([0, 1], [mx.nd.array([-5, 5], dtype=dtype), mx.nd.array([[0.1]], dtype=dtype)], weights)
            assert updater.optimizer.num_update == 1
            results.append([w.asnumpy().tolist() for w in weights])
    assert results == [[[1.25, 1.75], [[2.75]]]] * 4


def test_an_own_update_gets_as_many_as_it_asks_for() -> None:
    calls = []

    class Lists(mx.optimizer.SGD):
        def update_multi_precision(self, index, weight, grad, state):  # type: ignore[no-untyped-def]
            calls.append(index)

    o = Lists()
    o.aggregate_num = 2
    ones = [mx.nd.ones(1, dtype=t) for t in ("float32", "float64", "float32", "float32")]
    mx.optimizer.get_updater(o)([0, 1, 2, 3], ones, ones)
    assert calls == [[0, 2], [3], [1]]


def test_half_precision_warns_without_a_master() -> None:
    weight = mx.nd.ones(2, dtype="float16")
    with pytest.warns(UserWarning, match="multi_precision=True keeps"):
        mx.optimizer.SGD(momentum=0.5).create_state_multi_precision(0, weight)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        momentum, master = mx.optimizer.SGD(momentum=0.5, multi_precision=True).create_state_multi_precision(
            0, weight
        )
        copy, (mean, _) = mx.optimizer.Adam(multi_precision=True).create_state_multi_precision(0, weight)
    assert {a.dtype for a in (momentum, master, copy, mean)} == {np.float32}


def test_momentum_that_comes_too_late() -> None:
    o = mx.optimizer.SGD()
    updater = mx.optimizer.get_updater(o)
    updater(0, mx.nd.ones(1), mx.nd.ones(1))
    o.momentum = 0.9
    with pytest.raises(MXNetError, match="give it to the constructor"):
        updater(0, mx.nd.ones(1), mx.nd.ones(1))


def test_pickles() -> None:
    o = mx.optimizer.Adam(learning_rate=0.5, param_dict={0: object()})
    o._set_current_context(1)
    o._update_count([0, 1])
    again = pickle.loads(pickle.dumps(o))
    assert again.__dict__ == {**o.__dict__, "param_dict": {}}
    assert again._index_update_count is again._all_index_update_counts[1]
