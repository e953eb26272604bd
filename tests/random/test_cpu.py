"""MXNet's streams on CPU contexts, against numbers that MXNet 1.9.1 drew (tests/oracle/record_random.py)."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from regluon.base import MXNetError, torch_dtype
from regluon.random import MXNetGenerator

DATA = np.load(Path(__file__).parents[1] / "data" / "random.npz")
PROGRAMS = json.loads(DATA["programs"].tobytes())

# Float64 logarithms are not rounded alike everywhere; all other numbers are equal to the last bit.
CLOSE = {("normal", "float64"), ("exponential", "float64"), ("gamma", "float64")}


def seeded(seed: Any) -> MXNetGenerator:
    generator = MXNetGenerator()
    if isinstance(seed, list):
        generator.seed(seed[0], own=True)
    elif seed is not None:
        generator.seed(seed)
    return generator


def argument(value: Any) -> Any:
    if isinstance(value, dict):
        return torch.from_numpy(np.array(value["array"], value["dtype"]))
    return value


def draw(generator: MXNetGenerator, name: str, args: list[Any], shape: list[int], dtype: str) -> np.ndarray:
    kind, given = torch_dtype(dtype), tuple(shape)
    if name == "shuffle":
        drawn = generator.shuffle(torch.arange(int(np.prod(shape)), dtype=torch.int32).reshape(given))
    elif name == "multinomial":
        drawn = generator.multinomial(args[0], shape[0]).to(kind)
    elif name == "dropout":
        drawn = generator.dropout(given, args[0], kind, *map(tuple, args[1:]))
    else:
        drawn = getattr(generator, name)(*args, given, kind)
    return drawn.numpy()


def same(drawn: np.ndarray, recorded: np.ndarray, crc: int | None, exact: bool) -> None:
    if exact and crc is not None:
        assert zlib.crc32(np.ascontiguousarray(drawn).tobytes()) == crc
    if crc is not None:
        drawn = drawn.ravel()[np.linspace(0, drawn.size - 1, 64).astype(int)]
    if exact:
        np.testing.assert_array_equal(drawn, recorded)
    else:
        np.testing.assert_allclose(drawn, recorded, rtol=2e-15, atol=1e-17)


def describe(program: dict[str, Any]) -> str:
    first = program["calls"][0]
    rest = f"{first['dtype']}-{zlib.crc32(json.dumps(program['calls']).encode()):x}"
    return f"{first['name']}-{rest}-seed-{program['seed']}".replace(" ", "")


@pytest.mark.parametrize("number", range(len(PROGRAMS)), ids=[describe(p) for p in PROGRAMS])
def test_calls_draw_mxnets_numbers(number: int) -> None:
    program = PROGRAMS[number]
    generator = seeded(program["seed"])
    for position, call in enumerate(program["calls"]):
        name, dtype = call["name"], call["dtype"]
        drawn = draw(generator, name, [argument(a) for a in call["args"]], call["shape"], dtype)
        assert list(drawn.shape) == call["result"]
        exact = (name, dtype) not in CLOSE
        same(drawn, DATA[f"{number}_{position}"], call["crc"], exact)


def test_who_seeds_nothing_sees_the_numbers_of_the_books() -> None:
    drawn = MXNetGenerator().normal(0, 1, (3,), torch.float32)
    assert drawn.numpy().tolist() == np.array([2.2122064, 0.7740038, 1.0434403], np.float32).tolist()


def test_results_are_fresh_and_contiguous() -> None:
    generator = MXNetGenerator()
    first = generator.uniform(0, 1, (2, 3), torch.float32)
    kept = first.clone()
    generator.uniform(0, 1, (2, 3), torch.float32)
    assert torch.equal(first, kept)
    assert first.is_contiguous()


@pytest.mark.parametrize("name", ["uniform", "normal", "gamma"])
def test_nothing_is_drawn_for_no_element(name: str) -> None:
    generator, other = MXNetGenerator(), MXNetGenerator()
    assert getattr(generator, name)(1, 2, (0, 3), torch.float32).shape == (0, 3)
    assert torch.equal(generator.normal(0, 1, (4,), torch.float32), other.normal(0, 1, (4,), torch.float32))


def test_an_outcome_too_many_is_the_last() -> None:
    # MXNet answers 2 where probabilities sum up to less than the number drawn.
    drawn = MXNetGenerator().multinomial(torch.tensor([0.1, 0.1]), 8)
    assert drawn.max() == 1


def test_impossible_parameters_are_an_error() -> None:
    with pytest.raises(MXNetError, match="alpha can't be -5"):
        MXNetGenerator().gamma(torch.tensor([-5.0]), torch.tensor([1.0]), (3,), torch.float32)
    with pytest.raises(MXNetError, match="mean can't be inf"):
        MXNetGenerator().negative_binomial(torch.tensor([2.0]), torch.tensor([0.0]), (3,), torch.float32)
