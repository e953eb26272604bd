"""``FeedForward``: a net, its parameters and how it is trained, in one object; the API before Module."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from regluon import metric
from regluon import optimizer as opt
from regluon.callback import LogValidationMetricsCallback
from regluon.checkpoint import load_checkpoint, save_checkpoint
from regluon.context import Context, cpu
from regluon.executor_manager import DataParallelExecutorManager, check_arguments
from regluon.initializer import Uniform
from regluon.io.batch import described
from regluon.model.batch_end import call_all, tell
from regluon.model.inputs import eval_iterator, iterator
from regluon.model.stores import (
    create_kvstore,
    index_names,
    initialize_kvstore,
    update_params,
    update_params_on_kvstore,
    workers,
)
from regluon.model.training import Loop
from regluon.ndarray import NDArray, zeros
from regluon.symbol import Executor, Symbol

__all__ = ["FeedForward"]

_UNIFORM = Uniform(0.01)
_LOG_VALIDATION = LogValidationMetricsCallback()


class FeedForward:
    """A net with its parameters; :meth:`fit` trains it. Deprecated in MXNet, where ``mx.mod.Module`` follows.

    Parameters
    ----------
    symbol
        The net, which ends in a loss such as ``SoftmaxOutput``; or a function from bucket keys to nets.
    ctx
        A context, or several that share each batch; the first is used for prediction. The CPU if None.
    num_epoch
        How many epochs :meth:`fit` goes to.
    epoch_size
        How many batches an epoch has; all if None.
    optimizer
        An optimizer, or the name of one, which gets ``kwargs``; ``rescale_grad`` is then 1 / batch size.
    initializer
        For parameters that are not in ``arg_params``.
    numpy_batch_size
        The batch size for arrays that come without an iterator.
    arg_params, aux_params
        Parameters, and states that are none, by name.
    allow_extra_params
        Whether these may hold others than the net has.
    begin_epoch
        The number of the first epoch.
    **kwargs
        For the optimizer.
    """

    def __init__(
        self,
        symbol: Any,
        ctx: Context | list[Context] | None = None,
        num_epoch: int | None = None,
        epoch_size: int | None = None,
        optimizer: Any = "sgd",
        initializer: Any = _UNIFORM,
        numpy_batch_size: int = 128,
        arg_params: dict[str, NDArray] | None = None,
        aux_params: dict[str, NDArray] | None = None,
        allow_extra_params: bool = False,
        begin_epoch: int = 0,
        **kwargs: Any,
    ) -> None:
        warnings.warn(
            "\033[91mmxnet.model.FeedForward has been deprecated. "
            "Please use mxnet.mod.Module instead.\033[0m",
            DeprecationWarning,
            stacklevel=2,
        )
        is_symbol = isinstance(symbol, Symbol)
        self.sym_gen: Callable[[Any], Symbol] | None = None if is_symbol else symbol
        self.symbol: Any = symbol if is_symbol else None
        self.arg_params, self.aux_params = arg_params, aux_params
        self.allow_extra_params = allow_extra_params
        self.argument_checked = False
        if is_symbol:
            self._check_arguments()
        self.ctx: list[Context] = [cpu()] if ctx is None else [ctx] if isinstance(ctx, Context) else ctx
        self.num_epoch, self.begin_epoch, self.epoch_size = num_epoch, begin_epoch, epoch_size
        self.optimizer, self.initializer = optimizer, initializer
        self.numpy_batch_size = numpy_batch_size
        self.kwargs = dict(kwargs)
        self._pred_exec: Executor | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pred_exec": None}

    def _check_arguments(self) -> None:
        """Looks for names that occur twice, and lets go of parameters that the net does not have."""
        if self.argument_checked:
            return
        self.argument_checked = True
        check_arguments(self.symbol)
        if self.allow_extra_params:
            arguments, states = self.symbol.list_arguments(), self.symbol.list_auxiliary_states()
            if self.arg_params:
                self.arg_params = {k: v for k, v in self.arg_params.items() if k in arguments}
            if self.aux_params:
                self.aux_params = {k: v for k, v in self.aux_params.items() if k in states}

    def _init_params(self, inputs: Any, overwrite: bool = False) -> tuple[list[str], list[str], list[str]]:
        """Makes the parameters, those there are or the initializer's; returns the names of all arrays."""
        known = described(inputs)
        names, states = self.symbol.list_arguments(), self.symbol.list_auxiliary_states()
        shapes, _, state_shapes = self.symbol.infer_shape(**{i.name: tuple(i.shape) for i in known})
        types, _, state_types = self.symbol.infer_type(**{i.name: i.dtype for i in known})
        if shapes is None or types is None:
            raise AssertionError(
                f"FeedForward: the shapes and types of all parameters do not follow from {inputs}"
            )
        given = {i.name for i in known}
        learned = [name for name in names if name not in given]
        made = {n: zeros(s, dtype=t) for n, s, t in zip(names, shapes, types, strict=True) if n in learned}
        made_states = {
            n: zeros(s, dtype=t) for n, s, t in zip(states, state_shapes, state_types, strict=True)
        }
        for new, old in ((made, self.arg_params), (made_states, self.aux_params)):
            for name, array in new.items():
                if old and name in old and not overwrite:
                    array[:] = old[name]
                else:
                    self.initializer(name, array)
        self.arg_params, self.aux_params = made, made_states
        return names, learned, states

    # Prediction

    def _predictor(self, data: Any) -> Executor:
        """An executor for the shapes of an iterator; the last one if they are the same."""
        if self.arg_params is None:
            raise AssertionError("FeedForward has no parameters yet: call fit, or give it arg_params")
        known = described(data.provide_data)
        shapes = {n: a.shape for n, a in self.arg_params.items()} | {d.name: tuple(d.shape) for d in known}
        if self._pred_exec is not None:
            found, _, _ = self.symbol.infer_shape(**shapes)
            if found is None:
                raise AssertionError(f"Incomplete input shapes: {shapes}")
            if found == [a.shape for a in self._pred_exec.arg_arrays]:
                return self._pred_exec
        types = {n: a.dtype for n, a in self.arg_params.items()} | {d.name: d.dtype for d in known}
        executor = self.symbol.simple_bind(self.ctx[0], grad_req="null", type_dict=types, **shapes)
        executor.copy_params_from(self.arg_params, self.aux_params)
        check_arguments(self.symbol)
        self._pred_exec = executor
        return executor  # type: ignore[no-any-return]

    def _evaluated(
        self, data: Any, num_batch: int | None, reset: bool
    ) -> Iterator[tuple[Any, list[NDArray]]]:
        """The batches of an iterator, and the outputs for each."""
        if reset:
            data.reset()
        executor = self._predictor(data)
        targets = [executor.arg_dict[d[0]] for d in data.provide_data]
        for i, batch in enumerate(data):
            if i == num_batch:
                return
            for array, target in zip(batch.data, targets, strict=True):
                array.copyto(target)
            yield batch, executor.forward(is_train=False)

    def predict(
        self, X: Any, num_batch: int | None = None, return_data: bool = False, reset: bool = True
    ) -> Any:
        """The outputs for data, as NumPy arrays

        Parameters
        ----------
        X
            An iterator or an array.
        num_batch
            How many batches; all if None.
        return_data
            Whether the data and labels are returned too.
        reset
            Whether the iterator begins anew.

        Returns
        -------
        An array, or a list of them if the net has several outputs; with ``return_data`` three of these.
        """
        data = iterator(X, None, self.numpy_batch_size, is_train=False)
        rows: list[list[list[Any]]] = []
        for batch, outputs in self._evaluated(data, num_batch, reset):
            size = data.batch_size - batch.pad
            arrays = [outputs]
            if return_data:
                arrays += [batch.data, batch.label]
            rows.append([[a[:size].asnumpy() for a in kind] for kind in arrays])
        found = [
            [np.concatenate(column) for column in zip(*kind, strict=True)] for kind in zip(*rows, strict=True)
        ]
        merged = [kind[0] if len(kind) == 1 else kind for kind in found]
        return tuple(merged) if return_data else merged[0]

    def score(
        self,
        X: Any,
        eval_metric: Any = "acc",
        num_batch: int | None = None,
        batch_end_callback: Any = None,
        reset: bool = True,
    ) -> Any:
        """The value of a metric over data

        Parameters
        ----------
        X
            An iterator with labels.
        eval_metric
            A metric, or what ``metric.create`` takes.
        num_batch, reset
            As of :meth:`predict`.
        """
        eval_metric = metric.create(eval_metric)
        data = iterator(X, None, self.numpy_batch_size, is_train=False)
        for i, (batch, outputs) in enumerate(self._evaluated(data, num_batch, reset)):
            eval_metric.update(batch.label, outputs)
            tell(batch_end_callback, 0, i, eval_metric, locals())
        return eval_metric.get()[1]

    # Training

    def fit(
        self,
        X: Any,
        y: Any = None,
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        logger: Any = None,
        work_load_list: list[float] | None = None,
        monitor: Any = None,
        eval_end_callback: Any = _LOG_VALIDATION,
        eval_batch_end_callback: Any = None,
    ) -> None:
        """Trains from ``begin_epoch`` to ``num_epoch``

        Parameters
        ----------
        X, y
            An iterator, or arrays of data and labels.
        eval_data
            An iterator, or a pair of arrays, for validation after each epoch.
        eval_metric
            A metric, or what ``metric.create`` takes.
        epoch_end_callback
            One or several ``f(epoch, symbol, arg_params, aux_params)``.
        batch_end_callback, eval_end_callback, eval_batch_end_callback
            One or several functions of a ``BatchEndParam``.
        kvstore
            Where gradients of several contexts are summed.
        work_load_list
            How much of a batch each context gets, in proportion.
        monitor
            A ``Monitor`` of the executors.
        """
        data = iterator(X, y, self.numpy_batch_size, is_train=True)
        validation = eval_iterator(eval_data, self.numpy_batch_size)
        if self.sym_gen is not None:
            self.symbol = self.sym_gen(data.default_bucket_key)
            self._check_arguments()
        names, learned, states = self._init_params([*data.provide_data, *data.provide_label])
        assert self.arg_params is not None
        eval_metric = metric.create(eval_metric)
        store, on_store = create_kvstore(kvstore, len(self.ctx), self.arg_params)
        names_by_number = index_names(learned, len(self.ctx), on_store)
        optimizer = self._make_optimizer(names_by_number, data.batch_size * workers(store))
        manager = DataParallelExecutorManager(
            self.symbol, self.ctx, data, names, learned, states, work_load_list, logger, self.sym_gen
        )
        if monitor:
            manager.install_monitor(monitor)
        states_held = self.aux_params or {}
        manager.set_params(self.arg_params, states_held)
        step = self._step(manager, optimizer, store, on_store)
        loop = Loop(manager, step, eval_metric, logger or logging, monitor)
        data.reset()
        for epoch in range(self.begin_epoch, self.num_epoch or 0):
            loop.train(epoch, data, self.epoch_size, batch_end_callback)
            if epoch_end_callback or epoch + 1 == self.num_epoch:
                manager.copy_to(self.arg_params, states_held)
            call_all(epoch_end_callback, epoch, self.symbol, self.arg_params, self.aux_params)
            if validation:
                loop.validate(epoch, validation, eval_batch_end_callback, eval_end_callback)
        self._pred_exec = None  # it has the parameters of before

    def _make_optimizer(self, names: dict[int, str], batch_size: int) -> opt.Optimizer:
        self.kwargs.update(sym=self.symbol, param_idx2name=names)
        if isinstance(self.optimizer, str):
            return opt.create(self.optimizer, rescale_grad=1.0 / batch_size, **self.kwargs)
        if not isinstance(self.optimizer, opt.Optimizer):
            raise TypeError(f"optimizer must be an Optimizer or the name of one, not {self.optimizer!r}")
        if not self.optimizer.idx2name:
            self.optimizer.idx2name = dict(names)
        return self.optimizer

    def _step(
        self, manager: DataParallelExecutorManager, optimizer: opt.Optimizer, store: Any, on_store: bool
    ) -> Callable[[], None]:
        """What moves the parameters after a backward pass."""
        weights, grads, names = manager.param_arrays, manager.grad_arrays, manager.param_names
        if on_store:
            store.set_optimizer(optimizer)
        if store:
            initialize_kvstore(store, weights, self.arg_params or {}, names, on_store)
        if on_store:
            return lambda: update_params_on_kvstore(weights, grads, store, names)
        updater = opt.get_updater(optimizer)
        return lambda: update_params(weights, grads, updater, len(self.ctx), store, names)

    # Files

    def save(self, prefix: str, epoch: int | None = None, remove_amp_cast: bool = True) -> None:
        """Writes a checkpoint; of epoch ``num_epoch`` if none is given."""
        epoch = self.num_epoch if epoch is None else epoch
        if epoch is None:
            raise AssertionError("FeedForward.save: give the epoch, as there is no num_epoch")
        save_checkpoint(
            prefix, epoch, self.symbol, self.arg_params or {}, self.aux_params or {}, remove_amp_cast
        )

    @staticmethod
    def load(
        prefix: str, epoch: int, ctx: Context | list[Context] | None = None, **kwargs: Any
    ) -> FeedForward:
        """Of a checkpoint; further arguments as of the class."""
        symbol, arg_params, aux_params = load_checkpoint(prefix, epoch)
        return FeedForward(
            symbol, ctx=ctx, arg_params=arg_params, aux_params=aux_params, begin_epoch=epoch, **kwargs
        )

    @staticmethod
    def create(
        symbol: Any,
        X: Any,
        y: Any = None,
        ctx: Context | list[Context] | None = None,
        num_epoch: int | None = None,
        epoch_size: int | None = None,
        optimizer: Any = "sgd",
        initializer: Any = _UNIFORM,
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        logger: Any = None,
        work_load_list: list[float] | None = None,
        eval_end_callback: Any = _LOG_VALIDATION,
        eval_batch_end_callback: Any = None,
        **kwargs: Any,
    ) -> FeedForward:
        """Makes a net and trains it: arguments as of the class and of :meth:`fit`."""
        model = FeedForward(
            symbol,
            ctx=ctx,
            num_epoch=num_epoch,
            epoch_size=epoch_size,
            optimizer=optimizer,
            initializer=initializer,
            **kwargs,
        )
        model.fit(
            X,
            y,
            eval_data=eval_data,
            eval_metric=eval_metric,
            epoch_end_callback=epoch_end_callback,
            batch_end_callback=batch_end_callback,
            kvstore=kvstore,
            logger=logger,
            work_load_list=work_load_list,
            eval_end_callback=eval_end_callback,
            eval_batch_end_callback=eval_batch_end_callback,
        )
        return model
