from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from regluon import lr_scheduler
from regluon.lr_scheduler import (
    CosineScheduler,
    FactorScheduler,
    LRScheduler,
    MultiFactorScheduler,
    PolyScheduler,
)

RECORDED = json.loads((Path(__file__).parent / "data" / "lr_schedulers.json").read_text())


@pytest.mark.parametrize(("kind", "arguments", "updates", "rates"), RECORDED)
def test_rates_are_mxnets(
    kind: str, arguments: dict[str, Any], updates: list[int], rates: list[float]
) -> None:
    scheduler = getattr(lr_scheduler, kind)(**arguments)
    assert [scheduler(n) for n in updates] == pytest.approx(rates, rel=1e-12)


def test_every_scheduler_is_recorded() -> None:
    assert {kind for kind, *_ in RECORDED} | {"LRScheduler"} == set(lr_scheduler.__all__)


BAD: list[tuple[type[LRScheduler], dict[str, Any], type[Exception], str]] = [
    (FactorScheduler, {"step": 0}, ValueError, "greater or equal than 1 round, not 0"),
    (FactorScheduler, {"step": 1, "factor": 1.5}, ValueError, "no more than 1 to make lr reduce, not 1.5"),
    (FactorScheduler, {"step": 1, "warmup_begin_lr": 1}, ValueError, "higher than warmup_begin_lr"),
    (FactorScheduler, {"step": 1, "warmup_steps": -1}, ValueError, "positive or 0, not -1"),
    (FactorScheduler, {"step": 1, "warmup_steps": 1.5}, AssertionError, "must be an int, not 1.5"),
    (FactorScheduler, {"step": 1, "warmup_mode": "fast"}, ValueError, "linear and constant.*'fast'"),
    (MultiFactorScheduler, {"step": 3}, AssertionError, "a list of at least one"),
    (MultiFactorScheduler, {"step": []}, AssertionError, "a list of at least one"),
    (MultiFactorScheduler, {"step": [3, 3]}, ValueError, "increasing integer list"),
    (MultiFactorScheduler, {"step": [0, 3]}, ValueError, "greater or equal than 1"),
    (MultiFactorScheduler, {"step": [1], "factor": 2}, ValueError, "no more than 1"),
    (PolyScheduler, {"max_update": 0}, ValueError, "strictly positive, not 0"),
    (CosineScheduler, {"max_update": 2.5}, AssertionError, "must be an int"),
]


@pytest.mark.parametrize(("kind", "arguments", "error", "message"), BAD)
def test_bad_arguments(
    kind: type[LRScheduler], arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        kind(**arguments)


def test_the_base_decides_nothing() -> None:
    with pytest.raises(NotImplementedError):
        LRScheduler()(1)
    with pytest.raises(AssertionError, match="after the warmup of 3 steps"):
        LRScheduler(warmup_steps=3).get_warmup_lr(3)


def test_changes_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    FactorScheduler(1, 0.1, stop_factor_lr=1e-3, base_lr=0.01)(4)
    MultiFactorScheduler([1], 0.5, base_lr=1)(2)
    assert caplog.messages[0] == "Update[4]: Change learning rate to 1.00000e-03"
    assert "will not change in the future" in caplog.messages[1]
    assert caplog.messages[-1] == "Update[2]: Change learning rate to 5.00000e-01"
