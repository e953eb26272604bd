"""The first words of many engines at once, and seeds that are expected."""

from __future__ import annotations

import numpy as np
import pytest

from regluon import nd, random
from regluon.random.beginnings import MANY, MOST, first_words
from regluon.random.mt import Block, Lanes
from regluon.random.numbers import normals, uniforms_of

SEEDS = (0, 1270, 2540, 5)


def words(seed: int, count: int) -> np.ndarray:
    """The same by NumPy's frozen legacy interface."""
    return np.random.RandomState(seed).randint(0, 2**32, count, np.uint32)


@pytest.mark.parametrize(("engines", "count"), [(1, 1), (3, MOST), (300, 208), (1024, 17)])
def test_they_are_each_engines_own(engines: int, count: int) -> None:
    seeds = np.arange(engines, dtype=np.uint32) * np.uint32(4_000_037)
    expected = np.stack([words(int(seed), count) for seed in seeds])
    np.testing.assert_array_equal(first_words(seeds, count), expected)


@pytest.mark.parametrize("lanes", [1, MANY - 1, MANY, 1024])
def test_lanes_begin_with_them(lanes: int) -> None:
    drawn = Lanes(2**32 - 3).take(Block(0, lanes, 0, 1, 0, 1), 9)
    expected = np.stack([words((2**32 - 3 + lane) % 2**32, 9) for lane in range(lanes)])
    np.testing.assert_array_equal(drawn, expected)


def some_calls(lanes: Lanes, sizes: list[int]) -> list[np.ndarray]:
    return [normals(lanes, size, False) for size in sizes]


@pytest.mark.parametrize("order", [SEEDS, SEEDS[::-1], (1270, 77, 2540, 1270)])
def test_expected_seeds_give_their_numbers_whatever_comes(order: tuple[int, ...]) -> None:
    lanes = Lanes(99)
    lanes.expect(SEEDS)
    for position, seed in enumerate(order):
        sizes = [[130, 20000, 300], [20000, 65536], [70000, 65, 500], [1, 7000]][position]
        lanes.seed(seed)
        for drawn, plain in zip(some_calls(lanes, sizes), some_calls(Lanes(seed), sizes), strict=True):
            np.testing.assert_array_equal(drawn, plain)


def test_expected_seeds_begin_together(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counted(seeds: np.ndarray, count: int) -> np.ndarray:
        made.append(len(seeds))
        return first_words(seeds, count)

    monkeypatch.setattr("regluon.random.mt.first_words", counted)
    numbers = range(0, 300, 10)
    with random.expecting(numbers):
        for number in numbers:
            random.seed(number)
            nd.random.normal(shape=(64 * 375,))
    assert made == [375 * 10] * 3  # as many as 4096 lanes allow
    random.seed(0)
    nd.random.normal(shape=(64 * 375,))
    assert made == [*[375 * 10] * 3, 375]  # none is expected any more


def test_the_largest_word_is_below_one() -> None:
    largest = np.full(4, 2**32 - 1, np.uint32)
    assert uniforms_of(largest, False).tolist() == [1 - 2.0**-24] * 4
    assert uniforms_of(largest, True).tolist() == [1 - 2.0**-53] * 2
    assert uniforms_of(largest[:0], False).size == 0
