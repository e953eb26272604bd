"""mx.nd.random and mx.random: signatures, contexts, out=, arrays as parameters."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, nd
from regluon.base import MXNetError

# Of MXNet 1.9.1, less the marker _Null, which is None here.
SIGNATURES = {
    "uniform": "low=0 high=1 shape dtype ctx out **kwargs",
    "normal": "loc=0 scale=1 shape dtype ctx out **kwargs",
    "poisson": "lam=1 shape dtype ctx out **kwargs",
    "exponential": "scale=1 shape dtype ctx out **kwargs",
    "gamma": "alpha=1 beta=1 shape dtype ctx out **kwargs",
    "negative_binomial": "k=1 p=1 shape dtype ctx out **kwargs",
    "generalized_negative_binomial": "mu=1 alpha=1 shape dtype ctx out **kwargs",
    "randint": "low high shape dtype ctx out **kwargs",
    "multinomial": "data shape get_prob=False out dtype=int32 **kwargs",
}


@pytest.fixture(autouse=True)
def _seed() -> None:
    mx.random.seed(7)


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name: str) -> None:
    shown = []
    for p in inspect.signature(getattr(nd.random, name)).parameters.values():
        default = "" if p.default in (None, p.empty) else f"={p.default}"
        shown.append("**kwargs" if p.kind is p.VAR_KEYWORD else p.name + default)
    assert " ".join(shown) == SIGNATURES[name]


def test_numbers_are_mxnets() -> None:
    drawn = nd.random.uniform(shape=(2, 2))
    expected = np.array([[0.42855945, 0.91751623], [0.80797774, 0.9977072]], np.float32)
    np.testing.assert_array_equal(drawn.asnumpy(), expected)
    np.testing.assert_array_equal(nd.random.randint(0, 10, shape=3).asnumpy().shape, (3,))


def test_contexts_draw_from_one_stream() -> None:
    both = [nd.random.normal(shape=2, ctx=c) for c in (mx.cpu(0), mx.cpu(1))]
    assert [a.context for a in both] == [mx.cpu(0), mx.cpu(1)]
    with mx.cpu(1):
        assert nd.random.normal().context is mx.cpu(1)
    mx.random.seed(7)
    joined = nd.random.normal(shape=4).asnumpy()
    np.testing.assert_array_equal(np.concatenate([a.asnumpy() for a in both]), joined)


@pytest.mark.parametrize("shape", [None, 3, np.int64(3), [2, 3], (2, 3)])
def test_shapes(shape: Any) -> None:
    expected = {None: (1,), 3: (3,)}.get(shape if not isinstance(shape, list) else 0, (2, 3))
    assert nd.random.gamma(2, 1, shape=shape).shape == expected


def test_out_decides_shape_and_type() -> None:
    out = nd.zeros((2, 3), dtype="float64", ctx=mx.cpu(1))
    assert nd.random.normal(out=out) is out
    assert np.unique(out.asnumpy()).size == 6
    with pytest.raises(MXNetError, match=r"float32.*float64"):
        nd.random.normal(dtype="float32", out=out)
    with pytest.raises(MXNetError, match=r"\(3,\)"):
        nd.random.normal(shape=3, out=out)


def test_arrays_as_parameters() -> None:
    low = nd.array([[0, 10], [20, 30]])
    drawn = nd.random.uniform(low, low + 1, shape=(50,))
    assert drawn.shape == (2, 2, 50)
    np.testing.assert_array_equal(np.floor(drawn.asnumpy()), np.repeat(low.asnumpy()[..., None], 50, 2))
    scale = nd.random.exponential(nd.array([1e-3, 1e3]), shape=100, dtype="float64")
    assert scale.dtype == np.float64
    assert scale[0].max().asscalar() < scale[1].mean().asscalar()


def test_randn_takes_axes() -> None:
    drawn = nd.random.randn(3, 4, loc=5, scale=1e-3, dtype="float64")
    assert (drawn.shape, drawn.dtype) == ((3, 4), np.float64)
    assert np.abs(drawn.asnumpy() - 5).max() < 0.01


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nd.random.uniform(nd.zeros(2), 1), AssertionError, "all be numbers or all be arrays"),
        (lambda: nd.random.uniform([0], [1]), ValueError, "numbers or NDArrays"),
        (lambda: nd.random.uniform(0, 1, foo=3), MXNetError, "no argument foo"),
        (nd.random.randn, MXNetError, "shape"),
        (lambda: nd.random.randint(nd.zeros(1), nd.ones(1)), TypeError, "must be numbers"),
        (lambda: nd.random.normal(nd.zeros(2), nd.ones(3)), MXNetError, "of one shape"),
        (lambda: nd.random.exponential(0), ZeroDivisionError, "zero"),
        (lambda: nd.random.uniform(1, 0), MXNetError, "_random_uniform.*at least low=1"),
    ],
)
def test_bad_input(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_like_an_array() -> None:
    data = nd.zeros((2, 3), dtype="float64", ctx=mx.cpu(1))
    drawn = nd.random.uniform_like(data, low=2, high=3)
    assert (drawn.shape, drawn.dtype, drawn.context) == ((2, 3), np.float64, mx.cpu(1))
    assert 2 <= drawn.min().asscalar() <= drawn.max().asscalar() < 3


def test_policy_gradient_of_multinomial() -> None:
    data = nd.array([[0.2, 0.3, 0.5], [0.6, 0.4, 0]])
    data.attach_grad()
    with autograd.record():
        drawn, logs = nd.random.multinomial(data, get_prob=True)
    logs.backward()
    expected = np.zeros((2, 3), np.float32)
    for row, outcome in enumerate(drawn.asnumpy()):
        expected[row, outcome] = 1 / data.asnumpy()[row, outcome]
    np.testing.assert_allclose(data.grad.asnumpy(), expected, rtol=1e-6)


def test_shuffle_in_place() -> None:
    data = nd.arange(100)
    assert nd.random.shuffle(data, out=data) is data
    assert data.asnumpy().tolist() != list(range(100))
    assert sorted(data.asnumpy().tolist()) == list(range(100))


def test_names_in_other_namespaces() -> None:
    assert nd.random_uniform(shape=(2,)).shape == nd.uniform(shape=(2,)).shape == (2,)
    assert nd._internal._random_uniform(shape=(3,)).shape == (3,)
    assert nd.sample_gamma(nd.ones(2), nd.ones(2)).shape == (2,)
    assert nd.shuffle(nd.arange(3)).shape == (3,)
    assert mx.random.uniform is nd.random.uniform
