"""Arguments and results that are nested: lists and tuples of arrays, taken apart and put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["put_together", "take_apart"]


def take_apart(value: Any, kind: type | tuple[type, ...], found: list[Any]) -> Any:
    """Puts all of ``kind`` into ``found``; returns the structure, with their places instead."""
    if isinstance(value, kind):
        found.append(value)
        return _Place(len(found) - 1)
    if isinstance(value, (list, tuple)):
        return _like(value, [take_apart(part, kind, found) for part in value])
    if isinstance(value, dict):
        return {key: take_apart(part, kind, found) for key, part in value.items()}
    return value


def put_together(structure: Any, values: Sequence[Any]) -> Any:
    """The structure with values at their places."""
    if isinstance(structure, _Place):
        return values[structure.index]
    if isinstance(structure, (list, tuple)):
        return _like(structure, [put_together(part, values) for part in structure])
    if isinstance(structure, dict):
        return {key: put_together(part, values) for key, part in structure.items()}
    return structure


def _like(value: Sequence[Any], parts: list[Any]) -> Any:
    """The parts in a list or tuple of the same kind, a named one too."""
    make: Callable[..., Any] = type(value)
    return make(*parts) if hasattr(value, "_fields") else make(parts)


class _Place:
    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index
