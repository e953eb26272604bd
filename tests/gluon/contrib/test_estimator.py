"""Trainings by an Estimator log, measure and save what they do in MXNet; bad input is told; a bar moves."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import regluon as mx
from gluon import estimator_cases as cases
from regluon.gluon.contrib import estimator as est

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "estimator.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parts(told: Any) -> tuple[Any, list[float]]:
    """What was told, and apart from it its numbers, those in texts included."""
    numbers: list[float] = []

    def strip(value: Any) -> Any:
        if isinstance(value, list):
            return [strip(each) for each in value]
        if isinstance(value, str):
            numbers.extend(map(float, re.findall(r"\d+\.\d{4,}", value)))
            return re.sub(r"\d+\.\d{4,}", "N", value)
        numbers.append(value)
        return "N"

    return strip(told), numbers


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.__name__)
def test_trains_as_in_mxnet(case: Any, tmp_path: Path) -> None:
    (found, numbers), (wanted, theirs) = parts(cases.run(mx, case, tmp_path)), parts(RECORDED[case.__name__])
    assert found == wanted
    np.testing.assert_allclose(numbers, theirs, atol=2e-4)


def test_handlers_are_called_by_priority_at_each_event() -> None:
    told = []

    class Watch(est.TrainBegin, est.EpochBegin, est.BatchBegin, est.BatchEnd, est.EpochEnd, est.TrainEnd):
        def __init__(self, name: str, priority: float) -> None:
            self.name, self.priority = name, priority

        def __getattribute__(self, name: str) -> Any:
            found = object.__getattribute__(self, name)
            if re.fullmatch("(train|epoch|batch)_(begin|end)", name):
                told.append(f"{self.name} {name}")
            return found

    estimator, _ = cases.made(mx)
    given = [Watch("b", 5), Watch("a", -5)]
    estimator.fit(cases.loader(mx, 8, 0), epochs=1, event_handlers=given)
    events = ("train_begin", "epoch_begin", "batch_begin", "batch_end", "epoch_end", "train_end")
    assert [t for t in told if t.split()[1] in events] == [f"{n} {e}" for e in events for n in "ab"]
    assert len(given) == 2


def test_the_same_handlers_serve_again() -> None:
    estimator, lines = cases.made(mx)
    handlers = [est.StoppingHandler()]
    for _ in range(2):
        estimator.fit(cases.loader(mx, 16, 0), epochs=2, event_handlers=handlers)
    assert sum("Finished in" in line for line in lines) == 4


def test_defaults_say_what_they_are() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        net = mx.gluon.nn.Dense(1)
        estimator = est.Estimator(net, mx.gluon.loss.L2Loss(), initializer=mx.init.One())
        est.Estimator(net, mx.gluon.loss.L2Loss(), initializer="ones")
    messages = [str(each.message) for each in told]
    assert sum("No trainer specified" in each for each in messages) == 2
    assert any("already fully initialized" in each for each in messages)
    assert [metric.name for metric in estimator.train_metrics] == [f"training {estimator.loss.name[:-1]}"]
    assert estimator.trainer.learning_rate == 0.001
    assert estimator.logger.handlers[0].stream is sys.stdout
    with pytest.warns(UserWarning, match=r"`greater` operator will be used to determine if training"):
        est.EarlyStoppingHandler(estimator.train_metrics[0])
    with pytest.warns(RuntimeWarning, match="mode up is unknown"):
        est.EarlyStoppingHandler(estimator.train_metrics[0], mode="up")


def test_bad_input_is_told(tmp_path: Path) -> None:
    estimator, _ = cases.made(mx)
    data, loss = cases.loader(mx, 8, 0), mx.gluon.loss.L2Loss()
    calls: list[tuple[str, Any]] = [
        ("specify one and only one", lambda: estimator.fit(data)),
        ("specify one and only one", lambda: estimator.fit(data, epochs=1, batches=1)),
        ("DataLoader, not NDArray", lambda: estimator.fit(mx.nd.ones(3), epochs=1)),
        ("DataLoader, not list", lambda: estimator.evaluate([])),
        ("loss must be", lambda: est.Estimator(estimator.net, max)),
        ("must be a Metric", lambda: est.Estimator(estimator.net, loss, train_metrics=["acc"])),
        ("Trainer must be", lambda: est.Estimator(estimator.net, loss, trainer="sgd")),
        ("context must be", lambda: est.Estimator(estimator.net, loss, context="cpu")),
        ("must contain fit_batch", lambda: est.Estimator(estimator.net, loss, batch_processor=max)),
        ("handlers must be", lambda: estimator.fit(data, epochs=1, event_handlers=[max])),
        ("either an integer", lambda: est.LoggingHandler("batch")),
        ("save_best needs", lambda: est.CheckpointHandler(str(tmp_path), save_best=True)),
        ("monitor must be", lambda: est.EarlyStoppingHandler("acc")),
        ("is not supported", lambda: est.EarlyStoppingHandler(mx.metric.CompositeEvalMetric())),
        (
            "outside of the known",
            lambda: estimator.fit(data, epochs=1, event_handlers=est.MetricHandler(mx.metric.Accuracy())),
        ),
    ]
    for message, call in calls:
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(AssertionError, match=r"gpu\(7\) is not available"):
        est.Estimator(estimator.net, loss, context=mx.gpu(7))
    empty = mx.gluon.data.DataLoader(mx.gluon.data.ArrayDataset(mx.nd.ones((2, 5)), mx.nd.ones(2)), 8, None)
    empty._batch_sampler = []
    with pytest.raises(ValueError, match="no batches"):
        estimator.fit(empty, batches=2)


def test_checkpoints_of_other_names_and_periods_are_told(tmp_path: Path) -> None:
    estimator, _ = cases.made(mx)
    data = cases.loader(mx, 8, 0)
    (tmp_path / "model-epochXbatch1.params").touch()
    keep = est.CheckpointHandler(str(tmp_path), resume_from_checkpoint=True)
    with pytest.raises(ValueError, match="is not named as checkpoints are"):
        estimator.fit(data, epochs=2, event_handlers=[keep])
    with pytest.raises(AssertionError, match="by what you train by"):
        estimator.fit(data, batches=2, event_handlers=[keep])
    (tmp_path / "model-epochXbatch1.params").rename(tmp_path / "model-epoch3batch1.params")
    with pytest.raises(ValueError, match="maximum number of epoch 4 reached"):
        estimator.fit(data, epochs=4, event_handlers=[keep])
    with pytest.raises(AssertionError, match=r"states does not exist"):
        estimator.fit(data, epochs=9, event_handlers=[keep])


def test_checkpoints_with_numbers_alike_are_not_deleted(tmp_path: Path) -> None:
    estimator, _ = cases.made(mx)
    (tmp_path / "model-epoch0batch10.params").touch()
    keep = est.CheckpointHandler(str(tmp_path), max_checkpoints=1)
    estimator.fit(cases.loader(mx, 8, 0), epochs=2, event_handlers=[keep])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["model-epoch0batch10.params", "model-epoch1batch2.params", "model-epoch1batch2.states"]


def test_a_bar_shows_values_below_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    estimator, _ = cases.made(mx)
    estimator.logger.handlers = [logging.StreamHandler(sys.stdout)]
    console = Console(file=io.StringIO(), force_terminal=True, width=150)
    bar = est.ProgressHandler(console=console)
    estimator.fit(cases.loader(mx, 40, 0), epochs=2, event_handlers=[bar])
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", console.file.getvalue())
    assert re.search(
        r"epoch 1 ━+ 5/5 0:00:0\d \d+/s accuracy 0\.\d{4}  softmaxcrossentropyloss 0\.\d{4}", text
    )
    assert "[Epoch 0] Finished in" in text
    assert estimator.logger.handlers[0].stream is sys.stdout
    assert capsys.readouterr().out.startswith("Train finished using total 0s with 2 epochs. training acc")


def test_a_bar_gives_the_terminal_back_after_an_error() -> None:
    class Fails(est.BatchEnd):
        def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
            raise OSError("full")

    estimator, _ = cases.made(mx)
    before, console = sys.stdout, Console(file=io.StringIO(), force_terminal=True)
    with pytest.raises(OSError, match="full"):
        estimator.fit(
            cases.loader(mx, 8, 0), epochs=1, event_handlers=[est.ProgressHandler(console=console), Fails()]
        )
    assert sys.stdout is before


def test_without_a_terminal_there_is_no_bar() -> None:
    estimator, _ = cases.made(mx)
    file = io.StringIO()
    bar = est.ProgressHandler(console=Console(file=file))
    estimator.fit(cases.loader(mx, 8, 0), epochs=1, event_handlers=bar)
    assert file.getvalue() == ""


def test_a_bar_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    with pytest.raises(ImportError, match="rich"):
        est.ProgressHandler()
