"""Handlers that watch a metric: checkpoints, and an early end."""

from __future__ import annotations

import math
import operator
import os
import re
import warnings
from collections.abc import Callable
from typing import Any

from regluon.gluon.contrib.estimator.events import BatchEnd, EpochEnd, TrainBegin, TrainEnd
from regluon.metric import CompositeEvalMetric, EvalMetric

__all__ = ["CheckpointHandler", "EarlyStoppingHandler"]


def _comparison(monitor: EvalMetric, mode: str, who: str) -> Callable[[float, float], bool]:
    """Which of two values of a metric is the better one.

    ``"auto"`` is ``"max"`` for every metric, as it is in MXNet, whatever MXNet's own text says.
    """
    if mode not in ("auto", "min", "max"):
        warnings.warn(f"{who} mode {mode} is unknown, fallback to auto mode.", RuntimeWarning, stacklevel=3)
        mode = "auto"
    if mode == "auto":
        warnings.warn(
            f"`greater` operator will be used to determine if {monitor.get()[0]} has improved. Please "
            "specify `mode='min'` to use the `less` operator, or `mode='max'` to disable this warning.",
            stacklevel=3,
        )
    return operator.lt if mode == "min" else operator.gt


def _worst(is_better: Callable[[float, float], bool]) -> float:
    return math.inf if is_better is operator.lt else -math.inf


def _value(monitor: EvalMetric) -> float | None:
    """A metric's value; None, with a warning, if it never saw anything."""
    name, value = monitor.get()
    if not math.isnan(value):
        return float(value)
    warnings.warn(
        f"{name} is not updated, so nothing can be said about it; monitor one of estimator.train_metrics and "
        "estimator.val_metrics",
        RuntimeWarning,
        stacklevel=3,
    )
    return None


class CheckpointHandler(TrainBegin, BatchEnd, EpochEnd):
    """Saves parameters and the trainer's states from time to time, and the net's symbol once if it has one.

    Files are called ``PREFIX-epoch3batch400.params`` and ``.states``.

    Parameters
    ----------
    model_dir
        The folder for them; made if it is not there.
    model_prefix
        What their names begin with.
    monitor
        The metric that says which are the best.
    verbose
        Whether each is logged: 0 or 1.
    save_best
        Whether the best are kept beside, as ``PREFIX-best``.
    mode
        Whether a high value is good: ``"max"``, ``"min"``, or ``"auto"``, which is ``"max"`` with a warning.
    epoch_period, batch_period
        After how many epochs and how many batches, again and again; never if None.
    max_checkpoints
        How many are kept; older ones are deleted.
    resume_from_checkpoint
        Whether training goes on from the last one in the folder.
    """

    def __init__(
        self,
        model_dir: str,
        model_prefix: str = "model",
        monitor: EvalMetric | None = None,
        verbose: int = 0,
        save_best: bool = False,
        mode: str = "auto",
        epoch_period: int | None = 1,
        batch_period: int | None = None,
        max_checkpoints: int = 5,
        resume_from_checkpoint: bool = False,
    ) -> None:
        os.makedirs(model_dir, exist_ok=True)
        self.model_dir, self.model_prefix = model_dir, model_prefix
        self.monitor, self.verbose, self.save_best = monitor, verbose, save_best
        self.epoch_period, self.batch_period = epoch_period, batch_period
        self.current_batch = self.current_epoch = 0
        self.trained_epoch = self.trained_batch = -1
        self.max_checkpoints = max_checkpoints
        self.resume_from_checkpoint = resume_from_checkpoint
        self.saved_checkpoints: list[str] = []
        if save_best:
            if not isinstance(monitor, EvalMetric):
                raise ValueError(
                    "save_best needs a monitor: one of estimator.train_metrics and estimator.val_metrics"
                )
            self.monitor_op = _comparison(monitor, mode, "ModelCheckpoint")
            self.best = _worst(self.monitor_op)

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Starts to count, or finds out where training stopped."""
        self.current_epoch = self.current_batch = 0
        if self.save_best:
            self.best = _worst(self.monitor_op)
        if self.resume_from_checkpoint:
            wanted, other = self.epoch_period, self.batch_period
            if estimator.max_batch:
                wanted, other = other, wanted
            if not wanted or other:
                raise AssertionError(
                    "To resume, save by what you train by, and by nothing else: for fit(epochs=...) set "
                    "epoch_period and batch_period=None, for fit(batches=...) the other way round."
                )
            self._resume(estimator)

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Saves if it is time."""
        if self.current_batch == 0:
            self._save_symbol(estimator)
        if self.batch_period and (self.current_batch + 1) % self.batch_period == 0:
            self._save_checkpoint(estimator)
        self.current_batch += 1

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Saves if it is time."""
        if self.epoch_period and (self.current_epoch + 1) % self.epoch_period == 0:
            self._save_checkpoint(estimator)
        self.current_epoch += 1

    def _save_checkpoint(self, estimator: Any) -> None:
        epoch, batch = self.current_epoch, self.current_batch
        if self.resume_from_checkpoint:
            epoch += self.trained_epoch + 1
            batch += self.trained_batch + (0 if estimator.max_epoch else 1)
        name = f"{self.model_prefix}-epoch{epoch}batch{batch}"
        self._save(estimator, name)
        self.saved_checkpoints.append(name)
        self._log(estimator, f"trained total {self.current_batch + 1} batches, saving model", name)
        while len(self.saved_checkpoints) > self.max_checkpoints:
            oldest = self.saved_checkpoints.pop(0)
            for ending in ("params", "states"):
                os.remove(self._path(oldest, ending))
        if self.save_best:
            self._save_best(estimator)

    def _save_best(self, estimator: Any) -> None:
        assert self.monitor is not None
        value, name = _value(self.monitor), self.monitor.get()[0]
        if value is None:
            return
        if self.monitor_op(value, self.best):
            best = f"{self.model_prefix}-best"
            self._save(estimator, best)
            text = f"{name} improved from {self.best:0.5f} to {value:0.5f}, updating best model"
            self._log(estimator, text, best)
            self.best = value
        else:
            self._log(
                estimator, f"{name} did not improve from {self.best:0.5f}, skipping updating best model"
            )

    def _log(self, estimator: Any, text: str, name: str = "") -> None:
        if self.verbose > 0:
            where = f" at {self.model_dir} with prefix: {name}" if name else ""
            text = f"[Epoch {self.current_epoch}] CheckpointHandler: {text}{where}"
            estimator.logger.info(text)

    def _path(self, name: str, ending: str) -> str:
        return os.path.join(self.model_dir, f"{name}.{ending}")

    def _save(self, estimator: Any, name: str) -> None:
        estimator.net.save_parameters(self._path(name, "params"))
        estimator.trainer.save_states(self._path(name, "states"))

    def _save_symbol(self, estimator: Any) -> None:
        file = os.path.join(self.model_dir, f"{self.model_prefix}-symbol.json")
        graph = getattr(estimator.net, "_cached_graph", None)
        if graph:
            graph[1].save(file)
        else:
            estimator.logger.info(
                "Model architecture(symbol file) is not saved, please use HybridBlock to construct your "
                "model, and call net.hybridize() before passing to Estimator in order to save model "
                "architecture as %s.",
                file,
            )

    def _last(self) -> tuple[int, int]:
        """The numbers in the names of the last checkpoint's files; -1 without any."""
        start, found = f"{self.model_prefix}-epoch", [(-1, -1)]
        for file in os.listdir(self.model_dir):
            if file.startswith(start) and file.endswith(".params"):
                numbers = re.fullmatch(r"(\d+)batch(\d+)\.params", file[len(start) :])
                if not numbers:
                    raise ValueError(
                        f"{file} in {self.model_dir} is not named as checkpoints are: {start}1batch20.params"
                    )
                found.append((int(numbers[1]), int(numbers[2])))
        return max(found)

    def _resume(self, estimator: Any) -> None:
        self.trained_epoch, self.trained_batch = self._last()
        by_batch = bool(estimator.max_batch)
        unit, trained = ("batch", self.trained_batch) if by_batch else ("epoch", self.trained_epoch)
        total = estimator.max_batch if by_batch else estimator.max_epoch
        plural = "batches" if by_batch else "epochs"
        if self.trained_epoch == -1:
            text = f"CheckpointHandler: No checkpoint found, training from scratch for {total} {plural}"
            estimator.logger.info(text)
            return
        if trained >= total - 1:
            raise ValueError(
                f"Found checkpoint with maximum number of {unit} {total} reached; set resume_from_checkpoint="
                "False to train from scratch."
            )
        left = total - trained - 1
        setattr(estimator, f"max_{unit}", left)
        name = f"{self.model_prefix}-epoch{self.trained_epoch}batch{self.trained_batch}"
        for ending in ("params", "states"):
            if not os.path.exists(self._path(name, ending)):
                raise AssertionError(f"Failed to load checkpoint, {self._path(name, ending)} does not exist")
        estimator.net.load_parameters(self._path(name, "params"), ctx=estimator.context)
        estimator.trainer.load_states(self._path(name, "states"))
        text = (
            f"CheckpointHandler: Checkpoint resumed from epoch {self.trained_epoch} "
            f"batch {self.trained_batch}, continue to train for {left} {plural} "
        )
        estimator.logger.warning(text)


