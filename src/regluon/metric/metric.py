"""What all metrics have: running totals, of now and of all batches, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from regluon.base import torch_dtype
from regluon.ndarray import NDArray
from regluon.registry import get_alias_func, get_register_func

__all__ = ["EvalMetric", "alias", "check_label_shapes", "common", "misfit", "pairs", "register", "tensor"]


def check_label_shapes(labels: Any, preds: Any, wrap: bool = False, shape: bool = False) -> tuple[Any, Any]:
    """Raises a ValueError if labels and predictions differ in number.

    Parameters
    ----------
    labels, preds
        Lists of arrays, or arrays.
    wrap
        Whether to return a list of one where an array is given.
    shape
        Whether to compare their shapes instead.
    """
    sizes = (tuple(labels.shape), tuple(preds.shape)) if shape else (len(labels), len(preds))
    if sizes[0] != sizes[1]:
        raise ValueError(f"Shape of labels {sizes[0]} does not match shape of predictions {sizes[1]}")
    if wrap:
        labels = [labels] if isinstance(labels, NDArray) else labels
        preds = [preds] if isinstance(preds, NDArray) else preds
    return labels, preds


class _Total:
    """A running total: a number, after all that devices still hold has been added to it.

    Numbers are Python's: NumPy's would be printed otherwise since its version 2, and add up float32.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = "_" + name

    def __get__(self, metric: Any, owner: type | None = None) -> Any:
        if metric is None:
            return self
        metric._settle()
        try:
            return metric.__dict__[self._slot]
        except KeyError:
            raise AttributeError(f"{type(metric).__name__} has no {self._slot[1:]} yet") from None

    def __set__(self, metric: Any, value: Any) -> None:
        metric._settle()
        metric.__dict__[self._slot] = _plain(value)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, (torch.Tensor, np.generic)) else value


class EvalMetric:
    """The base of metrics: a sum over examples, divided by their number.

    A subclass defines :meth:`update`, which adds to ``sum_metric`` and ``num_inst``, and to
    ``global_sum_metric`` and ``global_num_inst``, which :meth:`reset_local` leaves as they are.

    Parameters
    ----------
    name : str
        The name it is shown by.
    output_names : list of str, optional
        Which predictions :meth:`update_dict` takes; all if None.
    label_names : list of str, optional
        Which labels it takes; all if None.
    """

    sum_metric: Any = _Total()
    num_inst: Any = _Total()
    global_sum_metric: Any = _Total()
    global_num_inst: Any = _Total()

    # Sum and number of what was added on an accelerator and not fetched yet, by device.
    _waiting: dict[torch.device, torch.Tensor] | None = None

    def __init__(self, name: Any, output_names: Any = None, label_names: Any = None, **kwargs: Any) -> None:
        self.name = str(name)
        self.output_names = output_names
        self.label_names = label_names
        self._has_global_stats = kwargs.pop("has_global_stats", False)
        self._kwargs = kwargs
        self.reset()

    def __str__(self) -> str:
        return f"EvalMetric: {dict(self.get_name_value())}"

    def get_config(self) -> dict[str, Any]:
        """What ``metric.create(**config)`` makes it from again."""
        return {
            **self._kwargs,
            "metric": type(self).__name__,
            "name": self.name,
            "output_names": self.output_names,
            "label_names": self.label_names,
        }

    def update_dict(self, label: Any, pred: Any) -> None:
        """Takes a batch of labels and predictions by name."""
        preds = list(pred.values()) if self.output_names is None else [pred[n] for n in self.output_names]
        labels = list(label.values()) if self.label_names is None else [label[n] for n in self.label_names]
        self.update(labels, preds)

    def update(self, labels: Any, preds: Any) -> None:
        """Takes a batch: a list of arrays of labels, and a list of arrays of predictions."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forgets everything."""
        self.reset_local()
        self.global_num_inst = 0
        self.global_sum_metric = 0.0

    def reset_local(self) -> None:
        """Forgets all but the global totals."""
        self.num_inst = 0
        self.sum_metric = 0.0

    def get(self) -> tuple[Any, Any]:
        """The name and the value since the last reset, NaN if there was no batch."""
        return self.name, self._value(self.sum_metric, self.num_inst)

    def get_global(self) -> tuple[Any, Any]:
        """The name and the value of all batches."""
        if not self._has_global_stats:
            return self.get()
        return self.name, self._value(self.global_sum_metric, self.global_num_inst)

    def _value(self, total: Any, number: Any) -> Any:
        return float("nan") if number == 0 else total / number

    def get_name_value(self) -> list[tuple[str, Any]]:
        """Pairs of name and value since the last reset."""
        return _zipped(self.get())

    def get_global_name_value(self) -> list[tuple[str, Any]]:
        """Pairs of name and value of all batches."""
        return _zipped(self.get_global()) if self._has_global_stats else self.get_name_value()

    def _add(self, value: Any, number: Any) -> None:
        """Adds to all totals. Those of an accelerator stay there, so that it need not be waited for."""
        on = next((v.device for v in (value, number) if isinstance(v, torch.Tensor)), None)
        if on is not None and on.type != "cpu":
            self._wait(value, number, on)
            return
        value, number = map(_plain, (value, number))
        self.sum_metric += value
        self.global_sum_metric += value
        self.num_inst += number
        self.global_num_inst += number

    def _wait(self, value: Any, number: Any, device: torch.device) -> None:
        both = torch.stack([torch.as_tensor(v, device=device).to(torch.float64) for v in (value, number)])
        waiting = self._waiting or {}
        self._waiting = {**waiting, device: waiting[device] + both if device in waiting else both}

    def _settle(self) -> None:
        waiting, self._waiting = self._waiting, None
        for total in (waiting or {}).values():
            value, number = total.tolist()
            self._add(value, int(number) if number == int(number) else number)


