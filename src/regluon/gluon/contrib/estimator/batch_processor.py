"""What is done with a batch."""

from __future__ import annotations

from typing import Any

from regluon import autograd
from regluon.gluon.utils import split_and_load

__all__ = ["BatchProcessor"]

Parts = tuple[list[Any], list[Any], list[Any], list[Any]]


class BatchProcessor:
    """What an :class:`Estimator` does with a batch; subclasses may do it otherwise."""

    def __init__(self) -> None:
        pass

    def _get_data_and_label(self, batch: Any, ctx: Any, batch_axis: int = 0) -> tuple[list[Any], list[Any]]:
        data, label = (split_and_load(part, ctx_list=ctx, batch_axis=batch_axis) for part in batch[:2])
        return data, label

    def evaluate_batch(self, estimator: Any, val_batch: Any, batch_axis: int = 0) -> Parts:
        """Predictions for a batch, and how far they are off.

        Parameters
        ----------
        estimator
            Who asks.
        val_batch
            Data and labels.
        batch_axis
            Along which they are split over the estimator's contexts.

        Returns
        -------
        Data, labels, predictions and losses, each as a list with an array for each context.
        """
        data, label = self._get_data_and_label(val_batch, estimator.context, batch_axis)
        pred = [estimator.val_net(x) for x in data]
        loss = [estimator.val_loss(p, y) for p, y in zip(pred, label, strict=True)]
        return data, label, pred, loss

    def fit_batch(self, estimator: Any, train_batch: Any, batch_axis: int = 0) -> Parts:
        """Predictions for a batch, how far they are off, and the gradients of that.

        The weights move later, in the :class:`GradientUpdateHandler`.

        Parameters
        ----------
        estimator
            Who asks.
        train_batch
            Data and labels.
        batch_axis
            Along which they are split over the estimator's contexts.

        Returns
        -------
        Data, labels, predictions and losses, each as a list with an array for each context.
        """
        data, label = self._get_data_and_label(train_batch, estimator.context, batch_axis)
        with autograd.record():
            pred = [estimator.net(x) for x in data]
            loss = [estimator.loss(p, y) for p, y in zip(pred, label, strict=True)]
        for each in loss:
            each.backward()
        return data, label, pred, loss
