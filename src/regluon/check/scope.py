"""Names of a program and what they are bound to, one scope inside the other."""

from __future__ import annotations

from regluon.check.values import Path, Value

__all__ = ["Scope", "merged"]

Bindings = dict[str, Value]


class Scope:
    """The bindings of a module, function or class, and the scope around it."""

    def __init__(self, outer: Scope | None = None) -> None:
        self.outer = outer
        self.bound: Bindings = {}

    def get(self, name: str) -> Value:
        """What a name is bound to; None if that is not known."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bound:
                return scope.bound[name]
            scope = scope.outer
        return None

    def bind(self, name: str, value: Value) -> None:
        """Bind a name; to None if its value is not known."""
        self.bound[name] = value


def merged(ways: list[Bindings]) -> Bindings:
    """What holds after one of several ways was taken: where they differ, nothing is known.

    A module that is imported on one of them alone counts as imported: ``except ImportError: mx = None``.
    """
    found: Bindings = {}
    for name in {name for way in ways for name in way}:
        values = {way.get(name) for way in ways}
        known = values - {None}
        sure = len(values) == 1 or (len(known) == 1 and isinstance(next(iter(known)), Path))
        found[name] = next(iter(known)) if known and sure else None
    return found
