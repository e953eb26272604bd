"""A bar that moves while training goes on."""

from __future__ import annotations

import logging
import math
import sys
import time
from typing import Any

from regluon.gluon.contrib.estimator.events import BatchEnd, EpochBegin, EpochEnd, TrainBegin, TrainEnd
from regluon.gluon.contrib.estimator.utils import _check_metrics
from regluon.lazy import optional

__all__ = ["ProgressHandler"]

_SECONDS = 0.1
"""How long values stay as they are."""


class ProgressHandler(TrainBegin, EpochBegin, BatchEnd, EpochEnd, TrainEnd):
    """Shows a bar for each epoch, with the metrics and how many examples a second are learnt from.

    It needs the library rich (``pip install rich``), and shows nothing where the output is no terminal. Lines
    of the estimator's log go above the bar.

    Parameters
    ----------
    metrics
        Which values are shown: the estimator's training metrics if None.
    console
        The rich console to write to: one on the standard output if None.
    priority
        When it is called among the handlers: those with lower ones first.
    """

    def __init__(self, metrics: Any = None, console: Any = None, priority: float = 1000) -> None:
        self._rich = optional("rich.progress:Progress", "notebook")
        self.metrics = _check_metrics(metrics)
        self.console = console or optional("rich.console:Console", "notebook")()
        self.priority = priority
        self.current_epoch = 0
        self._progress: Any = None
        self._streams: list[tuple[Any, Any]] = []

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Has the log written above the bar from now on."""
        self.current_epoch = 0
        if not self.console.is_terminal:
            return
        before = sys.stdout
        self._progress = self._rich(*_columns(), console=self.console)
        self._progress.start()  # from here on sys.stdout writes above the bar
        for handler in estimator.logger.handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is before:
                handler.setStream(sys.stdout)
                self._streams.append((handler, before))

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Begins a bar."""
        if self._progress:
            self._start, self._shown, self._samples = time.perf_counter(), -math.inf, 0
            name = f"epoch {self.current_epoch}"
            total = estimator._batches_of_epoch
            self._task = self._progress.add_task(name, total=total, values="", speed="")

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Moves the bar."""
        if self._progress:
            self._samples += kwargs["batch"][0].shape[estimator.batch_axis]
            self._progress.advance(self._task)
            now = time.perf_counter()
            # Values on accelerators are waited for, so they are not asked for after each batch.
            if now - self._shown > _SECONDS:
                self._shown = now
                self._show(estimator)

    def _show(self, estimator: Any) -> None:
        pairs = [metric.get() for metric in self.metrics or estimator.train_metrics]
        values = "  ".join(f"{name.removeprefix('training ')} {value:.4f}" for name, value in pairs)
        speed = f"{self._samples / (time.perf_counter() - self._start):.0f}/s"
        self._progress.update(self._task, values=values, speed=speed)

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Ends the bar."""
        if self._progress:
            self._show(estimator)
            self._progress.stop_task(self._task)
        self.current_epoch += 1

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> None:
        """Leaves the last bars as they are."""
        self.close()

    def close(self) -> None:
        """Gives the terminal back; the estimator calls it also after an error."""
        if self._progress:
            self._progress.stop()
            self._progress = None
        while self._streams:
            handler, stream = self._streams.pop()
            handler.setStream(stream)


def _columns() -> list[Any]:
    names = ("TextColumn", "BarColumn", "MofNCompleteColumn", "TimeElapsedColumn")
    text, bar, count, elapsed = (optional(f"rich.progress:{name}", "notebook") for name in names)
    return [
        text("{task.description}"),
        bar(bar_width=24),
        count(),
        elapsed(),
        text("{task.fields[speed]}"),
        text("{task.fields[values]}", markup=False),
    ]
