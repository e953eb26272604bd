"""nd.concatenate, nd.moveaxis, nd.split_v2, nd.onehot_encode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from regluon import autograd, nd
from regluon.base import MXNetError


def numbers(*shape: int) -> nd.NDArray:
    return nd.arange(int(np.prod(shape))).reshape(shape)


def test_concatenate() -> None:
    x, y = numbers(2, 3), numbers(1, 3)
    assert nd.concatenate([x, y]).asnumpy().tolist() == [[0, 1, 2], [3, 4, 5], [0, 1, 2]]
    assert nd.concatenate([x, numbers(2, 1)], axis=1).shape == (2, 4)
    assert nd.concatenate([x], always_copy=False) is x
    assert nd.concatenate([x]) is not x


@pytest.mark.parametrize(
    ("source", "destination"), [(0, 1), (-1, 0), ((0, 1), (-1, -2)), ([2], [0]), ((2, 0), (0, 2))]
)
def test_moveaxis_is_numpys(source: Any, destination: Any) -> None:
    x = numbers(2, 3, 4)
    expected = np.moveaxis(x.asnumpy(), source, destination)
    assert nd.moveaxis(x, source, destination).asnumpy().tolist() == expected.tolist()


def test_split_v2() -> None:
    x = numbers(4, 2)
    assert [p.shape for p in nd.split_v2(x, 2)] == [(2, 2), (2, 2)]
    assert [p.shape for p in nd.split_v2(x, (1, 3))] == [(1, 2), (2, 2), (1, 2)]
    assert [p.shape for p in nd.split_v2(x, (2, 2))] == [(2, 2), (0, 2), (2, 2)]
    assert [p.shape for p in nd.split_v2(x, 2, axis=1, squeeze_axis=True)] == [(4,), (4,)]
    assert nd.split_v2(x, 1).shape == (4, 2)


def test_gradient_of_parts() -> None:
    x = numbers(4, 2)
    x.attach_grad()
    with autograd.record():
        first, second = nd.split_v2(x, (1,))
        loss = nd.concatenate([second * 3, first * 2])
    loss.backward()
    assert x.grad.asnumpy().tolist() == [[2, 2], [3, 3], [3, 3], [3, 3]]


def test_onehot_encode_writes_out() -> None:
    out = nd.full((2, 3), 5)
    assert nd.onehot_encode(nd.array([0, 2]), out) is out
    assert out.asnumpy().tolist() == [[1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ("call", "error", "wording"),
    [
        (lambda: nd.concatenate([]), TypeError, "list of arrays"),
        (lambda: nd.concatenate([numbers(2), nd.zeros(2, dtype="int32")]), MXNetError, "int32"),
        (lambda: nd.concatenate([numbers(2, 2), numbers(2, 3)]), MXNetError, "(2, 3)"),
        (lambda: nd.moveaxis(numbers(2, 3), 5, 1), ValueError, "axis 5"),
        (lambda: nd.moveaxis(numbers(2, 3), 0, -3), ValueError, "axis -3"),
        (lambda: nd.moveaxis(numbers(2, 3), [0, 0], [1, 0]), ValueError, "repeated axis"),
        (lambda: nd.moveaxis(numbers(2, 3), [0, 1], [1]), ValueError, "same number of elements"),
        (lambda: nd.split_v2(numbers(4, 2), 3), ValueError, "equal division"),
        (lambda: nd.split_v2(numbers(4, 2), [1, 3]), ValueError, "tuple of ints"),
        (lambda: nd.split_v2(numbers(4, 2), (1, 9)), MXNetError, "_split_v2"),
    ],
)
def test_errors_say_what_is_wrong(call: Callable[[], Any], error: Any, wording: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert wording in str(caught.value)
