"""Operators that draw random numbers: attributes, defaults and bad input. The numbers: tests/random."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from regluon.base import MXNetError
from regluon.ops.registry import OPERATORS
from regluon.random import MXNetGenerator

DISTRIBUTIONS: dict[str, tuple[float, ...]] = {
    "uniform": (1.0, 2.0),
    "normal": (1.0, 2.0),
    "exponential": (2.0,),
    "gamma": (2.0, 0.5),
    "poisson": (3.0,),
    "negative_binomial": (3, 0.25),
    "generalized_negative_binomial": (3.0, 0.5),
}


def call(name: str, *arrays: torch.Tensor, seed: int = 4, **attributes: Any) -> Any:
    op = OPERATORS[name]
    return op.compute(*arrays, **{**op.read_all(attributes), op.generator: MXNetGenerator(seed)})


def named(name: str) -> dict[str, float]:
    return dict(zip(OPERATORS[f"_random_{name}"].attributes, DISTRIBUTIONS[name], strict=False))


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_three_forms_of_a_distribution_draw_the_same(name: str) -> None:
    parameters = DISTRIBUTIONS[name]
    plain = call(f"_random_{name}", **named(name), shape=(4, 50), dtype="float64")
    like = call(f"_random_{name}_like", torch.zeros(4, 50, dtype=torch.float64), **named(name))
    arrays = [torch.full((4,), p, dtype=torch.float32) for p in parameters]
    sampled = call(f"_sample_{name}", *arrays, shape=(50,), dtype="float64")
    assert torch.equal(plain, like)
    assert torch.equal(plain, sampled)
    assert plain.shape == (4, 50)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_defaults_and_strings(name: str) -> None:
    attributes = {key: str(value) for key, value in named(name).items()}
    drawn = call(f"_random_{name}", **attributes, shape="(3, 2)")
    assert (drawn.shape, drawn.dtype) == ((3, 2), torch.float32)
    assert torch.equal(drawn, call(f"random_{name}", **named(name), shape=(3, 2), dtype="float32"))
    array = torch.ones(2, 3, dtype=torch.float64)
    sampled = call(f"_sample_{name}", *[array] * len(DISTRIBUTIONS[name]))
    assert (sampled.shape, sampled.dtype) == ((2, 3), torch.float32)


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("uniform", {"low": 1, "high": 0}, "high=0.0 must be at least low=1.0"),
    ("normal", {"scale": 0}, "scale=0.0 must be positive"),
    ("exponential", {"lam": -1}, "lam=-1.0 must be positive"),
    ("gamma", {"alpha": 0}, "alpha=0.0 must be positive"),
    ("gamma", {"beta": 0}, "beta=0.0 must be positive"),
    ("poisson", {"lam": -3}, "lam=-3.0 must be 0 or more"),
    ("poisson", {"lam": float("inf")}, "lam=inf must be 0 or more"),
    ("negative_binomial", {"k": -1}, "k=-1 must be 0 or more"),
    ("negative_binomial", {"k": 0.5}, "k=0.5 can't be read"),
    ("negative_binomial", {"p": 0}, "p=0.0 must be a probability above 0"),
    ("generalized_negative_binomial", {"mu": -1}, "mu=-1.0 must be 0 or more"),
    ("generalized_negative_binomial", {"alpha": -1}, "alpha=-1.0 must be 0 or more"),
    ("randint", {"low": 5, "high": 5}, "high=5 must be more than low=5"),
    ("randint", {"low": 0, "high": 2**63}, "must be an integer of 64 bits"),
    ("randint", {"low": 0, "high": 5, "dtype": "float32"}, "must be int32 or int64"),
    ("uniform", {"dtype": "int32"}, "dtype='int32' must be float16, float32 or float64"),
    ("uniform", {"shape": ()}, "shape, of at least one axis, is required"),
    ("uniform", {"shape": (3, -1)}, "must be without negative numbers"),
]


@pytest.mark.parametrize(("name", "attributes", "message"), BAD)
def test_bad_parameters_are_errors(name: str, attributes: dict[str, Any], message: str) -> None:
    with pytest.raises(MXNetError, match=message.replace("(", r"\(").replace(".", r"\.")):
        call(f"_random_{name}", **{"shape": (2,), **attributes})


def test_arrays_of_parameters_must_be_alike() -> None:
    with pytest.raises(MXNetError, match=r"of one shape, but are of \(2,\) and \(3,\)"):
        call("_sample_uniform", torch.zeros(2), torch.ones(3))


def test_randint_is_of_int32() -> None:
    drawn = call("_random_randint", low=-3, high=3, shape=(400,))
    assert drawn.dtype == torch.int32
    assert drawn.unique().tolist() == [-3, -2, -1, 0, 1, 2]


PROBABILITIES = torch.tensor([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0]])


@pytest.mark.parametrize(
    ("data", "shape", "result"),
    [
        (PROBABILITIES, (), (2,)),
        (PROBABILITIES, (4,), (2, 4)),
        (PROBABILITIES, (4, 5), (2, 4, 5)),
        (PROBABILITIES[0], (), (1,)),
        (PROBABILITIES[0], (6,), (6,)),
        (PROBABILITIES.reshape(2, 1, 3), (4,), (2, 1, 4)),
    ],
)
def test_multinomial_shapes(data: torch.Tensor, shape: tuple[int, ...], result: tuple[int, ...]) -> None:
    drawn, logs = call("_sample_multinomial", data, shape=shape, get_prob=True)
    assert drawn.shape == logs.shape == result
    assert (drawn.dtype, logs.dtype) == (torch.int32, torch.float32)
    rows = data.reshape(-1, 1, 3).expand(-1, drawn.numel() // data[..., 0].numel(), 3).reshape(-1, 3)
    picked = rows[torch.arange(drawn.numel()), drawn.reshape(-1).long()]
    torch.testing.assert_close(logs.reshape(-1), torch.log(picked))


@pytest.mark.parametrize("bad", [{"dtype": "int64"}, {"data": torch.ones(3, dtype=torch.int32)}])
def test_multinomial_of_wrong_types(bad: dict[str, Any]) -> None:
    attributes = {key: value for key, value in bad.items() if key != "data"}
    with pytest.raises(MXNetError, match="must be"):
        call("_sample_multinomial", bad.get("data", PROBABILITIES), **attributes)


def test_shuffle_moves_rows() -> None:
    data = torch.arange(40).reshape(20, 2)
    drawn = call("_shuffle", data)
    assert not torch.equal(drawn, data)
    assert torch.equal(drawn[drawn[:, 0].argsort()], data)
