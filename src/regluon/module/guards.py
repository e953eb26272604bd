"""What must have been called before: errors that say so."""

from __future__ import annotations

import warnings
from typing import Any

__all__ = ["already_initialized", "bound", "initialized", "optimized", "require"]


def require(condition: Any, message: str) -> None:
    """Raises an AssertionError, as MXNet does, unless the condition holds."""
    if not condition:
        raise AssertionError(message)


def bound(module: Any, call: str) -> None:
    """Raises an AssertionError unless the module is bound."""
    if not module.binded:
        raise AssertionError(f"{call}: call bind first, with the shapes of data and labels")


def initialized(module: Any, call: str, needs_bind: bool = True) -> None:
    """Raises an AssertionError unless the module is bound and has parameters."""
    if needs_bind:
        bound(module, call)
    if not module.params_initialized:
        raise AssertionError(f"{call}: call init_params or set_params first")


def optimized(module: Any, call: str) -> None:
    """Raises an AssertionError unless the module has an optimizer."""
    if not module.optimizer_initialized:
        raise AssertionError(f"{call}: call init_optimizer first")


def already_initialized(module: Any, call: str, force_init: bool) -> bool:
    """Whether a call would give values to parameters that have some; it warns that the call is ignored."""
    if force_init or not module.params_initialized:
        return False
    warnings.warn(f"Parameters already initialized and force_init=False. {call} call ignored.", stacklevel=3)
    return True
