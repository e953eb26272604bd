"""In the kernel of a notebook that is swept: seeds, and what the notebook hands over.

A figure that is shown carries its lines as data beside its picture, so that the curves of a notebook that
reports nothing can be read off its plots.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import IPython
import numpy as np
from IPython.core.formatters import BaseFormatter
from traitlets import ObjectName, Unicode

from regluon import random
from regluon.lab.reports import MIME, plain, report

__all__ = ["begin", "curves_of", "report", "returned"]


class _Curves(BaseFormatter):
    """Gives what is shown a part of this type, where it is a figure."""

    format_type = Unicode(MIME)
    print_method = ObjectName("_repr_regluon_report_")
    _return_type = dict

    def pop(self, typ: Any, default: Any = None) -> Any:
        """Nothing: choosing a figure format (%matplotlib inline) clears how all formatters treat figures."""
        return default


def begin(seed: int) -> None:
    """Seeds MXNet's generators, and has figures carry their curves."""
    random.seed(seed)
    shell = IPython.get_ipython()
    if shell is None:
        raise RuntimeError("this is no notebook")
    formatter = _Curves(parent=shell.display_formatter)
    formatter.for_type_by_name("matplotlib.figure", "Figure", curves_of)  # type: ignore[no-untyped-call]
    shell.display_formatter.formatters[MIME] = formatter


def curves_of(figure: Any) -> dict[str, Any] | None:
    """The lines of a figure as a report: named by the legend and by the label of the y axis."""
    curves: dict[str, Any] = {}
    for axes in figure.axes:
        lines = [line for line in axes.get_lines() if len(np.atleast_1d(line.get_ydata())) > 1]
        legend = axes.get_legend()
        texts = [text.get_text() for text in legend.get_texts()] if legend is not None else []
        for number, line in enumerate(lines):
            label = texts[number] if len(texts) == len(lines) else str(line.get_label())
            parts = ["" if label.startswith("_") else label, axes.get_ylabel()]
            name = " ".join(part for part in parts if part) or f"curve {len(curves) + 1}"
            curves[name] = np.asarray(line.get_ydata(), float)
    return {**plain(curves), "drawn": True} if curves else None


def returned(value: Any) -> None:
    """Reports what a call returned: results by name, or names and values in turns, or a number.

    Of values in turns, such as ``('w:', w, 'b:', b)``, the first that has several elements is the weights.
    """
    if isinstance(value, Mapping):
        report(**value)
        return
    found: dict[str, Any] = {}
    items = list(value) if isinstance(value, (tuple, list)) else ["result", value]
    for label, item in itertools.pairwise(items):
        if isinstance(label, str) and not isinstance(item, str) and item is not None:
            several = getattr(item, "size", 1) > 1
            name = "weights" if several else label.strip(" :=")
            found.setdefault(name, item)
    if found:
        report(**found)
