"""Automatic names: ``dense0``, ``dense1``, ..."""

from __future__ import annotations

import threading
import warnings

__all__ = ["NameManager", "Prefix"]


class _WithCurrent(type):
    @property
    def current(cls) -> NameManager:
        """The name manager of this thread; deprecated, as in MXNet."""
        warnings.warn(
            "NameManager.current has been deprecated. Use the with statement with NameManager.",
            DeprecationWarning,
            stacklevel=2,
        )
        return _current.manager

    @current.setter
    def current(cls, manager: NameManager) -> None:
        _current.manager = manager


class NameManager(metaclass=_WithCurrent):
    """Numbers the names that are asked for by a hint; as a ``with`` block, for the calls within it."""

    def __init__(self) -> None:
        self._counter: dict[str, int] = {}
        self._before: list[NameManager] = []

    def get(self, name: str | None, hint: str) -> str:
        """``name`` if there is one, else the next name of that hint."""
        if name:
            return name
        number = self._counter.get(hint, 0)
        self._counter[hint] = number + 1
        return f"{hint}{number}"

    def __enter__(self) -> NameManager:
        self._before.append(_current.manager)
        _current.manager = self
        return self

    def __exit__(self, *exc: object) -> None:
        _current.manager = self._before.pop()


class Prefix(NameManager):
    """Puts a prefix before every name."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def get(self, name: str | None, hint: str) -> str:
        return self._prefix + super().get(name, hint)


class _Current(threading.local):
    def __init__(self) -> None:
        self.manager = NameManager()


_current = _Current()


def current() -> NameManager:
    """The name manager of this thread."""
    return _current.manager
