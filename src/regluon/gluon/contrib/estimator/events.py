"""The events of a training, as classes: a handler inherits from those of which it wants to know."""

from __future__ import annotations

from typing import Any

__all__ = ["BatchBegin", "BatchEnd", "EpochBegin", "EpochEnd", "EventHandler", "TrainBegin", "TrainEnd"]


class EventHandler:
    """What all handlers are. Those of a lower ``priority``, 0 if they have none, are called first."""


def _check_event_handlers(handlers: Any) -> list[EventHandler]:
    """A list of its own, from one handler, several or none."""
    found = [handlers] if isinstance(handlers, EventHandler) else list(handlers or [])
    if not all(isinstance(handler, EventHandler) for handler in found):
        raise ValueError(f"handlers must be an EventHandler or a list of EventHandler, got: {handlers}")
    return found


class TrainBegin(EventHandler):
    """Before the first epoch."""

    def train_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> Any:
        """Called with the estimator."""


class TrainEnd(EventHandler):
    """After the last epoch."""

    def train_end(self, estimator: Any, *args: Any, **kwargs: Any) -> Any:
        """Called with the estimator."""


class EpochBegin(EventHandler):
    """Before each epoch."""

    def epoch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> Any:
        """Called with the estimator."""


class EpochEnd(EventHandler):
    """After each epoch."""

    def epoch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> Any:
        """Called with the estimator; training stops if it returns a true value."""
        return False


class BatchBegin(EventHandler):
    """Before each batch."""

    def batch_begin(self, estimator: Any, *args: Any, **kwargs: Any) -> Any:
        """Called with the estimator and ``batch=``."""


class BatchEnd(EventHandler):
    """After each batch."""

    def batch_end(self, estimator: Any, *args: Any, **kwargs: Any) -> Any:
        """Called with the estimator and ``batch=, pred=, label=, loss=``.

        The epoch stops if it returns a true value.
        """
        return False