class EarlyStoppingHandler(TrainBegin, EpochEnd, TrainEnd):
    """Stops training when a metric does not get better any more.

    Parameters
    ----------
    monitor
        The metric: one of the estimator's.
    min_delta
        How much better is better.
    patience
        How many epochs it may take.
    mode
        Whether a high value is good: ``"max"``, ``"min"``, or ``"auto"``, which is ``"max"`` with a warning.
    baseline
        A value to begin with: what is not better than that does not count.
    """

    def __init__(
        self,
        monitor: EvalMetric,
        min_delta: float = 0,
        patience: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(monitor, EvalMetric):
            raise ValueError(
                "monitor must be a metric: one of estimator.train_metrics and estimator.val_metrics"
            )
        if isinstance(monitor, CompositeEvalMetric):
            raise ValueError(
                "CompositeEvalMetric is not supported for EarlyStoppingHandler: name one of its metrics"
            )
        self.monitor, self.baseline, self.patience = monitor, baseline, patience
        self.wait = self.stopped_epoch = self.current_epoch = 0
        self.stop_training = False
        self.monitor_op = _comparison(monitor, mode, "EarlyStopping")
        self.min_delta = min_delta if self.monitor_op is operator.gt else -min_delta
        self.best = 0.0

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Starts to count."""
        self.wait = self.stopped_epoch = self.current_epoch = 0
        self.stop_training = False
        self.best = _worst(self.monitor_op) if self.baseline is None else self.baseline

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether it is over"""
        value = _value(self.monitor)
        if value is not None:
            if self.monitor_op(value - self.min_delta, self.best):
                self.best, self.wait = value, 0
            else:
                self.wait += 1
                if self.wait >= self.patience:
                    self.stopped_epoch, self.stop_training = self.current_epoch, True
        self.current_epoch += 1
        return self.stop_training

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Says why it was over."""
        if self.stopped_epoch > 0:
            name, epoch = self.monitor.get()[0], self.stopped_epoch
            estimator.logger.info(
                "[Epoch %d] EarlyStoppingHanlder: early stopping due to %s not improving", epoch, name
            )
