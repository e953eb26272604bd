"""Which threads record, run for training, or keep the graphs that they go back through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from threading import get_ident

__all__ = ["keepers", "recorders", "state"]

recorders: set[int] = set()
"""The threads that record. ``get_ident() in recorders`` takes a quarter of a thread-local flag's time."""


keepers: set[int] = set()
"""The threads that go back through a graph that is to be kept."""


class _Thread(threading.local):
    """Per thread: whether calls run for training; and what takes it off the recorders when it ends."""

    training: bool = False

    def __init__(self) -> None:
        self.end = _End(get_ident())


class _End:
    def __init__(self, thread: int) -> None:
        self._thread = thread

    def __del__(self, forget: Callable[[int], None] = recorders.discard) -> None:
        forget(self._thread)


class _State:
    """Per thread: whether calls are recorded, and whether they run for training."""

    def __init__(self) -> None:
        self._here = _Thread()

    @property
    def recording(self) -> bool:
        """Whether calls are recorded."""
        return get_ident() in recorders

    @recording.setter
    def recording(self, on: bool) -> None:
        if on:
            self._here.training  # noqa: B018 (makes the thread's own part, which outlives the flag)
            recorders.add(get_ident())
        else:
            recorders.discard(get_ident())

    @property
    def training(self) -> bool:
        """Whether calls run for training."""
        return self._here.training

    @training.setter
    def training(self, on: bool) -> None:
        self._here.training = on


state = _State()
