"""Modules one after the other."""

from __future__ import annotations

import copy
import logging
from typing import Any, ClassVar

from regluon.module.base_module import BaseModule
from regluon.module.guards import bound, initialized, optimized, require
from regluon.module.interface import RATE, UNIFORM, Arrays

__all__ = ["SequentialModule"]


class SequentialModule(BaseModule):
    """A chain of modules: the outputs of each are the data of the next.

    ::

        mod = mx.mod.SequentialModule().add(first).add(second, take_labels=True, auto_wiring=True)
    """

    META_TAKE_LABELS = "take_labels"
    META_AUTO_WIRING = "auto_wiring"
    _meta_keys: ClassVar[tuple[str, ...]] = (META_TAKE_LABELS, META_AUTO_WIRING)

    def __init__(self, logger: Any = logging) -> None:
        super().__init__(logger=logger)
        self._modules: list[Any] = []
        self._metas: list[dict[str, Any]] = []
        self._label_shapes: Any = None

    def add(self, module: BaseModule, **kwargs: Any) -> SequentialModule:
        """Adds a module to the end; returns the chain

        Parameters
        ----------
        take_labels
            Whether the module gets the labels; the last one mostly does.
        auto_wiring
            Whether its data get their names from it, whatever the outputs before it are called.
        """
        for key in kwargs:
            require(key in self._meta_keys, f'Unknown meta "{key}", a typo? There are {self._meta_keys}')
        self._modules.append(module)
        self._metas.append(kwargs)
        self.binded = self.params_initialized = self.optimizer_initialized = False
        return self

    # Names and shapes

    @property
    def data_names(self) -> list[str]:
        """The names of the data of the first module."""
        return self._modules[0].data_names if self._modules else []

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs of the last module."""
        return self._modules[-1].output_names if self._modules else []

    @property
    def data_shapes(self) -> Any:
        """Names and shapes of the data."""
        bound(self, "data_shapes")
        return self._modules[0].data_shapes

    @property
    def label_shapes(self) -> Any:
        """Names and shapes of the labels; None if no module takes any."""
        bound(self, "label_shapes")
        return self._label_shapes

    @property
    def output_shapes(self) -> Any:
        """Names and shapes of the outputs."""
        bound(self, "output_shapes")
        return self._modules[-1].output_shapes

    # Parameters

    def get_params(self) -> tuple[Arrays, Arrays]:
        """Parameters and states of all modules by name, on the CPU."""
        initialized(self, "get_params")
        arg_params: Arrays = {}
        aux_params: Arrays = {}
        for module in self._modules:
            arguments, states = module.get_params()
            arg_params.update(arguments)
            aux_params.update(states)
        return arg_params, aux_params

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Arrays | None = None,
        aux_params: Arrays | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Gives values to the parameters of all modules, which must have different names."""
        if self.params_initialized and not force_init:
            return
        require(self.binded, "call bind before initializing the parameters")
        for module in self._modules:
            module.init_params(
                initializer=initializer,
                arg_params=arg_params,
                aux_params=aux_params,
                allow_missing=allow_missing,
                force_init=force_init,
                allow_extra=allow_extra,
            )
        self._check_names()
        self.params_initialized = True

    def _check_names(self) -> None:
        for kind in (0, 1):
            owners: dict[str, int] = {}
            for i, module in enumerate(self._modules):
                for name in module.get_params()[kind]:
                    if name in owners:
                        j = owners[name]
                        raise AssertionError(
                            f'Duplicated parameter names: name "{name}" in layer {i} ({type(module)}) is '
                            f"already used in layer {j} ({type(self._modules[j])})."
                        )
                    owners[name] = i

    # Binding

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
        """Binds all modules, each to the shapes that come out of the one before."""
        if self.binded and not force_rebind:
            self.logger.warning("Already bound, ignoring bind()")
            return
        require(for_training or not inputs_need_grad, "bind: inputs_need_grad needs for_training=True")
        require(shared_module is None, "Shared module is not supported")
        require(self._modules, "Attempting to bind an empty SequentialModule")
        shapes = data_shapes
        for i, (module, meta) in enumerate(zip(self._modules, self._metas, strict=True)):
            if meta.get(self.META_AUTO_WIRING):
                names = module.data_names
                require(
                    len(names) == len(shapes),
                    f"auto_wiring: module {i} takes {list(names)}, but gets {[s[0] for s in shapes]}",
                )
                shapes = [(name, shape[1]) for name, shape in zip(names, shapes, strict=True)]
            module.bind(
                data_shapes=shapes,
                label_shapes=label_shapes if meta.get(self.META_TAKE_LABELS) else None,
                for_training=for_training,
                inputs_need_grad=bool(inputs_need_grad or (for_training and i > 0)),
                force_rebind=force_rebind,
                grad_req=grad_req,
            )
            shapes = module.output_shapes
        takes = any(meta.get(self.META_TAKE_LABELS) for meta in self._metas)
        self._label_shapes = label_shapes if takes else None
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self.binded = True

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = RATE,
        force_init: bool = False,
    ) -> None:
        """Makes an optimizer for each module: see :meth:`BaseModule.init_optimizer`."""
        initialized(self, "init_optimizer")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        for module in self._modules:
            module.init_optimizer(
                kvstore=kvstore,
                optimizer=optimizer,
                optimizer_params=optimizer_params,
                force_init=force_init,
            )
        self.optimizer_initialized = True

    # Computing

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Computes the outputs of a batch."""
        initialized(self, "forward")
        batch = copy.copy(data_batch)
        for i, module in enumerate(self._modules):
            module.forward(batch, is_train=is_train)
            if i + 1 < len(self._modules):
                batch.data = module.get_outputs()
                if hasattr(batch, "provide_data"):
                    names = [d[0] for d in self._modules[i + 1].data_shapes]
                    batch.provide_data = [(n, a.shape) for n, a in zip(names, batch.data, strict=True)]

    def backward(self, out_grads: Any = None) -> None:
        """Computes the gradients of all modules, from the last to the first."""
        initialized(self, "backward")
        for i, module in reversed(list(enumerate(self._modules))):
            module.backward(out_grads=out_grads)
            if i:
                out_grads = module.get_input_grads()

    def update(self) -> None:
        """Moves the parameters of all modules."""
        initialized(self, "update")
        optimized(self, "update")
        for module in self._modules:
            module.update()

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """The outputs of the last module."""
        initialized(self, "get_outputs")
        return self._modules[-1].get_outputs(merge_multi_context=merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """The gradients of the data, if it is bound with ``inputs_need_grad``."""
        initialized(self, "get_input_grads")
        require(self.inputs_need_grad, "get_input_grads: bind with inputs_need_grad=True")
        return self._modules[0].get_input_grads(merge_multi_context=merge_multi_context)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Shows labels and outputs of the modules that take labels to a metric."""
        initialized(self, "update_metric")
        for module, meta in zip(self._modules, self._metas, strict=True):
            if meta.get(self.META_TAKE_LABELS):
                module.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Has a monitor watch the executors of all modules."""
        bound(self, "install_monitor")
        for module in self._modules:
            module.install_monitor(mon)
