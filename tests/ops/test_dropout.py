"""Operators that draw: Dropout's mask, and the slopes of LeakyReLU's rrelu."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import autograd, nd
from regluon.base import MXNetError


def drawn(seed: int, shape: tuple[int, ...]) -> Any:
    """The uniform numbers that come first after a seed."""
    mx.random.seed(seed)
    return nd.random.uniform(shape=shape).asnumpy()


def trained(seed: int, *arrays: Any, **attributes: Any) -> Any:
    mx.random.seed(seed)
    with autograd.train_mode():
        return nd.Dropout(*arrays, **attributes)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_an_element_stays_where_the_number_is_at_most_1_minus_p(p: float) -> None:
    keep = np.float32(1) - np.float32(p)
    expected = np.where(drawn(3, (20, 30)) <= keep, 1 / keep, 0)
    np.testing.assert_allclose(trained(3, nd.ones((20, 30)), p=p).asnumpy(), expected, rtol=1e-6)


def test_axes_share_a_number() -> None:
    expected = np.where(drawn(3, (1, 30)) < 0.5, 2, 0)
    found = trained(3, nd.ones((20, 30)), p=0.5, axes=(0,)).asnumpy()
    assert np.array_equal(found, np.broadcast_to(expected, (20, 30)))


def test_gradient_is_the_mask_and_the_second_one_too() -> None:
    x = nd.array([[1, -2, 3, 4]])
    x.attach_grad()
    with autograd.record():
        y = nd.Dropout(x, p=0.5)
        (first,) = autograd.grad(y, [x], create_graph=True, retain_graph=True)
        z = (y * y).sum()
    mask = y.asnumpy() / x.asnumpy()
    assert np.array_equal(first.asnumpy(), mask)
    z.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), 2 * mask * mask * x.asnumpy())


def test_second_gradient_meets_the_same_mask() -> None:
    x = nd.array(np.arange(1, 41))
    x.attach_grad()
    with autograd.record():
        y = nd.Dropout(x, p=0.5)
        (first,) = autograd.grad(y * y * y, [x], create_graph=True, retain_graph=True)
    first.backward()
    mask = y.asnumpy() / x.asnumpy()
    assert set(mask) == {0.0, 2.0}
    np.testing.assert_allclose(x.grad.asnumpy(), 6 * mask**3 * x.asnumpy(), rtol=1e-6)


def test_outside_training_it_is_a_copy_and_draws_nothing() -> None:
    x, expected = nd.ones((2, 3)), drawn(5, (4,))
    mx.random.seed(5)
    y = nd.Dropout(x, p=0.5)
    assert np.array_equal(nd.random.uniform(shape=(4,)).asnumpy(), expected)
    y[:] = 7
    assert x.asnumpy().tolist() == [[1, 1, 1], [1, 1, 1]]


def test_mode_always_drops_outside_training() -> None:
    mx.random.seed(3)
    found = nd.Dropout(nd.ones((20, 30)), p=0.5, mode="always").asnumpy()
    assert np.array_equal(found, np.where(drawn(3, (20, 30)) <= 0.5, 2, 0))


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [({"p": 2}, "p=2.0 is not in 0"), ({"axes": (-1,)}, "must be in 0...1"), ({"axes": (2,)}, "0...1")],
)
def test_what_it_refuses(attributes: dict[str, Any], reason: str) -> None:
    with pytest.raises(MXNetError, match=f"Dropout.*{reason}"):
        nd.Dropout(nd.ones((2, 3)), **attributes)
    with pytest.raises(MXNetError, match="floating-point"):
        nd.Dropout(nd.ones((2, 3), dtype="int32"))


def test_rrelu_draws_a_slope_for_each_element() -> None:
    x = nd.array(np.linspace(-2, 2, 40))
    x.attach_grad()
    mx.random.seed(3)
    with autograd.record():
        y, slopes = nd.LeakyReLU(x, act_type="rrelu", lower_bound=0.25, upper_bound=0.5)
    y.backward()
    expected = 0.25 + 0.25 * drawn(3, (40,))
    factors = np.where(x.asnumpy() > 0, 1, expected)
    np.testing.assert_allclose(slopes.asnumpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(y.asnumpy(), factors * x.asnumpy(), rtol=1e-6)
    np.testing.assert_allclose(x.grad.asnumpy(), factors, rtol=1e-6)


def test_rrelu_outside_training_takes_the_middle() -> None:
    x = nd.array([-1, 2])
    x.attach_grad()
    with autograd.record(train_mode=False):
        y, _ = nd.LeakyReLU(x, act_type="rrelu", lower_bound=0.25, upper_bound=0.5)
    y.backward()
    assert y.asnumpy().tolist() == [-0.375, 2]
    assert x.grad.asnumpy().tolist() == [0.375, 1]
