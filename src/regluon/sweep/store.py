"""Finished runs, a file each: what is there is not run again."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from regluon.fileio import atomic_write
from regluon.sweep.errors import SweepError
from regluon.sweep.grid import Task

__all__ = ["Store"]

_LONGEST = 80


class Store:
    """The runs of one program in a folder: ``runs/PROGRAM/RUN.json`` and ``failures/RUN.txt``.

    Parameters
    ----------
    folder
        Where the sweep leaves its files.
    program
        A hash of the program: runs of another one are kept, but not taken for this one's.
    """

    def __init__(self, folder: Path, program: str) -> None:
        self.runs, self.failures = folder / "runs" / program[:12], folder / "failures"

    def prepare(self) -> None:
        """Makes the folders.

        Raises
        ------
        SweepError
            If they cannot be made or written to.
        """
        try:
            for folder in (self.runs, self.failures):
                folder.mkdir(parents=True, exist_ok=True)
            with atomic_write(self.runs / ".writable"):
                pass
            (self.runs / ".writable").unlink()
        except OSError as error:
            raise SweepError(f"{self.runs}: files cannot be written there: {error.strerror}") from None

    def save(self, task: Task, result: dict[str, Any], seconds: float) -> None:
        """Keeps a finished run, and forgets that it failed before."""
        record = {"values": dict(task.values), "seed": task.seed, "seconds": round(seconds, 3), **result}
        _write(self._path(task), json.dumps(record, ensure_ascii=False, allow_nan=False))
        for suffix in (".txt", ".ipynb"):
            self._failure(task, suffix).unlink(missing_ok=True)

    def load(self, task: Task) -> dict[str, Any] | None:
        """A finished run; None if there is none, or a file that is not one."""
        try:
            record = json.loads(self._path(task).read_text(encoding="utf-8"))
            same = record["values"] == dict(task.values) and record["seed"] == task.seed
            whole = isinstance(record["numbers"], dict) and isinstance(record["curves"], dict)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return record if same and whole else None

    def fail(self, task: Task, text: str, notebook: str | None = None) -> Path:
        """Keeps what there is to read about a run that failed."""
        path = self._failure(task, ".txt")
        _write(path, text + "\n")
        if notebook is not None:
            _write(self._failure(task, ".ipynb"), notebook)
        return path

    def _path(self, task: Task) -> Path:
        return self.runs / f"{_name(task)}.json"

    def _failure(self, task: Task, suffix: str) -> Path:
        return self.failures / f"{_name(task)}{suffix}"


def _name(task: Task) -> str:
    """A name for files that people can read, and that no two runs share."""
    exact = json.dumps([task.values, task.seed]).encode()
    readable = re.sub(r"[^\w.=+-]+", "_", task.label.replace(", ", " "))[:_LONGEST]
    return f"{readable}-{hashlib.sha256(exact).hexdigest()[:8]}"


def _write(path: Path, text: str) -> None:
    with atomic_write(path) as file:
        file.write(text.encode())
