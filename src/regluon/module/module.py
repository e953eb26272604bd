"""A module of one symbol."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import Any

from regluon.checkpoint import epoch_file, load_checkpoint
from regluon.context import Context, cpu
from regluon.initializer import InitDesc
from regluon.io import DataDesc
from regluon.module.descriptions import check_input_names, like, parse_descriptions, shapes_of
from regluon.module.executor_group import DataParallelExecutorGroup
from regluon.module.guards import already_initialized, bound, initialized, require
from regluon.module.interface import UNIFORM, Arrays
from regluon.module.learning import LearningModule
from regluon.module.parts import host_arrays
from regluon.module.sparse_rows import pull_rows
from regluon.symbol import Symbol

__all__ = ["Module"]


class Module(LearningModule):
    """A symbol with its parameters and an optimizer: what trains and asks most nets.

    ::

        mod = mx.mod.Module(net, context=mx.cpu())
        mod.fit(train, eval_data=val, optimizer_params={"learning_rate": 0.1}, num_epoch=5)
        mod.score(val, "acc")

    Parameters
    ----------
    symbol
        The net.
    data_names, label_names
        Which of its arguments are data and labels.
    logger
        Where :meth:`fit` writes.
    context
        A context, or several that share each batch.
    work_load_list
        How much of a batch each context gets, in proportion; as much as the others if None.
    fixed_param_names
        Parameters that are not learned.
    state_names
        Arguments that keep their values from batch to batch; zeros at first: see :meth:`set_states`.
    group2ctxs
        Where groups of nodes are computed: a declared gap, unless it is their own context.
    compression_params
        How gradients are made smaller on their way to a store: ``{"type": "2bit", "threshold": 0.5}``.

    Raises
    ------
    ValueError
        If the symbol has no argument of a name given; of labels it is a warning.
    """

    def __init__(
        self,
        symbol: Symbol,
        data_names: Sequence[str] | None = ("data",),
        label_names: Sequence[str] | None = ("softmax_label",),
        logger: Any = logging,
        context: Context | Sequence[Context] = cpu(),  # noqa: B008 (as MXNet's, and it never changes)
        work_load_list: Sequence[float] | None = None,
        fixed_param_names: Sequence[str] | None = None,
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
        compression_params: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(logger=logger)
        self._symbol = symbol
        self._context = [context] if isinstance(context, Context) else list(context)
        self._work_load_list = [1] * len(self._context) if work_load_list is None else work_load_list
        require(
            len(self._work_load_list) == len(self._context),
            f"work_load_list must have {len(self._context)} numbers, one for each context",
        )
        self._group2ctxs, self._compression_params = group2ctxs, compression_params
        self._data_names, self._label_names = list(data_names or ()), list(label_names or ())
        self._state_names, self._fixed_param_names = list(state_names or ()), list(fixed_param_names or ())
        check_input_names(
            symbol, self._data_names, self._label_names, self._state_names, self._fixed_param_names
        )
        inputs = [*self._data_names, *self._label_names, *self._state_names]
        self._param_names = [name for name in symbol.list_arguments() if name not in inputs]
        self._aux_names = symbol.list_auxiliary_states()
        self._output_names = symbol.list_outputs()
        self._arg_params: Arrays | None = None
        self._aux_params: Arrays | None = None
        self._reset_bind()

    # Files

    @staticmethod
    def load(prefix: str, epoch: int, load_optimizer_states: bool = False, **kwargs: Any) -> Module:
        """Of a checkpoint: ``prefix-symbol.json`` and ``prefix-0001.params``; to be bound next

        Parameters
        ----------
        load_optimizer_states
            Whether the optimizer goes on from ``prefix-0001.states``, once there is one.
        **kwargs
            As of the class.
        """
        symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
        module = Module(symbol, **kwargs)
        module._arg_params, module._aux_params = arg_params, aux_params
        module.params_initialized = True
        if load_optimizer_states:
            module._preload_opt_states = epoch_file(prefix, epoch, "states")
        return module

    def save_checkpoint(
        self, prefix: str, epoch: int, save_optimizer_states: bool = False, remove_amp_cast: bool = True
    ) -> None:
        """Writes ``prefix-symbol.json``, ``prefix-0001.params``, and ``prefix-0001.states`` if asked for."""
        self._symbol.save(f"{prefix}-symbol.json", remove_amp_cast=remove_amp_cast)
        name = epoch_file(prefix, epoch, "params")
        self.save_params(name)
        logging.info('Saved checkpoint to "%s"', name)
        if save_optimizer_states:
            states = epoch_file(prefix, epoch, "states")
            self.save_optimizer_states(states)
            logging.info('Saved optimizer state to "%s"', states)

    # Names and shapes

    @property
    def data_names(self) -> list[str]:
        """The names of the data."""
        return self._data_names

    @property
    def label_names(self) -> list[str]:
        """The names of the labels."""
        return self._label_names

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs."""
        return self._output_names

    @property
    def data_shapes(self) -> list[DataDesc]:
        """Names and shapes of the data."""
        bound(self, "data_shapes")
        return self._data_shapes  # type: ignore[no-any-return]

    @property
    def label_shapes(self) -> list[DataDesc] | None:
        """Names and shapes of the labels; None if it was bound without."""
        bound(self, "label_shapes")
        return self._label_shapes  # type: ignore[no-any-return]

    @property
    def output_shapes(self) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of the outputs."""
        bound(self, "output_shapes")
        return self._exec_group.get_output_shapes()  # type: ignore[no-any-return]

    # Binding

    def _reset_bind(self) -> None:
        """Forgets what :meth:`bind` has made."""
        self.binded = False
        self._exec_group: Any = None
        self._data_shapes: Any = None
        self._label_shapes: Any = None

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
        """Makes arrays for batches of the shapes given: see :meth:`BaseModule.bind`."""
        if force_rebind:
            if self.binded and self.params_initialized and self._params_dirty:
                self._sync_params_from_devices()
            self._reset_bind()
        if self.binded:
            self.logger.warning("Already bound, ignoring bind()")
            return
        require(for_training or not inputs_need_grad, "bind: inputs_need_grad needs for_training=True")
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._data_shapes, self._label_shapes = parse_descriptions(
            self._data_names, self._label_names, data_shapes, label_shapes
        )
        self._exec_group = DataParallelExecutorGroup(
            self._symbol,
            self._context,
            self._work_load_list,
            self._data_shapes,
            self._label_shapes,
            self._param_names,
            for_training,
            inputs_need_grad,
            None if shared_module is None else _shared_group(shared_module, len(self._context)),
            logger=self.logger,
            fixed_param_names=self._fixed_param_names,
            grad_req=grad_req,
            state_names=self._state_names,
            group2ctxs=self._group2ctxs,
        )
        self._bind_params(shared_module)
        self.binded = True

    def _bind_params(self, shared_module: Any) -> None:
        """The parameters of a module that is bound now: another's, its own from before, or zeros."""
        group = self._exec_group
        if shared_module is not None:
            self._arg_params, self._aux_params = shared_module._arg_params, shared_module._aux_params
            self.params_initialized = True
            if shared_module.optimizer_initialized:
                self.borrow_optimizer(shared_module)
        elif self.params_initialized:
            group.set_params(self._arg_params, self._aux_params)
        else:
            self._arg_params = host_arrays(self._param_names, group.param_arrays)
            self._aux_params = host_arrays(self._aux_names, group.aux_arrays)

    def reshape(self, data_shapes: Any, label_shapes: Any = None) -> None:
        """Makes it ready for batches of other shapes, with the same parameters."""
        bound(self, "reshape")
        self._data_shapes, self._label_shapes = parse_descriptions(
            self._data_names, self._label_names, data_shapes, label_shapes
        )
        self._exec_group.reshape(self._data_shapes, self._label_shapes)

    # Parameters

    def get_params(self) -> tuple[Arrays, Arrays]:
        """Parameters and states by name, on the CPU."""
        initialized(self, "get_params", needs_bind=False)
        if self._params_dirty:
            self._sync_params_from_devices()
        assert self._arg_params is not None
        assert self._aux_params is not None
        return self._arg_params, self._aux_params

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Arrays | None = None,
        aux_params: Arrays | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Gives values to parameters and states: see :meth:`BaseModule.init_params`.

        Raises
        ------
        RuntimeError
            If one is not given, some are, and none may be missing.
        """
        if already_initialized(self, "init_params", force_init):
            return
        require(self.binded, "call bind before initializing the parameters")
        attrs = self._symbol.attr_dict()
        for own, given in ((self._arg_params, arg_params), (self._aux_params, aux_params)):
            for name, target in sorted((own or {}).items()):
                if given is not None and name in given:
                    if given[name] is not target:
                        given[name].copyto(target)
                elif given is not None and not allow_missing:
                    raise RuntimeError(
                        f"{name} is not presented: it is not among the parameters given, {', '.join(given)}; "
                        "allow_missing=True has it initialized"
                    )
                elif given is None or initializer is not None:
                    initializer(InitDesc(name, attrs.get(name)), target)
        self.params_initialized = True
        self._params_dirty = False
        self._exec_group.set_params(self._arg_params, self._aux_params, allow_extra=allow_extra)

    def set_params(
        self,
        arg_params: Arrays,
        aux_params: Arrays,
        allow_missing: bool = False,
        force_init: bool = True,
        allow_extra: bool = False,
    ) -> None:
        """Sets parameters and states; with ``allow_missing`` the others stay as they are."""
        if not allow_missing:
            super().set_params(arg_params, aux_params, False, force_init, allow_extra)
            return
        if already_initialized(self, "set_params", force_init):
            return
        bound(self, "set_params")
        self._exec_group.set_params(arg_params, aux_params, allow_extra=allow_extra)
        self._params_dirty = True
        self.params_initialized = True

    # Computing

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Computes the outputs of a batch, whose shapes may differ from those that are bound

        Parameters
        ----------
        data_batch
            A batch; or a list of a batch for each context, all of one shape.
        is_train
            Whether for training; as bound if None.
        """
        initialized(self, "forward")
        shapes = shapes_of(data_batch)
        if shapes != [d.shape for d in self._data_shapes]:
            self._reshape_for(data_batch, shapes)
        self._exec_group.forward(data_batch, is_train)

    def _reshape_for(self, batch: Any, shapes: list[tuple[int, ...]]) -> None:
        data = getattr(batch, "provide_data", None) or like(self._data_shapes, shapes)
        labels = getattr(batch, "provide_label", None)
        arrays = getattr(batch, "label", None)
        if not labels and arrays and self._label_shapes:
            labels = like(self._label_shapes, [a.shape for a in arrays])
        self.reshape(data, labels or None)

    def backward(self, out_grads: Any = None) -> None:
        """Computes the gradients, from those of the outputs if these are no losses."""
        initialized(self, "backward")
        self._exec_group.backward(out_grads=out_grads)

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """The outputs of the last batch: each joined, or a list of each context's."""
        initialized(self, "get_outputs")
        return self._exec_group.get_outputs(merge_multi_context=merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """The gradients of the data, if it is bound with ``inputs_need_grad``."""
        initialized(self, "get_input_grads")
        return self._exec_group.get_input_grads(merge_multi_context=merge_multi_context)

    def get_states(self, merge_multi_context: bool = True) -> Any:
        """The states: for each a list of an array per context; only with ``merge_multi_context=False``."""
        initialized(self, "get_states")
        return self._exec_group.get_states(merge_multi_context=merge_multi_context)

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Copies states, for each a list of an array per context, or sets all of them to a number."""
        initialized(self, "set_states")
        self._exec_group.set_states(states, value)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Shows labels and outputs to a metric; ``pre_sliced`` labels are a list for each context."""
        self._exec_group.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Has a monitor watch the executors."""
        bound(self, "install_monitor")
        self._exec_group.install_monitor(mon)

    def prepare(self, data_batch: Any, sparse_row_id_fn: Any = None) -> None:
        """Brings rows of row_sparse parameters from the store, those that a batch needs."""
        bound(self, "prepare")
        if sparse_row_id_fn is None:
            return
        if not self._kvstore or not self._update_on_kvstore:
            warnings.warn(
                "Parameters are not updated in the KVStore. No need to call sparse_row_id_fn.", stacklevel=2
            )
            return
        pull_rows(self._kvstore, self._exec_group, sparse_row_id_fn(data_batch))


def _shared_group(module: Any, contexts: int) -> DataParallelExecutorGroup:
    require(
        isinstance(module, Module) and module.binded and module.params_initialized,
        "bind: shared_module must be a Module that is bound and has parameters",
    )
    group: DataParallelExecutorGroup = module._exec_group
    require(len(group.execs) >= contexts, f"bind: shared_module must be on {contexts} contexts")
    return group
