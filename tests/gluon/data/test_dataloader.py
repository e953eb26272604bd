"""DataLoader: its batches are MXNet's, gathered at once or one by one, and belong to nobody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from gluon.data import loaders
from regluon import autograd, nd
from regluon.gluon.data import ArrayDataset, BatchSampler, DataLoader, SequentialSampler, SimpleDataset
from regluon.gluon.data.batchify import default_batchify_fn, gathered_batches

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "gluon.json").read_text())["loaders"]
ROWS = np.arange(22, dtype="float32").reshape(11, 2)


def tolist(batches: Any) -> Any:
    return [batch.asnumpy().tolist() for batch in batches]


@pytest.mark.parametrize("batchify", [None, default_batchify_fn], ids=["at once", "one by one"])
@pytest.mark.parametrize("name", loaders.LOADERS)
def test_batches_are_those_of_mxnet(name: str, batchify: Any) -> None:
    assert json.loads(json.dumps(loaders.run(mx, name, batchify_fn=batchify))) == RECORDED[name]


@pytest.mark.parametrize("name", loaders.LOADERS)
def test_arrays_are_gathered_at_once(name: str) -> None:
    loader = loaders.build(mx, name)
    at_once = gathered_batches(loader._dataset, loader._batch_sampler) is not None
    assert at_once == (name not in ("a list", "rollover"))


@pytest.mark.parametrize("rows", [1 << 13, 1 << 15])
def test_rounds_of_several_chunks(rows: int) -> None:
    column = np.arange(rows * 20, dtype="float32").reshape(rows, 20)
    loader = DataLoader(ArrayDataset(nd.array(column), column[:, 0].copy()), 100)
    for start, (x, y) in zip(range(0, rows, 100), loader, strict=True):
        np.testing.assert_array_equal(x.asnumpy(), column[start : start + 100])
        np.testing.assert_array_equal(y.asnumpy(), column[start : start + 100, 0])


@pytest.mark.parametrize("column", [nd.array(ROWS), ROWS.copy()], ids=["NDArray", "NumPy"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_own_their_values(column: Any, shuffle: bool) -> None:
    loader = DataLoader(ArrayDataset(column), 4, shuffle=shuffle)
    batches = list(loader)
    kept = tolist(batches)
    batches[1][:] = -1
    column[:] = -2
    assert tolist(batches) == [kept[0], [[-1.0, -1.0]] * 4, kept[2]]
    assert tolist(loader)[0] == [[-2.0, -2.0]] * 4


def test_what_is_written_between_rounds_is_seen() -> None:
    features = nd.array(ROWS)
    loader = DataLoader(ArrayDataset(features), 11)
    features[0] = 50
    assert next(iter(loader))[0].asnumpy().tolist() == [50, 50]


@pytest.mark.parametrize("make", ["memmap", "read-only", "big-endian", "matrix", "masked"])
def test_arrays_of_other_kinds(make: str, tmp_path: Path) -> None:
    column: Any = ROWS.copy()
    if make == "memmap":
        column = np.memmap(tmp_path / "rows", "float32", "w+", shape=ROWS.shape)
        column[:] = ROWS
    elif make == "read-only":
        column.flags.writeable = False
    elif make == "big-endian":
        column = ROWS.astype(">f4")
    elif make == "masked":
        column = np.ma.masked_array(ROWS)
    expected = [default_batchify_fn([column[i] for i in range(s, min(s + 4, 11))]) for s in (0, 4, 8)]
    assert tolist(DataLoader(ArrayDataset(column), 4)) == tolist(expected)


def test_a_column_with_a_gradient_is_read_one_by_one() -> None:
    features = nd.array(ROWS)
    features.attach_grad()
    with autograd.record():
        (batch,) = DataLoader(ArrayDataset(features), 11)
        loss = (batch * 2).sum()
    loss.backward()
    assert features.grad.asnumpy().tolist() == [[2.0, 2.0]] * 11


@pytest.mark.parametrize("sampler", [SequentialSampler(12), SequentialSampler(3, -2), [10, 0, -1]])
def test_samplers_that_leave_the_data_set(sampler: Any) -> None:
    batches = iter(DataLoader(ArrayDataset(nd.array(ROWS)), 2, sampler=sampler))
    expected = [ROWS[i].tolist() for i in list(sampler)[:2]]
    assert next(batches).asnumpy().tolist() == expected
    if len(sampler) == 12:
        with pytest.raises((IndexError, mx.MXNetError), match="11"):
            list(batches)


@pytest.mark.parametrize(
    ("examples", "expected"),
    [
        ([1, 2, 3], [[1, 2], [3]]),
        ([1.5, 2], [[1.5, 2.0]]),
        ([True, False], [[True, False]]),
        ([[1, 2], [3, 4]], [[[1, 2], [3, 4]]]),
        (nd.arange(3), [[[0.0], [1.0]], [[2.0]]]),
        (ROWS[:2], [ROWS[:2].tolist()]),
    ],
)
def test_any_sequence_is_a_data_set(examples: Any, expected: Any) -> None:
    assert tolist(DataLoader(examples, 2)) == expected


def test_tuples_become_lists_also_nested_ones() -> None:
    ((first, (second, third)),) = DataLoader([(nd.ones((1,)), (1, 2.5)), (nd.zeros((1,)), (3, 4.5))], 2)
    assert (tolist([first, second, third]), second.dtype, third.dtype) == (
        [[[1.0], [0.0]], [1, 3], [2.5, 4.5]],
        np.int64,
        np.float64,
    )


@pytest.mark.parametrize("examples", [["a", "b"], [{"a": 1}], [None]])
def test_examples_that_make_no_array(examples: Any) -> None:
    with pytest.raises(TypeError, match="is not supported; there are float32"):
        list(DataLoader(examples, 2))


def test_batchify_fn() -> None:
    assert list(DataLoader(["a", "b", "c"], 2, batchify_fn="".join)) == ["ab", "c"]
    loader = DataLoader(ArrayDataset(nd.array(ROWS), nd.array(ROWS)), 4, batchify_fn=len)
    assert list(loader) == [4, 4, 3]


def test_sampler_and_batch_sampler() -> None:
    assert tolist(DataLoader([1, 2, 3], 2, sampler=[2, 0])) == [[3, 1]]
    loader = DataLoader([1, 2, 3], batch_sampler=[[0], [2, 1]])
    assert (tolist(loader), len(loader)) == ([[1], [3, 2]], 2)
    batches = BatchSampler(SequentialSampler(3), 2, "discard")
    assert tolist(DataLoader(ArrayDataset(nd.array(ROWS)), batch_sampler=batches)) == [ROWS[:2].tolist()]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "batch_size must be specified unless batch_sampler is specified"),
        ({"batch_size": 2, "sampler": [0], "shuffle": True}, "shuffle must not be specified if sampler"),
        ({"batch_size": 2, "batch_sampler": [[0]]}, "must not be specified if batch_sampler is specified"),
        (
            {"last_batch": "keep", "batch_sampler": [[0]]},
            "must not be specified if batch_sampler is specified",
        ),
        ({"batch_size": 2, "last_batch": "foo"}, "last_batch must be one of"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
    ],
)
def test_arguments_that_contradict_each_other(arguments: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        DataLoader([1], **arguments)


def test_pinned_batches() -> None:
    (batch,) = DataLoader(ArrayDataset(nd.array(ROWS), [3] * 11), 11, pin_memory=True)
    assert (type(batch), tolist(batch)) == (list, [ROWS.tolist(), [3] * 11])
    # A net on the CPU takes them as they are.
    assert batch[0].context is mx.cpu(0)


def test_contexts() -> None:
    for column, context in [(nd.array(ROWS, ctx=mx.cpu(1)), mx.cpu(1)), (ROWS, mx.cpu(2))]:
        with mx.cpu(2):
            found = {batch.context for batch in DataLoader(ArrayDataset(column), 4)}
        assert found == {context}


def test_a_round_begins_when_its_first_batch_is_asked_for() -> None:
    calls: list[int] = []
    loader = DataLoader(SimpleDataset([0, 1, 2]).transform(lambda x: calls.append(x) or x), 1)
    batches = iter(loader)
    assert calls == []
    next(batches)
    assert calls == [0]
    assert (len(list(batches)), len(list(loader)), calls) == (2, 3, [0, 1, 2, 0, 1, 2])
