"""The values of a sweep: what ``--set`` says, and all combinations of it with the seeds."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from regluon.sweep.errors import SweepError

__all__ = ["Grid", "Task", "value_of"]


@dataclass(frozen=True)
class Task:
    """One run: the values as Python sources by name, and the seed."""

    values: tuple[tuple[str, str], ...]
    seed: int

    @property
    def label(self) -> str:
        """For people: ``wd=0.3, seed=10``."""
        return ", ".join([f"{name}={value}" for name, value in self.values] + [f"seed={self.seed}"])


@dataclass(frozen=True)
class Grid:
    """Names with their values, as sources, and the seeds."""

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    seeds: tuple[int, ...]

    @staticmethod
    def of(settings: Sequence[str], seeds: tuple[int, ...]) -> Grid:
        """The grid of ``name=value,value,...`` settings.

        A value is a Python expression, which may hold commas within brackets, or a word.

        Raises
        ------
        SweepError
            For a setting without values, and for a name or value that comes twice.
        """
        found: dict[str, tuple[str, ...]] = {}
        for setting in settings:
            name, equals, text = (part.strip() for part in setting.partition("="))
            if not equals or not name.isidentifier() or not text:
                raise SweepError(f"--set {setting}: expected name=value,value as in --set wd=0,0.3,1")
            if name == "seed" or name in found:
                why = "seeds are given by --seeds" if name == "seed" else "it is set twice"
                raise SweepError(f"--set {setting}: {why}")
            found[name] = _split(setting, text)
        if not found:
            raise SweepError("nothing to sweep over: give values, as in --set wd=0,0.3,1,3,10")
        return Grid(tuple(found), tuple(found.values()), seeds)

    def points(self) -> list[tuple[str, ...]]:
        """All combinations of values."""
        return list(itertools.product(*self.values))

    def tasks(self) -> Iterator[Task]:
        """All runs, seed by seed, so that every value has some early."""
        for seed in self.seeds:
            for point in self.points():
                yield Task(tuple(zip(self.names, point, strict=True)), seed)


def value_of(source: str) -> Any:
    """The Python value of a source, or the source itself where it is a word."""
    try:
        return ast.literal_eval(source)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return source


def _split(setting: str, text: str) -> tuple[str, ...]:
    try:
        parts = ast.parse(f"({text},)", mode="eval").body
        sources = [ast.unparse(part) for part in parts.elts] if isinstance(parts, ast.Tuple) else []
    except (SyntaxError, ValueError):
        sources = [part.strip() for part in text.split(",")]
    if not all(sources):
        raise SweepError(f"--set {setting}: a value is missing between commas")
    if len(set(sources)) < len(sources):
        raise SweepError(f"--set {setting}: a value comes twice")
    return tuple(sources)
