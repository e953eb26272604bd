"""Metrics that average losses, and functions as metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from regluon.metric.metric import EvalMetric, check_label_shapes, register, tensor
from regluon.ndarray import NDArray

__all__ = ["Caffe", "CustomMetric", "Loss", "Torch", "np"]


@register
class Loss(EvalMetric):
    """The mean of predictions that are losses already: Σ pred / their number"""

    def __init__(self, name: Any = "loss", output_names: Any = None, label_names: Any = None) -> None:
        super().__init__(name, output_names=output_names, label_names=label_names, has_global_stats=True)

    def update(self, _: Any, preds: Any) -> None:
        """Takes a batch of losses; labels are not looked at."""
        for pred in [preds] if isinstance(preds, NDArray) else preds:
            data = tensor(pred)
            self._add(torch.sum(data, dtype=data.dtype), data.numel())


@register
class Torch(Loss):
    """Loss under the name that it had for losses computed by Torch"""

    def __init__(self, name: Any = "torch", output_names: Any = None, label_names: Any = None) -> None:
        super().__init__(name, output_names=output_names, label_names=label_names)


@register
class Caffe(Loss):
    """Loss under the name that it had for losses computed by Caffe"""

    def __init__(self, name: Any = "caffe", output_names: Any = None, label_names: Any = None) -> None:
        super().__init__(name, output_names=output_names, label_names=label_names)


@register
class CustomMetric(EvalMetric):
    """The mean of what a function makes of labels and predictions.

    Parameters
    ----------
    feval : callable
        ``f(label, pred)`` of NumPy arrays returns a number, which counts as one, or a sum and its number.
    name : str, optional
        The name it is shown by; the function's if None.
    allow_extra_outputs : bool
        Whether there may be more predictions than labels.
    output_names, label_names
        See :class:`EvalMetric`.
    """

    def __init__(
        self,
        feval: Callable[[Any, Any], Any],
        name: Any = None,
        allow_extra_outputs: bool = False,
        output_names: Any = None,
        label_names: Any = None,
    ) -> None:
        if name is None:
            name = feval.__name__
            name = f"custom({name})" if "<" in name else name
        super().__init__(
            name,
            feval=feval,
            allow_extra_outputs=allow_extra_outputs,
            output_names=output_names,
            label_names=label_names,
            has_global_stats=True,
        )
        self._feval = feval
        self._allow_extra_outputs = allow_extra_outputs

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch."""
        if not self._allow_extra_outputs:
            labels, preds = check_label_shapes(labels, preds, True)
        for pred, label in zip(preds, labels, strict=False):
            result = self._feval(label.asnumpy(), pred.asnumpy())
            self._add(*(result if isinstance(result, tuple) else (result, 1)))

    def get_config(self) -> dict[str, Any]:
        """There is none: a function is no text."""
        raise NotImplementedError("CustomMetric cannot be serialized")


def np(
    numpy_feval: Callable[[Any, Any], Any], name: Any = None, allow_extra_outputs: bool = False
) -> CustomMetric:
    """A CustomMetric of a function of NumPy arrays."""

    def feval(label: Any, pred: Any) -> Any:
        return numpy_feval(label, pred)

    feval.__name__ = numpy_feval.__name__
    return CustomMetric(feval, name, allow_extra_outputs)
