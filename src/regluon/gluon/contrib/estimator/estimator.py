"""The training loop."""

from __future__ import annotations

import copy
import logging
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from regluon.context import Context, cpu, gpu, num_gpus
from regluon.gluon.contrib.estimator.batch_processor import BatchProcessor
from regluon.gluon.contrib.estimator.event_handler import (
    BatchBegin,
    BatchEnd,
    EpochBegin,
    EpochEnd,
    EventHandler,
    GradientUpdateHandler,
    LoggingHandler,
    MetricHandler,
    ProgressHandler,
    StoppingHandler,
    TrainBegin,
    TrainEnd,
    ValidationHandler,
)
from regluon.gluon.contrib.estimator.events import _check_event_handlers
from regluon.gluon.contrib.estimator.utils import (
    _check_handler_metric_ref,
    _check_metrics,
    _suggest_metric_for_loss,
)
from regluon.gluon.data import DataLoader
from regluon.gluon.loss import Loss
from regluon.gluon.trainer import Trainer
from regluon.metric import EvalMetric
from regluon.metric import Loss as LossMetric

__all__ = ["Estimator"]


class Estimator:
    """Trains a net, and evaluates it.

    ::

        estimator = Estimator(net, gluon.loss.SoftmaxCrossEntropyLoss(), trainer=trainer)
        estimator.fit(train_data, val_data, epochs=10)

    Parameters
    ----------
    net
        What is trained; initialized here if it is not yet.
    loss
        What is to become small.
    train_metrics
        What is measured while training; the loss if None, and the accuracy where the loss is of classes.
        "training " is put before their names.
    val_metrics
        What is measured in evaluations; the same if None. "validation " is put before their names.
    initializer
        How the net is initialized.
    trainer
        What moves the weights; plain gradient descent with a rate of 0.001 if None.
    context
        Where: a device or several; the first GPU if None and there is one.
    val_net
        The net that is evaluated, where that is another one with the same parameters.
    val_loss
        The loss in evaluations, where that is another one.
    batch_processor
        What is done with a batch, with the methods of a :class:`BatchProcessor`.
    """

    logger: Any = None
    """Where all lines go: a ``logging.Logger``, which writes to the standard output."""

    def __init__(
        self,
        net: Any,
        loss: Any,
        train_metrics: Any = None,
        val_metrics: Any = None,
        initializer: Any = None,
        trainer: Any = None,
        context: Any = None,
        val_net: Any = None,
        val_loss: Any = None,
        batch_processor: Any = None,
    ) -> None:
        self.net, self.val_net = net, net if val_net is None else val_net
        self.loss = _checked_loss(loss)
        self.val_loss = self.loss if val_loss is None else _checked_loss(val_loss)
        self._train_metrics = _check_metrics(train_metrics)
        self._val_metrics = _check_metrics(val_metrics)
        self._add_default_metrics()
        self.logger = logging.Logger(name="Estimator", level=logging.INFO)
        self.logger.addHandler(logging.StreamHandler(sys.stdout))
        self.context = _checked_context(context)
        self._initialize(initializer)
        self.trainer = self._checked_trainer(trainer)
        self.batch_processor = _checked_processor(batch_processor)
        self._batches_of_epoch: int | None = None

    def _add_default_metrics(self) -> None:
        if not self._train_metrics:
            suggested = _suggest_metric_for_loss(self.loss)
            name = self.loss.name.rstrip("1234567890")
            self._train_metrics = [*([suggested] if suggested else []), LossMetric(name)]
        for metric in self._train_metrics:
            metric.name = f"training {metric.name}"
        if not self._val_metrics:
            self._val_metrics = [copy.deepcopy(metric) for metric in self._train_metrics]
        for metric in self._val_metrics:
            if "training" in metric.name:
                metric.name = metric.name.replace("training", "validation")
            else:
                metric.name = f"validation {metric.name}"

    def _initialize(self, initializer: Any) -> None:
        if not self._is_initialized():
            self.net.initialize(**({"init": initializer} if initializer else {}), ctx=self.context)
        elif initializer:
            warnings.warn(
                "Network already fully initialized, skipping initialization. Leave out initializer, or call "
                "net.initialize(init=your_initializer, force_reinit=True) before.",
                stacklevel=3,
            )

    def _is_initialized(self) -> bool:
        try:
            for parameter in self.net.collect_params().values():
                parameter.list_ctx()
        except RuntimeError:
            return False
        return True

    def _checked_trainer(self, trainer: Any) -> Trainer:
        if not trainer:
            warnings.warn(
                "No trainer specified, default SGD optimizer with learning rate 0.001 is used.", stacklevel=3
            )
            return Trainer(self.net.collect_params(), "sgd", {"learning_rate": 0.001})
        if not isinstance(trainer, Trainer):
            raise ValueError(f"Trainer must be a Gluon Trainer instance, not {trainer}")
        return trainer

    @property
    def train_metrics(self) -> list[EvalMetric]:
        """What is measured while training."""
        return self._train_metrics

    @property
    def val_metrics(self) -> list[EvalMetric]:
        """What is measured in evaluations."""
        return self._val_metrics

    def evaluate(self, val_data: Any, batch_axis: int = 0, event_handlers: Any = None) -> None:
        """Measures :attr:`val_metrics` on data.

        Parameters
        ----------
        val_data
            A DataLoader of data and labels.
        batch_axis
            Along which batches are split over the contexts.
        event_handlers
            What is to happen meanwhile; metrics and log have handlers in any case.
        """
        _check_loader(val_data)
        for metric in self.val_metrics:
            metric.reset()
        handlers = self._with_validation_handlers(event_handlers)
        self._tell(handlers, EpochBegin, "epoch_begin")
        for batch in val_data:
            self._tell(handlers, BatchBegin, "batch_begin", batch=batch)
            _, label, pred, loss = self.batch_processor.evaluate_batch(self, batch, batch_axis)
            self._tell(handlers, BatchEnd, "batch_end", batch=batch, pred=pred, label=label, loss=loss)
        self._tell(handlers, EpochEnd, "epoch_end")

    def fit(
        self,
        train_data: Any,
        val_data: Any = None,
        epochs: int | None = None,
        event_handlers: Any = None,
        batches: int | None = None,
        batch_axis: int = 0,
    ) -> None:
        """Trains the net.

        Parameters
        ----------
        train_data
            A DataLoader of data and labels.
        val_data
            Another, on which it is evaluated after each epoch.
        epochs, batches
            How long: one of the two.
        event_handlers
            What is to happen meanwhile; steps, metrics, log and the end have handlers in any case.
        batch_axis
            Along which batches are split over the contexts.
        """
        _check_loader(train_data)
        if (not epochs) == (not batches):
            raise ValueError(
                "Fit only support exactly one type of iteration: specify one and only one of epochs or "
                "batches."
            )
        self.max_epoch, self.max_batch, self.batch_axis = epochs, batches, batch_axis
        try:
            self._batches_of_epoch = len(train_data)
        except TypeError:
            self._batches_of_epoch = None
        handlers = self._with_default_handlers(val_data, event_handlers)
        try:
            self._tell(handlers, TrainBegin, "train_begin")
            while not self._fit_epoch(train_data, handlers):
                pass
            self._tell(handlers, TrainEnd, "train_end")
        finally:
            for handler in handlers:
                if isinstance(handler, ProgressHandler):
                    handler.close()

    def _fit_epoch(self, train_data: Any, handlers: Sequence[EventHandler]) -> bool:
        """Trains with all batches; whether a handler wants it to be the last time."""
        count = 0
        self._tell(handlers, EpochBegin, "epoch_begin")
        for count, batch in enumerate(train_data, 1):  # noqa: B007 (counted for below)
            self._tell(handlers, BatchBegin, "batch_begin", batch=batch)
            _, label, pred, loss = self.batch_processor.fit_batch(self, batch, self.batch_axis)
            if self._tell(handlers, BatchEnd, "batch_end", batch=batch, pred=pred, label=label, loss=loss):
                break
        if not count and self.max_batch:
            raise ValueError("train_data has no batches, so there would never be enough of them")
        return self._tell(handlers, EpochEnd, "epoch_end")

    def _tell(self, handlers: Sequence[EventHandler], event: type, method: str, **what: Any) -> bool:
        """Calls all handlers of an event; whether one wants to stop."""
        wishes = [getattr(h, method)(self, **what) for h in handlers if isinstance(h, event)]
        return any(wishes)

    def _with_default_handlers(self, val_data: Any, event_handlers: Any) -> list[EventHandler]:
        handlers = [*_check_event_handlers(event_handlers), StoppingHandler(self.max_epoch, self.max_batch)]
        if not _has(handlers, GradientUpdateHandler):
            handlers.append(GradientUpdateHandler())
        if not _has(handlers, MetricHandler):
            handlers.append(MetricHandler(metrics=self.train_metrics))
        if val_data and not _has(handlers, ValidationHandler):
            handlers.append(ValidationHandler(val_data=val_data, eval_fn=self.evaluate))
        if not _has(handlers, LoggingHandler):
            handlers.append(LoggingHandler(metrics=self.train_metrics))
        return _checked(handlers, [*self.train_metrics, *self.val_metrics])

    def _with_validation_handlers(self, event_handlers: Any) -> list[EventHandler]:
        handlers = _check_event_handlers(event_handlers)
        if not _has(handlers, MetricHandler):
            handlers.append(MetricHandler(metrics=self.val_metrics))
        if not _has(handlers, LoggingHandler):
            handlers.append(LoggingHandler(metrics=self.val_metrics))
        return _checked(handlers, self.val_metrics)


