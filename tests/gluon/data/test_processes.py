"""Worker processes: what comes over from them, how they die, and what is left behind."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from gluon.data import loaders
from gluon.data.conftest import maps_messages, open_files
from regluon import nd
from regluon.gluon.data import DataLoader, SimpleDataset, processes

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "gluon.json").read_text())["loaders"]
PROCESSES = {"num_workers": 2}
TWENTY = SimpleDataset([np.float32(i) for i in range(20)])


def numbers(batches: Any) -> list[float]:
    return [n for batch in batches for n in batch.asnumpy().tolist()]


def at(place: int, act: Callable[[], Any]) -> SimpleDataset:
    """Twenty examples; the one at ``place`` does something."""
    return TWENTY.transform(lambda x: act() if x == place else x)  # type: ignore[return-value]


class TwoArguments(Exception):  # noqa: N818
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def test_an_error_that_cannot_be_sent_is_told() -> None:
    def broken() -> None:
        raise TwoArguments(1, 2)

    with pytest.raises(mx.MXNetError, match="TwoArguments: 1 and 2"):
        list(DataLoader(at(7, broken), 2, **PROCESSES))


def test_a_batch_that_cannot_be_sent_is_told() -> None:
    with pytest.raises((AttributeError, TypeError), match=r"(?i)can't pickle"):
        list(DataLoader(at(7, lambda: lambda: 1), 2, batchify_fn=list, **PROCESSES))


@pytest.mark.parametrize(
    ("act", "fate"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "was killed by signal 9"),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), "was killed by signal 15"),
        (lambda: sys.exit(3), "ended with exit code 3"),
        (lambda: os._exit(0), "ended with exit code 0"),
    ],
)
def test_a_worker_that_dies(act: Callable[[], Any], fate: str) -> None:
    loader, seen, start = DataLoader(at(7, act), 2, **PROCESSES), [], time.monotonic()
    with pytest.raises(mx.MXNetError, match=f"worker process [0-9]+ {fate}"):
        seen.extend(loader)
    assert numbers(seen) == [0, 1, 2, 3, 4, 5]
    assert time.monotonic() - start < 10
    # New workers begin with the next round.
    assert numbers([next(iter(loader))]) == [0, 1]


def test_an_idle_worker_that_dies() -> None:
    loader = DataLoader(TWENTY, 2, **PROCESSES)
    assert numbers(loader) == list(range(20))
    os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
    with pytest.raises(mx.MXNetError, match="was killed by signal 9"):
        list(loader)
    assert numbers(loader) == list(range(20))


def test_workers_end_with_their_loader() -> None:
    loader = DataLoader(at(7, lambda: time.sleep(60)), 2, **PROCESSES)
    batches = iter(loader)
    next(batches)
    children = multiprocessing.active_children()
    assert len(children) == 2
    del loader, batches
    gc.collect()
    assert not any(worker.is_alive() for worker in children)


def test_arrays_of_every_kind_come_over() -> None:
    arrays = [
        nd.array([[1, 2], [3, 4]], dtype=t)
        for t in ("float32", "float64", "float16", "int8", "uint8", "int32", "int64", "bool", "bfloat16")
    ] + [nd.zeros((0, 3)), nd.ones((2, 3), ctx=mx.cpu(1)), nd.ones((3, 4)).T]
    value = {"arrays": arrays, "numpy": np.arange(6).reshape(2, 3)[:, ::2], "text": "x" * 1_000_000}
    (found,) = DataLoader([value], 1, batchify_fn=lambda batch: batch[0], num_workers=1)
    for array, expected in zip(found["arrays"], arrays, strict=True):
        assert (array.dtype, array.shape, array.context) == (expected.dtype, expected.shape, expected.context)
        assert array.asnumpy().tobytes() == expected.asnumpy().tobytes()
        array[:] = 0
    found["numpy"] += 1
    assert (found["numpy"].tolist(), found["text"]) == ([[1, 3], [4, 6]], value["text"])


def test_many_batches_may_be_kept() -> None:
    size = 20_000
    dataset = SimpleDataset(list(range(1500))).transform(lambda i: np.full(size, i, "float32"))
    batches = list(DataLoader(dataset, 1, **PROCESSES))
    assert open_files() < 100
    assert maps_messages()
    assert [batch[0, size - 1].asscalar() for batch in batches] == list(range(1500))


def test_workers_do_not_hear_ctrl_c() -> None:
    loader = DataLoader(TWENTY, 2, **PROCESSES)
    next(iter(loader))
    for worker in multiprocessing.active_children():
        os.kill(worker.pid or 0, signal.SIGINT)
    assert numbers(loader) == list(range(20))


def test_torch_may_have_used_threads_before() -> None:
    left, right = nd.ones((600, 600)), nd.ones((600, 600))
    assert nd.dot(left, right)[0, 0].asscalar() == 600
    dataset = SimpleDataset(list(range(8))).transform(lambda i: nd.dot(left, right)[0] + i)
    assert [batch[0, 0].asscalar() for batch in DataLoader(dataset, 1, **PROCESSES)] == list(range(600, 608))


@pytest.mark.slow
def test_where_processes_are_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_METHOD", "spawn")
    loader = loaders.build(mx, "types", num_workers=1)
    np.random.seed(loaders.SEED)  # noqa: NPY002
    found = [[loaders.described(batch) for batch in loader], len(loader)]
    assert json.loads(json.dumps(found)) == RECORDED["types"][0][0]
