"""Whole steps in torch's fused kernels give what the formulas give step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from regluon.ops import formulas, fused

SHAPES = [(3, 5), (7,), (0, 2), (40, 3, 2)]
FORMULAS: dict[str, tuple[int, Callable[..., Any]]] = {
    "descend": (0, lambda w, g: formulas.descend(w, g, 0.25, 0.3, 0.0)),
    "descend with decay": (0, lambda w, g: formulas.descend(w, g, 0.25, 0.3, 0.1)),
    "heavy ball": (1, lambda w, g, m: formulas.heavy_ball(w, g, 1 / 32, m, 0.1, 0.0, 0.9)),
    "heavy ball with decay": (1, lambda w, g, m: formulas.heavy_ball(w, g, 1.0, m, 1e-4, 0.1, 0.5)),
    "adam": (2, lambda w, g, m, v: formulas.adam(w, g, m, v, 0.01, 0.9, 0.999, 1e-8)),
    "adamw": (2, lambda w, g, m, v: formulas.adamw(w, g, m, v, 0.01, 0.1, 0.5, 0.8, 0.99, 1e-3)),
}
FUSED = {
    "descend": lambda w, g, scale: fused.fused_descend(w, g, scale, 0.1, 0.0),
    "heavy_ball": lambda w, g, scale: fused.fused_heavy_ball(w, g, scale, [w[0].clone()], 0.1, 0.0, 0.9),
}


def lists(count: int, dtype: torch.dtype, few: bool) -> list[list[torch.Tensor]]:
    torch.manual_seed(7)
    shapes = [(80, 60)] if few else SHAPES
    return [[torch.rand(s, dtype=dtype) for s in shapes] for _ in range(count)]


def strided(x: torch.Tensor) -> torch.Tensor:
    """The same numbers, every other one in memory: no fused kernel takes them."""
    return torch.stack((x, x), -1)[..., 0]


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", FORMULAS)
def test_the_same_as_step_by_step(name: str, dtype: torch.dtype, few: bool, monkeypatch: Any) -> None:
    states, formula = FORMULAS[name]
    given = lists(2 + states, dtype, few)
    apart = [[strided(x) for x in tensors] for tensors in given]
    gradients = [x.clone() for x in given[1]]
    calls = []
    for kernel in ("_sgd", "_adam"):
        made = getattr(fused, kernel)
        monkeypatch.setattr(fused, kernel, lambda *a, made=made, **k: (calls.append(1), made(*a, **k)))
    fused_calls = 0 if few and name == "descend" else 3  # one addition is quicker
    for _ in range(3):
        formula(*given)
    assert len(calls) == fused_calls
    for _ in range(3):
        formula(*apart)
    assert len(calls) == fused_calls
    for ours, theirs in zip(given, apart, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5 if dtype is torch.float32 else 1e-6, atol=1e-6)
    assert all(torch.equal(a, b) for a, b in zip(given[1], gradients, strict=True))


@pytest.mark.parametrize("name", FUSED)
def test_what_they_are_not_for(name: str) -> None:
    w, g = lists(2, torch.float32, True)
    before = w[0].clone()
    assert not FUSED[name](w, g, 0.0)
    assert not FUSED[name](w, g, -1.0)
    assert not FUSED[name]([w[0].half()], [g[0].half()], 1.0)
    assert not FUSED[name](w, [g[0].double()], 1.0)
    assert not FUSED[name]([w[0].to("meta")], [g[0].to("meta")], 1.0)
    assert not FUSED[name](w, [strided(g[0])], 1.0)
    assert torch.equal(w[0], before)
    assert FUSED[name](w, g, 1.0)


def test_steps_too_small_for_the_momentum_kernel() -> None:
    """1 - (1 + lr * scale) would lose the step's digits."""
    w, g, m = lists(3, torch.float32, True)
    assert not fused.fused_heavy_ball(w, g, 1.0, m, 1e-10, 0.0, 0.9)
    assert not fused.fused_heavy_ball(w, g, 1.0, m, 0.0, 0.0, 0.9)
