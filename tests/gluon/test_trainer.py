from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from gluon import training
from regluon.base import MXNetError
from regluon.gluon import DeferredInitializationError, Parameter, Trainer

DATA = Path(__file__).parents[1] / "data"
RECORDED = np.load(DATA / "trainer.npz")


def parameter(value: float = 1.0, name: str = "a_weight", **arguments: Any) -> Parameter:
    p = Parameter(name, shape=(2,), **arguments)
    p.initialize(mx.init.Constant(value))
    return p


def backward(*parameters: Parameter, factor: float = 1.0) -> None:
    """A gradient of ``factor`` for each element, on each context."""
    for p in parameters:
        for data in p.list_data():
            with mx.autograd.record():
                loss = (data * factor).sum()
            loss.backward()


def value(p: Parameter) -> float:
    first, second = p.data().asnumpy()
    assert first == second
    return float(first)


@pytest.mark.parametrize("name", training.TRAININGS)
def test_trainings_are_mxnets(name: str) -> None:
    arrays, _ = training.train(mx, name)
    for i, array in enumerate(arrays):
        wanted = RECORDED[f"{name}/{i}"]
        np.testing.assert_allclose(array, wanted, atol=1e-5 * np.abs(wanted).max(), err_msg=str(i))


@pytest.mark.parametrize("name", ["momentum", "adam", "two"])
def test_mxnets_states_are_loaded(name: str) -> None:
    _, fresh = training.train(mx, name)
    _, loaded = training.train(mx, name)
    loaded.load_states(str(DATA / "states" / f"{name}.states"))
    assert loaded.optimizer.__dict__.keys() == fresh.optimizer.__dict__.keys()
    assert loaded.optimizer.num_update == training.STEPS
    for trainer in fresh, loaded:
        net_arrays = [p.data(mx.cpu(0)) for p in trainer._params]
        for n, p in enumerate(trainer._params):
            for data in p.list_data():
                data._fresh_grad = True
                p.grad(data.context)[:] = 0.5 + n
        trainer.step(1)
        trainer.after = [a.asnumpy() for a in net_arrays]
    for a, b in zip(fresh.after, loaded.after, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_the_batch_size_divides() -> None:
    p = parameter(rescale := 4.0)
    trainer = Trainer([p], mx.optimizer.SGD(learning_rate=1, rescale_grad=rescale))
    for batch_size, wanted in ((8, 3.5), (2, 1.5)):
        backward(p)
        trainer.step(batch_size)
        assert value(p) == wanted
    with pytest.raises(ZeroDivisionError):
        trainer.step(0)


def test_parameters_by_name_in_a_dict() -> None:
    b, a = parameter(name="b"), parameter(name="a")
    assert Trainer({"b": b, "a": a}, "sgd")._params == [a, b]
    assert Trainer([b, a], "sgd")._params == [b, a]
    assert a._trainer is not None


def test_factors_are_followed() -> None:
    p = parameter(lr_mult=2.0, wd_mult=0.0)
    trainer = Trainer([p], "sgd", {"learning_rate": 0.25, "wd": 1})
    backward(p)
    trainer.step(1)
    assert value(p) == 0.5
    p.lr_mult, p.wd_mult = 1.0, 2.0
    backward(p)
    trainer.step(1)
    assert value(p) == 0.0
    trainer.set_learning_rate(1)
    assert trainer.learning_rate == trainer.optimizer.learning_rate == 1


def test_stale_gradients() -> None:
    used, unused = parameter(name="used"), parameter(name="unused")
    trainer = Trainer([used, unused], "sgd", {"learning_rate": 0.5})
    backward(used)
    message = "Gradient of Parameter `unused` on context cpu.0. has not been updated by backward since last"
    with pytest.raises(UserWarning, match=message):
        trainer.step(1)
    assert value(used) == 1.0
    trainer.step(1, ignore_stale_grad=True)
    assert (value(used), value(unused)) == (0.5, 1.0)
    assert trainer.optimizer._index_update_count == {0: 1}
    trainer.step(1, ignore_stale_grad=True)
    assert value(used) == 0.5
    backward(used, unused)
    trainer.step(1)
    assert (value(used), value(unused)) == (0.0, 0.5)


def test_twice_the_same_parameter() -> None:
    p = parameter()
    trainer = Trainer([p, p], "sgd")
    backward(p)
    with pytest.raises(UserWarning, match="`a_weight`"):
        trainer.step(1)


def test_several_trainers_over_one_net() -> None:
    weight, bias = parameter(name="weight"), parameter(name="bias")
    trainers = [
        Trainer([weight], "sgd", {"learning_rate": 0.5, "wd": 1}),
        Trainer([bias], "sgd", {"learning_rate": 0.5}),
    ]
    backward(weight, bias)
    for trainer in trainers:
        trainer.step(1)
    assert (value(weight), value(bias)) == (0.0, 0.5)


def test_null_and_other_changes_are_followed() -> None:
    p, fixed = parameter(), parameter(name="fixed", grad_req="null")
    trainer = Trainer([p, fixed], "sgd", {"learning_rate": 0.5})
    backward(p)
    trainer.step(1)
    assert (value(p), value(fixed)) == (0.5, 1.0)
    fixed.grad_req = "write"
    backward(p, fixed)
    trainer.step(1)
    assert (value(p), value(fixed)) == (0.0, 0.5)
    p.grad_req = "null"
    backward(fixed)
    trainer.step(1)
    assert (value(p), value(fixed)) == (0.0, 0.0)
    fixed.initialize(mx.init.Constant(8), force_reinit=True)
    backward(fixed)
    trainer.step(1)
    assert value(fixed) == 7.5
    fixed.cast("float64")
    backward(fixed)
    trainer.step(1)
    assert value(fixed) == 7.0
    fixed.reset_ctx(mx.cpu(1))
    p.reset_ctx(mx.cpu(1))
    backward(fixed)
    trainer.step(1)
    assert value(fixed) == 6.5


def test_momentum_after_a_cast() -> None:
    p = parameter()
    trainer = Trainer([p], "sgd", {"momentum": 0.9})
    backward(p)
    trainer.step(1)
    p.cast("float64")
    backward(p)
    with pytest.raises(MXNetError, match="start with a new Trainer"):
        trainer.step(1)


def test_momentum_moves_along() -> None:
    p = parameter()
    trainer = Trainer([p], "sgd", {"learning_rate": 0.5, "momentum": 0.5})
    for ctx in (mx.cpu(0), mx.cpu(1), [mx.cpu(0), mx.cpu(1)]):
        p.reset_ctx(ctx)
        backward(p, factor=1 / len(p.list_ctx()))
        trainer.step(1)
    assert p.data(mx.cpu(1)).asnumpy()[0] == 1 - 0.5 - 0.75 - 0.875


def test_added_gradients() -> None:
    p = parameter(grad_req="add")
    trainer = Trainer([p], "sgd", {"learning_rate": 0.5})
    backward(p)
    backward(p)
    trainer.step(1)
    assert value(p) == 0.0


def test_deferred_initialization() -> None:
    net = mx.gluon.nn.Dense(2)
    net.initialize(mx.init.One())
    trainer = Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
    with pytest.raises(DeferredInitializationError):
        trainer.step(1)
    with mx.autograd.record():
        loss = net(mx.nd.ones((1, 3))).sum()
    loss.backward()
    trainer.step(1)
    np.testing.assert_array_equal(net.weight.data().asnumpy(), np.full((2, 3), 0.5))


def test_what_is_refused() -> None:
    p = parameter()
    with pytest.raises(ValueError, match="must be a list or dict of Parameters, got list of <class 'str'>"):
        Trainer(["a"], "sgd")  # type: ignore[list-item]
    with pytest.raises(ValueError, match="must be a list or dict of Parameters, got <class 'str'>"):
        Trainer("a", "sgd")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Cannot find optimizer foo; there are"):
        Trainer([p], "foo")
    with pytest.raises(AssertionError, match="optimizer_params must be None"):
        Trainer([p], mx.optimizer.SGD(), {"wd": 1})
    with pytest.raises(RuntimeError, match="'b' has not been initialized"):
        Trainer([Parameter("b", shape=(1,))], "sgd")
    two = Parameter("two", shape=(1,))
    two.initialize(ctx=[mx.cpu(0), mx.cpu(1)])
    with pytest.raises(AssertionError, match="initialized on the same set of contexts, but Parameter two"):
        Trainer([p, two], "sgd")


def test_states_go_on(tmp_path: Path) -> None:
    path = str(tmp_path / "trainer.states")
    results = []
    for stop in (False, True):
        p = parameter()
        trainer = Trainer([p], "adam", {"learning_rate": 0.5})
        for step in range(4):
            if stop and step == 2:
                trainer.save_states(path)
                trainer = Trainer([p], "sgd")
                trainer.load_states(path)
            backward(p, factor=1.0 + step)
            trainer.step(1)
        results.append(value(p))
    assert results[0] == results[1]
    assert trainer.optimizer.param_dict == {0: p}


def test_files_that_cannot_be(tmp_path: Path) -> None:
    p = parameter()
    trainer = Trainer([p], "sgd", {"momentum": 0.5})
    backward(p)
    trainer.step(1)
    path = tmp_path / "a.states"
    trainer.save_states(str(path))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(MXNetError, match="cannot load optimizer states"):
        trainer.load_states(str(path))
    backward(p)
    trainer.step(1)
    with pytest.raises(FileNotFoundError):
        trainer.load_states(str(tmp_path / "b.states"))
    with pytest.raises(OSError, match="no such folder"):
        trainer.save_states(str(tmp_path / "c" / "d.states"))
