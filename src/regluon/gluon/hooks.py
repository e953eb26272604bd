"""Hooks: functions that a block calls before or after its forward."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

__all__ = ["HookHandle"]

_numbers = count()


class HookHandle:
    """What a registration returns; ``detach()`` takes the hook away again, and so does leaving a ``with``."""

    def __init__(self, hooks: dict[int, Callable[..., Any]], hook: Callable[..., Any]) -> None:
        self._hooks = hooks
        self._id = next(_numbers)
        hooks[self._id] = hook

    def detach(self) -> None:
        """Takes the hook away."""
        self._hooks.pop(self._id, None)

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.detach()
