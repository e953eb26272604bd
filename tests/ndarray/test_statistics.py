"""``nd.histogram`` and the function that fills an array; the values are MXNet 1.9.1's."""

from __future__ import annotations

import numpy as np
import pytest

from regluon import nd

X = [0.5, 1, 1.5, 2, -1, 5, 0, 2.999, 3]


def test_intervals_of_a_range() -> None:
    count, bins = nd.histogram(nd.array(X), bins=3, range=(0, 3))
    assert count.dtype == np.int64
    assert count.asnumpy().tolist() == [2, 2, 3]
    assert bins.asnumpy().tolist() == [0, 1, 2, 3]


def test_intervals_of_an_array() -> None:
    count, bins = nd.histogram(nd.array(X), nd.array([0, 1, 3]))
    assert count.asnumpy().tolist() == [2, 5]
    assert bins.asnumpy().tolist() == [0, 1, 3]


def test_without_a_range_it_is_numpys() -> None:
    with pytest.warns(UserWarning, match="range"):
        count, bins = nd.histogram(nd.array(X), bins=3)
    assert count.dtype == bins.dtype == np.float32
    assert count.asnumpy().tolist() == [3, 4, 2]
    assert bins.asnumpy().tolist() == [-1, 1, 3, 5]


def test_bins_are_a_number_or_an_array() -> None:
    with pytest.raises(ValueError, match="bins"):
        nd.histogram(nd.array(X), bins=[0, 1, 2])  # type: ignore[arg-type]


def test_an_array_is_filled() -> None:
    x = nd.zeros((2, 3), dtype="int32")
    assert nd._internal._set_value(3, out=x) is x
    assert x.asnumpy().tolist() == [[3] * 3] * 2
    with pytest.raises(TypeError, match="out"):
        nd._internal._set_value(3)


def test_copies_go_into_out() -> None:
    x, y = nd.array([1, 2]), nd.zeros(2)
    assert nd._internal._copyto(x, out=y) is y
    assert y.asnumpy().tolist() == [1, 2]
    nd._internal._scatter_set_nd(x, nd.array([7]), nd.array([[1]]), shape=(2,), out=x)
    assert x.asnumpy().tolist() == [1, 7]
