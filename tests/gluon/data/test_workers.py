"""Batches made by worker processes and threads: their order, and errors."""

from __future__ import annotations

import json
import multiprocessing
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import regluon as mx
from gluon.data import loaders
from regluon.gluon.data import DataLoader, SimpleDataset, workers
from regluon.gluon.data.processes import WorkerTimeoutError

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "gluon.json").read_text())["loaders"]
PROCESSES, THREADS = {"num_workers": 2}, {"num_workers": 2, "thread_pool": True}
BOTH = pytest.mark.parametrize("kind", [PROCESSES, THREADS], ids=["processes", "threads"])
TWENTY = SimpleDataset([np.float32(i) for i in range(20)])


def numbers(batches: Any) -> list[float]:
    return [n for batch in batches for n in batch.asnumpy().tolist()]


def at(place: int, act: Callable[[], Any]) -> SimpleDataset:
    """Twenty examples; the one at ``place`` does something."""
    return TWENTY.transform(lambda x: act() if x == place else x)  # type: ignore[return-value]


@BOTH
@pytest.mark.parametrize(
    "more", [{}, {"prefetch": 0}, {"prefetch": 50}], ids=["ahead", "none ahead", "far ahead"]
)
@pytest.mark.parametrize("name", ["both", "types", "more types", "a list", "rollover", "discard"])
def test_batches_are_those_of_mxnet(name: str, kind: Any, more: Any) -> None:
    assert json.loads(json.dumps(loaders.run(mx, name, **kind, **more))) == RECORDED[name]


@BOTH
def test_auto_reload(kind: Any) -> None:
    # MXNet 1.9.1 draws the order of a round when it begins it, so before the round before has been used up.
    np.random.seed(0)  # noqa: NPY002
    loader = DataLoader(SimpleDataset(list(range(5))), 2, shuffle=True, auto_reload=True, **kind)
    drawn = np.random.randint(100)  # noqa: NPY002
    rounds = [numbers(loader) for _ in range(2)]
    loader.clean()
    np.random.seed(0)  # noqa: NPY002
    expected = []
    for _ in range(3):
        order = np.arange(5)
        np.random.shuffle(order)  # noqa: NPY002
        expected.append(order.tolist())
        if len(expected) == 1:
            assert np.random.randint(100) == drawn  # noqa: NPY002
    assert rounds == expected[:2]


@BOTH
def test_rounds_at_the_same_time(kind: Any) -> None:
    loader = DataLoader(TWENTY, 3, **kind)
    for one, other in zip(loader, loader, strict=True):
        assert one.asnumpy().tolist() == other.asnumpy().tolist()


@BOTH
def test_a_round_that_is_left_early(kind: Any) -> None:
    loader = DataLoader(TWENTY, 2, **kind)
    for _ in range(5):
        for batch in loader:
            assert numbers([batch]) == [0, 1]
            break
    assert numbers(loader) == list(range(20))


@BOTH
def test_several_threads_share_a_loader(kind: Any) -> None:
    loader, found = DataLoader(TWENTY, 3, **kind), list[list[float]]()
    threads = [threading.Thread(target=lambda: found.append(numbers(loader))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [list(map(float, range(20)))] * 3


@BOTH
def test_an_error_keeps_its_type_and_its_traceback(kind: Any) -> None:
    def broken() -> None:
        raise KeyError("seven")

    loader = DataLoader(at(7, broken), 2, **kind)
    seen = []
    with pytest.raises(KeyError, match="seven") as error:
        seen.extend(loader)
    assert numbers(seen) == [0, 1, 2, 3, 4, 5]
    assert "in broken" in "".join(traceback.format_exception(error.value))
    assert len(next(iter(loader))) == 2


@BOTH
def test_timeout(kind: Any) -> None:
    end = threading.Event()
    loader = DataLoader(at(7, lambda: end.wait(60)), 2, timeout=1, **kind)
    try:
        with pytest.raises(WorkerTimeoutError, match="more than 1 s") as error:
            list(loader)
    finally:
        end.set()
    assert isinstance(error.value, (mx.MXNetError, multiprocessing.TimeoutError))
    with pytest.raises(AssertionError, match="timeout must be positive, given 0"):
        DataLoader(TWENTY, 2, timeout=0)


def test_threads_where_processes_cannot_share_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "AVAILABLE", False)
    loader = DataLoader(TWENTY, 2, **PROCESSES)
    assert numbers(loader) == list(range(20))
    assert not multiprocessing.active_children()
