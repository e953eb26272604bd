"""What all modules have in common: how they are trained, scored and asked."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from regluon import metric
from regluon.checkpoint import named_parameters
from regluon.io import DataBatch, DataIter
from regluon.model.batch_end import call_all, tell
from regluon.module.guards import initialized, require
from regluon.module.interface import RATE, UNIFORM, Arrays, Interface
from regluon.ndarray import NDArray, array, concatenate, load, save
from regluon.symbol import Symbol

__all__ = ["BaseModule"]


class BaseModule(Interface):
    """A net that is bound to shapes, gets parameters and an optimizer, and then computes batch by batch.

    A subclass defines :meth:`bind`, :meth:`init_params`, :meth:`init_optimizer`, :meth:`get_params`,
    :meth:`forward`, :meth:`backward`, :meth:`update`, :meth:`update_metric`, :meth:`get_outputs`,
    :meth:`get_input_grads`, :meth:`install_monitor` and the properties of names and shapes; :meth:`fit`,
    :meth:`score` and :meth:`predict` are made of these.

    Parameters
    ----------
    logger
        Where :meth:`fit` writes how training goes.
    """

    _symbol: Any = None

    def __init__(self, logger: Any = logging) -> None:
        self.logger = logger
        self.binded = False
        self.for_training = False
        self.inputs_need_grad = False
        self.params_initialized = False
        self.optimizer_initialized = False

    # Training and asking

    def forward_backward(self, data_batch: Any) -> None:
        """The outputs of a batch, for training, and the gradients of its loss."""
        self.forward(data_batch, is_train=True)
        self.backward()

    def fit(
        self,
        train_data: Any,
        eval_data: Any = None,
        eval_metric: Any = "acc",
        epoch_end_callback: Any = None,
        batch_end_callback: Any = None,
        kvstore: Any = "local",
        optimizer: Any = "sgd",
        optimizer_params: Any = RATE,
        eval_end_callback: Any = None,
        eval_batch_end_callback: Any = None,
        initializer: Any = UNIFORM,
        arg_params: Arrays | None = None,
        aux_params: Arrays | None = None,
        allow_missing: bool = False,
        force_rebind: bool = False,
        force_init: bool = False,
        begin_epoch: int = 0,
        num_epoch: int | None = None,
        validation_metric: Any = None,
        monitor: Any = None,
        sparse_row_id_fn: Any = None,
    ) -> None:
        """Binds, initializes and trains from ``begin_epoch`` to ``num_epoch``

        Parameters
        ----------
        train_data, eval_data
            Iterators; the second for validation after each epoch.
        eval_metric, validation_metric
            Metrics, or what ``metric.create`` takes; the second is the first if None.
        epoch_end_callback
            One or several ``f(epoch, symbol, arg_params, aux_params)``.
        batch_end_callback, eval_end_callback, eval_batch_end_callback
            One or several functions of a ``BatchEndParam``.
        kvstore, optimizer, optimizer_params
            As of :meth:`init_optimizer`.
        initializer, arg_params, aux_params, allow_missing, force_init
            As of :meth:`init_params`.
        force_rebind
            Whether to bind again what is bound, for other shapes say.
        monitor
            A ``Monitor`` of the executors.
        sparse_row_id_fn
            As of :meth:`prepare`.
        """
        if num_epoch is None:
            raise AssertionError("please specify number of epochs: fit(..., num_epoch=10)")
        self.bind(train_data.provide_data, train_data.provide_label, True, force_rebind=force_rebind)
        if monitor is not None:
            self.install_monitor(monitor)
        self.init_params(
            initializer=initializer,
            arg_params=arg_params,
            aux_params=aux_params,
            allow_missing=allow_missing,
            force_init=force_init,
        )
        self.init_optimizer(kvstore=kvstore, optimizer=optimizer, optimizer_params=optimizer_params)
        if validation_metric is None:
            validation_metric = eval_metric
        if not isinstance(eval_metric, metric.EvalMetric):
            eval_metric = metric.create(eval_metric)
        for epoch in range(begin_epoch, num_epoch):
            started = time.time()
            values = self._train(
                epoch, train_data, eval_metric, batch_end_callback, monitor, sparse_row_id_fn
            )
            for name, value in values:
                self.logger.info("Epoch[%d] Train-%s=%f", epoch, name, value)
            self.logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - started)
            arg_params, aux_params = self.get_params()
            self.set_params(arg_params, aux_params)  # all contexts get the mean of their states
            call_all(epoch_end_callback, epoch, self.symbol, arg_params, aux_params)
            if eval_data is not None:
                found = self.score(
                    eval_data,
                    validation_metric,
                    score_end_callback=eval_end_callback,
                    batch_end_callback=eval_batch_end_callback,
                    epoch=epoch,
                )
                for name, value in found:
                    self.logger.info("Epoch[%d] Validation-%s=%f", epoch, name, value)
            train_data.reset()

    def _train(
        self,
        epoch: int,
        train_data: Any,
        eval_metric: Any,
        batch_end_callback: Any,
        monitor: Any,
        sparse_row_id_fn: Any,
    ) -> list[tuple[str, Any]]:
        """One pass over the training data; the values of the metric."""
        eval_metric.reset()
        batches, nbatch = iter(train_data), 0
        values: list[tuple[str, Any]] = []
        data_batch = next(batches, None)
        if data_batch is None:
            raise ValueError(
                f"fit: train_data has no batch left in epoch {epoch}; reset() it, or give it more data"
            )
        while data_batch is not None:
            if monitor is not None:
                monitor.tic()
            self.forward_backward(data_batch)
            self.update()
            self._show(eval_metric, data_batch)
            next_data_batch = next(batches, None)
            if next_data_batch is not None:
                self.prepare(next_data_batch, sparse_row_id_fn=sparse_row_id_fn)
            if monitor is not None:
                monitor.toc_print()
            if next_data_batch is None:  # before callbacks that reset the metric
                values = eval_metric.get_global_name_value()
            tell(batch_end_callback, epoch, nbatch, eval_metric, locals())
            nbatch += 1
            data_batch = next_data_batch
        return values

    def _show(self, eval_metric: Any, batch: Any) -> None:
        if isinstance(batch, list):  # a batch for each context
            self.update_metric(eval_metric, [one.label for one in batch], pre_sliced=True)
        else:
            self.update_metric(eval_metric, batch.label)

    def score(
        self,
        eval_data: Any,
        eval_metric: Any,
        num_batch: int | None = None,
        batch_end_callback: Any = None,
        score_end_callback: Any = None,
        reset: bool = True,
        epoch: int = 0,
        sparse_row_id_fn: Any = None,
    ) -> list[tuple[str, Any]]:
        """The names and values of a metric over data

        Parameters
        ----------
        eval_data
            An iterator with labels.
        eval_metric
            A metric, or what ``metric.create`` takes.
        num_batch
            How many batches; all if None.
        batch_end_callback, score_end_callback
            One or several functions of a ``BatchEndParam``.
        reset
            Whether the iterator begins anew.
        epoch
            What callbacks are told.
        """
        initialized(self, "score")
        if not isinstance(eval_metric, metric.EvalMetric):
            eval_metric = metric.create(eval_metric)
        eval_metric.reset()
        total = 0
        for nbatch, batch in enumerate(self._evaluated(eval_data, num_batch, reset, sparse_row_id_fn)):
            self._show(eval_metric, batch)
            tell(batch_end_callback, epoch, nbatch, eval_metric, locals())
            total += 1
        tell(score_end_callback, epoch, total, eval_metric, locals())
        return eval_metric.get_name_value()  # type: ignore[no-any-return]

    def _evaluated(
        self, data: Any, num_batch: int | None, reset: bool, sparse_row_id_fn: Any
    ) -> Iterator[Any]:
        """The batches of an iterator, for each of which the outputs are there."""
        if reset:
            data.reset()
        for i, batch in enumerate(data):
            if i == num_batch:
                return
            self.prepare(batch, sparse_row_id_fn=sparse_row_id_fn)
            self.forward(batch, is_train=False)
            yield batch

    def iter_predict(
        self, eval_data: Any, num_batch: int | None = None, reset: bool = True, sparse_row_id_fn: Any = None
    ) -> Iterator[tuple[list[NDArray], int, Any]]:
        """Outputs without padding, number and batch, one by one; arguments as of :meth:`score`."""
        initialized(self, "iter_predict")
        for i, batch in enumerate(self._evaluated(eval_data, num_batch, reset, sparse_row_id_fn)):
            yield [_without_padding(o, batch.pad) for o in self.get_outputs()], i, batch

    def predict(
        self,
        eval_data: Any,
        num_batch: int | None = None,
        merge_batches: bool = True,
        reset: bool = True,
        always_output_list: bool = False,
        sparse_row_id_fn: Any = None,
    ) -> Any:
        """The outputs for data

        Parameters
        ----------
        eval_data
            An iterator; or an array, which is one batch.
        merge_batches
            Whether the outputs of all batches are joined; else they are a list for each batch.
        always_output_list
            Whether a single output is in a list, too.
        num_batch, reset
            As of :meth:`score`.

        Raises
        ------
        ValueError
            If the data is neither.
        """
        initialized(self, "predict")
        if isinstance(eval_data, (NDArray, np.ndarray)):
            self.forward(DataBatch([eval_data if isinstance(eval_data, NDArray) else array(eval_data)]))
            return self.get_outputs()[0]
        if not isinstance(eval_data, DataIter):
            raise ValueError(f"eval_data must be of type NDArray or DataIter, not {type(eval_data).__name__}")
        every = [
            [_without_padding(o, batch.pad).copy() for o in self.get_outputs()]
            for batch in self._evaluated(eval_data, num_batch, reset, sparse_row_id_fn)
        ]
        if not every or not merge_batches:
            return every
        counts = {len(outputs) for outputs in every}
        if len(counts) > 1:
            raise AssertionError(
                f"Cannot merge batches, as num of outputs is not the same in mini-batches: {sorted(counts)}. "
                "Maybe bucketing is used? merge_batches=False gives a list for each batch"
            )
        found = [concatenate(list(outputs)) for outputs in zip(*every, strict=True)]
        return found[0] if len(found) == 1 and not always_output_list else found

    # Parameters

    def set_params(
        self,
        arg_params: Arrays,
        aux_params: Arrays,
        allow_missing: bool = False,
        force_init: bool = True,
        allow_extra: bool = False,
    ) -> None:
        """Sets parameters and states; arguments as of :meth:`init_params`."""
        self.init_params(
            initializer=None,
            arg_params=arg_params,
            aux_params=aux_params,
            allow_missing=allow_missing,
            force_init=force_init,
            allow_extra=allow_extra,
        )

    def save_params(self, fname: str) -> None:
        """Writes parameters and states to a file, atomically; ``model.load_params`` reads it as well."""
        save(fname, named_parameters(*self.get_params()))

    def load_params(self, fname: str) -> None:
        """Sets parameters and states as a file has them.

        Raises
        ------
        ValueError
            If it holds arrays that are not named ``arg:...`` or ``aux:...``.
        """
        found: Any = load(fname)
        params: dict[str, Arrays] = {"arg": {}, "aux": {}}
        pairs: list[tuple[str, Any]] = list(found.items()) if isinstance(found, dict) else [("", None)]
        for key, value in pairs:
            kind, _, name = key.partition(":")
            if kind not in params:
                raise ValueError(f"Invalid param file {fname}: it holds {key!r}, not arg:... or aux:...")
            params[kind][name] = value
        self.set_params(params["arg"], params["aux"])

    # States: inputs that keep their values

    def get_states(self, merge_multi_context: bool = True) -> list[Any]:
        """The states; a module that has none of its own gives an empty list."""
        initialized(self, "get_states")
        require(not merge_multi_context, "get_states: merge_multi_context=True is not supported")
        return []

    def set_states(self, states: Any = None, value: Any = None) -> None:
        """Sets the states; a module that has none of its own takes none."""
        initialized(self, "set_states")
        require(not states and not value, f"{type(self).__name__} has no states to set")

    def prepare(self, data_batch: Any, sparse_row_id_fn: Any = None) -> None:
        """What is to be done before a batch is computed

        Parameters
        ----------
        sparse_row_id_fn
            Given the batch, names of row_sparse parameters with the rows that it needs.
        """
        if sparse_row_id_fn is not None:
            warnings.warn("sparse_row_id_fn is not invoked for BaseModule.", stacklevel=2)

    @property
    def symbol(self) -> Symbol:
        """The symbol."""
        return self._symbol  # type: ignore[no-any-return]


def _without_padding(output: NDArray, pad: int | None) -> NDArray:
    return output[: output.shape[0] - pad] if pad else output
