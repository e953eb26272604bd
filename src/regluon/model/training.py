"""The loop in which ``FeedForward`` trains."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from regluon.executor_manager import DataParallelExecutorManager
from regluon.model.batch_end import tell

__all__ = ["Loop"]


class Loop:
    """Trains and validates, an epoch at a time.

    Parameters
    ----------
    manager
        The executors.
    step
        What moves the parameters after a backward pass.
    metric
        What is told of labels and outputs.
    logger, monitor
        Where times are written; what watches the executors, or None.
    """

    def __init__(
        self,
        manager: DataParallelExecutorManager,
        step: Callable[[], None],
        metric: Any,
        logger: Any,
        monitor: Any,
    ) -> None:
        self.manager, self.step, self.metric = manager, step, metric
        self.logger, self.monitor = logger, monitor

    def train(self, epoch: int, data: Any, epoch_size: int | None, batch_end_callback: Any) -> None:
        """One pass over the data, or as many batches as ``epoch_size`` says."""
        started = time.time()
        self.metric.reset()
        self._pass(epoch, data, epoch_size, batch_end_callback)
        self.logger.info("Epoch[%d] Time cost=%.3f", epoch, time.time() - started)

    def _pass(self, epoch: int, data: Any, epoch_size: int | None, batch_end_callback: Any) -> None:
        nbatch, before = 0, -1
        while nbatch > before:
            before = nbatch
            for data_batch in data:
                self._learn(data_batch)
                nbatch += 1
                tell(batch_end_callback, epoch, nbatch, self.metric, locals())
                if epoch_size is not None and nbatch >= epoch_size:
                    return
            self.logger.info("Epoch[%d] Resetting Data Iterator", epoch)
            data.reset()
            if epoch_size is None:
                return
        raise ValueError("FeedForward.fit: the training data has no batch")

    def _learn(self, batch: Any) -> None:
        manager, monitor = self.manager, self.monitor
        manager.load_data_batch(batch)
        if monitor is not None:
            monitor.tic()
        manager.forward(is_train=True)
        manager.backward()
        self.step()
        if monitor is not None:
            monitor.toc_print()
        manager.update_metric(self.metric, batch.label)

    def validate(self, epoch: int, data: Any, batch_end_callback: Any, end_callback: Any) -> None:
        """One pass over the validation data."""
        self.metric.reset()
        data.reset()
        total = 0
        for batch in data:
            self.manager.load_data_batch(batch)
            self.manager.forward(is_train=False)
            self.manager.update_metric(self.metric, batch.label)
            tell(batch_end_callback, epoch, total, self.metric, locals())
            total += 1
        tell(end_callback, epoch, total, self.metric, locals())
        data.reset()
