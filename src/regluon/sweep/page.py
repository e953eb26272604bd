"""A sweep as one HTML page: a slider moves through the values, and curves and weights follow.

It needs nothing else and loads nothing: its policy allows one script and one style sheet, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from regluon import __version__
from regluon.sweep.axis import axis_of
from regluon.sweep.results import NORM, Results

__all__ = ["page"]

_FOLDER = Path(__file__).with_name("page")
_MOST_WEIGHTS = 400
_MOST_NUMBERS = 300_000  # of single runs; beyond, the page shows medians and bands only


def page(results: Results, title: str) -> str:
    """The page's text."""
    script, style = ((_FOLDER / name).read_text(encoding="utf-8").strip() for name in ("page.js", "page.css"))
    policy = (
        f"default-src 'none'; img-src data:; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    values = {
        "policy": html.escape(policy),
        "title": html.escape(title),
        "version": html.escape(__version__),
        "style": style,
        "script": script,
        "data": _embedded(_data(results, title)),
    }
    text = (_FOLDER / "page.html").read_text(encoding="utf-8")
    return re.sub(r"@@(\w+)@@", lambda match: values[match[1]], text)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(data: dict[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _data(results: Results, title: str) -> dict[str, Any]:
    grid = results.grid
    names = []
    for position, (name, values) in enumerate(zip(grid.names, grid.values, strict=True)):
        axis = axis_of(values, results.numeric(position))
        names.append(
            {"name": name, "values": values, "places": axis.places, "gap": axis.gap, "order": axis.ordered}
        )
    return {
        "title": title,
        "names": names,
        "seeds": grid.seeds,
        "curves": results.curves,
        "measures": results.measures,
        "norm": NORM,
        "objective": results.objective,
        "highest": results.highest,
        "points": _points(results),
        "best": {json.dumps(rest, ensure_ascii=False): _best(results, rest) for rest in results.rests},
    }


def _best(results: Results, rest: tuple[str, ...]) -> dict[str, Any] | None:
    best, values = results.best(rest), results.numeric()
    if best is None or values is None:
        return None
    low, high = (None if edge is None else values.index(edge) for edge in (best.low, best.high))
    return {"at": values.index(best.value), "low": low, "high": high, "loss": _plain(best.loss)}


def _points(results: Results) -> dict[str, Any]:
    """By the point's values as JSON: medians, bands and, where they are not too many, single runs."""
    single = _size(results) <= _MOST_NUMBERS
    total = max((len(record["weights"] or []) for record in results.records.values()), default=0)
    found = {}
    for point in results.points:
        weights = results.weights(point)[:, :_MOST_WEIGHTS] if results.has_weights else np.empty((0, 0))
        found[json.dumps(point, ensure_ascii=False)] = {
            "runs": results.finished(point),
            "curves": {name: _bands(results, results.curve(name, point), single) for name in results.curves},
            "measures": {
                name: _bands(results, results.measure(name, point)[:, None], True)
                for name in results.measures
            },
            "weights": {**_bands(results, weights, single), "total": total} if weights.size else None,
        }
    return found


def _size(results: Results) -> int:
    """How many numbers the single runs have."""
    first = next(iter(results.records.values()), None)
    if first is None:
        return 0
    one = sum(map(len, first["curves"].values())) + min(len(first["weights"] or []), _MOST_WEIGHTS)
    return one * len(results.records)


def _bands(results: Results, table: Any, single: bool) -> dict[str, Any]:
    """Of (seeds, steps): median, lower and upper bound, and each seed's row."""
    there = ~np.isnan(table).all(axis=1)
    found = {
        name: _row(numbers) if there.any() else [] for name, numbers in results.bands(table)._asdict().items()
    }
    rows = [_row(row) if known else None for row, known in zip(table, there, strict=True)]
    return {**found, "runs": rows if single else None}


def _row(numbers: Sequence[float] | Any) -> list[float | str | None]:
    return [_plain(x) for x in numbers]


def _plain(x: float) -> float | str | None:
    """None for what is not there. JSON has no infinite numbers; they are words for the script to read."""
    if np.isfinite(x):
        return float(f"{x:.5g}")
    return None if np.isnan(x) else "inf" if x > 0 else "-inf"
