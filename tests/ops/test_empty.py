"""Operators on arrays without elements: a last batch that is empty must not stop a program."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ops.running import TAKEN, as_list
from regluon.ops import binary, comparison, identity, reduce, scalar, special, unary
from regluon.ops.registry import OPERATORS, Operator

MODULES = {m.__name__ for m in (binary, comparison, identity, scalar, special, unary)}
ELEMENTWISE = sorted({op.name for op in OPERATORS.values() if op.fn.__module__ in MODULES})
ATTRIBUTES = {OPERATORS[s.op].name: s.attributes for s in reversed(TAKEN)}
WITHOUT = torch.empty(0, 3)


def call(op: Operator, data: torch.Tensor, attributes: dict[str, Any]) -> tuple[Any, list[Any]]:
    """The result, and the gradients, of an operator on ``data`` in the place of each of its inputs."""
    count = len(op.inputs)
    inputs = [data.clone().requires_grad_() for _ in range(count)]
    given = op.read_all(attributes)
    with torch.enable_grad():
        out = op.fn(*inputs, **given)
    grads = op.gradient(torch.ones_like(out), [True] * count, out, *inputs, **given)
    return as_list(out)[0], list(grads)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise(name: str) -> None:
    out, grads = call(OPERATORS[name], WITHOUT, ATTRIBUTES[name])
    assert out.shape == WITHOUT.shape
    assert all(g is None or g.shape == WITHOUT.shape for g in grads)


@pytest.mark.parametrize(("lhs", "rhs"), [((0, 3), (1, 3)), ((0, 1), (0, 3)), ((0, 3), (3,)), ((1,), (0,))])
def test_stretched(lhs: tuple[int, ...], rhs: tuple[int, ...]) -> None:
    x, y = torch.empty(lhs), torch.empty(rhs)
    op = OPERATORS["broadcast_mul"]
    out = op.fn(x, y)
    assert out.numel() == 0
    grads = op.gradient(out, [True, True], out, x, y)
    assert [g.shape for g in grads] == [x.shape, y.shape]
    assert all((g == 0).all() for g in grads)


@pytest.mark.parametrize(
    ("name", "whole"), [("sum", 0.0), ("mean", float("nan")), ("prod", 1.0), ("nansum", 0.0), ("norm", 0.0)]
)
def test_reductions(name: str, whole: float) -> None:
    op = OPERATORS[name]
    for attributes, expected in (({}, [whole]), ({"axis": 0}, [whole] * 3), ({"axis": 1}, [])):
        out, (grad,) = call(op, WITHOUT, attributes)
        assert torch.equal(torch.nan_to_num(out, -9), torch.nan_to_num(torch.tensor(expected), -9))
        assert grad.shape == WITHOUT.shape


@pytest.mark.parametrize("name", ["max", "min"])
def test_nothing_has_no_extreme(name: str) -> None:
    op = getattr(reduce, name)
    assert op(WITHOUT, axis=(1,)).shape == (0,)
    for axis in (None, (0,)):
        with pytest.raises(ValueError, match="neither maximum nor minimum"):
            op(WITHOUT, axis=axis)


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 2), (2, 0, 4), (0, 3, 0, 1)])
@pytest.mark.parametrize("given", [{}, {"use_global_stats": True}])
def test_batch_norm_has_gradients(shape: tuple[int, ...], given: dict[str, Any]) -> None:
    op = OPERATORS["BatchNorm"]
    inputs = [torch.empty(shape), *[torch.ones(shape[1]) for _ in range(4)]]
    attributes = op.read_all({"fix_gamma": False, **given})
    out = op.fn(*inputs, **attributes, training=False)
    grads = op.gradient(out[0], [True] * 3 + [False] * 2, out, *inputs, **attributes, training=False)
    assert [g.shape for g in grads[:3]] == [x.shape for x in inputs[:3]]
    assert all((g == 0).all() for g in grads[:3])
