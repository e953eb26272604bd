"""Whose generator is whose, and seeding."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import torch

from regluon import random
from regluon.base import MXNetError
from regluon.context import cpu, cpu_pinned, cpu_shared, gpu, num_gpus
from regluon.random import generator, seed


def next_numbers(count: int = 3) -> list[float]:
    return generator(cpu()).uniform(0, 1, (count,), torch.float32).tolist()


def next_outcomes() -> list[int]:
    return generator(cpu()).multinomial(torch.full((1000,), 1e-3), 3).tolist()


def test_cpu_contexts_share_their_streams() -> None:
    contexts = (cpu(0), cpu(1), cpu_pinned(0), cpu_shared(3))
    assert len({id(generator(c)) for c in contexts}) == 1


# What MXNet 1.9.1 draws after the seed: uniform numbers, and outcomes of 1000 equally likely ones.
SEEDED: list[tuple[Any, list[float], list[int]]] = [
    ((7,), [0.42855945, 0.91751623, 0.80797774], [428, 917, 807]),
    ((9, cpu(1)), [0.07122256, 0.73195606, 0.03979504], [10, 364, 501]),
]


@pytest.mark.parametrize(("arguments", "numbers", "outcomes"), SEEDED)
def test_seed_is_mxnets(arguments: Any, numbers: list[float], outcomes: list[int]) -> None:
    seed(*arguments)
    assert next_numbers() == np.array(numbers, np.float32).tolist()
    assert next_outcomes() == outcomes


@pytest.mark.parametrize("same", [np.int64(5), 2**32 + 5, 5 - 2**32])
def test_the_lower_32_bits_of_a_seed_count(same: Any) -> None:
    seed(5)
    expected = next_numbers()
    seed(same, ctx="all")
    assert next_numbers() == expected


def test_true_is_one() -> None:
    seed(1)
    expected = next_numbers()
    seed(True)
    assert next_numbers() == expected


@pytest.mark.parametrize("bad", [3.0, "3", None])
def test_what_is_no_integer_is_no_seed(bad: Any) -> None:
    with pytest.raises(ValueError, match="must be an int"):
        seed(bad)


@pytest.mark.parametrize("bad", [3, None, [cpu()]])
def test_what_is_no_context_is_refused(bad: Any) -> None:
    with pytest.raises((TypeError, MXNetError), match=r"context|device type"):
        seed(1, ctx=bad)


def test_a_gpu_that_is_not_there_has_no_generator_but_may_be_seeded() -> None:
    absent = gpu(num_gpus())
    seed(3)
    expected = next_numbers()
    seed(3)
    seed(8, ctx=absent)
    assert next_numbers() == expected
    with pytest.raises(MXNetError, match="is not there"):
        generator(absent)


def test_threads_get_each_number_once() -> None:
    seed(21)
    expected = sorted(next_numbers(60 * 64))
    seed(21)
    drawn: list[float] = []
    # Each call is one lane's, so together they draw the first lane's numbers, in any order.
    threads = [threading.Thread(target=lambda: drawn.extend(next_numbers(60))) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seed(21)
    in_order = [n for _ in range(64) for n in next_numbers(60)]
    assert sorted(drawn) == sorted(in_order) != expected


def test_module_has_the_functions_above_it() -> None:
    from regluon import nd

    assert random.normal is nd.random.normal
    assert "shuffle" in dir(random)
    with pytest.raises(AttributeError, match="no attribute 'norml'"):
        random.norml  # noqa: B018
