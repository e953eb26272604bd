"""What shares memory and what is a copy, and both under autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from regluon import autograd, nd

VIEWS: dict[str, Callable[[Any], Any]] = {
    "row": lambda x: x[1],
    "rows": lambda x: x[0:2],
    "element": lambda x: x[1, 2],
    "part of a row": lambda x: x[1, 2:4],
    "new axis": lambda x: x[None],
    "ellipsis": lambda x: x[...],
    "reshape": lambda x: x.reshape((4, -1)),
    "flatten": lambda x: x.flatten(inplace=True),
    "expand_dims": lambda x: x.expand_dims(1, inplace=True),
    "squeeze": lambda x: x.expand_dims(0, inplace=True).squeeze(0, inplace=True),
    "row of a row": lambda x: x[0:2][1][1:3],
}
COPIES: dict[str, Callable[[Any], Any]] = {
    "column": lambda x: x[:, 1],
    "columns": lambda x: x[:, 1:3],
    "steps": lambda x: x[::2],
    "reversed": lambda x: x[::-1],
    "indices": lambda x: x[[0, 1]],
    "T": lambda x: x.T,
    "flatten": lambda x: x.flatten(),
    "expand_dims": lambda x: x.expand_dims(1),
    "squeeze": lambda x: x.squeeze(),
    "nd.reshape": lambda x: nd.reshape(x, shape=(4, 3)),
    "astype": lambda x: x.astype("float32"),
    "copy": lambda x: x.copy(),
    "broadcast_to": lambda x: x.broadcast_to((3, 4)),
    "slice": lambda x: x.slice(begin=(0,), end=(2,)),
}


def numbers() -> nd.NDArray:
    return nd.arange(12).reshape((3, 4))


@pytest.mark.parametrize("name", VIEWS)
def test_views_share_memory(name: str) -> None:
    x = numbers()
    view = VIEWS[name](x)
    view[:] = -1
    assert (x.asnumpy() == -1).sum() == view.size
    x[:] = 5
    assert (view.asnumpy() == 5).all()
    view += 1
    assert (x.asnumpy() == 6).sum() == view.size


@pytest.mark.parametrize("name", COPIES)
def test_copies_do_not(name: str) -> None:
    x = numbers()
    copy = COPIES[name](x)
    copy[:] = -1
    assert (x.asnumpy() == numbers().asnumpy()).all()


@pytest.mark.parametrize(("name", "make"), [*VIEWS.items(), *COPIES.items()])
def test_gradient_goes_through(name: str, make: Callable[[Any], Any]) -> None:
    x = numbers()
    x.attach_grad()
    with autograd.record():
        y = make(x)
        loss = (y * y).sum()
    loss.backward()
    marked = make(nd.ones((3, 4)))
    assert x.grad.asnumpy().sum() == pytest.approx(2 * float(y.asnumpy().sum()))
    assert (x.grad.asnumpy() != 0).sum() <= marked.size


@pytest.mark.parametrize("name", VIEWS)
def test_recorded_views_share_memory(name: str) -> None:
    x = numbers()
    x.attach_grad()
    with autograd.record():
        view = VIEWS[name](x)
    view[:] = -1
    assert (x.asnumpy() == -1).sum() == view.size


@pytest.mark.parametrize(("name", "make"), [*VIEWS.items(), *COPIES.items()])
def test_second_derivative_goes_through(name: str, make: Callable[[Any], Any]) -> None:
    x = numbers()
    x.attach_grad()
    with autograd.record():
        y = make(x)
        (first,) = autograd.grad((y * y * y).sum(), [x], create_graph=True, retain_graph=True)
        total = first.sum()
    total.backward()
    chosen = make(nd.arange(12).reshape((3, 4))).asnumpy().ravel().astype(int)
    expected = np.zeros(12, "float32")
    expected[chosen] = 6.0 * chosen
    assert x.grad.asnumpy().ravel().tolist() == expected.tolist()
