"""Shapes by arithmetic: what is left to torch, and its errors. test_operators.py has operators' samples."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from regluon.ops.shape_mode import ShapeMode


def meta(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


X = meta(2, 3)
WHOLE = meta(2, 3, dtype=torch.int32)
LAWS: list[Any] = [
    lambda: X + meta(3),
    lambda: X * 2,
    lambda: X + torch.tensor(2.0, dtype=torch.float64),
    lambda: X + WHOLE,
    lambda: WHOLE / WHOLE,
    lambda: WHOLE + 0.5,
    lambda: WHOLE + torch.tensor(0.5),
    lambda: torch.sqrt(WHOLE),
    lambda: X > 0,
    lambda: torch.where(WHOLE > 0, X, X),
    lambda: torch.where(WHOLE > 0, X, X.double()),
    lambda: torch.tanh_(meta(4)),
    X.sum,
    lambda: WHOLE.sum(1),
    lambda: X.mean((0, -1), keepdim=True),
    lambda: X.sum(0, dtype=torch.float64),
    lambda: X.argmax(1),
    lambda: X.max(1),
    lambda: torch.cat([X, X], -1),
    lambda: torch.cat([X, WHOLE]),
    lambda: torch.stack([X, X], -1),
    lambda: torch.softmax(X, 0),
    lambda: torch.softmax(X, 0, dtype=torch.float64),
    lambda: torch.zeros_like(X, dtype=torch.int8),
    lambda: torch.nn.functional.layer_norm(X, (3,)),
    lambda: torch.nn.functional.group_norm(meta(2, 4, 5), 2),
    lambda: X @ meta(3, 5),
    lambda: torch.bmm(meta(2, 3, 4), meta(2, 4, 1)),
    lambda: torch.add(X, X, out=meta(0)),
]
ERRORS: list[Any] = [
    lambda: X + meta(4),
    lambda: meta(3).add_(X),
    lambda: X @ X,
    lambda: torch.cat([X, meta(3, 2)], 0),
    lambda: torch.cat([X], 2),
    lambda: torch.stack([X, meta(3, 3)]),
    lambda: X.sum(2),
]


def kinds(found: Any) -> list[Any]:
    return [(t.shape, t.dtype) for t in ([found] if isinstance(found, Tensor) else found)]


@pytest.mark.parametrize("number", range(len(LAWS)))
def test_results_are_those_of_torch(number: int) -> None:
    expected = kinds(LAWS[number]())
    with ShapeMode():
        assert kinds(LAWS[number]()) == expected


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_what_does_not_fit_is_told_by_torch(number: int) -> None:
    with pytest.raises((RuntimeError, IndexError)) as expected:
        ERRORS[number]()
    with ShapeMode(), pytest.raises(type(expected.value)) as found:
        ERRORS[number]()
    assert str(found.value) == str(expected.value)


def test_values_are_left_alone() -> None:
    with ShapeMode():
        assert (torch.ones(3) * 2).tolist() == [2, 2, 2]
        assert torch.cat([torch.zeros(1), torch.ones(2)]).tolist() == [0, 1, 1]
        assert torch.arange(3.0).sum() == 3
        assert torch.tensor(1.5).mul(2).item() == 3
        assert torch.zeros_like(torch.tensor(1.5)).item() == 0
        assert torch.ones(2, 2).mm(torch.ones(2, 2)).tolist() == [[2, 2], [2, 2]]
