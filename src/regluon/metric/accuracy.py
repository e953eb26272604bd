"""How often the right class is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from regluon.base import MXNetError
from regluon.metric.metric import EvalMetric, alias, check_label_shapes, misfit, pairs, register
from regluon.ops.reduce import argmax

__all__ = ["Accuracy", "TopKAccuracy"]


@register
@alias("acc")
class Accuracy(EvalMetric):
    """The share of predictions that are right.

    Parameters
    ----------
    axis : int
        The axis of classes. A prediction of the label's shape holds the classes themselves.
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(
        self, axis: int = 1, name: Any = "accuracy", output_names: Any = None, label_names: Any = None
    ) -> None:
        super().__init__(
            name, axis=axis, output_names=output_names, label_names=label_names, has_global_stats=True
        )
        self.axis = axis

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch."""
        for label, pred in pairs(labels, preds):
            if pred.shape == label.shape:
                classes = pred
            elif -pred.dim() <= self.axis < pred.dim():
                classes = argmax(pred, axis=self.axis)
            else:
                raise MXNetError(f"{misfit(self, label, pred)}, as there is no axis {self.axis} of classes")
            classes, wanted = classes.reshape(-1).int(), label.reshape(-1).int()
            check_label_shapes(wanted, classes)
            self._add(torch.sum(classes == wanted), classes.numel())


@register
@alias("top_k_accuracy", "top_k_acc")
class TopKAccuracy(EvalMetric):
    """The share of examples whose class is among the ``top_k`` most likely.

    Parameters
    ----------
    top_k : int
        At least 2.
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(
        self, top_k: int = 1, name: Any = "top_k_accuracy", output_names: Any = None, label_names: Any = None
    ) -> None:
        super().__init__(
            name, top_k=top_k, output_names=output_names, label_names=label_names, has_global_stats=True
        )
        self.top_k = top_k
        if top_k <= 1:
            raise AssertionError(f"Please use Accuracy if top_k is no more than 1; it is {top_k}")
        self.name += f"_{top_k}"

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch of predictions (examples, classes)."""
        for label, pred in pairs(labels, preds):
            if pred.dim() > 2:
                raise AssertionError(f"Predictions should be no more than 2 dims, not {pred.dim()}")
            if pred.shape[-1] < self.top_k:
                raise ValueError(
                    f"there are {pred.shape[-1]} classes, fewer than top_k, which is {self.top_k}"
                )
            check_label_shapes(label, pred)
            if pred.dim() == 1:
                self._one_dimension(label, pred)
                continue
            best = torch.topk(pred.float(), self.top_k, dim=1, sorted=False).indices
            wanted = label.reshape(-1, 1).int()
            check_label_shapes(wanted, best)
            self._add(torch.sum(best == wanted), pred.shape[0])

    def _one_dimension(self, label: torch.Tensor, pred: torch.Tensor) -> None:
        # MXNet compares the order of such predictions with the labels, and keeps it from the global sum.
        order = np.argpartition(pred.float().cpu().numpy(), -self.top_k)
        number = pred.shape[0]
        self.sum_metric += np.sum(order == label.cpu().numpy().astype("int32").reshape(-1))
        self.num_inst += number
        self.global_num_inst += number
