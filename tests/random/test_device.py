"""Generators on torch's devices: tried on the CPU, whose torch generators work as those of GPUs."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from regluon.random import MXNetGenerator, TorchGenerator

F32, F64 = torch.float32, torch.float64
PAIR = torch.tensor([1.0, 4.0])
CALLS: dict[str, tuple[Any, ...]] = {
    "uniform": (PAIR, PAIR + 2, (3,), F32),
    "normal": (0.0, 1.0, (2, 3), torch.float16),
    "exponential": (PAIR, (), F64),
    "randint": (3, 9, (4,), torch.int64),
    "gamma": (PAIR, PAIR, (2,), F32),
    "poisson": (5.0, (6,), F32),
    "negative_binomial": (3.0, 0.5, (2,), F64),
    "generalized_negative_binomial": (PAIR, PAIR - 1, (5,), F32),
    "multinomial": (torch.full((2, 3), 1 / 3), 7),
    "shuffle": (torch.arange(6).reshape(3, 2),),
    "dropout": ((4, 5), 0.5, F32, (1,)),
}


def torch_generator(seed: int = 0) -> TorchGenerator:
    return TorchGenerator(torch.device("cpu"), seed)


@pytest.mark.parametrize("name", CALLS)
def test_calls_are_those_of_cpu_contexts(name: str) -> None:
    ours, other = getattr(torch_generator(), name), getattr(MXNetGenerator(), name)
    drawn, expected = ours(*CALLS[name]), other(*CALLS[name])
    assert (drawn.shape, drawn.dtype) == (expected.shape, expected.dtype)


@pytest.mark.parametrize("name", CALLS)
def test_equal_seeds_draw_equal_numbers(name: str) -> None:
    first, again = (getattr(torch_generator(5), name)(*CALLS[name]) for _ in range(2))
    assert torch.equal(first, again)


@pytest.mark.parametrize("name", CALLS)
def test_shapes_alone_come_from_the_meta_device(name: str) -> None:
    meta = [a.to("meta") if isinstance(a, torch.Tensor) else a for a in CALLS[name]]
    drawn = getattr(TorchGenerator(torch.device("meta")), name)(*meta)
    expected = getattr(torch_generator(), name)(*CALLS[name])
    assert (drawn.shape, drawn.dtype, drawn.device.type) == (expected.shape, expected.dtype, "meta")


MOMENTS = {
    "uniform": ((-1.0, 3.0), 1, 4 / 3),
    "normal": ((2.0, 3.0), 2, 9),
    "exponential": ((0.5,), 2, 4),
    "gamma": ((4.0, 0.5), 2, 1),
    "poisson": ((6.0,), 6, 6),
    "negative_binomial": ((4.0, 0.4), 6, 15),
    "generalized_negative_binomial": ((3.0, 0.5), 3, 7.5),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_moments(name: str) -> None:
    parameters, mean, variance = MOMENTS[name]
    drawn = getattr(torch_generator(3), name)(*parameters, (40000,), F64)
    assert abs(drawn.mean() - mean) < 5 * (variance / 40000) ** 0.5
    assert drawn.var().item() == pytest.approx(variance, rel=0.1)


def test_dropout_keeps_the_mean() -> None:
    mask = torch_generator().dropout((40000,), 0.2, F32)
    assert set(mask.tolist()) == {0.0, 1.25}
    assert abs(mask.mean() - 1) < 0.02


def test_a_seed_of_its_own_differs_from_one_for_all() -> None:
    generator = torch_generator()
    drawn = []
    for own in (False, True, False):
        generator.seed(4, own)
        drawn.append(generator.uniform(0, 1, (4,), F32))
    assert torch.equal(drawn[0], drawn[2])
    assert not torch.equal(drawn[0], drawn[1])


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", CALLS)
def test_calls_on_a_gpu(name: str) -> None:
    there = [a.cuda() if isinstance(a, torch.Tensor) else a for a in CALLS[name]]
    drawn = getattr(TorchGenerator(torch.device("cuda", 0)), name)(*there)
    expected = getattr(torch_generator(), name)(*CALLS[name])
    assert (drawn.shape, drawn.dtype, drawn.device.type) == (expected.shape, expected.dtype, "cuda")
