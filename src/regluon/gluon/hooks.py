"""Hooks: functions that a block calls before or after its forward."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeAlias

__all__ = ["HookHandle", "Hooks"]

# A plain dict can't be referred to weakly.
Hooks: TypeAlias = OrderedDict[int, Callable[..., Any]]


class HookHandle:
    """What a registration returns; ``detach()`` takes the hook away again, and so does leaving a ``with``."""

    def __init__(self) -> None:
        self._hooks: weakref.ref[Hooks] | None = None
        self._id = 0

    def attach(self, hooks_dict: Hooks, hook: Callable[..., Any]) -> None:
        """Adds a hook to those of a block; the same function is there once only."""
        if self._hooks is not None:
            raise AssertionError("The same handle cannot be attached twice.")
        self._id = id(hook)
        hooks_dict[self._id] = hook
        self._hooks = weakref.ref(hooks_dict)

    def detach(self) -> None:
        """Takes the hook away."""
        hooks = None if self._hooks is None else self._hooks()
        if hooks is not None:
            hooks.pop(self._id, None)

    def __getstate__(self) -> tuple[Hooks | None, int]:
        return (None if self._hooks is None else self._hooks()), self._id

    def __setstate__(self, state: tuple[Hooks | None, int]) -> None:
        hooks, self._id = state
        self._hooks = None if hooks is None else weakref.ref(hooks)

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.detach()
