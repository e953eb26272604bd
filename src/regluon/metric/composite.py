"""Several metrics as one, and metrics by name."""

from __future__ import annotations

from typing import Any

from regluon.metric.custom import CustomMetric
from regluon.metric.metric import EvalMetric, alias, register
from regluon.registry import get_create_func

__all__ = ["CompositeEvalMetric", "create"]

_create = get_create_func(EvalMetric, "metric")


def create(metric: Any, *args: Any, **kwargs: Any) -> Any:
    """A metric from its name, a function, or several of them.

    Parameters
    ----------
    metric
        The name of a metric, followed by its arguments; a metric; ``f(label, pred)`` of NumPy arrays; or a
        list of these, which becomes a CompositeEvalMetric.
    """
    if callable(metric):
        return CustomMetric(metric, *args, **kwargs)
    if isinstance(metric, list):
        composite = CompositeEvalMetric()
        for child in metric:
            composite.add(create(child, *args, **kwargs))
        return composite
    return _create(metric, *args, **kwargs)


@register
@alias("composite")
class CompositeEvalMetric(EvalMetric):
    """Several metrics, which all see the same batches.

    Parameters
    ----------
    metrics : list
        Metrics, or what :func:`create` makes them from.
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(
        self, metrics: Any = None, name: Any = "composite", output_names: Any = None, label_names: Any = None
    ) -> None:
        self.metrics: list[Any] = []
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=True)
        self.metrics = [create(metric) for metric in metrics or []]

    def add(self, metric: Any) -> None:
        """Adds a metric, or what :func:`create` makes one from."""
        self.metrics.append(create(metric))

    def get_metric(self, index: int) -> Any:
        """The metric of that number; where there is none, MXNet returns the error, and so does this."""
        try:
            return self.metrics[index]
        except IndexError:
            return ValueError(f"Metric index {index} is out of range 0 and {len(self.metrics)}")

    def update_dict(self, labels: Any, preds: Any) -> None:
        """Takes a batch of labels and predictions by name."""
        if self.label_names is not None:
            labels = {name: v for name, v in labels.items() if name in self.label_names}
        if self.output_names is not None:
            preds = {name: v for name, v in preds.items() if name in self.output_names}
        for metric in self.metrics:
            metric.update_dict(labels, preds)

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch."""
        for metric in self.metrics:
            metric.update(labels, preds)

    def reset(self) -> None:
        """Has all of them forget everything."""
        for metric in self.metrics:
            metric.reset()

    def reset_local(self) -> None:
        """Has all of them forget all but their global totals."""
        for metric in self.metrics:
            metric.reset_local()

    def get(self) -> tuple[list[str], list[Any]]:
        """All names and values since the last reset."""
        return _joined([metric.get() for metric in self.metrics])

    def get_global(self) -> tuple[list[str], list[Any]]:
        """All names and values of all batches."""
        return _joined([metric.get_global() for metric in self.metrics])

    def get_config(self) -> dict[str, Any]:
        """What ``create(**config)`` makes it from again."""
        return {**super().get_config(), "metrics": [metric.get_config() for metric in self.metrics]}


def _joined(results: list[tuple[Any, Any]]) -> tuple[list[str], list[Any]]:
    names: list[str] = []
    values: list[Any] = []
    for name, value in results:
        names += [name] if isinstance(name, str) else name
        values += value if isinstance(value, (list, tuple)) else [value]
    return names, values
