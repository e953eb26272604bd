"""What there is to say of a file, as data: facts, and a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Column", "Description", "count", "plain", "shown_shape", "shown_size"]

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


@dataclass(frozen=True)
class Column:
    """A column of a table: numbers stand to the right; what is ``wide`` may be folded."""

    name: str
    right: bool = False
    wide: bool = False


@dataclass
class Description:
    """What a file holds.

    Parameters
    ----------
    kind
        The format.
    facts
        What is to be said of the file as a whole.
    columns, rows
        Of its parts, as texts for a reader.
    data
        The same rows as values for a program.
    """

    kind: str
    facts: list[str]
    columns: list[Column]
    rows: list[list[str]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)


def plain(text: str) -> str:
    """A text out of a file without the characters that would steer a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def shown_shape(shape: tuple[int, ...] | None) -> str:
    """``64×3×7×7``; sizes that aren't known are a question mark."""
    if shape is None:
        return "?"
    return "×".join("?" if size <= 0 else str(size) for size in shape) or "scalar"


def shown_size(count: float) -> str:
    """``1.5 MB``"""
    unit = 0
    while count >= 999.5 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.0f} {_UNITS[unit]}" if not unit or count >= 100 else f"{count:.3g} {_UNITS[unit]}"


def count(number: int, word: str) -> str:
    """``1 array``, ``2,000 arrays``"""
    return f"{number:,} {word}{'s' * (number != 1)}"
