"""The recorder: torch's profiler for operators, a list for everything else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from regluon.base import MXNetError
from regluon.profiler.notes import MEMORY, OPERATOR, Count, Note, Span

__all__ = ["Config", "now", "recorder"]


def now() -> float:
    """Microseconds since 1970, as torch's profiler has them."""
    return time.time_ns() / 1000


@dataclass(frozen=True)
class Config:
    """What to note. None: not said."""

    filename: str = "profile.json"
    profile_all: bool | None = None
    profile_symbolic: bool | None = None
    profile_imperative: bool | None = None
    profile_api: bool | None = None
    profile_memory: bool | None = None
    aggregate_stats: bool = False
    continuous_dump: bool = False
    dump_period: float = 1.0
    profile_process: str = "worker"

    @property
    def operators(self) -> bool:
        """Whether to note operators."""
        said = (self.profile_all, self.profile_symbolic, self.profile_imperative, self.profile_api)
        return any(said) or all(s is None for s in said)

    @property
    def memory(self) -> bool:
        """Whether to note memory."""
        return bool(self.profile_all or self.profile_memory)


_KINDS = {f.name: str(f.type) for f in fields(Config)}
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def _read(name: str, value: Any) -> Any:
    kind = _KINDS.get(name)
    if kind is None:
        raise MXNetError(f"set_config has no {name!r}; there are {', '.join(_KINDS)}")
    if not kind.startswith("bool"):
        return float(value) if kind == "float" else str(value)
    try:
        return _FLAGS[str(value).lower()]
    except KeyError:
        raise MXNetError(f"set_config: {name} is true or false, not {value!r}") from None


class Recorder:
    """What has been noted, and whether notes are taken."""

    def __init__(self) -> None:
        self.config = Config()
        self.runs = self.held = False
        self._started = False
        self._profile: profile | None = None
        self._notes: list[Note] = []
        self._counted: list[Note] = []

    @property
    def active(self) -> bool:
        """Whether notes are taken now."""
        return self.runs and not self.held

    def configure(self, given: dict[str, Any]) -> None:
        """Changes what is given of the configuration."""
        self.config = replace(self.config, **{name: _read(name, value) for name, value in given.items()})

    def add(self, note: Note) -> None:
        """Takes a note, if notes are taken."""
        if self.active:
            self._notes.append(note)
            self._counted.append(note)

    def turn(self, run: bool) -> bool:
        """Begins or ends; True if it ended something."""
        ended = self.runs and not run
        self.runs, self._started = run, self._started or run
        self._follow()
        return ended

    def hold(self, held: bool) -> None:
        """Pauses or goes on."""
        self.held = held
        self._follow()

    def notes(self, *, finished: bool) -> list[Note]:
        """All notes for a trace, which are forgotten if it is the last one."""
        if not self._started:
            raise MXNetError("Profiler hasn't been run. Config and start profiler first")
        self._collect()
        found = list(self._notes)
        if finished:
            self.turn(False)
            self._started = False
            self._notes.clear()
        return found

    def counted(self, *, reset: bool) -> list[Note]:
        """All notes for a table."""
        self._collect()
        found = list(self._counted)
        if reset:
            self._counted.clear()
        return found

    def _follow(self) -> None:
        """Starts or stops torch's profiler as the state asks for."""
        wanted = self.active and (self.config.operators or self.config.memory)
        if wanted and self._profile is None:
            kinds = [ProfilerActivity.CPU]
            if torch.cuda.is_available():
                kinds.append(ProfilerActivity.CUDA)
            self._profile = profile(activities=kinds, profile_memory=self.config.memory)
            self._profile.start()
        elif not wanted and self._profile is not None:
            self._take_over()

    def _collect(self) -> None:
        """Brings what torch has noted so far to the rest, in the middle of a run by a short break."""
        if self._profile is not None:
            self._take_over()
            self._follow()

    def _take_over(self) -> None:
        done, self._profile = self._profile, None
        assert done is not None
        done.stop()
        found = list(_read_torch(done, self.config))
        self._notes += found
        self._counted += found


def _read_torch(done: profile, config: Config) -> Iterator[Note]:
    events = sorted(done.events() or (), key=lambda e: e.time_range.start)  # type: ignore[no-untyped-call]
    if not events or done.profiler is None or done.profiler.kineto_results is None:
        return
    begin = done.profiler.kineto_results.trace_start_ns() / 1000
    totals: dict[str, float] = {}
    for event in events:
        start = begin + event.time_range.start
        if config.operators and event.name != "[memory]":
            on_device = not str(event.device_type).endswith("CPU")
            kind = "kernel" if on_device else OPERATOR
            inner = event.cpu_parent is not None
            duration = event.time_range.end - event.time_range.start
            yield Span(kind, event.name, start, duration, event.thread, inner)
        if config.memory and event.cpu_parent is None:
            for place, size in (("cpu/0", event.cpu_memory_usage), ("gpu/0", event.device_memory_usage)):
                if size:
                    totals[place] = totals.get(place, 0) + size
                    yield Count(MEMORY, f"Memory: {place}", start, totals[place])


recorder = Recorder()
"""The one of this process."""
