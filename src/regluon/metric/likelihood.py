"""How likely the right classes were, as the predictions have it."""

from __future__ import annotations

import math
from typing import Any

import torch

from regluon.base import MXNetError
from regluon.metric.metric import EvalMetric, alias, pairs, register, tensor
from regluon.ops.indexing import pick

__all__ = ["CrossEntropy", "NegativeLogLikelihood", "Perplexity"]


@register
class Perplexity(EvalMetric):
    """exp(-Σ log p / n) of the probabilities p that n labels were given

    Parameters
    ----------
    ignore_label : int or None
        A label that does not count, such as that of padding.
    axis : int
        The axis of the classes.
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(
        self,
        ignore_label: Any,
        axis: int = -1,
        name: Any = "perplexity",
        output_names: Any = None,
        label_names: Any = None,
    ) -> None:
        super().__init__(
            name,
            ignore_label=ignore_label,
            output_names=output_names,
            label_names=label_names,
            has_global_stats=True,
        )
        self.ignore_label = ignore_label
        self.axis = axis

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch of labels and of predictions (..., classes), which are probabilities."""
        if len(labels) != len(preds):
            raise AssertionError(f"{len(labels)} arrays of labels and {len(preds)} of predictions")
        loss: Any = 0.0
        number: Any = 0
        for labels_of, pred_of in zip(labels, preds, strict=True):
            label, pred = tensor(labels_of, pred_of._data.device), tensor(pred_of)
            if label.numel() != pred.numel() / pred.shape[-1]:
                raise AssertionError(f"shape mismatch: {tuple(label.shape)} vs. {tuple(pred.shape)}")
            if pred.dim() > 2:
                raise MXNetError(
                    f"{self.name}: predictions of shape {tuple(pred.shape)} are not (examples, classes); "
                    f"reshape((-1, {pred.shape[-1]})) makes them so"
                )
            label = label.reshape(-1)
            chosen = pick(pred, label.int(), axis=self.axis)
            number += chosen.numel()
            if self.ignore_label is not None:
                ignored = label == self.ignore_label
                number -= torch.sum(ignored)
                chosen = torch.where(ignored, torch.ones_like(chosen), chosen)
            loss -= torch.sum(torch.log(torch.clamp_min(chosen, 1e-10)))
        self._add(loss, number)

    def _value(self, total: Any, number: Any) -> Any:
        return float("nan") if number == 0 else math.exp(total / number)


class _Likelihood(EvalMetric):
    """-Σ log(p + eps) / n of the probabilities p that n labels were given."""

    def __init__(self, eps: float, name: Any, output_names: Any, label_names: Any) -> None:
        super().__init__(
            name, eps=eps, output_names=output_names, label_names=label_names, has_global_stats=True
        )
        self.eps = eps

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch of labels and of predictions (examples, classes), which are probabilities."""
        for label, pred in pairs(labels, preds):
            wanted = label.reshape(-1).long()
            if wanted.numel() != pred.shape[0]:
                raise AssertionError((wanted.numel(), pred.shape[0]))
            self._add(torch.sum(-torch.log(_chosen(pred, wanted) + self.eps)), wanted.numel())


def _chosen(pred: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """``pred[i, wanted[i]]``. A class that is not there is an error, but NaN on accelerators.

    These tell of it after the fact only, by taking the device away from the whole process.
    """
    rows = torch.arange(len(wanted), device=pred.device)
    if pred.device.type == "cpu":
        return pred[rows, wanted]
    classes = pred.shape[1]
    there = (wanted >= -classes) & (wanted < classes)
    found = pred[rows, torch.where(there, wanted, 0)]
    return torch.where(there.reshape(-1, *[1] * (found.dim() - 1)), found, torch.nan)


@register
@alias("ce")
class CrossEntropy(_Likelihood):
    """-Σ log(p + eps) / n of the probabilities p that n labels were given

    Parameters
    ----------
    eps : float
        Keeps the logarithm of 0 away.
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(
        self,
        eps: float = 1e-12,
        name: Any = "cross-entropy",
        output_names: Any = None,
        label_names: Any = None,
    ) -> None:
        super().__init__(eps, name, output_names, label_names)


@register
@alias("nll_loss")
class NegativeLogLikelihood(_Likelihood):
    """-Σ log(p + eps) / n of the probabilities p that n labels were given: CrossEntropy by another name

    Parameters
    ----------
    eps : float
        Keeps the logarithm of 0 away.
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(
        self,
        eps: float = 1e-12,
        name: Any = "nll-loss",
        output_names: Any = None,
        label_names: Any = None,
    ) -> None:
        super().__init__(eps, name, output_names, label_names)
