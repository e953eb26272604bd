"""Figures drawn without a display, as a program outside a notebook draws them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import image

import fresh
from regluon.toolbox import plotting

EPOCHS = range(1, 6)
TRAIN = [1.0, 0.1, 0.01, 0.002, 0.001]
TEST = [2.0, 1.0, 0.5, 0.4, 0.3]


@pytest.fixture(autouse=True)
def agg() -> Iterator[None]:
    with mpl.rc_context():
        plotting.plt.switch_backend("agg")
        yield
        plotting.plt.close("all")


def current() -> Any:
    return plotting.plt.gca()


def test_two_curves_labels_and_legend() -> None:
    plotting.semilogy(EPOCHS, TRAIN, "epochs", "loss", EPOCHS, TEST, ["train", "test"])
    axes = current()
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale()) == ("epochs", "loss", "log")
    first, second = axes.lines
    assert (first.get_linestyle(), second.get_linestyle()) == ("-", ":")
    assert first.get_xdata().tolist() == second.get_xdata().tolist() == list(EPOCHS)
    assert (first.get_ydata().tolist(), second.get_ydata().tolist()) == (TRAIN, TEST)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["train", "test"]
    assert axes.figure.get_size_inches().tolist() == [3.5, 2.5]


def test_one_curve_of_another_size() -> None:
    plotting.semilogy(np.arange(5), np.array(TRAIN), "x", "y", figsize=(6, 3))
    assert len(current().lines) == 1
    assert current().get_legend() is None
    assert current().figure.get_size_inches().tolist() == [6.0, 3.0]


def test_each_call_has_a_figure_of_its_own_and_the_last_stays() -> None:
    for _ in range(25):
        plotting.semilogy(EPOCHS, TRAIN, "x", "y")
        assert len(current().lines) == 1
    assert len(plotting.plt.get_fignums()) == 1


def test_a_figure_the_program_made_is_drawn_into() -> None:
    axes = plotting.plt.subplot(1, 2, 2)
    plotting.semilogy(EPOCHS, TRAIN, "x", "y")
    assert current() is axes
    assert len(axes.lines) == 1


def test_the_saved_figure_shows_curves_and_labels() -> None:
    plotting.semilogy(EPOCHS, TRAIN, "epochs", "loss", EPOCHS, TEST, ["train", "test"])
    inks = []
    for visible in (True, False):
        current().xaxis.label.set_visible(visible)
        buffer = BytesIO()
        plotting.plt.savefig(buffer, format="png")
        buffer.seek(0)
        inks.append(image.imread(buffer))
    with_label, without = inks
    blue, orange = (np.array(mpl.colors.to_rgb(color)) for color in ("C0", "C1"))
    assert all((np.abs(with_label[..., :3] - color).max(-1) < 0.02).sum() > 50 for color in (blue, orange))
    assert with_label.shape[0] > without.shape[0] + 5  # the label has room below the axis: it is not cut off


@pytest.mark.parametrize(("x2", "y2"), [(EPOCHS, None), (None, TEST)])
def test_half_a_curve_is_refused(x2: Any, y2: Any) -> None:
    with pytest.raises(ValueError, match="needs both x2_vals and y2_vals"):
        plotting.semilogy(EPOCHS, TRAIN, "x", "y", x2, y2)


def test_set_figsize() -> None:
    plotting.set_figsize()
    assert plotting.plt.rcParams["figure.figsize"] == [3.5, 2.5]
    plotting.set_figsize((4, 1))
    assert plotting.plt.figure().get_size_inches().tolist() == [4.0, 1.0]


def test_without_matplotlib_the_first_use_says_what_to_install() -> None:
    code = """
import sys
sys.modules["matplotlib"] = None
from regluon.toolbox import plotting
def draw():
    plotting.semilogy([1], [1], "x", "y")
for use in (draw, plotting.set_figsize, lambda: plotting.plt.plot([1])):
    try:
        use()
    except ImportError as error:
        assert "figures need matplotlib" in str(error) and "pip install 'regluon[notebook]'" in str(error)
    else:
        sys.exit("no error")
"""
    done = fresh.run(code)
    assert done.returncode == 0, done.stderr


def test_a_notebooks_figures_are_svg() -> None:
    code = """
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure
from regluon.toolbox import plotting
formatters = InteractiveShell.instance().display_formatter.formatters
assert Figure not in formatters["image/svg+xml"]
plotting.set_figsize()
assert Figure in formatters["image/svg+xml"]
"""
    done = fresh.run(code, MPLBACKEND="agg")
    assert done.returncode == 0, done.stderr
