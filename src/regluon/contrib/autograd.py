"""``mx.contrib.autograd``: the first form of ``mx.autograd``, where training and recording are one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from regluon import autograd
from regluon.ndarray import NDArray, zeros_like

__all__ = [
    "TrainingStateScope",
    "backward",
    "compute_gradient",
    "grad",
    "grad_and_loss",
    "mark_variables",
    "set_is_training",
    "test_section",
    "train_section",
]


def set_is_training(is_train: bool) -> bool:
    """Sets both training and recording; returns whether it recorded."""
    autograd.set_training(is_train)
    return autograd.set_recording(is_train)


class TrainingStateScope:
    """A block in which training and recording are on, or off."""

    def __init__(self, enter_state: bool) -> None:
        self._enter_state = enter_state
        self._prev = False

    def __enter__(self) -> None:
        self._prev = set_is_training(self._enter_state)

    def __exit__(self, *exc: object) -> None:
        if self._prev != self._enter_state:
            set_is_training(self._prev)


def train_section() -> TrainingStateScope:
    """A block that trains and records."""
    return TrainingStateScope(True)


def test_section() -> TrainingStateScope:
    """A block that does neither."""
    return TrainingStateScope(False)


def mark_variables(
    variables: Sequence[NDArray], gradients: Sequence[NDArray], grad_reqs: str | Sequence[str] = "write"
) -> None:
    """Makes variables of arrays, with the given buffers for their gradients."""
    autograd.mark_variables(variables, gradients, grad_reqs)


def backward(
    outputs: Sequence[NDArray], out_grads: Sequence[NDArray | None] | None = None, retain_graph: bool = False
) -> None:
    """Writes the gradients of all variables that ``outputs`` were made of."""
    if not isinstance(outputs, (list, tuple)):
        raise AssertionError("outputs must be a list or tuple of NDArrays")
    if out_grads is not None and len(out_grads) != len(outputs):
        raise AssertionError("outputs and out_grads must have the same length")
    autograd.backward(outputs, out_grads, retain_graph)


def compute_gradient(outputs: Sequence[NDArray]) -> None:
    """:func:`backward` under its old name."""
    backward(outputs)


def grad_and_loss(
    func: Callable[..., Any], argnum: int | list[int] | None = None
) -> Callable[..., tuple[list[NDArray], Any]]:
    """The function that returns the gradients of the arguments of ``func``, and what it returns.

    Parameters
    ----------
    argnum
        The arguments whose gradients are wanted, by position; None is all.
    """

    @functools.wraps(func)
    def call(*args: Any) -> tuple[list[NDArray], Any]:
        chosen = range(len(args)) if argnum is None else argnum if isinstance(argnum, list) else [argnum]
        variables = [args[i] for i in chosen]
        if not all(isinstance(v, NDArray) for v in variables):
            raise AssertionError("type of autograd input should NDArray.")
        grads = [zeros_like(v) for v in variables]
        mark_variables(variables, grads)
        with train_section():
            outputs = func(*args)
        compute_gradient([outputs] if isinstance(outputs, NDArray) else outputs)
        return grads, outputs

    return call


def grad(func: Callable[..., Any], argnum: int | list[int] | None = None) -> Callable[..., list[NDArray]]:
    """The function that returns the gradients of the arguments of ``func``."""
    both = grad_and_loss(func, argnum)

    @functools.wraps(both)
    def call(*args: Any) -> list[NDArray]:
        return both(*args)[0]

    return call
