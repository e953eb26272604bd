"""What programs note by themselves: tasks, frames, events, counters, markers."""

from __future__ import annotations

import threading
from typing import Any

from regluon.base import MXNetError
from regluon.profiler.notes import Count, Instant, Span
from regluon.profiler.recorder import now, recorder

__all__ = ["Counter", "Domain", "Event", "Frame", "Marker", "Task"]

_SCOPES = {"global": "g", "marker": "p", "process": "p", "task": "t", "thread": "t"}


class Domain:
    """A group of tasks, frames, counters and markers, which tables and traces keep together."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name

    def new_task(self, name: str) -> Task:
        """A task of this domain."""
        return Task(self, name)

    def new_frame(self, name: str) -> Frame:
        """A frame of this domain."""
        return Frame(self, name)

    def new_counter(self, name: str, value: Any = None) -> Counter:
        """A counter of this domain."""
        return Counter(self, name, value)

    def new_marker(self, name: str) -> Marker:
        """A marker of this domain."""
        return Marker(self, name)


class _Named:
    def __init__(self, kind: str, name: str) -> None:
        self._kind, self.name = kind, name

    def __str__(self) -> str:
        return self.name


class _Timed(_Named):
    """Something with a beginning and an end; several may run within each other."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind, name)
        self._starts: list[float] = []

    def start(self) -> None:
        """Begins."""
        self._starts.append(now())

    def stop(self) -> None:
        """Ends, which notes the time since the beginning."""
        if self._starts:
            start = self._starts.pop()
            recorder.add(Span(self._kind, self.name, start, now() - start, threading.get_ident()))


class Task(_Timed):
    """A piece of work, whose times count together."""

    def __init__(self, domain: Domain, name: str) -> None:
        super().__init__(domain.name, name)


class Frame(_Timed):
    """A stretch of time that comes again and again, such as a step of training."""

    def __init__(self, domain: Domain, name: str) -> None:
        super().__init__(f"{domain.name},frame", name)


class Event(_Timed):
    """A stretch of time of no domain."""

    def __init__(self, name: str) -> None:
        super().__init__("event", name)


class Counter(_Named):
    """A whole number that changes in the course of time."""

    def __init__(self, domain: Domain, name: str, value: Any = None) -> None:
        super().__init__(f"{domain.name},counter", name)
        self._value = 0
        if value is not None:
            self.set_value(value)

    def set_value(self, value: Any) -> None:
        """Gives it a value."""
        self._value = int(value)
        recorder.add(Count(self._kind, self.name, now(), self._value))

    def increment(self, delta: Any = 1) -> None:
        """Adds to it."""
        self.set_value(self._value + int(delta))

    def decrement(self, delta: Any = 1) -> None:
        """Takes from it."""
        self.set_value(self._value - int(delta))

    def __iadd__(self, delta: Any) -> Counter:
        self.increment(delta)
        return self

    def __isub__(self, delta: Any) -> Counter:
        self.decrement(delta)
        return self


class Marker(_Named):
    """A moment."""

    def __init__(self, domain: Domain, name: str) -> None:
        super().__init__(f"{domain.name},instant_marker", name)
        self.domain = domain

    def mark(self, scope: str = "process") -> None:
        """Notes the moment for ``"global"``, ``"process"``, ``"thread"``, ``"task"`` or ``"marker"``."""
        if scope not in _SCOPES:
            raise MXNetError(f"Invalid Input: {scope!r}, valid values are: {', '.join(_SCOPES)}")
        recorder.add(Instant(self._kind, self.name, now(), threading.get_ident(), _SCOPES[scope]))
