"""What callbacks are told, and how they are called."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["BatchEndParam", "BatchEndParams", "call_all", "tell"]


class BatchEndParam(NamedTuple):
    """What a callback is told: where training is, its metric, and the variables of the loop."""

    epoch: int
    nbatch: int
    eval_metric: Any
    locals: Any


BatchEndParam.__name__ = BatchEndParam.__qualname__ = "BatchEndParams"  # as MXNet prints it
BatchEndParam.__module__ = "regluon.model"  # where pickles look for it
BatchEndParams = BatchEndParam


def call_all(callbacks: Any, *args: Any) -> None:
    """Calls one callback, or each of a list; None is none."""
    if callbacks is None:
        return
    for callback in callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]:
        callback(*args)


def tell(callbacks: Any, epoch: int, nbatch: int, eval_metric: Any, variables: dict[str, Any]) -> None:
    """Tells callbacks where training is; ``variables`` are those of the loop."""
    if callbacks is not None:
        call_all(callbacks, BatchEndParam(epoch, nbatch, eval_metric, variables))
