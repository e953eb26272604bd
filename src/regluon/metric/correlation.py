"""How much predictions say of the labels: Pearson's correlation, of numbers and of classes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from regluon.metric.metric import EvalMetric, alias, check_label_shapes, pairs, register

__all__ = ["PCC", "PearsonCorrelation"]


@register
@alias("pearsonr")
class PearsonCorrelation(EvalMetric):
    """Pearson's correlation Σ (p - p̄)(l - l̄) / √(Σ (p - p̄)² Σ (l - l̄)²) of predictions and labels

    Parameters
    ----------
    name, output_names, label_names
        See :class:`EvalMetric`.
    average : str
        "macro": the mean of the batches' correlations; "micro": that of all examples together, which has
        no global value of its own.
    """

    def __init__(
        self,
        name: Any = "pearsonr",
        output_names: Any = None,
        label_names: Any = None,
        average: str = "macro",
    ) -> None:
        self.average = average
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=True)

    def reset_micro(self) -> None:
        """Forgets means and variances."""
        self._sse_p: Any = 0
        self._mean_p: Any = 0
        self._sse_l: Any = 0
        self._mean_l: Any = 0
        self._pred_nums = 0
        self._label_nums = 0
        self._conv: Any = 0

    def reset(self) -> None:
        """Forgets everything."""
        super().reset()
        if self.average == "micro":
            self.reset_micro()

    def update_variance(self, new_values: Any, *aggregate: Any) -> tuple[Any, Any, Any]:
        """Number, mean and sum of squared deviations, after more values (Welford, 1962)."""
        count, mean, m_2 = aggregate
        count = count + len(new_values)
        delta = new_values - mean
        mean = mean + (delta / count).sum()
        return count, mean, m_2 + (delta * (new_values - mean)).sum()

    def update_cov(self, label: Any, pred: Any) -> None:
        """Adds to Σ (p - p̄)(l - l̄)."""
        self._conv = self._conv + ((label - self._mean_l) * (pred - self._mean_p)).sum()

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch."""
        for label, pred in pairs(labels, preds):
            check_label_shapes(label, pred, False, True)
            a, b = label.reshape(-1).double(), pred.reshape(-1).double()
            if self.average == "macro":
                self._add(_correlation(a, b), 1)
                continue
            self.num_inst += 1
            self.global_num_inst += 1
            self._label_nums, self._mean_l, self._sse_l = self.update_variance(
                a, self._label_nums, self._mean_l, self._sse_l
            )
            self.update_cov(a, b)
            self._pred_nums, self._mean_p, self._sse_p = self.update_variance(
                b, self._pred_nums, self._mean_p, self._sse_p
            )

    def get(self) -> tuple[Any, Any]:
        """The name and the value since the last reset, NaN if there was no batch."""
        if self.average == "macro" or self.num_inst == 0:
            return super().get()
        n = self._label_nums - 1
        covariance, p, l = (float(v) for v in (self._conv, self._sse_p, self._sse_l))  # noqa: E741
        scale = n * math.sqrt(p / n) * math.sqrt(l / n) if n else 0.0
        return self.name, covariance / scale if scale else float("nan")


def _correlation(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    a, b = a - torch.mean(a), b - torch.mean(b)
    found = torch.dot(a, b) / torch.sqrt(torch.dot(a, a)) / torch.sqrt(torch.dot(b, b))
    return torch.clamp(found, -1, 1)


@register
class PCC(EvalMetric):
    """Pearson's correlation of classes, from their confusion matrix (Gorodkin, 2004)

    With two classes it is MCC, less that it is NaN where nothing can be said.

    Parameters
    ----------
    name, output_names, label_names
        See :class:`EvalMetric`.
    has_global_stats : bool
        Whether ``get_global`` tells of all batches.
    """

    def __init__(
        self,
        name: Any = "pcc",
        output_names: Any = None,
        label_names: Any = None,
        has_global_stats: bool = True,
    ) -> None:
        self.k = 2
        self.lcm: Any = None
        self.gcm: Any = None
        super().__init__(
            name=name, output_names=output_names, label_names=label_names, has_global_stats=has_global_stats
        )

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch of classes, and of classes or predictions (examples, classes)."""
        for label, pred in pairs(labels, preds):
            classes = pred.int() if pred.shape == label.shape else torch.argmax(pred, 1)
            found, meant = classes.reshape(-1).long(), label.reshape(-1).int().long()
            check_label_shapes(meant, found)
            self._grow(int(torch.maximum(found.max(), meant.max())) + 1 - self.k)
            places = torch.remainder(found, self.k) * self.k + torch.remainder(meant, self.k)
            counts = torch.bincount(places, minlength=self.k**2).reshape(self.k, self.k)
            batch = counts.double().cpu().numpy()
            self.lcm += batch
            self.gcm += batch
        self.num_inst += 1
        self.global_num_inst += 1

    def _grow(self, more: int) -> None:
        if more > 0:
            self.lcm, self.gcm = (np.pad(m, ((0, more), (0, more))) for m in (self.lcm, self.gcm))
            self.k += more

    @property
    def sum_metric(self) -> float:
        """The value times the number of batches."""
        return _multiclass(self.lcm) * float(self.num_inst)

    @property
    def global_sum_metric(self) -> float:
        """The same of all batches."""
        return _multiclass(self.gcm) * float(self.global_num_inst)

    def reset(self) -> None:
        """Forgets everything but how many classes there are."""
        self.global_num_inst = 0.0
        self.gcm = np.zeros((self.k, self.k))
        self.reset_local()

    def reset_local(self) -> None:
        """Forgets all but the global totals."""
        self.num_inst = 0.0
        self.lcm = np.zeros((self.k, self.k))


def _multiclass(confusion: Any) -> float:
    """The correlation of a confusion matrix, NaN where all predictions or all labels are of one class."""
    n, x, y = confusion.sum(), confusion.sum(axis=1), confusion.sum(axis=0)
    xx, yy = np.sum(x * (n - x)), np.sum(y * (n - y))
    if xx == 0 or yy == 0:
        return float("nan")
    return float(np.sum(confusion.diagonal() * n - x * y) / (xx * yy) ** 0.5)
