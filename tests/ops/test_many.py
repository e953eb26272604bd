"""The plain operation of one tensor, the multi-tensor one and NumPy agree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from regluon.ops import many

IN_PLACE: dict[str, tuple[int, tuple[float, ...], Callable[..., np.ndarray]]] = {
    "add_": (2, (0.5,), lambda x, y, f: x + f * y),
    "copy_": (2, (), lambda x, y: y),
    "mul_": (1, (0.3,), lambda x, f: x * f),
    "shift_": (1, (0.3,), lambda x, f: x + f),
    "clamp_": (1, (0.4,), lambda x, f: np.clip(x, -f, f)),
    "sqrt_": (1, (), np.sqrt),
    "maximum_": (2, (), np.maximum),
    "div_": (2, (), lambda x, y: x / y),
    "times_": (2, (), lambda x, y: x * y),
    "addcmul_": (3, (0.7,), lambda x, y, z, f: x + f * y * z),
    "addcdiv_": (3, (0.7,), lambda x, y, z, f: x + f * y / z),
    "lerp_": (2, (0.7,), lambda x, y, f: x + f * (y - x)),
}
NEW: dict[str, tuple[int, tuple[float, ...], Callable[..., np.ndarray]]] = {
    "mul": (1, (0.3,), lambda x, f: x * f),
    "plus": (1, (0.3,), lambda x, f: x + f),
    "sqrt": (1, (), np.sqrt),
    "sign": (1, (), np.sign),
    "absolute": (1, (), np.abs),
}


def tensors(operands: int, count: int) -> list[list[torch.Tensor]]:
    draw = np.random.RandomState(5)
    return [
        [torch.from_numpy(draw.uniform(0.1, 1, (2, n + 1)).astype("f")) for n in range(count)]
        for _ in range(operands)
    ]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", [*IN_PLACE, *NEW])
def test_equals_numpy(name: str, count: int) -> None:
    operands, numbers, formula = {**IN_PLACE, **NEW}[name]
    lists = tensors(operands, count)
    before = [[t.clone() for t in ts] for ts in lists]
    result = getattr(many, name)(*lists, *numbers)
    assert (result is None) == (name in IN_PLACE)
    changed = lists[0] if result is None else result
    for n in range(count):
        wanted = formula(*[ts[n].numpy() for ts in before], *numbers)
        np.testing.assert_allclose(changed[n].numpy(), wanted, rtol=1e-6)
    for kept, old in zip(lists[result is None :], before[result is None :], strict=True):
        assert all(torch.equal(a, b) for a, b in zip(kept, old, strict=True))


def test_a_weight_onto_itself() -> None:
    for lists in tensors(1, 1), tensors(1, 3):
        wanted = [t * 0.75 for t in lists[0]]
        many.add_(lists[0], lists[0], -0.25)
        assert all(torch.allclose(a, b) for a, b in zip(lists[0], wanted, strict=True))


def test_every_function_is_held_here() -> None:
    assert {*IN_PLACE, *NEW, "Many", "complement", "rest_of_power"} == set(many.__all__)


def test_complement_is_float32s() -> None:
    assert many.complement(0.999) == float(np.float32(1) - np.float32(0.999))
    assert many.complement(0.999) != np.float32(1 - 0.999)
    assert many.rest_of_power(0.999, 1) == many.complement(0.999)
