"""Parameter: its arrays and gradients, on one context or several."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, gluon, init
from regluon.gluon import Parameter, nn


def made(shape: Any = (2, 3), **kwargs: Any) -> Parameter:
    parameter = Parameter("w_weight", shape=shape, allow_deferred_init=True)
    parameter.initialize(**kwargs)
    return parameter


def values(array: Any) -> Any:
    return array.asnumpy().tolist()


def train(parameter: Parameter) -> None:
    with autograd.record():
        loss = (parameter.data() * 3).sum()
    loss.backward()


def test_gradients() -> None:
    parameter = made((2,), init="ones")
    grad = parameter.grad()
    train(parameter)
    train(parameter)
    assert parameter.grad() is grad
    assert values(grad) == [3.0, 3.0]
    parameter.grad_req = "add"
    assert values(parameter.grad()) == [0.0, 0.0]
    train(parameter)
    train(parameter)
    assert values(parameter.grad()) == [6.0, 6.0]
    parameter.zero_grad()
    assert values(parameter.grad()) == [0.0, 0.0]


def test_no_gradient() -> None:
    parameter = made((2,), init="ones")
    parameter.grad_req = "null"
    for call in (parameter.grad, parameter.list_grad):
        with pytest.raises(RuntimeError, match="grad_req='null'"):
            call()
    assert parameter.data().grad is None
    parameter.grad_req = "write"
    train(parameter)
    assert values(parameter.grad()) == [3.0, 3.0]
    fixed = Parameter("f", shape=(2,), differentiable=False)
    fixed.grad_req = "write"
    assert fixed.grad_req == "null"


@pytest.mark.parametrize("req", ["foo", None])
def test_an_unknown_grad_req(req: Any) -> None:
    with pytest.raises(AssertionError, match="grad_req must be one of 'write', 'add', or 'null'"):
        Parameter("w", grad_req=req)


def test_several_contexts() -> None:
    parameter = made((2,), init="ones", ctx=[mx.cpu(1), mx.cpu(2)])
    assert [d.context for d in parameter.list_data()] == parameter.list_ctx() == [mx.cpu(1), mx.cpu(2)]
    assert [g.context for g in parameter.list_grad()] == [mx.cpu(1), mx.cpu(2)]
    for ctx in (mx.cpu(0), mx.cpu(3)):
        with pytest.raises(
            RuntimeError, match=r"not initialized on context .*only initialized on \[cpu\(1\), cpu"
        ):
            parameter.data(ctx)
    with pytest.raises(RuntimeError, match=r"context cpu\(0\)"):
        parameter.data()
    with mx.cpu(2):
        assert parameter.data().context is mx.cpu(2)
    parameter.data(mx.cpu(1))[:] = 3
    assert values(parameter.data(mx.cpu(2))) == [1.0, 1.0]
    assert values(parameter._reduce()) == [2.0, 2.0]
    assert parameter._reduce().context is mx.cpu(0)
    parameter.reset_ctx(mx.cpu(5))
    assert values(parameter.data()) == [2.0, 2.0]
    assert parameter.grad().context is mx.cpu(5)


def test_names_of_the_same_memory() -> None:
    parameter = made((2,))
    assert parameter.data(mx.cpu_pinned(0)) is parameter.data()
    assert parameter.grad(mx.cpu_shared(0)) is parameter.grad()
    with pytest.raises(RuntimeError, match="not initialized on context cpu_pinned"):
        parameter.data(mx.cpu_pinned(1))


def test_cast_keeps_the_gradient() -> None:
    parameter = made((2,), init="ones")
    train(parameter)
    parameter.cast("float64")
    assert (parameter.dtype, parameter.data().dtype, parameter.grad().dtype) == (
        "float64",
        np.float64,
        np.float64,
    )
    assert values(parameter.grad()) == [3.0, 3.0]
    assert not parameter.data()._fresh_grad
    train(parameter)
    assert parameter.data()._fresh_grad
    parameter.dtype = "float16"
    assert parameter.data().dtype is np.float16
    with pytest.raises(TypeError, match="'foo' is not supported"):
        parameter.cast("foo")


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copied_net_can_be_trained(duplicate: Any) -> None:
    net = nn.Dense(2, in_units=2)
    net.initialize(init.One())
    gluon.Trainer(net.collect_params(), "sgd")
    again = duplicate(net)
    train(again.weight)
    assert values(again.weight.grad()) == [[3.0, 3.0]] * 2
    assert values(net.weight.grad()) == [[0.0, 0.0]] * 2


def test_a_refused_trainer_leaves_no_trace() -> None:
    parameter = made((2,))
    with pytest.raises((AssertionError, ValueError), match="nothing"):
        gluon.Trainer([parameter], "nothing")
    parameter.set_data(mx.nd.ones((2,)))
    assert values(parameter.data()) == [1.0, 1.0]


class Halved(Parameter):
    """A parameter that gives its array in its own way, as those that drop weights do."""

    def data(self, ctx: Any = None) -> Any:
        return super().data(ctx) / 2


def test_a_parameter_may_give_its_array_in_its_own_way() -> None:
    class Scale(gluon.HybridBlock):
        def __init__(self, kind: Any) -> None:
            super().__init__()
            self.factor = kind("factor", shape=(2,), init="ones")

        def hybrid_forward(self, F: Any, x: Any, factor: Any) -> Any:
            return F.broadcast_mul(x, factor)

    for kind, expected in ((Parameter, 1.0), (Halved, 0.5)):
        net = Scale(kind)
        net.factor.initialize()
        for _ in range(2):
            assert net(mx.nd.ones((2,))).asnumpy().tolist() == [expected] * 2
