"""Figures in the books' style. They need matplotlib, which comes with ``regluon[notebook]``."""

from __future__ import annotations

import sys
import warnings
import weakref
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from regluon.shims.functions import set_matplotlib_formats

__all__ = ["plt", "semilogy", "set_figsize", "use_svg_display"]


class _NoPyplot:
    """Stands for ``matplotlib.pyplot`` where that is not installed: an error at the first use, not before."""

    def __init__(self, reason: ImportError) -> None:
        self._reason = reason

    def __getattr__(self, name: str) -> NoReturn:
        raise ImportError(
            f"plt.{name}: figures need matplotlib ({self._reason}): pip install 'regluon[notebook]'"
        ) from self._reason


try:
    import matplotlib.pyplot as _pyplot
except ImportError as error:
    plt: Any = _NoPyplot(error)
else:
    plt = _pyplot

# Figures that are drawn and shown. Only a notebook closes them by itself; elsewhere the next one does.
_shown: weakref.WeakSet[Any] = weakref.WeakSet()


def use_svg_display() -> None:
    """Draw a notebook's figures as SVG, sharp at any size; outside IPython, do nothing."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        set_matplotlib_formats("svg")


def set_figsize(figsize: tuple[float, float] = (3.5, 2.5)) -> None:
    """Set the size of the figures to come, their labels outside of it not cut off where they are saved.

    Parameters
    ----------
    figsize : tuple of float
        Width and height in inches.

    Errors
    ------
    ImportError
        Without matplotlib.
    """
    use_svg_display()
    plt.rcParams["figure.figsize"] = figsize
    plt.rcParams["savefig.bbox"] = "tight"  # as notebooks show figures


def semilogy(
    x_vals: Iterable[Any],
    y_vals: Iterable[Any],
    x_label: str,
    y_label: str,
    x2_vals: Iterable[Any] | None = None,
    y2_vals: Iterable[Any] | None = None,
    legend: Sequence[str] | None = None,
    figsize: tuple[float, float] = (3.5, 2.5),
) -> None:
    """Draw one curve, or two, over a logarithmic y axis, and show the figure.

    Outside a notebook and without a display there is nothing to show it on: the figure then stays the current
    one, for ``plt.savefig``, until the next is drawn.

    Parameters
    ----------
    x_vals, y_vals : sequences of numbers
        The first curve, solid.
    x_label, y_label : str
        What stands along the axes.
    x2_vals, y2_vals : sequences of numbers, optional
        The second curve, dotted: both or neither.
    legend : sequence of str, optional
        The curves' names.
    figsize : tuple of float
        Width and height in inches.

    Errors
    ------
    ValueError
        For half a second curve, or for a curve of unequal lengths.
    ImportError
        Without matplotlib.
    """
    if (x2_vals is None) != (y2_vals is None):
        raise ValueError("semilogy: a second curve needs both x2_vals and y2_vals, one of them is None")
    set_figsize(figsize)
    _leave_shown_figure()
    plt.xlabel(x_label)
    plt.ylabel(y_label)
    plt.semilogy(x_vals, y_vals)
    if x2_vals is not None:
        plt.semilogy(x2_vals, y2_vals, linestyle=":")
    if legend is not None:
        plt.legend(legend)
    _show()


def _leave_shown_figure() -> None:
    if plt.get_fignums() and plt.gcf() in _shown:
        plt.close()


def _show() -> None:
    figure = plt.gcf()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "FigureCanvas.* is non-interactive", UserWarning)
        plt.show()
    _shown.add(figure)
