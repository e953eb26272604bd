"""The error for a name that a module does not have: a slip of the pen, or a name of MXNet's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regluon.reference.names import canonical
from regluon.reference.standing import entry_of

__all__ = ["absent"]


def absent(module: str, namespace: str) -> Callable[[str], Any]:
    """A module's ``__getattr__``.

    Parameters
    ----------
    module
        The module's name.
    namespace
        The same as MXNet's names have it: ``nd``, ``gluon.nn``, "" for the top.
    """

    def missing(name: str) -> Any:
        raise AttributeError(f"module {module!r} has no attribute {name!r}{_why(namespace, name)}", name=name)

    return missing


def _why(namespace: str, name: str) -> str:
    full = f"{namespace}.{name}" if namespace else name
    home = None if name.startswith("_") else canonical(full)
    if home is None:
        return ""
    entry = entry_of(home) or entry_of(full)
    if entry is None:
        return " yet: MXNet 1.9.1 has it, a gap of regluon"
    use = f"; use {entry.alternative}" if entry.alternative else ""
    return f": MXNet 1.9.1 has it, regluon leaves it out: {entry.reason}{use}"