def _has(handlers: Sequence[EventHandler], kind: type) -> bool:
    return any(isinstance(handler, kind) for handler in handlers)


def _checked(handlers: list[EventHandler], metrics: list[EvalMetric]) -> list[EventHandler]:
    for handler in handlers:
        _check_handler_metric_ref(handler, metrics)
    return sorted(handlers, key=lambda handler: getattr(handler, "priority", 0))


def _checked_loss(loss: Any) -> Any:
    if not isinstance(loss, Loss):
        raise ValueError(f"loss must be a gluon.loss.Loss, not {loss}")
    return loss


def _checked_processor(processor: Any) -> Any:
    if processor is None:
        return BatchProcessor()
    if not all(callable(getattr(processor, name, None)) for name in ("fit_batch", "evaluate_batch")):
        raise ValueError("Customized Batch Processor must contain fit_batch() and evaluate_batch() methods")
    return processor


def _check_loader(data: Any) -> None:
    if not isinstance(data, DataLoader):
        raise ValueError(
            f"Estimator only support input as Gluon DataLoader, not {type(data).__name__}: "
            "gluon.data.DataLoader(gluon.data.ArrayDataset(data, labels), batch_size) makes one of arrays"
        )


def _checked_context(context: Any) -> list[Context]:
    gpus = [gpu(i) for i in range(num_gpus())]
    if not context:
        if len(gpus) > 1:
            warnings.warn(
                "You have multiple GPUs, gpu(0) will be used by default. To use all of them, give them as "
                "context=[mx.gpu(0), mx.gpu(1)]",
                stacklevel=3,
            )
        return gpus[:1] or [cpu()]
    contexts = [context] if isinstance(context, Context) else context
    if not isinstance(contexts, list) or not all(isinstance(each, Context) for each in contexts):
        raise ValueError(
            "context must be a Context or a list of Context, for example mx.cpu() or [mx.gpu(0), mx.gpu(1)], "
            f"not {context}"
        )
    for each in contexts:
        if each not in gpus and not str(each).startswith("cpu"):
            known = ", ".join(map(str, [cpu(), *gpus]))
            raise AssertionError(f"{each} is not available; there are {known}")
    return contexts
