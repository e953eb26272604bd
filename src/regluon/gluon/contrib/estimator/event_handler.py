"""The handlers of an estimator, under the name of MXNet's module."""

from __future__ import annotations

from regluon.gluon.contrib.estimator.events import (
    BatchBegin,
    BatchEnd,
    EpochBegin,
    EpochEnd,
    EventHandler,
    TrainBegin,
    TrainEnd,
)
from regluon.gluon.contrib.estimator.log_lines import LoggingHandler
from regluon.gluon.contrib.estimator.progress import ProgressHandler
from regluon.gluon.contrib.estimator.steps import (
    GradientUpdateHandler,
    MetricHandler,
    StoppingHandler,
    ValidationHandler,
)
from regluon.gluon.contrib.estimator.watching import CheckpointHandler, EarlyStoppingHandler

__all__ = [
    "BatchBegin",
    "BatchEnd",
    "CheckpointHandler",
    "EarlyStoppingHandler",
    "EpochBegin",
    "EpochEnd",
    "EventHandler",
    "GradientUpdateHandler",
    "LoggingHandler",
    "MetricHandler",
    "ProgressHandler",
    "StoppingHandler",
    "TrainBegin",
    "TrainEnd",
    "ValidationHandler",
]
