"""Methods of NDArray that have signatures of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from regluon import nd
from regluon.base import MXNetError


@pytest.mark.parametrize(
    ("codes", "expected"),
    [((4, 0, 2), (4, 3, 2)), ((2, -4, -1, 3, -2), (2, 1, 3, 4)), ((-3, 4), (6, 4)), ((0, -1), (2, 12))],
)
def test_reshape_takes_codes(codes: Any, expected: Any) -> None:
    x = nd.zeros((2, 3, 4))
    assert x.reshape(codes).shape == x.reshape(*codes).shape == x.reshape(shape=codes).shape == expected
    assert x.reshape(list(codes)).shape == expected


def test_reshape_from_the_right() -> None:
    x = nd.zeros((10, 5, 4))
    assert x.reshape((-1, 0)).shape == (40, 5)
    assert x.reshape((-1, 0), reverse=True).shape == x.reshape(-1, 0, reverse=True).shape == (50, 4)


@pytest.mark.parametrize(
    ("call", "error", "wording"),
    [
        (lambda x: x.reshape((7, -1)), ValueError, "Cannot reshape array of size 24 into shape (7, -1)"),
        (lambda x: x.reshape(0), ValueError, "Cannot reshape array of size 24"),
        (lambda x: x.reshape((5, 5)), MXNetError, "size 24"),
        (lambda x: x.reshape((-1, -1)), MXNetError, "-1"),
        (lambda x: x.reshape((0, 0, 0, 0)), MXNetError, "more axes"),
        (lambda x: x.reshape((-5,)), MXNetError, "-5"),
        (lambda x: x.reshape(2.0, 12), TypeError, "float"),
        (lambda x: x.reshape("x"), TypeError, "str"),
        (lambda x: x.reshape(), ValueError, "Shape must be provided"),
        (lambda x: x.reshape((6, 4), order="C"), TypeError, "order"),
        (lambda x: x.broadcast_to((4, 3)), ValueError, "(2, 3, 4) and requested shape (4, 3)"),
        (lambda x: x.squeeze(axis=1, inplace=True), ValueError, "extent 1"),
        (lambda x: x.expand_dims(5, inplace=True), IndexError, "axis 5"),
        (lambda x: x.tostype("csr"), MXNetError, "csr"),
        (lambda x: x.tostype("coo"), MXNetError, "coo"),
    ],
)
def test_errors_say_what_is_wrong(call: Callable[[Any], Any], error: Any, wording: str) -> None:
    with pytest.raises(error) as caught:
        call(nd.zeros((2, 3, 4)))
    assert wording in str(caught.value)


def test_methods_with_signatures_of_their_own() -> None:
    x = nd.arange(6).reshape((2, 3))
    assert x.transpose().shape == x.transpose((1, 0)).shape == x.transpose(1, 0).shape == x.T.shape == (3, 2)
    assert x.transpose(axes=(1, 0)).asnumpy().tolist() == [[0, 3], [1, 4], [2, 5]]
    assert x[0].T.shape == (3,)
    assert nd.arange(3).broadcast_to((2, 3)).asnumpy().tolist() == [[0, 1, 2], [0, 1, 2]]
    assert nd.arange(3).broadcast_like(x).shape == (2, 3)
    assert x.astype("float32", copy=False) is x
    assert x.astype("int32").dtype == np.int32
    assert [part.shape for part in x.split_v2((1,), axis=1)] == [(2, 1), (2, 2)]
    assert [part.shape for part in x.split(num_outputs=3)] == [(2, 1)] * 3
    assert x.tostype("default").asnumpy().tolist() == x.asnumpy().tolist()


def test_parts_are_assigned_by_bounds() -> None:
    x = nd.zeros((2, 3))
    assert x.slice_assign(nd.ones((1, 2)), (0, 1), (1, None), ()) is x
    assert x.slice_assign_scalar(5, (1, None), (None, None), (None, 2)) is x
    assert x.asnumpy().tolist() == [[0, 1, 1], [5, 0, 5]]