def _zipped(found: tuple[Any, Any]) -> list[tuple[str, Any]]:
    name, value = (part if isinstance(part, list) else [part] for part in found)
    return list(zip(name, value, strict=False))


_register = get_register_func(EvalMetric, "metric")
_alias = get_alias_func(EvalMetric, "metric")


def register(klass: Any, name: str | None = None) -> Any:
    """Has ``create`` know a subclass of EvalMetric by its name; also a decorator."""
    return _register(klass, name)


def alias(*aliases: str) -> Callable[[Any], Any]:
    """The decorator that has ``create`` know a class by more names."""
    return _alias(*aliases)


def pairs(labels: Any, preds: Any) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The tensors of labels and predictions side by side, each pair on the prediction's device."""
    labels, preds = check_label_shapes(labels, preds, True)
    found = ((a, tensor(b)) for a, b in zip(labels, preds, strict=False))
    return [(tensor(a, b.device), b) for a, b in found]


def misfit(metric: Any, label: torch.Tensor, pred: torch.Tensor) -> str:
    """What to say where a batch's labels and predictions can't be compared."""
    shapes = f"labels of shape {tuple(label.shape)} and predictions of shape {tuple(pred.shape)}"
    return f"{metric.name if isinstance(metric.name, str) else type(metric).__name__}: {shapes} do not fit"


def tensor(array: NDArray, device: torch.device | None = None) -> torch.Tensor:
    """The values of an array, dense."""
    if not isinstance(array, NDArray):
        raise AttributeError(f"metrics take NDArrays, not {type(array).__name__}; nd.array() makes one")
    data = array._data if array.stype == "default" else array.tostype("default")._data
    return data if device is None or data.device == device else data.to(device)


def common(label: torch.Tensor, pred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both in the type in which NumPy, and so MXNet's metrics, compute: float64 of int32 and float32."""
    if label.dtype is pred.dtype:
        return label, pred
    if torch.bfloat16 in (label.dtype, pred.dtype):
        kind = torch.promote_types(label.dtype, pred.dtype)
    else:
        names = (str(t.dtype).removeprefix("torch.") for t in (label, pred))
        kind = torch_dtype(np.result_type(*names))
    return label.to(kind), pred.to(kind)
