"""The figures of a sweep: curves with bands over the seeds, and the results against the values."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from regluon.lab.statistics import Best, medians, middle
from regluon.sweep.axis import Axis, axis_of
from regluon.sweep.results import NORM, Point, Results

__all__ = ["figures"]

_COLOURS = ("#1f6fb2", "#c2571a", "#2b8a4b", "#7c4dbd", "#a3781c", "#c2366f")
_STYLES = ("-", "--", "-.", ":")
_MOST = 12  # values whose curves are drawn side by side
_STYLE: Any = {
    "svg.hashsalt": "regluon",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def figures(results: Results) -> Iterator[tuple[str, bytes]]:
    """``("curves.svg", content)`` and so on: two for each combination of the other names' values."""
    for rest in results.rests:
        others = zip(results.grid.names[1:], rest, strict=True)
        suffix = "".join(f"-{name}={value}" for name, value in others if len(results.rests) > 1)
        safe = "".join(c if c.isalnum() or c in "=.-" else "_" for c in suffix)
        with mpl.rc_context(_STYLE):
            if results.curves:
                yield f"curves{safe}.svg", _svg(_curves(results, rest))
            yield f"final{safe}.svg", _svg(_final(results, rest))


def _svg(figure: Figure) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()


def _finite(*arrays: Any) -> list[Any]:
    """Arrays in which what is infinite is not drawn."""
    return [np.where(np.isfinite(a), a, np.nan) for a in arrays]


def _band(table: Any) -> list[Any]:
    """Median and middle over the seeds of (seeds, steps)."""
    known = table[~np.isnan(table).all(axis=1)].T
    if not known.size:
        return [np.full(table.shape[1], np.nan)] * 3
    return _finite(medians(known), *middle(known))


def _curves(results: Results, rest: Point) -> Figure:
    values = results.grid.values[0]
    if len(values) > _MOST:
        values = tuple(values[n] for n in np.linspace(0, len(values) - 1, _MOST).round().astype(int))
    columns = min(len(values), 4)
    rows = -(-len(values) // columns)
    figure = Figure((2.3 * columns + 0.7, 2.1 * rows + 0.5), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    tables = {(n, v): results.curve(n, (v, *rest)) for n in results.curves for v in values}
    logarithmic = _positive(list(tables.values()))
    for panel, value in zip(axes, values, strict=False):
        for number, name in enumerate(results.curves):
            middle_line, low, high = _band(tables[name, value])
            steps = np.arange(1, len(middle_line) + 1)
            colour, style = _COLOURS[number % len(_COLOURS)], _STYLES[number % len(_STYLES)]
            panel.fill_between(steps, low, high, color=colour, alpha=0.18, linewidth=0)
            panel.plot(steps, middle_line, style, color=colour, label=name)
        panel.set_title(f"{results.grid.names[0]} = {value}", fontsize=9)
        if logarithmic:
            panel.set_yscale("log")
    for panel in axes[len(values) :]:
        panel.set_visible(False)
    figure.supxlabel("epoch", fontsize=9)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
    return figure


def _positive(tables: list[Any]) -> bool:
    """Whether a logarithmic axis can show them."""
    numbers = np.concatenate([table[np.isfinite(table)] for table in tables]) if tables else np.array([])
    return bool(numbers.size) and bool((numbers > 0).all())


def _final(results: Results, rest: Point) -> Figure:
    """The measures that have the objective's kind above, all others each below."""
    names = results.curves if results.objective in results.curves else [results.objective]
    panels = [names, *([name] for name in results.measures if name not in names)]
    axis, best = axis_of(results.grid.values[0], results.numeric()), results.best(rest)
    figure = Figure((5.2, 1.1 + 2.1 * len(panels)), layout="constrained")
    for panel, group in zip(
        figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0], panels, strict=True
    ):
        _against(panel, results, rest, group, axis)
        if best is not None:
            _mark(panel, results, axis, best)
        panel.set_ylabel(NORM if group == [NORM] else ", ".join(group) if len(group) < 3 else "")
        if len(group) > 1:
            panel.legend(frameon=False)
    panel.set_xticks(axis.places, axis.labels)
    panel.set_xlabel(results.grid.names[0])
    if axis.gap is not None:
        panel.text(axis.gap, 0, "//", transform=panel.get_xaxis_transform(), ha="center", va="center")
    if best is not None:
        figure.suptitle(f"best {results.grid.names[0]} by {results.objective}: {best}", fontsize=9)
    return figure


def _against(panel: Any, results: Results, rest: Point, names: list[str], axis: Axis) -> None:
    order = axis.ordered
    places = np.array(axis.places)[order]
    tables = [
        np.array([results.measure(name, (results.grid.values[0][n], *rest)) for n in order]) for name in names
    ]
    for name, table in zip(names, tables, strict=True):
        number = results.measures.index(name)
        colour, style = _COLOURS[number % len(_COLOURS)], _STYLES[number % len(_STYLES)]
        line, low, high = _finite(medians(table), *middle(table))
        panel.fill_between(places, low, high, color=colour, alpha=0.18, linewidth=0)
        panel.plot(places, line, style, marker="o", markersize=3.5, color=colour, label=name)
    if _positive(tables):
        panel.set_yscale("log")


def _mark(panel: Any, results: Results, axis: Axis, best: Best) -> None:
    """A line at the best value, and a shade over its interval."""
    values = results.numeric() or []
    panel.axvline(axis.places[values.index(best.value)], color="#555555", linewidth=0.8, zorder=0)
    if best.low is not None and best.high is not None:
        edges = [axis.places[values.index(edge)] for edge in (best.low, best.high)]
        margin = 0.02 * (max(axis.places) - min(axis.places))
        panel.axvspan(
            edges[0] - margin, edges[1] + margin, color="#888888", alpha=0.15, linewidth=0, zorder=0
        )
