"""What an edition's helper package has and this one does not yet: said so, where it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["declared_gaps"]


def declared_gaps(package: str, names: str) -> Callable[[str], Any]:
    """A module's ``__getattr__`` that tells a gap from a name that never was.

    Parameters
    ----------
    package : str
        The module's name.
    names : str
        The gaps, separated by blanks.

    Outputs
    -------
    function
        Raises AttributeError for every name; its attribute ``gaps`` holds the gaps as a frozenset.
    """
    gaps = frozenset(names.split())

    def missing(name: str) -> Any:
        gap = ": the book's package has it, regluon does not yet (a declared gap)" if name in gaps else ""
        raise AttributeError(f"module {package!r} has no attribute {name!r}{gap}", name=name)

    missing.gaps = gaps  # type: ignore[attr-defined]
    return missing
