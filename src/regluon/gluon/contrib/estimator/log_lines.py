"""Lines in the estimator's log."""

from __future__ import annotations

import math
import time
from typing import Any

from regluon.gluon.contrib.estimator.events import (
    BatchBegin,
    BatchEnd,
    EpochBegin,
    EpochEnd,
    TrainBegin,
    TrainEnd,
)
from regluon.gluon.contrib.estimator.utils import _check_metrics

__all__ = ["LoggingHandler"]


class LoggingHandler(TrainBegin, TrainEnd, EpochBegin, EpochEnd, BatchBegin, BatchEnd):
    """Logs how training goes; an estimator has one in any case.

    Parameters
    ----------
    log_interval
        ``"epoch"`` for each epoch, or after how many batches there is a line, too.
    metrics
        Which values are shown.
    priority
        When it is called among the handlers: those with lower ones first.
    """

    def __init__(
        self, log_interval: int | str = "epoch", metrics: Any = None, priority: float = math.inf
    ) -> None:
        super().__init__()
        if not isinstance(log_interval, int) and log_interval != "epoch":
            raise ValueError("log_interval must be either an integer or string 'epoch'")
        self.metrics = _check_metrics(metrics)
        self.batch_index = self.current_epoch = self.processed_samples = 0
        self.priority = priority
        self.log_interval = log_interval
        self.log_interval_time: float = 0

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Says what begins."""
        self.train_start = time.time()
        trainer, log = estimator.trainer, estimator.logger
        name, rate = type(trainer.optimizer).__name__, trainer.learning_rate
        log.info("Training begin: using optimizer %s with current learning rate %.4f ", name, rate)
        if estimator.max_epoch:
            log.info("Train for %d epochs.", estimator.max_epoch)
        else:
            log.info("Train for %d batches.", estimator.max_batch)
        self.batch_index = self.current_epoch = self.processed_samples = 0
        self.log_interval_time = 0

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Says how long it took, and what the metrics are."""
        seconds = time.time() - self.train_start
        text = f"Train finished using total {int(seconds)}s with {self.current_epoch} epochs. "
        estimator.logger.info(self._with_values(text))

    def batch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Takes the time."""
        if isinstance(self.log_interval, int):
            self.batch_start = time.time()

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Says what the metrics are, if it is time."""
        if isinstance(self.log_interval, int):
            self.processed_samples += kwargs["batch"][0].shape[0]
            self.log_interval_time += time.time() - self.batch_start
            if self.batch_index % self.log_interval == 0:
                text = (
                    f"[Epoch {self.current_epoch}][Batch {self.batch_index}]"
                    f"[Samples {self.processed_samples}] time/interval: {self.log_interval_time:.3f}s "
                )
                self.log_interval_time = 0
                estimator.logger.info(self._with_values(text))
        self.batch_index += 1

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Says that an epoch begins; by the metrics' names it knows of what."""
        self.epoch_start = time.time()
        if any("training" in metric.name for metric in self.metrics):
            rate = estimator.trainer.learning_rate
            estimator.logger.info("[Epoch %d] Begin, current learning rate: %.4f", self.current_epoch, rate)
        else:
            estimator.logger.info("Validation Begin")

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Says how long it took, and what the metrics are."""
        seconds = time.time() - self.epoch_start
        text = f"[Epoch {self.current_epoch}] Finished in {seconds:.3f}s, "
        estimator.logger.info(self._with_values(text))
        self.current_epoch += 1
        self.batch_index = 0

    def _with_values(self, text: str) -> str:
        for metric in self.metrics:
            name, value = metric.get()
            text += f"{name}: {value:.4f}, "
        return text.rstrip(", ")
