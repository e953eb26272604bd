"""What a profiler notes."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["MEMORY", "OPERATOR", "Count", "Instant", "Note", "Span"]

OPERATOR = "operator"
MEMORY = "Device Storage"


class Span(NamedTuple):
    """Something with a beginning and an end, in microseconds since 1970.

    ``inner`` says that it happened within another one of its kind: its time is in that one's.
    """

    kind: str
    name: str
    start: float
    duration: float
    thread: int
    inner: bool = False


class Count(NamedTuple):
    """A number at a time."""

    kind: str
    name: str
    start: float
    value: float


class Instant(NamedTuple):
    """A moment, marked for a thread (``t``), this process (``p``) or all (``g``)."""

    kind: str
    name: str
    start: float
    thread: int
    scope: str


Note = Span | Count | Instant
