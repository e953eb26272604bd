"""Words of mt19937, and how a call's elements are shared out over the lanes."""

from __future__ import annotations

import numpy as np
import pytest

from regluon.random.mt import Block, Lanes, Stream, blocks


def words(seed: int, count: int) -> np.ndarray:
    """The same by NumPy's frozen legacy interface."""
    return np.random.RandomState(seed).randint(0, 2**32, count, np.uint32)


@pytest.mark.parametrize("seed", [0, 1, 5489, 2**32 - 1])
def test_stream_is_mt19937(seed: int) -> None:
    stream = Stream(seed)
    drawn = np.concatenate([stream.take(n) for n in (1, 5, 700, 3)])
    np.testing.assert_array_equal(drawn, words(seed, 709))


def test_stream_has_the_standard_seeds_ten_thousandth_word() -> None:
    # ISO C++ names this number: [rand.predef] of std::mt19937.
    assert Stream(5489).take(10000)[-1] == 4123659995


@pytest.mark.parametrize(
    ("size", "lanes", "share"),
    [
        (1, 1, 1),
        (64, 1, 64),
        (65, 2, 33),
        (129, 3, 43),
        (65536, 1024, 64),
        (65537, 1009, 65),
        (10**6, 1024, 977),
    ],
)
def test_elements_are_shared_out_as_in_mxnet(size: int, lanes: int, share: int) -> None:
    owner = np.full(size, -1)
    for block in blocks(size, 100, 300):
        rows = block.of(owner)
        assert (rows == -1).all()
        rows[:] = np.arange(block.first, block.last)[:, None]
    np.testing.assert_array_equal(owner, np.arange(size) // share)
    assert owner[-1] == lanes - 1


def test_no_elements_are_no_blocks() -> None:
    assert list(blocks(0, 100, 300)) == []


def test_each_lane_goes_on_where_it_was() -> None:
    lanes = Lanes(2**32 - 2)
    both, second = Block(0, 3, 0, 1, 0, 1), Block(1, 2, 0, 1, 0, 1)
    parts: list[list[np.ndarray]] = [[], [], []]
    for count in (3, 700, 5000):
        for part, row in zip(parts, lanes.take(both, count).copy(), strict=True):
            part.append(row)
        parts[1].append(lanes.take(second, 7)[0].copy())
    for lane, part in enumerate(parts):
        drawn = np.concatenate(part)
        np.testing.assert_array_equal(drawn, words((2**32 - 2 + lane) % 2**32, drawn.size))


def test_words_peeked_at_come_again_unless_skipped() -> None:
    lanes, block = Lanes(9), Block(0, 2, 0, 1, 0, 1)
    seen = lanes.peek(block, 6).copy()
    lanes.skip(block, np.array([4, 1]))
    again = lanes.take(block, 2)
    np.testing.assert_array_equal(again, [seen[0, 4:6], seen[1, 1:3]])


def test_seeding_begins_anew_and_makes_engines_only_when_needed() -> None:
    lanes, block = Lanes(3), Block(0, 4, 0, 1, 0, 1)
    first = lanes.take(block, 10).copy()
    lanes.seed(3)
    np.testing.assert_array_equal(lanes.take(Block(0, 1, 0, 1, 0, 1), 10), first[:1])
    assert not lanes._streams
    np.testing.assert_array_equal(lanes.take(Block(1, 4, 0, 1, 0, 1), 10), first[1:])
    lanes.take(Block(1, 2, 0, 1, 0, 1), 600)
    assert list(lanes._streams) == [1]


@pytest.mark.parametrize("counts", [(300, 12, 1, 624), (313, 5), (5, 2000), (1, 311, 625)])
def test_a_lane_that_outgrows_its_first_words_goes_on_also_after_seeding(counts: tuple[int, ...]) -> None:
    lanes, block = Lanes(1), Block(0, 2, 0, 1, 0, 1)
    for seed in (8, 9, 8):
        lanes.seed(seed)
        drawn = np.concatenate([lanes.take(block, count).copy() for count in counts], axis=1)
        for lane in (0, 1):
            np.testing.assert_array_equal(drawn[lane], words(seed + lane, drawn.shape[1]))
