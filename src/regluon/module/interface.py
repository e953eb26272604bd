"""What every module has: the methods and properties that a kind of module defines."""

from __future__ import annotations

from typing import Any

from regluon.initializer import Uniform
from regluon.ndarray import NDArray

__all__ = ["RATE", "UNIFORM", "Arrays", "Interface"]

Arrays = dict[str, NDArray]

UNIFORM = Uniform(0.01)
"""What parameters are initialized by where nothing else is said."""

RATE = (("learning_rate", 0.01),)
"""The arguments of an optimizer where nothing else is said."""


class Interface:
    """The methods of a module, without what is made of them: see :class:`BaseModule`."""

    @property
    def data_names(self) -> list[str]:
        """The names of the data."""
        raise NotImplementedError(f"{type(self).__name__} does not define data_names")

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs."""
        raise NotImplementedError(f"{type(self).__name__} does not define output_names")

    @property
    def data_shapes(self) -> Any:
        """Names and shapes of the data."""
        raise NotImplementedError(f"{type(self).__name__} does not define data_shapes")

    @property
    def label_shapes(self) -> Any:
        """Names and shapes of the labels; None if there are none."""
        raise NotImplementedError(f"{type(self).__name__} does not define label_shapes")

    @property
    def output_shapes(self) -> Any:
        """Names and shapes of the outputs."""
        raise NotImplementedError(f"{type(self).__name__} does not define output_shapes")

    def get_params(self) -> tuple[Arrays, Arrays]:
        """Parameters and states by name, on the CPU."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_params")

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Arrays | None = None,
        aux_params: Arrays | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Gives values to parameters and states

        Parameters
        ----------
        initializer
            For those that are not given.
        arg_params, aux_params
            Values by name.
        allow_missing
            Whether values may be given for some only.
        force_init
            Whether to do so again.
        allow_extra
            Whether values may be given for others than there are.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define init_params")

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
        """Makes arrays for batches of the shapes given

        Parameters
        ----------
        data_shapes, label_shapes
            Descriptions, or pairs of name and shape, as ``provide_data`` and ``provide_label`` have them.
        for_training
            Whether there are gradients.
        inputs_need_grad
            Whether of the data as well.
        force_rebind
            Whether to do so again.
        shared_module
            A module whose parameters this one has too.
        grad_req
            "write", "add" or "null" for all parameters, a list for all arguments, or by name.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define bind")

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = RATE,
        force_init: bool = False,
    ) -> None:
        """Makes what :meth:`update` uses

        Parameters
        ----------
        kvstore
            Where gradients of several contexts are summed: a store, its name or None.
        optimizer
            An optimizer, or the name of one, which gets ``optimizer_params``; ``rescale_grad`` is then
            1 / batch size, unless it is among them.
        force_init
            Whether to do so again.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define init_optimizer")

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Computes the outputs of a batch; for training as bound, if that is not said."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward")

    def backward(self, out_grads: Any = None) -> None:
        """Computes the gradients, from those of the outputs if these are no losses."""
        raise NotImplementedError(f"{type(self).__name__} does not define backward")

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """The outputs: each joined, or a list of each context's."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_outputs")

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """The gradients of the data: each joined, or a list of each context's."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_input_grads")

    def update(self) -> None:
        """Moves the parameters by their gradients."""
        raise NotImplementedError(f"{type(self).__name__} does not define update")

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Shows labels and outputs to a metric; ``pre_sliced`` labels are a list for each context."""
        raise NotImplementedError(f"{type(self).__name__} does not define update_metric")

    def install_monitor(self, mon: Any) -> None:
        """Has a monitor watch the executors."""
        raise NotImplementedError(f"{type(self).__name__} does not define install_monitor")
