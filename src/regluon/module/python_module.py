"""Modules written in Python, without parameters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from regluon.module.base_module import BaseModule
from regluon.module.guards import require
from regluon.module.interface import RATE, UNIFORM, Arrays
from regluon.ndarray import NDArray, array

__all__ = ["PythonLossModule", "PythonModule"]


class PythonModule(BaseModule):
    """A module without parameters, whose outputs a subclass computes.

    A subclass defines ``_compute_output_shapes`` and :meth:`forward`, and where it can be trained through
    :meth:`backward` and :meth:`get_input_grads`.

    Parameters
    ----------
    data_names, label_names, output_names
        The names of its data, of its labels, and of its outputs.
    """

    def __init__(
        self,
        data_names: Sequence[str],
        label_names: Sequence[str] | None,
        output_names: Sequence[str],
        logger: Any = logging,
    ) -> None:
        super().__init__(logger=logger)
        self._data_names = list(data_names)
        self._label_names = None if label_names is None else list(label_names)
        self._output_names = list(output_names)
        self._data_shapes: Any = None
        self._label_shapes: Any = None
        self._output_shapes: Any = None

    @property
    def data_names(self) -> list[str]:
        """The names of the data."""
        return self._data_names

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs."""
        return self._output_names

    @property
    def data_shapes(self) -> Any:
        """Names and shapes of the data."""
        return self._data_shapes

    @property
    def label_shapes(self) -> Any:
        """Names and shapes of the labels; None if there are none."""
        return self._label_shapes

    @property
    def output_shapes(self) -> Any:
        """Names and shapes of the outputs."""
        return self._output_shapes

    def get_params(self) -> tuple[Arrays, Arrays]:
        """Nothing: it has no parameters."""
        return {}, {}

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Arrays | None = None,
        aux_params: Arrays | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Has nothing to initialize."""
        self.params_initialized = True

    def bind(
        self,
        data_shapes: Any,
        label_shapes: Any = None,
        for_training: bool = True,
        inputs_need_grad: bool = False,
        force_rebind: bool = False,
        shared_module: Any = None,
        grad_req: Any = "write",
    ) -> None:
        """Takes the shapes of data and labels, in the order of their names."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        require(grad_req == "write", "Python module only support write gradient")
        names = [shape[0] for shape in data_shapes]
        require(
            names == self._data_names, f"bind: the data must be {self._data_names} in this order, not {names}"
        )
        if label_shapes is not None:
            names = [shape[0] for shape in label_shapes]
            require(
                names == self._label_names,
                f"bind: the labels must be {self._label_names} in this order, not {names}",
            )
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._data_shapes, self._label_shapes = data_shapes, label_shapes
        self._output_shapes = self._compute_output_shapes()
        self.binded = True

    def _compute_output_shapes(self) -> Any:
        """Pairs of name and shape of the outputs, from ``_data_shapes``; a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} does not define _compute_output_shapes")

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = RATE,
        force_init: bool = False,
    ) -> None:
        """Has nothing to optimize."""
        self.optimizer_initialized = True

    def update(self) -> None:
        """Has nothing to move."""

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Shows labels and outputs to a metric, if it was bound with labels."""
        if self._label_shapes is None:
            return
        if pre_sliced:
            raise RuntimeError("PythonModule does not support presliced labels")
        eval_metric.update(labels, self.get_outputs())


class PythonLossModule(PythonModule):
    """The last module of a chain: hands its scores on, with the gradient of a loss written in Python.

    Parameters
    ----------
    name
        The output is called ``name_output``.
    data_names, label_names
        One name each: of the scores, and of the label.
    grad_func
        ``f(scores, label)`` gives the gradient of the loss by the scores, as an array of either kind.
    """

    def __init__(
        self,
        name: str = "pyloss",
        data_names: Sequence[str] = ("data",),
        label_names: Sequence[str] = ("softmax_label",),
        logger: Any = logging,
        grad_func: Callable[[NDArray, NDArray], Any] | None = None,
    ) -> None:
        super().__init__(data_names, label_names, [name + "_output"], logger=logger)
        require(len(data_names) == 1, f"PythonLossModule takes one array of data, not {list(data_names)}")
        require(len(label_names) == 1, f"PythonLossModule takes one label, not {list(label_names)}")
        require(
            grad_func is None or callable(grad_func),
            f"grad_func must be a function of scores and label, not {grad_func!r}",
        )
        self._name, self._grad_func = name, grad_func
        self._scores: Any = None
        self._labels: Any = None
        self._scores_grad: Any = None

    def _compute_output_shapes(self) -> list[tuple[str, Any]]:
        return [(self._name + "_output", self._data_shapes[0][1])]

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Keeps the scores, and for training the label."""
        self._scores = data_batch.data[0]
        if self.for_training if is_train is None else is_train:
            self._labels = data_batch.label[0]

    def get_outputs(self, merge_multi_context: bool = True) -> list[NDArray]:
        """The scores."""
        require(merge_multi_context is True, "PythonLossModule has no outputs of single contexts")
        return [self._scores]

    def backward(self, out_grads: Any = None) -> None:
        """Computes the gradient by the scores, with ``grad_func``."""
        require(out_grads is None, "For a loss module, out_grads should be None")
        require(self.for_training, "re-bind with for_training=True to run backward")
        self._backward_impl()

    def _backward_impl(self) -> None:
        """Puts the gradient into ``_scores_grad``; a subclass may define it in place of ``grad_func``."""
        if self._grad_func is None:
            raise NotImplementedError("PythonLossModule needs a grad_func, or _backward_impl in a subclass")
        grad = self._grad_func(self._scores, self._labels)
        self._scores_grad = grad if isinstance(grad, NDArray) else array(grad)

    def get_input_grads(self, merge_multi_context: bool = True) -> list[NDArray]:
        """The gradient by the scores."""
        require(merge_multi_context is True, "PythonLossModule has no gradients of single contexts")
        return [self._scores_grad]

    def install_monitor(self, mon: Any) -> None:
        """There is nothing to watch: a declared gap, as in MXNet."""
        raise NotImplementedError("PythonLossModule has no executor that a monitor could watch")
