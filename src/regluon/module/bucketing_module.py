"""A module for each bucket: nets for inputs of several lengths, which share their parameters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from regluon import symbol as sym
from regluon.checkpoint import epoch_file, load_params
from regluon.context import Context, cpu
from regluon.module.base_module import BaseModule
from regluon.module.descriptions import check_input_names
from regluon.module.guards import already_initialized, bound, initialized, optimized, require
from regluon.module.interface import RATE, UNIFORM, Arrays
from regluon.module.module import Module
from regluon.name import NameManager
from regluon.ndarray import array, load, save
from regluon.symbol import Symbol

__all__ = ["BucketingModule"]


class BucketingModule(BaseModule):
    """Nets by the key of a bucket, such as the length of its sentences, with the same parameters.

    Each batch says by its ``bucket_key`` which net takes it, and by ``provide_data`` and ``provide_label``
    what shapes it has.

    Parameters
    ----------
    sym_gen
        ``f(bucket_key)`` gives a symbol, the names of its data and those of its labels.
    default_bucket_key
        The bucket that is bound first, whose net must have all the parameters: the largest.
    logger, context, work_load_list, fixed_param_names, state_names, group2ctxs, compression_params
        As of ``Module``.
    """

    def __init__(
        self,
        sym_gen: Callable[[Any], tuple[Symbol, Any, Any]],
        default_bucket_key: Any = None,
        logger: Any = logging,
        context: Context | Sequence[Context] = cpu(),  # noqa: B008 (as MXNet's, and it never changes)
        work_load_list: Sequence[float] | None = None,
        fixed_param_names: Sequence[str] | None = None,
        state_names: Sequence[str] | None = None,
        group2ctxs: Any = None,
        compression_params: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(logger=logger)
        require(default_bucket_key is not None, "BucketingModule needs a default_bucket_key")
        self._default_bucket_key, self._sym_gen = default_bucket_key, sym_gen
        symbol, data_names, label_names = self._call_sym_gen(default_bucket_key)
        check_input_names(symbol, data_names, label_names, state_names, fixed_param_names)
        self._arguments: dict[str, Any] = {
            "logger": logger,
            "context": context,
            "work_load_list": work_load_list,
            "fixed_param_names": fixed_param_names,
            "state_names": state_names,
            "group2ctxs": group2ctxs,
            "compression_params": compression_params,
        }
        self._monitor: Any = None
        self._grad_req: Any = None
        self._params_dirty = False
        self._reset_bind()

    def _reset_bind(self) -> None:
        self.binded = False
        self._buckets: dict[Any, Module] = {}
        self._curr_module: Any = None
        self._curr_bucket_key: Any = None

    def _call_sym_gen(self, bucket_key: Any) -> tuple[Symbol, Any, Any]:
        with NameManager():  # the same automatic names in each bucket
            return self._sym_gen(bucket_key)

    def _module(self, bucket_key: Any) -> Module:
        return Module(*self._call_sym_gen(bucket_key), **self._arguments)

    # Names and shapes

    @property
    def data_names(self) -> Any:
        """The names of the data of the current bucket; of the default one before bind."""
        if self.binded:
            return self._curr_module.data_names
        return self._call_sym_gen(self._default_bucket_key)[1]

    @property
    def output_names(self) -> Any:
        """The names of the outputs of the current bucket; of the default one before bind."""
        if self.binded:
            return self._curr_module.output_names
        return self._call_sym_gen(self._default_bucket_key)[0].list_outputs()

    @property
    def data_shapes(self) -> Any:
        """Names and shapes of the data of the current bucket."""
        bound(self, "data_shapes")
        return self._curr_module.data_shapes

    @property
    def label_shapes(self) -> Any:
        """Names and shapes of the labels of the current bucket."""
        bound(self, "label_shapes")
        return self._curr_module.label_shapes

    @property
    def output_shapes(self) -> Any:
        """Names and shapes of the outputs of the current bucket."""
        bound(self, "output_shapes")
        return self._curr_module.output_shapes

    @property
    def symbol(self) -> Symbol:
        """The symbol of the current bucket."""
        bound(self, "symbol")
        return self._curr_module.symbol  # type: ignore[no-any-return]

    # Parameters

    def get_params(self) -> tuple[Arrays, Arrays]:
        """Parameters and states by name, on the CPU."""
        initialized(self, "get_params", needs_bind=False)
        self._curr_module._params_dirty = self._params_dirty
        params: tuple[Arrays, Arrays] = self._curr_module.get_params()
        self._params_dirty = False
        return params

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
        self._curr_module.set_params(arg_params, aux_params, allow_missing, force_init, allow_extra)
        self._params_dirty = True
        self.params_initialized = True

    def init_params(
        self,
        initializer: Any = UNIFORM,
        arg_params: Arrays | None = None,
        aux_params: Arrays | None = None,
        allow_missing: bool = False,
        force_init: bool = False,
        allow_extra: bool = False,
    ) -> None:
        """Gives values to parameters and states: see :meth:`BaseModule.init_params`."""
        if self.params_initialized and not force_init:
            return
        require(self.binded, "call bind before initializing the parameters")
        self._curr_module.init_params(
            initializer, arg_params, aux_params, allow_missing, force_init, allow_extra
        )
        self._params_dirty = False
        self.params_initialized = True

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
        """Makes arrays for the default bucket; others get theirs when a batch needs them."""
        params = self.get_params() if self.params_initialized else None
        if force_rebind:
            self._reset_bind()
        if self.binded:
            self.logger.warning("Already bound, ignoring bind()")
            return
        require(shared_module is None, "shared_module for BucketingModule is not supported")
        self.for_training, self.inputs_need_grad = for_training, inputs_need_grad
        self._grad_req = grad_req
        key = self._default_bucket_key
        module = self._buckets.get(key) or self._module(key)
        module.bind(data_shapes, label_shapes, for_training, inputs_need_grad, grad_req=grad_req)
        self._buckets[key] = self._curr_module = module
        self._curr_bucket_key = key
        self.binded = True
        if params is not None:
            self.set_params(*params)

    def switch_bucket(self, bucket_key: Any, data_shapes: Any, label_shapes: Any = None) -> None:
        """Goes to a bucket, and binds it if it is new

        Parameters
        ----------
        data_shapes, label_shapes
            ``provide_data`` and ``provide_label`` of a batch of it.
        """
        require(self.binded, "call bind before switching bucket")
        module = self._buckets.get(bucket_key) or self._module(bucket_key)
        if not module.binded:
            require(
                data_shapes is not None,
                f"switch_bucket: bucket {bucket_key!r} is new, and needs the shapes of its data",
            )
            first = self._buckets[self._default_bucket_key]
            module.bind(
                data_shapes,
                label_shapes,
                self._curr_module.for_training,
                self._curr_module.inputs_need_grad,
                shared_module=first,
                grad_req=self._grad_req,
            )
            if self._monitor is not None:
                module.install_monitor(self._monitor)
            self._buckets[bucket_key] = module
        self._curr_module, self._curr_bucket_key = module, bucket_key

    # The optimizer

    def init_optimizer(
        self,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = RATE,
        force_init: bool = False,
    ) -> None:
        """Makes what :meth:`update` uses, for all buckets: see :meth:`BaseModule.init_optimizer`."""
        initialized(self, "init_optimizer")
        if self.optimizer_initialized and not force_init:
            self.logger.warning("optimizer already initialized, ignoring.")
            return
        self._curr_module.init_optimizer(kvstore, optimizer, optimizer_params, force_init=force_init)
        for module in self._buckets.values():
            if module is not self._curr_module:
                module.borrow_optimizer(self._curr_module)
        self.optimizer_initialized = True

    def update(self) -> None:
        """Moves the parameters by the gradients of the current bucket."""
        initialized(self, "update")
        optimized(self, "update")
        self._params_dirty = True
        self._curr_module.update()

    # Computing

    def prepare(self, data_batch: Any, sparse_row_id_fn: Any = None) -> None:
        """Binds the bucket of a batch if it is new, and brings the rows of parameters that it needs."""
        initialized(self, "prepare")
        before = self._curr_bucket_key
        self.switch_bucket(data_batch.bucket_key, data_batch.provide_data, data_batch.provide_label)
        self._curr_module.prepare(data_batch, sparse_row_id_fn=sparse_row_id_fn)
        self.switch_bucket(before, None, None)

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Computes the outputs of a batch by the net of its bucket."""
        initialized(self, "forward")
        self.switch_bucket(data_batch.bucket_key, data_batch.provide_data, data_batch.provide_label)
        self._curr_module.forward(data_batch, is_train=is_train)

    def backward(self, out_grads: Any = None) -> None:
        """Computes the gradients of the current bucket."""
        initialized(self, "backward")
        self._curr_module.backward(out_grads=out_grads)

    def get_outputs(self, merge_multi_context: bool = True) -> Any:
        """The outputs of the last batch: each joined, or a list of each context's."""
        initialized(self, "get_outputs")
        return self._curr_module.get_outputs(merge_multi_context=merge_multi_context)

    def get_input_grads(self, merge_multi_context: bool = True) -> Any:
        """The gradients of the data, if it is bound with ``inputs_need_grad``."""
        initialized(self, "get_input_grads")
        require(self.inputs_need_grad, "get_input_grads: bind with inputs_need_grad=True")
        return self._curr_module.get_input_grads(merge_multi_context=merge_multi_context)

    def get_states(self, merge_multi_context: bool = True) -> Any:
        """The states of the current bucket; only with ``merge_multi_context=False``."""
        initialized(self, "get_states")
        return self._curr_module.get_states(merge_multi_context=merge_multi_context)

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Sets the states of the current bucket: see ``Module.set_states``."""
        initialized(self, "set_states")
        self._curr_module.set_states(states, value)

    def update_metric(self, eval_metric: Any, labels: Any, pre_sliced: bool = False) -> None:
        """Shows labels and outputs to a metric; ``pre_sliced`` labels are a list for each context."""
        initialized(self, "update_metric")
        self._curr_module.update_metric(eval_metric, labels, pre_sliced)

    def install_monitor(self, mon: Any) -> None:
        """Has a monitor watch the executors of all buckets."""
        bound(self, "install_monitor")
        self._monitor = mon
        for module in self._buckets.values():
            module.install_monitor(mon)

    # Files

    def save_checkpoint(self, prefix: str, epoch: int, remove_amp_cast: bool = False) -> None:
        """Writes ``prefix-0001.params``, a ``prefix-KEY-symbol.json`` for each bucket, and ``prefix.buckets``

        The keys of the buckets must be whole numbers.
        """
        require(self._buckets, "Empty BucketingModule cannot be saved")
        for key in self._buckets:
            require(
                isinstance(key, (int, np.integer)),
                f"save_checkpoint: a file of buckets holds whole numbers, and cannot hold the key {key!r}",
            )
        self.save_params(epoch_file(prefix, epoch, "params"))
        for key in self._buckets:
            symbol, _, _ = self._call_sym_gen(key)
            symbol.save(f"{prefix}-{key}-symbol.json", remove_amp_cast=remove_amp_cast)
        save(f"{prefix}.buckets", array(list(self._buckets), dtype=np.int32))

    @staticmethod
    def load(
        prefix: str,
        epoch: int,
        sym_gen: Callable[[Any], tuple[Symbol, Any, Any]] | None = None,
        default_bucket_key: Any = None,
        **kwargs: Any,
    ) -> BucketingModule:
        """Of the files of :meth:`save_checkpoint`; to be bound next. Further arguments as of the class."""
        require(sym_gen is not None, "sym_gen is required for loading BucketingModule")
        require(default_bucket_key is not None, "default_bucket_key is required for loading BucketingModule")
        found: Any = load(f"{prefix}.buckets")
        keys = [int(key) for key in found[0].asnumpy()]
        symbols = {key: sym.load(f"{prefix}-{key}-symbol.json") for key in keys}
        return BucketingModule.load_dict(
            symbols, sym_gen, default_bucket_key, *load_params(prefix, epoch), **kwargs
        )

    @staticmethod
    def load_dict(
        sym_dict: dict[Any, Symbol] | None = None,
        sym_gen: Callable[[Any], tuple[Symbol, Any, Any]] | None = None,
        default_bucket_key: Any = None,
        arg_params: Arrays | None = None,
        aux_params: Arrays | None = None,
        **kwargs: Any,
    ) -> BucketingModule:
        """Of symbols by bucket and their parameters; to be bound next. Further arguments as of the class."""
        for what, value in (
            ("sym_dict", sym_dict),
            ("sym_gen", sym_gen),
            ("arg_params", arg_params),
            ("aux_params", aux_params),
            ("default_bucket_key", default_bucket_key),
        ):
            require(value is not None, f"{what} needs to be provided for BucketingModule.load_dict")
        assert sym_dict is not None
        assert sym_gen is not None
        require(
            default_bucket_key in sym_dict,
            f"default_bucket_key {default_bucket_key!r} is none of the buckets {list(sym_dict)}",
        )
        made = BucketingModule(sym_gen, default_bucket_key, **kwargs)
        for key, symbol in sym_dict.items():
            _, data_names, label_names = made._call_sym_gen(key)
            made._buckets[key] = Module(symbol, data_names, label_names, **made._arguments)
        made._curr_module = made._buckets[default_bucket_key]
        made._curr_module._arg_params, made._curr_module._aux_params = arg_params, aux_params
        made._curr_module.params_initialized = made.params_initialized = True
        return made
