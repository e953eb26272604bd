"""Scores of two classes, from how often each was taken for each."""

from __future__ import annotations

import math
from typing import Any

import torch

from regluon.metric.metric import EvalMetric, check_label_shapes, misfit, pairs, register

__all__ = ["F1", "MCC"]


class _Counts:
    """How often the second class was found and meant (tp), found (fp), meant (fn), or neither (tn)."""

    def __init__(self, tp: int = 0, fp: int = 0, fn: int = 0, tn: int = 0) -> None:
        self.tp, self.fp, self.fn, self.tn = tp, fp, fn, tn

    def __add__(self, other: _Counts) -> _Counts:
        return _Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn)

    @property
    def total(self) -> int:
        return self.tp + self.fp + self.fn + self.tn

    def f1(self) -> float:
        """2 p r / (p + r) of precision p = tp / (tp + fp) and recall r = tp / (tp + fn), 0 for 0 / 0."""
        precision = self.tp / (self.tp + self.fp) if self.tp + self.fp > 0 else 0.0
        recall = self.tp / (self.tp + self.fn) if self.tp + self.fn > 0 else 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0

    def mcc(self) -> float:
        """Matthews' coefficient; factors of 0 in its denominator are left out."""
        if not self.total:
            return 0.0
        tp, fp, fn, tn = float(self.tp), float(self.fp), float(self.fn), float(self.tn)
        factors = (tp + fp, tp + fn, tn + fp, tn + fn)
        return (tp * tn - fp * fn) / math.sqrt(math.prod(f for f in factors if f != 0.0))


def _counts(who: str, label: torch.Tensor, pred: torch.Tensor) -> _Counts:
    """One batch's counts, fetched at once."""
    check_label_shapes(label, pred)
    meant = label.int()
    found = torch.argmax(pred, 1) == 1
    low, high = meant.min(), meant.max()
    others = torch.sum((meant != low) & (meant != high))
    yes = meant == 1
    pieces = (found & yes, found & ~yes, ~found & yes, ~found & ~yes)
    *counts, more = torch.stack([*map(torch.sum, pieces), others]).tolist()
    if more:
        raise ValueError(f"{who} currently only supports binary classification; the labels have more classes")
    return _Counts(*counts)


class _Binary(EvalMetric):
    """The mean of the batches' scores ("macro"), or the score of all examples ("micro")."""

    def __init__(self, name: Any, output_names: Any, label_names: Any, average: str) -> None:
        self.average = average
        self._local = self._global = _Counts()
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=True)

    def _score(self, counts: _Counts) -> float:
        raise NotImplementedError

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch of labels 0 and 1, and of predictions (examples, 2)."""
        for label, pred in pairs(labels, preds):
            try:
                counts = _counts(type(self).__name__, label, pred)
            except (RuntimeError, IndexError):
                raise ValueError(f"{misfit(self, label, pred)}: (n,) and (n, 2) do") from None
            self._local += counts
            self._global += counts
        if self.average == "macro":
            self._add(self._score(self._local), 1)
            self._local = self._global = _Counts()
            return
        self.sum_metric = self._score(self._local) * self._local.total
        self.global_sum_metric = self._score(self._global) * self._global.total
        self.num_inst, self.global_num_inst = self._local.total, self._global.total

    def reset(self) -> None:
        """Forgets everything."""
        super().reset()
        self._global = _Counts()

    def reset_local(self) -> None:
        """Forgets all but the global totals."""
        super().reset_local()
        self._local = _Counts()


@register
class F1(_Binary):
    """The F1 score of two classes: 2 · precision · recall / (precision + recall)

    Parameters
    ----------
    name, output_names, label_names
        See :class:`EvalMetric`.
    average : str
        "macro": the mean of the batches' scores; "micro": the score of all examples together.
    """

    def __init__(
        self,
        name: Any = "f1",
        output_names: Any = None,
        label_names: Any = None,
        average: str = "macro",
    ) -> None:
        super().__init__(name, output_names, label_names, average)

    def _score(self, counts: _Counts) -> float:
        return counts.f1()


@register
class MCC(_Binary):
    """Matthews' correlation of two classes: (tp tn - fp fn) / √((tp + fp)(tp + fn)(tn + fp)(tn + fn))

    1 if all is right, -1 if all is wrong, 0 if predictions say nothing of the labels. PCC is the same for
    more classes.

    Parameters
    ----------
    name, output_names, label_names
        See :class:`EvalMetric`.
    average : str
        "macro": the mean of the batches' scores; "micro": the score of all examples together.
    """

    def __init__(
        self,
        name: Any = "mcc",
        output_names: Any = None,
        label_names: Any = None,
        average: str = "macro",
    ) -> None:
        super().__init__(name, output_names, label_names, average)

    def _score(self, counts: _Counts) -> float:
        return counts.mcc()
