"""The finished runs of a sweep, as tables of numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from regluon.lab.statistics import Bands, Best, bands, best_value
from regluon.sweep.errors import SweepError
from regluon.sweep.grid import Grid, Task, value_of

__all__ = ["NORM", "Results"]

Array = np.ndarray[Any, Any]
Point = tuple[str, ...]
NORM = "‖w‖"


class Results:
    """The runs there are, by point of the grid and seed.

    Parameters
    ----------
    grid
        What was asked for.
    records
        What the store has of it.
    best
        The measure whose smallest value is the best; by default the last one of a curve or number that is
        called a test or validation loss or error, or the first measure.
    highest
        Whether it is the largest value instead.

    Raises
    ------
    SweepError
        If there is no such measure.
    """

    def __init__(
        self,
        grid: Grid,
        records: Mapping[Task, dict[str, Any]],
        best: str | None = None,
        highest: bool = False,
    ) -> None:
        self.grid, self.records, self.highest = grid, dict(records), highest
        self.points = grid.points()
        self.rests = list(dict.fromkeys(point[1:] for point in self.points))  # of all names but the first
        self.curves = self._names("curves")
        numbers = [name for name in self._names("numbers") if name not in self.curves]
        self.has_weights = any(record["weights"] for record in self.records.values())
        self.measures = [*self.curves, *numbers, *([NORM] if self.has_weights else [])]
        self.objective = self._objective(best)

    def _names(self, kind: str) -> list[str]:
        return list(dict.fromkeys(name for record in self.records.values() for name in record[kind]))

    def _objective(self, wanted: str | None) -> str:
        if wanted is not None:
            if wanted not in self.measures:
                raise SweepError(f"--best {wanted}: the runs report {', '.join(self.measures) or 'nothing'}")
            return wanted
        likely = (r"(test|valid).*(loss|error)", r"test|valid", r"loss|error")
        for pattern in likely:
            for name in self.measures:
                if re.search(pattern, name, re.IGNORECASE):
                    return name
        return self.measures[0] if self.measures else ""

    def record(self, point: Point, seed: int) -> dict[str, Any] | None:
        """What a run left, or None."""
        return self.records.get(Task(tuple(zip(self.grid.names, point, strict=True)), seed))

    def measure(self, name: str, point: Point) -> Array:
        """A measure's values for the seeds; see :meth:`bands` for what is not finite."""
        return np.array([_measured(record, name, self._worst(name)) for record in self._runs(point)])

    def curve(self, name: str, point: Point) -> Array:
        """(seeds, steps); see :meth:`bands` for what is not finite."""
        return self._table([(record or {}).get("curves", {}).get(name) for record in self._runs(point)], name)

    def weights(self, point: Point) -> Array:
        """(seeds, elements); see :meth:`bands` for what is not finite."""
        return self._table([(record or {}).get("weights") for record in self._runs(point)], NORM)

    @staticmethod
    def bands(table: Array) -> Bands:
        """Median and middle 80 % over the seeds of a measure, a curve or the weights.

        Everything that is shown of several runs comes from here. NaN stands for what is not there, as the run
        failed, ended before or did not report it: it says nothing. A run that diverged is infinite, on the
        side that is not the best: it counts.
        """
        return bands(table.T)

    def _runs(self, point: Point) -> list[dict[str, Any] | None]:
        return [self.record(point, seed) for seed in self.grid.seeds]

    def _worst(self, name: str) -> float:
        return -np.inf if self.highest and name == self.objective else np.inf

    def _table(self, rows: Sequence[Sequence[float | None] | None], name: str) -> Array:
        """Rows of different lengths. What has diverged by the end of its row remains so."""
        worst = self._worst(name)
        table = np.full((len(rows), max((len(row) for row in rows if row), default=0)), np.nan)
        for n, row in enumerate(rows):
            if row:
                table[n, : len(row)] = [worst if x is None else x for x in row]
                table[n, len(row) :] = worst if row[-1] is None else np.nan
        return table

    def finished(self, point: Point) -> int:
        """How many of its runs there are."""
        return sum(self.record(point, seed) is not None for seed in self.grid.seeds)

    def numeric(self, position: int = 0) -> list[float] | None:
        """A name's values as numbers, or None where they are none."""
        values = [value_of(source) for source in self.grid.values[position]]
        plain = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)
        return [float(v) for v in values] if plain else None

    def best(self, rest: Point) -> Best | None:
        """The best value of the first name with the others at ``rest``; None where it is no number."""
        values = self.numeric()
        if values is None or not self.objective:
            return None
        losses = np.array([self.measure(self.objective, (v, *rest)) for v in self.grid.values[0]])
        seeds = ~np.isnan(losses).all(axis=0)  # those of which there is any run
        if len(values) < 2 or not np.isfinite(losses).any():
            return None
        losses = (-losses if self.highest else losses)[:, seeds]
        found = best_value(values, losses, missing=np.isnan(losses))
        return found._replace(loss=-found.loss) if self.highest else found

    def runs_csv(self) -> str:
        """A row for each run: values, seed, measures, seconds."""
        rows: list[Sequence[Any]] = [(*self.grid.names, "seed", *self.measures, "seconds")]
        for point in self.points:
            for seed in self.grid.seeds:
                record = self.record(point, seed)
                if record is not None:
                    measures = [_shown(_measured(record, name, self._worst(name))) for name in self.measures]
                    rows.append((*point, seed, *measures, record["seconds"]))
        return _csv(rows)

    def summary(self) -> list[list[Any]]:
        """A row for each point: values, runs, and the median and the middle 80 % of each measure."""
        names = [f"{m} {part}".strip() for m in self.measures for part in ("median", "10 %", "90 %")]
        rows: list[list[Any]] = [[*self.grid.names, "runs", *names]]
        for point in self.points:
            cells = [
                _shown(float(x)) for name in self.measures for x in self.bands(self.measure(name, point))
            ]
            rows.append([*point, self.finished(point), *cells])
        return rows

    def summary_csv(self) -> str:
        """:meth:`summary` as a file."""
        return _csv(self.summary())


def _measured(record: Mapping[str, Any] | None, name: str, worst: float) -> float:
    """What a run reported at last: NaN if nothing, ``worst`` if it is not finite."""
    if record is None:
        return np.nan
    if name == NORM:
        weights = record["weights"]
        if not weights:
            return np.nan
        return worst if None in weights else float(np.linalg.norm(weights))
    if name not in record["curves"] and name not in record["numbers"]:
        return np.nan
    curve = record["curves"].get(name)
    value = curve[-1] if curve else record["numbers"].get(name)
    return worst if value is None else float(value)


def _shown(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.7g}"


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
