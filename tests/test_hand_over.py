"""Large gradients are not copied into their buffers: they take the memory over, if nobody else looks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from mxnet import autograd, nd
from regluon.ops.memory import hand_over
from regluon.tape import nodes

SIZE = 300


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each gradient that was offered was handed over."""
    found: list[bool] = []

    def offered(target: torch.Tensor, source: torch.Tensor) -> bool:
        found.append(hand_over(target, source))
        return found[-1]

    monkeypatch.setattr(nodes, "hand_over", offered)
    return found


def variable(seed: int = 0) -> Any:
    x = nd.array(np.random.default_rng(seed).normal(size=(SIZE, SIZE)))
    x.attach_grad()
    return x


def step(x: Any, by: float = 2.0) -> None:
    with autograd.record():
        y = nd.sum(x * x) * by
    y.backward()


def test_the_buffer_stays_the_same_array(handed: list[bool]) -> None:
    x = variable()
    array, tensor = x.grad, x.grad._data
    for by in (1.0, 3.0):
        step(x, by)
        np.testing.assert_allclose(array.asnumpy(), 2 * by * x.asnumpy(), rtol=1e-6)
        assert x.grad is array
        assert array._data is tensor
    assert handed == [True, True]


@pytest.mark.parametrize("look", ["slice", "reshape", "numpy", "dlpack"])
def test_who_looks_at_the_buffer_goes_on_seeing_it(look: str, handed: list[bool]) -> None:
    x = variable()
    step(x)
    views: dict[str, Any] = {
        "slice": lambda g: g[1:3],
        "reshape": lambda g: g.reshape(-1),
        "numpy": lambda g: g._data.numpy(),
        "dlpack": lambda g: np.from_dlpack(g._data),
    }
    view = views[look](x.grad)
    step(x, 5.0)
    assert handed == [True, False]
    values = view.asnumpy() if isinstance(view, nd.NDArray) else view
    wanted = x.grad.asnumpy()
    np.testing.assert_array_equal(np.ravel(values), np.ravel(wanted[1:3] if look == "slice" else wanted))


def test_what_others_have_is_copied(handed: list[bool]) -> None:
    x, y, head = variable(1), variable(2), nd.ones((SIZE, SIZE))
    with autograd.record():
        z = x + y
    z.backward(head)
    x.grad[:] = 7
    assert (y.grad.asnumpy() == 1).all()
    assert (head.asnumpy() == 1).all()
    with autograd.record():
        z = x + 1
    z.backward(head)
    x.grad[:] = 7
    assert (head.asnumpy() == 1).all()
    assert True not in handed


def test_a_kept_graph_keeps_its_arrays() -> None:
    x = variable()
    with autograd.record():
        y = nd.exp(x)
        z = nd.sum(y)
    z.backward(retain_graph=True)
    first = x.grad.asnumpy()
    x.grad[:] = 0
    z.backward()
    np.testing.assert_array_equal(x.grad.asnumpy(), first)


def test_gradients_that_are_added_up(handed: list[bool]) -> None:
    x = variable()
    x.attach_grad("add")
    step(x)
    step(x)
    np.testing.assert_allclose(x.grad.asnumpy(), 8 * x.asnumpy(), rtol=1e-6)
    assert handed == []


@pytest.mark.parametrize(
    "source",
    [
        torch.ones(SIZE, SIZE, dtype=torch.float64),
        torch.ones(SIZE * SIZE),
        torch.ones(2 * SIZE, SIZE)[:SIZE],
        torch.ones(SIZE, SIZE).t(),
        torch.from_numpy(np.ones((SIZE, SIZE), np.float32)),
        torch.ones(SIZE, SIZE, device="meta"),
    ],
)
def test_what_does_not_fit(source: torch.Tensor) -> None:
    target = torch.zeros(SIZE, SIZE)
    place = target.data_ptr()
    assert not hand_over(target, source)
    assert target.data_ptr() == place
    assert not target.any()
