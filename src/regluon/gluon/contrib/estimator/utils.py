"""Metrics as the estimator and its handlers take them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from regluon.gluon.loss import SoftmaxCrossEntropyLoss
from regluon.metric import Accuracy, CompositeEvalMetric, EvalMetric

__all__: list[str] = []


def _check_metrics(metrics: Any) -> list[EvalMetric]:
    """A list of plain metrics, from one, several or none."""
    if isinstance(metrics, CompositeEvalMetric):
        return [plain for metric in metrics.metrics for plain in _check_metrics(metric)]
    if isinstance(metrics, EvalMetric):
        return [metrics]
    found = metrics or []
    if not all(isinstance(metric, EvalMetric) for metric in found):
        raise ValueError(f"metrics must be a Metric or a list of Metric, not {metrics}")
    return list(found)


def _check_handler_metric_ref(handler: Any, known_metrics: Collection[Any]) -> None:
    """A handler's metrics must be the estimator's, since no others are kept up to date."""
    for name in dir(handler):
        held = getattr(handler, name) if "metric" in name else None
        for metric in held if isinstance(held, list) else [held]:
            if isinstance(metric, EvalMetric) and metric not in known_metrics:
                raise ValueError(
                    f"Event handler {type(handler).__name__} refers to a metric instance {metric} outside of "
                    "the known training and validation metrics. Take it from estimator.train_metrics or "
                    "estimator.val_metrics."
                )


def _suggest_metric_for_loss(loss: Any) -> EvalMetric | None:
    return Accuracy() if isinstance(loss, SoftmaxCrossEntropyLoss) else None
