"""How far predictions are from what was to be predicted: the mean of the batches' distances."""

from __future__ import annotations

from typing import Any

import torch

from regluon.metric.metric import EvalMetric, common, misfit, pairs, register

__all__ = ["MAE", "MSE", "RMSE"]


class _Distance(EvalMetric):
    """The mean over batches of a mean over elements."""

    def __init__(self, name: Any, output_names: Any, label_names: Any) -> None:
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=True)

    def _mean(self, difference: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch."""
        for label, pred in pairs(labels, preds):
            a, b = common(label, pred)
            a, b = (x.reshape(-1, 1) if x.dim() == 1 else x for x in (a, b))
            try:
                difference = a - b
            except RuntimeError:
                raise ValueError(misfit(self, label, pred)) from None
            self._add(self._mean(difference if difference.is_floating_point() else difference.double()), 1)


@register
class MAE(_Distance):
    """The mean absolute error Σ |label - pred| / n

    Parameters
    ----------
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(self, name: Any = "mae", output_names: Any = None, label_names: Any = None) -> None:
        super().__init__(name, output_names, label_names)

    def _mean(self, difference: torch.Tensor) -> torch.Tensor:
        return torch.mean(torch.abs(difference))


@register
class MSE(_Distance):
    """The mean squared error Σ (label - pred)² / n

    Parameters
    ----------
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(self, name: Any = "mse", output_names: Any = None, label_names: Any = None) -> None:
        super().__init__(name, output_names, label_names)

    def _mean(self, difference: torch.Tensor) -> torch.Tensor:
        return torch.mean(torch.square(difference))


@register
class RMSE(_Distance):
    """The root of the mean squared error √(Σ (label - pred)² / n), of each batch

    Parameters
    ----------
    name, output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(self, name: Any = "rmse", output_names: Any = None, label_names: Any = None) -> None:
        super().__init__(name, output_names, label_names)

    def _mean(self, difference: torch.Tensor) -> torch.Tensor:
        return torch.sqrt(torch.mean(torch.square(difference)))
