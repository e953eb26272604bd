"""``mx.attribute``: attributes that symbols get from the ``with`` blocks in which they are made."""

from __future__ import annotations

import threading
import warnings
from collections import defaultdict
from typing import Any, ClassVar

__all__ = ["AttrScope"]


class _WithCurrent(type):
    @property
    def current(cls) -> AttrScope:
        """The scope of this thread; deprecated, as in MXNet."""
        _warn()
        return _current.scope

    @current.setter
    def current(cls, scope: AttrScope) -> None:
        _warn()
        _current.scope = scope


class AttrScope(metaclass=_WithCurrent):
    """Attributes, all of them texts, for the symbols made within; inner scopes add to outer ones."""

    _subgraph_names: ClassVar[defaultdict[str, int]] = defaultdict(int)
    """How many bodies of loops and branches have been made, by the names that they begin with."""

    def __init__(self, **kwargs: str) -> None:
        if not all(isinstance(value, str) for value in kwargs.values()):
            raise ValueError("Attributes need to be string")
        self._attr = kwargs
        self._before: list[AttrScope] = []

    def get(self, attr: dict[str, str] | None) -> dict[str, str]:
        """The attributes of the scope together with ``attr``, which go first."""
        return {**self._attr, **(attr or {})} if self._attr else attr or {}

    def __enter__(self) -> AttrScope:
        self._before.append(_current.scope)
        self._attr = {**_current.scope._attr, **self._attr}
        _current.scope = self
        return self

    def __exit__(self, *exc: object) -> None:
        _current.scope = self._before.pop()


class _Current(threading.local):
    def __init__(self) -> None:
        self.scope = AttrScope()


_current = _Current()


def current() -> AttrScope:
    """The scope of this thread."""
    return _current.scope


def _warn() -> Any:
    warnings.warn(
        "AttrScope.current has been deprecated. It is advised to use the `with` statement with AttrScope.",
        DeprecationWarning,
        stacklevel=3,
    )
