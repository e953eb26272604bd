"""Data sets and what they are made into."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regluon import nd
from regluon.gluon.data import ArrayDataset, Dataset, SequentialSampler, SimpleDataset

TEN = SimpleDataset(list(range(10)))


def test_simple() -> None:
    assert (len(TEN), TEN[3], TEN[-1], TEN[2:4], list(TEN)) == (10, 3, 9, [2, 3], list(range(10)))
    with pytest.raises(IndexError):
        TEN[10]


def test_subclasses_define_both() -> None:
    for call in (len, lambda dataset: dataset[0]):
        with pytest.raises(NotImplementedError, match="Dataset does not define"):
            call(Dataset())


def test_examples_of_several_arrays() -> None:
    dataset = ArrayDataset(
        nd.array([[1, 2], [3, 4]]), nd.array([5, 6]), np.eye(2), [7, 8], SimpleDataset("ab")
    )
    x, y, row, number, text = dataset[1]
    assert len(dataset) == 2
    assert (x.asnumpy().tolist(), y, row.tolist(), number, text) == ([3, 4], 6, [0, 1], 8, "b")
    # Labels are numbers of NumPy, as MXNet has it.
    assert type(y) is np.float32
    assert [len(example) for example in dataset] == [5, 5]


def test_examples_of_one_array_are_no_tuples() -> None:
    assert ArrayDataset(nd.array([[1, 2], [3, 4]]))[1].asnumpy().tolist() == [3, 4]
    assert ArrayDataset([1, 2])[0] == 1
    first, second = ArrayDataset(np.arange(4), nd.array([[1], [2], [3], [4]]))[1:3]
    assert (first.tolist(), second.asnumpy().tolist()) == ([1, 2], [[2], [3]])


def test_arrays_of_one_length_are_needed() -> None:
    with pytest.raises(AssertionError, match="Needs at least 1 arrays"):
        ArrayDataset()
    with pytest.raises(AssertionError, match=r"array\[0\] has length 2 while array\[1\] has 3"):
        ArrayDataset([1, 2], [1, 2, 3])


def test_transform() -> None:
    pairs = TEN.transform(lambda x: (x, -x))
    assert pairs[3] == (3, -3)
    assert list(pairs.transform(lambda a, b: a + 2 * b)) == [-i for i in range(10)]
    assert list(pairs.transform_first(lambda a: a * 10))[:2] == [(0, 0), (10, -1)]
    assert list(TEN.transform_first(lambda a: a * 10))[:2] == [0, 10]
    assert len(pairs) == 10


def test_transform_now_or_when_asked() -> None:
    calls: list[int] = []

    def note(x: int) -> int:
        calls.append(x)
        return x + 1

    lazy = TEN.transform(note)
    assert calls == []
    assert (lazy[1], lazy[1], calls) == (2, 2, [1, 1])
    now = TEN.transform(note, lazy=False)
    calls.clear()
    assert (type(now), list(now), calls) == (SimpleDataset, list(range(1, 11)), [])


def test_filter() -> None:
    assert list(TEN.filter(lambda x: x % 3 == 0).transform(lambda x: x * 2)) == [0, 6, 12, 18]


@pytest.mark.parametrize(("count", "expected"), [(3, 3), (0, 0), (None, 10), (99, 10)])
def test_take(count: int | None, expected: int) -> None:
    taken = TEN.take(count)
    assert (len(taken), list(taken)) == (expected, list(range(expected)))


def test_shard() -> None:
    assert [list(TEN.shard(3, i)) for i in range(3)] == [[0, 1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert [len(TEN.shard(12, i)) for i in range(12)] == [1] * 10 + [0, 0]
    for shards, index in [(3, 3), (3, -1), (0, 0)]:
        with pytest.raises(AssertionError, match=f"out bound: {index} out of {shards}"):
            TEN.shard(shards, index)


def test_sample() -> None:
    sampled = TEN.sample(SequentialSampler(2, 3))
    assert (list(sampled), sampled[-1], len(sampled)) == ([3, 4], 4, 2)
    wrong: Any = [1, 2]
    with pytest.raises(TypeError, match="Invalid sampler type: <class 'list'>"):
        TEN.sample(wrong)
