"""Samplers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regluon.gluon.data import BatchSampler, FilterSampler, RandomSampler, Sampler, SequentialSampler


def test_sequential() -> None:
    assert list(SequentialSampler(3)) == [0, 1, 2]
    assert list(SequentialSampler(2, 3)) == [3, 4]
    assert (len(SequentialSampler(2, 3)), list(SequentialSampler(0))) == (2, [])


def test_random_is_numpys_shuffle() -> None:
    # MXNet 1.9.1: numpy.random.seed(3); list(RandomSampler(5))
    np.random.seed(3)  # noqa: NPY002
    sampler = RandomSampler(5)
    rounds = [list(sampler), list(sampler)]
    assert rounds[0] == [3, 4, 1, 0, 2]
    assert {type(i) for i in rounds[0]} == {np.int64}
    assert sorted(rounds[1]) == [0, 1, 2, 3, 4]
    assert rounds[1] != rounds[0]
    assert len(sampler) == 5
    assert list(RandomSampler(0)) == []


def test_filter() -> None:
    sampler = FilterSampler(lambda x: x > 1, [0, 3, 1, 5])
    assert (list(sampler), len(sampler)) == ([1, 3], 2)


@pytest.mark.parametrize(
    ("last", "rounds"),
    [
        ("keep", [([[0, 1, 2], [3, 4, 5], [6]], 3)] * 3),
        ("discard", [([[0, 1, 2], [3, 4, 5]], 2)] * 3),
        (
            "rollover",
            [
                ([[0, 1, 2], [3, 4, 5]], 2),
                ([[6, 0, 1], [2, 3, 4]], 3),
                ([[5, 6, 0], [1, 2, 3], [4, 5, 6]], 2),
            ],
        ),
    ],
)
def test_batches_and_what_is_left_over(last: str, rounds: Any) -> None:
    sampler = BatchSampler(SequentialSampler(7), 3, last)
    # The second is the length after each round, as MXNet 1.9.1 tells it.
    assert [(list(sampler), len(sampler)) for _ in range(3)] == rounds


def test_batches_of_any_sampler() -> None:
    assert list(BatchSampler([3, "a", (1, 2)], 2)) == [[3, "a"], [(1, 2)]]
    assert list(BatchSampler(iter("abc"), 1)) == [["a"], ["b"], ["c"]]


def test_a_round_that_was_left_early_leaves_nothing_over() -> None:
    sampler = BatchSampler(SequentialSampler(7), 3, "rollover")
    next(iter(sampler))
    assert list(sampler) == [[0, 1, 2], [3, 4, 5]]


def test_bad_arguments() -> None:
    with pytest.raises(
        ValueError, match="last_batch must be one of 'keep', 'discard', or 'rollover', but got foo"
    ):
        BatchSampler(SequentialSampler(7), 3, "foo")
    with pytest.raises(ValueError, match="batch_size must be at least 1, but got 0"):
        BatchSampler(SequentialSampler(7), 0)


def test_subclasses_define_both() -> None:
    for call in (len, iter):
        with pytest.raises(NotImplementedError, match="Sampler does not define"):
            call(Sampler())
