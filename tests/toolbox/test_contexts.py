"""Contexts, batches cut over them, and time."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

import d2lzh
import gluonbook
import mxnet as mx

BOOKS = pytest.mark.parametrize("book", [d2lzh, gluonbook])


@BOOKS
@pytest.mark.parametrize("gpus", [0, 1, 2])
def test_contexts(book: Any, gpus: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: gpus)
    assert book.try_gpu() == (mx.gpu(0) if gpus else mx.cpu())
    assert book.try_all_gpus() == ([mx.gpu(i) for i in range(gpus)] or [mx.cpu()])


@BOOKS
def test_get_batch(book: Any) -> None:
    batch = mx.nd.arange(8).reshape((4, 2)), mx.nd.array([0, 1, 2, 3], dtype="int32")
    ctx = [mx.cpu(0), mx.cpu(1)]
    features, labels, size = book._get_batch(batch, ctx)
    assert size == 4
    assert [x.context for x in features] == [y.context for y in labels] == ctx
    assert [y.asnumpy().tolist() for y in labels] == [[0, 1], [2, 3]]
    assert features[1].asnumpy().tolist() == [[4, 5], [6, 7]]
    assert labels[0].dtype == features[0].dtype


@BOOKS
def test_make_list(book: Any) -> None:
    assert book._make_list(None) is None
    assert book._make_list(None, ["b"]) == ["b"]
    assert book._make_list("r", ["b"]) == ["r"]
    assert book._make_list(("r", "g")) == ("r", "g")


@pytest.mark.parametrize(
    ("prefix", "begins"), [(None, "time: "), ("Workloads are queued.", "Workloads are queued. time: ")]
)
def test_benchmark(prefix: str | None, begins: str, capsys: pytest.CaptureFixture[str]) -> None:
    with d2lzh.Benchmark(prefix):
        time.sleep(0.02)
    printed = re.fullmatch(re.escape(begins) + r"(\d+\.\d{4}) sec\n", capsys.readouterr().out)
    assert printed is not None
    assert 0.02 <= float(printed[1]) < 5
