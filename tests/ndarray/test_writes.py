"""x[key] = value while autograd records."""

from __future__ import annotations

from typing import Any

import pytest

from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.context import cpu


def test_writing_all_of_an_array_while_recording_tracks_it() -> None:
    x, u = nd.array([1, 2, 3]), nd.zeros((2, 3), dtype="float64")
    x.attach_grad()
    with autograd.record():
        u[:] = x * 2
        loss = (u * u).sum()
    loss.backward()
    assert u.asnumpy().tolist() == [[2, 4, 6], [2, 4, 6]]
    assert x.grad.asnumpy().tolist() == [16, 32, 48]


def test_writing_all_of_a_view_tracks_the_view() -> None:
    x, u = nd.array([1, 2, 3]), nd.ones((2, 3))
    x.attach_grad()
    with autograd.record():
        row = u[0]
        row[:] = x * 2
        loss = (row * row).sum()
    loss.backward()
    assert x.grad.asnumpy().tolist() == [8, 16, 24]
    assert u.asnumpy().tolist() == [[2, 4, 6], [1, 1, 1]]


def test_a_value_from_another_context_is_tracked() -> None:
    x, u = nd.array([1, 2], ctx=cpu(1)), nd.zeros((2,))
    x.attach_grad()
    with autograd.record():
        u[:] = x * x
        loss = u * 3
    loss.backward()
    assert x.grad.asnumpy().tolist() == [6, 12]


def test_one_element_of_shape_1() -> None:
    x, u = nd.array([1, 2, 3]), nd.ones((1,))
    x.attach_grad()
    with autograd.record():
        u[0] = x.sum()
        loss = u * u
    loss.backward()
    assert x.grad.asnumpy().tolist() == [12, 12, 12]


def _write(target: str, key: Any) -> None:
    x, u = nd.array([1, 2, 3]), nd.ones((2, 3))
    x.attach_grad()
    with autograd.record():
        y = x * 2
        u[:] = u
        {"x": x, "y": y, "u": u}[target][key] = y if target == "u" else 0


@pytest.mark.parametrize(
    ("target", "key"), [("x", slice(None)), ("x", 0), ("y", slice(None)), ("y", [0]), ("u", 0), ("u", [0])]
)
def test_other_writes_while_recording_are_refused(target: str, key: Any) -> None:
    with pytest.raises(MXNetError, match="not supported while recording"):
        _write(target, key)


def test_writes_outside_of_recording_are_always_allowed() -> None:
    x = nd.array([1, 2, 3])
    x.attach_grad()
    with autograd.record():
        y = x * 2
        with autograd.pause():
            y[0] = 7
            x[0] = 8
    y[:] = 5
    y.backward()
    assert x.grad.asnumpy().tolist() == [2, 2, 2]
    assert x.asnumpy().tolist() == [8, 2, 3]


def test_writes_of_constants_are_allowed_while_recording() -> None:
    u = nd.ones((2, 3))
    with autograd.record():
        u[0:1] = 5
        u[1] = nd.array([1, 2, 3])
        u[:, 0] = [7, 8]
    assert u.asnumpy().tolist() == [[7, 5, 5], [8, 2, 3]]
