"""Counts and times of what was noted, as a table or as JSON, in MXNet's form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from regluon.profiler.notes import MEMORY, Count, Instant, Note, Span

__all__ = ["COLUMNS", "as_json", "as_table", "statistics"]

COLUMNS = ("total", "avg", "min", "max", "count")


@dataclass(frozen=True)
class Row:
    """Times in milliseconds, memory in kilobytes, or numbers as they are."""

    name: str
    count: int
    total: float
    min: float
    max: float
    avg: float


class Section(NamedTuple):
    """The rows of one kind: ``unit`` is ms, kB, or "" for plain numbers."""

    kind: str
    unit: str
    rows: list[Row]


def statistics(notes: Iterable[Note], sort_by: str, ascending: bool) -> list[Section]:
    """The notes by kind and name. What ran within another of its kind is in that one's time."""
    values: dict[str, dict[str, list[float]]] = {}
    units: dict[str, str] = {}
    for note in notes:
        names = values.setdefault(note.kind, {})
        if isinstance(note, Span):
            units[note.kind] = "ms"
            if not note.inner:
                names.setdefault(note.name, []).append(note.duration / 1000)
        elif isinstance(note, Count):
            memory = note.kind == MEMORY
            units[note.kind] = "kB" if memory else ""
            names.setdefault(note.name, []).append(note.value / 1000 if memory else note.value)
        elif isinstance(note, Instant):
            units[note.kind] = "ms"
            names.setdefault(note.name, []).append(0.0)
    return [
        Section(kind, units[kind], _rows(names, sort_by, ascending)) for kind, names in sorted(values.items())
    ]


def _rows(names: dict[str, list[float]], sort_by: str, ascending: bool) -> list[Row]:
    rows = [Row(n, len(v), sum(v), min(v), max(v), sum(v) / len(v)) for n, v in names.items()]
    return sorted(rows, key=lambda row: getattr(row, sort_by), reverse=not ascending)


_HEADS = {
    "ms": ("Time (ms)", "Min Time (ms)", "Max Time (ms)", "Avg Time (ms)"),
    "kB": ("Min Use  (kB)", "Max Use  (kB)", "Avg Use  (kB)"),
    "": ("Min Value", "Max Value", "Avg Value"),
}


def as_table(sections: Iterable[Section]) -> str:
    """Text for people."""
    lines = ["", "Profile Statistics:", "\tNote the difference in units for different entries."]
    for section in sections:
        heads = ("Total Count", *_HEADS[section.unit])
        lines += [section.kind, "=" * 17, _line("Name", heads), _line("----", ["-" * len(h) for h in heads])]
        for row in section.rows:
            numbers = (row.total, row.min, row.max, row.avg)[section.unit != "ms" :]
            lines.append(_line(row.name, [str(row.count), *[f"{n:.4f}" for n in numbers]]))
        lines.append("")
    return "\n".join(lines) + "\n"


def _line(name: str, cells: Iterable[str]) -> str:
    count, *others = cells
    return f"{name:<25} {count:>15}" + "".join(f" {cell:>16}" for cell in others)


def as_json(sections: Iterable[Section]) -> str:
    """Text for programs."""
    found: dict[str, dict[str, dict[str, dict[str, float]]]] = {"Time": {}, "Memory": {}, "Value": {}}
    groups = {"ms": "Time", "kB": "Memory", "": "Value"}
    for section in sections:
        place = found[groups[section.unit]].setdefault(section.kind, {})
        for row in section.rows:
            cells = {"Count": row.count, "Total": row.total, "Min": row.min, "Max": row.max, "Avg": row.avg}
            if section.unit != "ms":
                del cells["Total"]
            place[row.name] = cells
    return json.dumps({**found, "Unit": {"Time": "ms", "Memory": "kB"}}, indent=4)
