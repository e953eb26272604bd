"""Notes as a trace in the format of chrome://tracing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from regluon.profiler.notes import Count, Instant, Note, Span

__all__ = ["chrome_trace"]


def chrome_trace(notes: Iterable[Note]) -> str:
    """The JSON of a trace.

    Its format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
    """
    process = os.getpid()
    head = {"name": "process_name", "ph": "M", "pid": process, "args": {"name": "regluon"}}
    events = [head, *[{**_event(note), "pid": process} for note in sorted(notes, key=lambda n: n.start)]]
    return json.dumps({"traceEvents": events, "displayTimeUnit": "ms"})


def _event(note: Note) -> dict[str, Any]:
    common = {"name": note.name, "cat": note.kind, "ts": note.start}
    if isinstance(note, Span):
        return {**common, "ph": "X", "dur": note.duration, "tid": note.thread}
    if isinstance(note, Count):
        return {**common, "ph": "C", "args": {note.name: note.value}}
    assert isinstance(note, Instant)
    return {**common, "ph": "i", "s": note.scope, "tid": note.thread}
