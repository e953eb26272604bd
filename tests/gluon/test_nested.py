"""Nested lists, flat and back."""

from __future__ import annotations

import pytest

import mxnet as mx
from regluon.gluon.nested import flatten, regroup


def test_there_and_back() -> None:
    a, b, c = mx.nd.zeros(1), mx.nd.zeros(2), mx.nd.zeros(3)
    value = [a, [b, [c]], None, []]
    flat, form = flatten(value, "input")
    assert flat == [a, b, c, None]
    assert form == [0, [0, [0]], -1, []]
    assert regroup(flat, form) == value
    assert regroup(*flatten(a, "input")) is a


def test_a_symbol_of_several_outputs_becomes_a_list() -> None:
    parts = mx.sym.split(mx.sym.var("x"), num_outputs=3)
    flat, form = flatten([parts, mx.sym.var("y")], "output")
    assert flat[0] is parts
    assert form == [3, 0]
    assert regroup([1, 2, 3, 4], form) == [[1, 2, 3], 4]


def test_other_things_are_refused() -> None:
    with pytest.raises(ValueError, match=r"HybridBlock input must be .* but got 3 of type <class 'int'>"):
        flatten([3], "input")
