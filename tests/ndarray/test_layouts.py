"""Results that lie in memory with their channels last: the same values, and ordinary arrays to everyone."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from mxnet.gluon import nn

from mxnet import autograd, gluon, nd
from regluon.base import MXNetError
from regluon.ndarray import NDArray
from regluon.ndarray.layouts import Laid, wrap_laid
from regluon.ops.layouts import RULES
from regluon.ops.memory import is_last

SHAPE = (8, 24, 12, 12)
KERNEL = {"kernel": (3, 3), "pad": (1, 1)}
CASES: dict[str, Callable[[Any, Any], Any]] = {
    "Convolution": lambda x, w: nd.Convolution(x, w["weight"], w["bias"], num_filter=32, **KERNEL),
    "Convolution of few places": lambda x, w: nd.Convolution(
        x, w["weight"], no_bias=True, num_filter=32, stride=(6, 6), **KERNEL
    ),
    "Convolution by channels": lambda x, w: nd.Convolution(
        x, w["single"], no_bias=True, num_filter=24, num_group=24, **KERNEL
    ),
    "BatchNorm": lambda x, w: nd.BatchNorm(x, *w["norm"], fix_gamma=False),
    "Activation": lambda x, w: nd.Activation(x, act_type="sigmoid"),
    "relu": lambda x, w: nd.relu(x),
    "clip": lambda x, w: nd.clip(x, -0.5, 0.5),
    "LeakyReLU": lambda x, w: nd.LeakyReLU(x, act_type="elu", slope=0.5),
    "Pooling": lambda x, w: nd.Pooling(x, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="max"),
    "Pooling, means": lambda x, w: nd.Pooling(x, kernel=(3, 3), stride=(2, 2), pad=(1, 1), pool_type="avg"),
    "Pooling, everywhere": lambda x, w: nd.Pooling(x, global_pool=True, pool_type="avg", kernel=(1, 1)),
    "broadcast_add": lambda x, w: w["other"] + x,
    "elemwise_add": lambda x, w: nd.elemwise_add(w["other"], x),
    "Concat": lambda x, w: nd.concat(x, w["other"], x, dim=1),
    "another one": lambda x, w: nd.sum(x * w["other"], axis=1),
}
FEW = {"Convolution of few places", "Pooling, everywhere", "another one"}
"""Their results are in order."""


def arrays(seed: int = 5) -> dict[str, Any]:
    rng = np.random.default_rng(seed)

    def normal(*shape: int) -> NDArray:
        return nd.array(rng.normal(0, 1, shape).astype(np.float32))

    norm = [normal(24), normal(24), nd.zeros(24), nd.ones(24)]
    found = {"weight": normal(32, 24, 3, 3), "bias": normal(32), "single": normal(24, 1, 3, 3)}
    return {**found, "norm": norm, "other": normal(*SHAPE), "x": normal(*SHAPE), "head": normal(6)}


def laid_of(x: NDArray) -> Laid:
    """The same array with its channels last, as a result of recorded calls."""
    return wrap_laid(x._data.contiguous(memory_format=torch.channels_last), x.context, x._ag)


def run(name: str, last: bool) -> tuple[NDArray, list[np.ndarray[Any, Any]]]:
    """The result of a case, and the gradients of all that takes part."""
    given = arrays()
    variables = [
        given["x"],
        given["weight"],
        given["bias"],
        given["single"],
        given["other"],
        *given["norm"][:2],
    ]
    for variable in variables:
        variable.attach_grad()
    with autograd.record():
        x = given["x"] * 1.0
        out = CASES[name](laid_of(x) if last else x, given)
        loss = nd.sum(nd.square(out * (1 + nd.arange(out.size).reshape(out.shape) / out.size)))
        kept = out
    loss.backward()
    return kept, [out.asnumpy(), given["norm"][2].asnumpy(), *[v.grad.asnumpy() for v in variables]]


def test_a_case_for_each_rule() -> None:
    assert {name.split(",")[0].split(" ")[0] for name in CASES} >= RULES.keys()


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients(name: str) -> None:
    (_, plain), (_, last) = run(name, False), run(name, True)
    for a, b in zip(last, plain, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5 * max(float(np.abs(b).max()), 1e-3), rtol=0)


@pytest.mark.parametrize("name", CASES)
def test_the_result_lies_like_the_input(name: str) -> None:
    given = arrays()
    with autograd.train_mode():
        out = CASES[name](laid_of(given["x"]), given)
    assert (type(out) is Laid) is (name not in FEW)


@pytest.mark.parametrize("name", CASES)
def test_gradients_arrive_in_the_order_of_axes(name: str) -> None:
    given = arrays()
    given["x"].attach_grad()
    with autograd.record():
        x = given["x"] * 1.0
        out = CASES[name](x, given)
    (found,) = autograd.grad(out, [x], retain_graph=True)
    assert found._data.is_contiguous()
    out.backward()
    assert given["x"].grad._data.is_contiguous()


def test_an_ordinary_array_after_a_look() -> None:
    given = arrays()
    out = CASES["Convolution"](given["x"], given)
    assert type(out) is Laid
    assert isinstance(out, NDArray)
    assert (out.shape, out.size, out.ndim, out.dtype) == ((8, 32, 12, 12), 36864, 4, np.float32)
    assert type(out) is Laid
    assert repr(type(out)).endswith("NDArray'>")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        out.nothing  # noqa: B018
    row = out[0]
    assert type(out) is NDArray
    assert out._data.is_contiguous()
    row[:] = 7
    assert (out.asnumpy()[0] == 7).all()
    again = nd.relu(out)
    assert type(again) is NDArray
    assert (again.asnumpy()[0] == 7).all()


def test_copies_and_pickles() -> None:
    given = arrays()
    expected = CASES["Convolution"](given["x"], given).asnumpy()
    for make in (copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x)), NDArray.copy):
        np.testing.assert_array_equal(make(CASES["Convolution"](given["x"], given)).asnumpy(), expected)


def test_a_result_used_in_both_ways() -> None:
    """By operators that keep layouts before and after the look of one that does not."""
    found = []
    for look in (False, True):
        given = arrays()
        given["x"].attach_grad()
        with autograd.record():
            h = CASES["Convolution"](given["x"], given)
            a = nd.relu(h)
            b = nd.tanh(h) if look else nd.Activation(h, act_type="tanh")
            c = h + a
            loss = nd.sum(b * b) + nd.sum(nd.square(c))
        loss.backward()
        found.append(given["x"].grad.asnumpy())
    np.testing.assert_allclose(found[0], found[1], atol=1e-5 * np.abs(found[1]).max(), rtol=0)


def test_second_derivatives() -> None:
    found = []
    for last in (False, True):
        given = arrays()
        x = given["x"]
        x.attach_grad()
        with autograd.record():
            h = x * 1.0
            h = laid_of(h) if last else h
            y = nd.Activation(
                nd.Convolution(h, given["weight"], no_bias=True, num_filter=32, **KERNEL), "tanh"
            )
            y = y + nd.Activation(y, "sigmoid")
            (g,) = autograd.grad(nd.sum(y), [x], create_graph=True)
            total = nd.sum(nd.square(g))
        total.backward()
        found.append(x.grad.asnumpy())
    np.testing.assert_allclose(found[1], found[0], atol=1e-5 * np.abs(found[0]).max(), rtol=0)


def test_a_net_goes_through_with_channels_last() -> None:
    net = nn.Sequential()
    net.add(nn.Conv2D(32, 3, padding=1), nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(32, 1))
    net.initialize()
    x = nd.random.normal(shape=(8, 3, 16, 16))
    net(x)  # finds out the shapes
    with autograd.record():
        h = x
        for layer in net:
            h = layer(h)
            assert type(h) is Laid
            assert is_last(h._tensor)
        loss = gluon.loss.L2Loss()(h, nd.zeros(h.shape))
    loss.backward()
    assert all(p.grad()._data.is_contiguous() for p in net.collect_params(".*weight").values())


def test_wrong_arrays_are_told_as_ever() -> None:
    given = arrays()
    h = CASES["Convolution"](given["x"], given)
    with pytest.raises(
        MXNetError, match=r"Convolution\(.*expected input\[8, 32, 12, 12\] to have 24 channels"
    ):
        nd.Convolution(h, given["weight"], no_bias=True, num_filter=32, **KERNEL)
    h = CASES["Convolution"](given["x"], given)
    with pytest.raises(MXNetError, match="weight must have shape"):
        nd.Convolution(h, given["weight"], no_bias=True, num_filter=31, **KERNEL)
    h = CASES["Convolution"](given["x"], given)
    with pytest.raises(MXNetError, match=r"BatchNorm.*gamma must have shape"):
        nd.BatchNorm(h, *given["norm"])
    with pytest.raises(MXNetError, match="broadcast_add"):
        given["x"] + CASES["Convolution"](given["x"], given)
