"""``mx.profiler``: what takes how long, by torch's profiler; tasks, frames, events, counters and markers.

Operators appear by the names of torch's kernels (``aten::addmm``), those on GPUs as well.
"""

from __future__ import annotations

import warnings
from typing import Any

from regluon.fileio import atomic_write_text
from regluon.profiler.marks import Counter, Domain, Event, Frame, Marker, Task
from regluon.profiler.recorder import recorder
from regluon.profiler.tables import COLUMNS, as_json, as_table, statistics
from regluon.profiler.trace import chrome_trace

__all__ = [
    "Counter",
    "Domain",
    "Event",
    "Frame",
    "Marker",
    "Task",
    "dump",
    "dump_profile",
    "dumps",
    "pause",
    "profiler_set_config",
    "profiler_set_state",
    "resume",
    "set_config",
    "set_state",
]

_STATES = {"stop": False, "run": True}
_PROCESSES = {"worker": True, "server": False}  # of which a store over several processes would have some


def set_config(**kwargs: Any) -> None:
    """Says what to note.

    Parameters
    ----------
    filename
        The file that :func:`dump` writes; ``profile.json`` if nothing is said.
    profile_all, profile_symbolic, profile_imperative, profile_api
        Whether operators are noted, which they are too if none of these is given. Here they are one.
    profile_memory
        Whether the memory that operators take is noted.
    aggregate_stats
        Whether there is a table for :func:`dumps`.
    continuous_dump
        Whether the file is written whenever the profiler stops. It is not written in between: ``dump_period``
        changes nothing.
    profile_process
        Only ``"worker"`` has anything to note.
    """
    recorder.configure(kwargs)


def set_state(state: str = "stop", profile_process: str = "worker") -> None:
    """Begins (``"run"``) or ends (``"stop"``) to take notes."""
    run, here = _STATES[state], _PROCESSES[profile_process]
    if here and recorder.turn(run) and recorder.config.continuous_dump:
        dump(finished=False)


def pause(profile_process: str = "worker") -> None:
    """Takes no notes until :func:`resume`."""
    if _PROCESSES[profile_process]:
        recorder.hold(True)


def resume(profile_process: str = "worker") -> None:
    """Goes on after :func:`pause`."""
    if _PROCESSES[profile_process]:
        recorder.hold(False)


def dump(finished: bool = True, profile_process: str = "worker") -> None:
    """Writes what has been noted as a trace, which chrome://tracing and https://ui.perfetto.dev show.

    Parameters
    ----------
    finished
        Whether this was the last one: it stops the profiler.

    Raises
    ------
    MXNetError
        If the profiler has not been started since the last one.
    """
    if not _PROCESSES[profile_process]:
        return
    notes = recorder.notes(finished=finished)
    with atomic_write_text(recorder.config.filename) as file:
        file.write(chrome_trace(notes))


def dumps(reset: bool = False, format: str = "table", sort_by: str = "total", ascending: bool = False) -> str:
    """Counts and times by names, or "" without ``aggregate_stats``.

    Parameters
    ----------
    reset
        Whether to forget them afterwards.
    format
        ``"table"`` or ``"json"``.
    sort_by
        ``"total"``, ``"avg"``, ``"min"``, ``"max"`` or ``"count"``.
    """
    formats = {"table": as_table, "json": as_json}
    _check("format", format, formats)
    _check("sort_by", sort_by, COLUMNS)
    _check("ascending", ascending, (False, True))
    _check("reset", reset, (False, True))
    if not recorder.config.aggregate_stats:
        return ""
    found = statistics(recorder.counted(reset=reset), sort_by, ascending)
    return formats[format](found)


def _check(name: str, value: Any, known: Any) -> None:
    if value not in known:
        listed = ", ".join(map(repr, known))
        raise AssertionError(f"Invalid value provided for {name}: {value}. Support: {listed}")


def dump_profile() -> None:
    """:func:`dump` under its old name."""
    _warn("dump_profile", "dump")
    dump(True)


def profiler_set_config(mode: str = "symbolic", filename: str = "profile.json") -> None:
    """:func:`set_config` under its old name."""
    _warn("profiler_set_config", "set_config")
    set_config(**{f"profile_{mode}": True, "filename": filename})


def profiler_set_state(state: str = "stop") -> None:
    """:func:`set_state` under its old name."""
    _warn("profiler_set_state", "set_state")
    set_state(state)


def _warn(old: str, new: str) -> None:
    warnings.warn(f"profiler.{old}() is deprecated. Please use profiler.{new}() instead", stacklevel=3)
