"""Modules: what the recorded programs do not show."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from module_cases import digits, mlp

SHAPES: Any = ([("data", (4, 64))], [("softmax_label", (4,))])


def ready(net: Any = None, optimizer: Any = "sgd", kvstore: Any = "local", **kwargs: Any) -> Any:
    mod = mx.mod.Module(mlp(mx) if net is None else net, **kwargs)
    mod.bind(*SHAPES)
    mod.init_params(mx.init.One())
    mod.init_optimizer(kvstore=kvstore, optimizer=optimizer)
    return mod


def batch(size: int = 4) -> Any:
    return mx.io.DataBatch([mx.nd.ones((size, 64))], [mx.nd.arange(size)])


def step(mod: Any, size: int = 4) -> np.ndarray[Any, Any]:
    """How far a step moves a bias."""
    before = mod.get_params()[0]["fc2_bias"].asnumpy()
    mod.forward_backward(batch(size))
    mod.update()
    after: np.ndarray[Any, Any] = mod.get_params()[0]["fc2_bias"].asnumpy()
    return after - before


def test_names_are_mxnets() -> None:
    assert mx.mod is mx.module
    assert mx.mod.Module is mx.module.module.Module
    assert isinstance(mx.mod.Module(mlp(mx)), mx.mod.BaseModule)
    assert mx.mod.module.Module.__module__ == "regluon.module.module"


def test_training_needs_data() -> None:
    data = digits(mx)
    while data.iter_next():
        pass
    with pytest.raises(ValueError, match=r"train_data has no batch left in epoch 0; reset\(\)"):
        mx.mod.Module(mlp(mx)).fit(data, num_epoch=1)


def test_a_learning_rate_that_changes() -> None:
    mod, other = ready(), ready()
    np.testing.assert_array_equal(step(mod), step(other))
    other._optimizer.lr = 0.02
    np.testing.assert_allclose(step(other), 2 * step(mod), rtol=1e-3)
    mod._optimizer.set_lr_mult({"fc2_bias": 0.0})
    assert not step(mod).any()


def test_another_optimizer() -> None:
    mod, other = ready(), ready()
    np.testing.assert_array_equal(step(mod), step(other))
    other.init_optimizer(optimizer_params={"learning_rate": 0.1}, force_init=True)
    np.testing.assert_allclose(step(other), 10 * step(mod), rtol=1e-3)


def test_an_updater_of_ones_own() -> None:
    mod, seen = ready(), []
    mod._updater = lambda indices, grads, weights: seen.append(list(indices))
    assert not step(mod).any()
    assert seen == [[0, 1, 2, 3]]


def test_optimizers_without_a_formula() -> None:
    @mx.optimizer.register
    class Sign(mx.optimizer.Optimizer):
        def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
            weight[:] = weight - 0.5 * mx.nd.sign(grad)

    found = step(ready(optimizer=Sign(rescale_grad=0.25)))
    assert set(np.abs(found)) <= {0.0, 0.5}
    assert found.any()


def test_a_store_that_only_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    on_store = ready(context=[mx.cpu(0), mx.cpu(1)])
    assert on_store._update_on_kvstore
    monkeypatch.setenv("MXNET_UPDATE_ON_KVSTORE", "0")
    by_hand = ready(context=[mx.cpu(0), mx.cpu(1)])
    assert not by_hand._update_on_kvstore
    np.testing.assert_allclose(step(by_hand), step(on_store), rtol=1e-6)
    plain = ready(kvstore=mx.kv.create("teststore"), context=[mx.cpu(0), mx.cpu(1)])
    assert plain._update_on_kvstore is False
    assert step(plain).any()


def test_compressed_gradients() -> None:
    contexts = [mx.cpu(0), mx.cpu(1)]
    mod = ready(kvstore="device", context=contexts, compression_params={"type": "2bit", "threshold": 0.25})
    steps = {round(float(x), 6) for x in np.abs(step(mod))}
    assert steps <= {0.0, 0.000625, 0.00125}
    assert len(steps) > 1
    with pytest.raises(mx.MXNetError, match="not supported"):
        ready(context=contexts, compression_params={"type": "2bit"})


def test_executors_are_kept_for_shapes_that_come_again() -> None:
    mod = ready()
    kept: dict[int, Any] = {}
    for size in (4, 2, 6, 2, 6, 4):
        mod.forward(batch(size))
        executor = mod._exec_group.execs[0]
        assert kept.setdefault(size, executor) is executor
    assert len({id(e.arg_dict["fc1_weight"]) for e in kept.values()}) == 1
    assert step(mod, 6).any()


def test_many_shapes() -> None:
    mod = ready()
    for size in range(1, 20):
        mod.forward(batch(size))
        assert mod.get_outputs()[0].shape == (size, 10)
    assert len(mod._exec_group._kept) <= 16


def test_a_monitor_sees_executors_of_other_shapes(caplog: pytest.LogCaptureFixture) -> None:
    mod = ready()
    mod.forward(batch(2))
    mod.forward(batch(4))
    monitor = mx.mon.Monitor(1, pattern="softmax_output")
    mod.install_monitor(monitor)
    for size in (2, 4):
        monitor.tic()
        mod.forward(batch(size))
        assert [name for _, name, _ in monitor.toc()] == ["softmax_output"]
    caplog.set_level(logging.INFO)
    data = digits(mx)
    mx.mod.Module(mlp(mx)).fit(data, num_epoch=1, monitor=mx.mon.Monitor(4, pattern="fc1_weight"))
    assert [line.split()[2] for line in caplog.messages if line.startswith("Batch")] == ["fc1_weight"] * 2


def test_groups_of_contexts() -> None:
    contexts = [mx.cpu(0), mx.cpu(1)]
    for groups in ([{"a": mx.cpu(0)}, {"a": mx.cpu(1)}], {"a": contexts}):
        mod = mx.mod.Module(mlp(mx), context=contexts, group2ctxs=groups)
        mod.bind(*SHAPES)
        assert mod.binded
    bad: list[tuple[Any, type[Exception], str]] = [
        ([{}], AssertionError, "must have 2 dictionaries"),
        ({"a": [mx.cpu(0)] * 3}, AssertionError, "must have 1 or 2 contexts"),
        (3, AssertionError, "must be a dictionary"),
        ({"a": mx.cpu(2)}, mx.MXNetError, "declared gap"),
    ]
    for groups, kind, text in bad:
        with pytest.raises(kind, match=text):
            mx.mod.Module(mlp(mx), context=contexts, group2ctxs=groups).bind(*SHAPES)


def test_rows_are_brought_from_stores_alone() -> None:
    mod = ready()
    with pytest.warns(UserWarning, match="No need to call sparse_row_id_fn"):
        mod.prepare(batch(), sparse_row_id_fn=lambda b: {})
    mod = ready(kvstore=mx.kv.create("local"))
    with pytest.warns(UserWarning, match="fc1_weight.stype is not 'row_sparse'"):
        mod.prepare(batch(), sparse_row_id_fn=lambda b: {"fc1_weight": mx.nd.array([1])})
    with pytest.raises(AssertionError, match="Expected dict"):
        mod.prepare(batch(), sparse_row_id_fn=lambda b: 3)


def test_outputs_that_cannot_be_merged() -> None:
    class Odd(mx.mod.Module):
        count = 0

        def get_outputs(self, merge_multi_context: bool = True) -> Any:
            self.count += 1
            return super().get_outputs(merge_multi_context) * self.count

    mod = Odd(mlp(mx))
    mod.bind(*SHAPES)
    mod.init_params()
    with pytest.raises(AssertionError, match=r"num of outputs is not the same in mini-batches: \[1, 2\]"):
        mod.predict(digits(mx, 8, 4))


def test_batches_in_a_list_are_alike() -> None:
    mod = ready(context=[mx.cpu(0), mx.cpu(1)])
    with pytest.raises(AssertionError, match="need to have the same shape"):
        mod.forward([batch(2), batch(3)])


def test_states_are_set_by_one_of_two() -> None:
    with pytest.raises(AssertionError, match="Only one"):
        ready().set_states(states=[], value=1)


def test_a_module_of_ones_own() -> None:
    """The methods that a kind of module defines are enough for fit, score and predict."""

    class Mean(mx.mod.PythonModule):
        def __init__(self) -> None:
            super().__init__(["data"], ["softmax_label"], ["mean_output"])

        def _compute_output_shapes(self) -> Any:
            return [("mean_output", (self.data_shapes[0][1][0],))]

        def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
            self.found = data_batch.data[0].mean(axis=1)

        def backward(self, out_grads: Any = None) -> None:
            pass

        def get_outputs(self, merge_multi_context: bool = True) -> Any:
            return [self.found]

    mod = Mean()
    data = digits(mx, 50, 20)
    mod.fit(data, num_epoch=1, eval_metric="mse")
    assert mod.predict(data).shape == (50,)
    assert mod.score(data, "mse")[0][1] > 1
    assert (mod.data_names, mod.output_names) == (["data"], ["mean_output"])
    assert mod.output_shapes == [("mean_output", (20,))]
    assert mod.get_states(merge_multi_context=False) == []
    mod.set_states()
    with pytest.raises(AssertionError, match="has no states"):
        mod.set_states(value=3)
    with pytest.raises(RuntimeError, match="presliced"):
        mod.update_metric(mx.metric.create("acc"), [], pre_sliced=True)
    with pytest.warns(UserWarning, match="not invoked"):
        mod.prepare(None, sparse_row_id_fn=lambda b: {})
    with pytest.raises(NotImplementedError, match="Mean does not define install_monitor"):
        mod.install_monitor(None)


def test_what_python_modules_refuse() -> None:
    mod = mx.mod.PythonLossModule(data_names=["a"], label_names=["b"])
    with pytest.raises(AssertionError, match=r"the data must be \['a'\]"):
        mod.bind([("x", (2, 3))])
    with pytest.raises(AssertionError, match=r"the labels must be \['b'\]"):
        mod.bind([("a", (2, 3))], [("y", (2,))])
    with pytest.raises(AssertionError, match="only support write"):
        mod.bind([("a", (2, 3))], grad_req="add")
    mod.bind([("a", (2, 3))], [("b", (2,))])
    mod.forward(mx.io.DataBatch([mx.nd.ones((2, 3))], [mx.nd.ones(2)]))
    with pytest.raises(NotImplementedError, match="needs a grad_func"):
        mod.backward()


def test_chains_tell_what_does_not_fit() -> None:
    first = mx.mod.Module(
        mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=64, name="fc1"), label_names=None
    )
    chain = (
        mx.mod.SequentialModule().add(first).add(mx.mod.Module(mlp(mx)), take_labels=True, auto_wiring=True)
    )
    chain.bind(*SHAPES)
    with pytest.raises(AssertionError, match=r'name "fc1_weight" in layer 1 .* already used in layer 0'):
        chain.init_params()
    data = mx.sym.var("data")
    two = mx.sym.Group([data + 1, data * 2])
    chain = mx.mod.SequentialModule().add(mx.mod.Module(two, label_names=None))
    chain.add(mx.mod.Module(mlp(mx)), auto_wiring=True)
    with pytest.raises(AssertionError, match=r"module 1 takes \['data'\], but gets"):
        chain.bind(*SHAPES)
    assert mx.mod.SequentialModule().data_names == mx.mod.SequentialModule().output_names == []


def test_a_bucket_that_is_new_needs_shapes() -> None:
    mod = mx.mod.BucketingModule(lambda key: (mlp(mx), ["data"], ["softmax_label"]), 4)
    assert (mod.data_names, mod.output_names) == (["data"], ["softmax_output"])
    with pytest.raises(AssertionError, match="call bind before"):
        mod.switch_bucket(1, None)
    mod.bind(*SHAPES)
    mod.init_params()
    with pytest.raises(AssertionError, match="bucket 1 is new, and needs"):
        mod.switch_bucket(1, None)
    with pytest.raises(AssertionError, match="shared_module"):
        mod.bind(*SHAPES, force_rebind=True, shared_module=mod)


def test_a_chain_gives_the_gradients_of_its_data() -> None:
    first = mx.mod.Module(
        mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=64, name="fc0"), label_names=None
    )
    chain = mx.mod.SequentialModule().add(first)
    chain.add(mx.mod.Module(mlp(mx)), take_labels=True, auto_wiring=True)
    chain.bind(*SHAPES, inputs_need_grad=True)
    chain.init_params(mx.init.Uniform(0.5))
    chain.forward_backward(batch())
    assert chain.get_input_grads()[0].shape == (4, 64)
    chain.bind(*SHAPES, force_rebind=True)
    with pytest.raises(AssertionError, match="inputs_need_grad=True"):
        chain.get_input_grads()


def test_a_store_of_several_processes() -> None:
    """The gradients of all workers are summed, so each counts less."""

    class Many(mx.kv.KVStore):
        num_workers, type = 3, "dist_sync"  # type: ignore[assignment]

    mod = ready(kvstore=Many("local"))
    assert mod._optimizer.rescale_grad == pytest.approx(1 / 12)
    assert mod._update_on_kvstore

    class Late(mx.kv.KVStore):
        num_workers, type = 3, "dist_async"  # type: ignore[assignment]

    assert ready(kvstore=Late("local"))._optimizer.rescale_grad == 1 / 4


def test_data_without_examples() -> None:
    mod = mx.mod.Module(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc"), label_names=None)
    mod.bind([mx.io.DataDesc("data", (3, 2), layout="CT")])
    mod.init_params(mx.init.One())
    mod.init_optimizer()
    assert mod._optimizer.rescale_grad == 1
    mod.forward(mx.io.DataBatch([mx.nd.ones((3, 2))]))
    mod.backward([mx.nd.ones((3, 2))])
    mod.update()
    np.testing.assert_allclose(mod.get_params()[0]["fc_bias"].asnumpy(), -0.03, rtol=1e-5)
