"""The figures of a sweep: curves with bands over the seeds, and the results against the values."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from regluon.lab.statistics import Bands, Best
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


class _Scale:
    """The vertical axis of numbers: logarithmic where all are positive. What is infinite is at its edge."""

    def __init__(self, parts: Iterable[Bands]) -> None:
        numbers = np.concatenate([np.concatenate(part) for part in parts])
        finite = numbers[np.isfinite(numbers)]
        self.logarithmic = bool(finite.size) and bool((finite > 0).all())
        ends = np.array([finite.min(), finite.max()] if finite.size else [0.0, 1.0])
        ends = np.log10(ends) if self.logarithmic else ends
        margin = 0.05 * (ends[1] - ends[0]) or 0.5
        ends += (-margin, margin)
        self.ends = 10**ends if self.logarithmic else ends

    def set_on(self, panel: Any) -> None:
        """Gives a panel this axis."""
        if self.logarithmic:
            panel.set_yscale("log")
        panel.set_ylim(*self.ends)

    def draw(self, panel: Any, places: Any, part: Bands, style: str, **look: Any) -> None:
        """A band with its line, which has gaps where runs diverged."""
        low, high = np.clip((part.low, part.high), *self.ends)
        nothing = np.isinf(part.low) & (part.low == part.high)
        low, high = np.where(nothing, np.nan, (low, high))
        panel.fill_between(places, low, high, color=look["color"], alpha=0.18, linewidth=0)
        panel.plot(places, np.where(np.isfinite(part.mid), part.mid, np.nan), style, **look)

    def mark(self, panel: Any, places: Any, part: Bands, colour: str) -> None:
        """Arrows at the edge, where the median run diverged."""
        for beyond, marker, edge in zip((-np.inf, np.inf), "v^", self.ends, strict=True):
            there = places[part.mid == beyond]
            if there.size:
                panel.plot(there, np.full(there.shape, edge), marker, color=colour, clip_on=False, zorder=3)


def _curves(results: Results, rest: Point) -> Figure:
    values = results.grid.values[0]
    if len(values) > _MOST:
        values = tuple(values[n] for n in np.linspace(0, len(values) - 1, _MOST).round().astype(int))
    columns = min(len(values), 4)
    rows = -(-len(values) // columns)
    figure = Figure((2.3 * columns + 0.7, 2.1 * rows + 0.5), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    parts = {(n, v): results.bands(results.curve(n, (v, *rest))) for n in results.curves for v in values}
    scale = _Scale(parts.values())
    for panel, value in zip(axes, values, strict=False):
        for number, name in enumerate(results.curves):
            part = parts[name, value]
            steps = np.arange(1, len(part.mid) + 1)
            colour, style = _COLOURS[number % len(_COLOURS)], _STYLES[number % len(_STYLES)]
            scale.draw(panel, steps, part, style, color=colour, label=name)
        panel.set_title(f"{results.grid.names[0]} = {value}", fontsize=9)
        scale.set_on(panel)
    for panel in axes[len(values) :]:
        panel.set_visible(False)
    figure.supxlabel("epoch", fontsize=9)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
    return figure


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
    points = [(results.grid.values[0][n], *rest) for n in order]
    tables = [np.stack([results.measure(name, point) for point in points], axis=1) for name in names]
    parts = [results.bands(table) for table in tables]
    scale = _Scale(parts)
    scale.set_on(panel)
    for name, part in zip(names, parts, strict=True):
        number = results.measures.index(name)
        colour, style = _COLOURS[number % len(_COLOURS)], _STYLES[number % len(_STYLES)]
        scale.draw(panel, places, part, style, marker="o", markersize=3.5, color=colour, label=name)
        scale.mark(panel, places, part, colour)


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
