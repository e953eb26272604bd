"""Finished runs as tables, figures and the page's data."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest

from regluon.sweep.errors import SweepError
from regluon.sweep.figures import _COLOURS, _final, figures
from regluon.sweep.grid import Grid
from regluon.sweep.page import page
from regluon.sweep.results import NORM, Results
from sweep.runs import diverging, results


def test_measures_and_the_one_that_decides() -> None:
    found = results()
    assert found.measures == ["train_loss", "test_loss", "bias", NORM]
    assert found.objective == "test_loss"
    assert results(best="bias").objective == "bias"
    with pytest.raises(SweepError, match="--best acc: the runs report train_loss, test_loss, bias"):
        results(best="acc")


def test_a_row_for_each_run() -> None:
    found = results()
    head, *rows = csv.reader(io.StringIO(found.runs_csv()))
    assert head == ["wd", "seed", "train_loss", "test_loss", "bias", NORM, "seconds"]
    assert len(rows) == 12
    one = found.record(("0.3",), 10)
    assert one is not None
    row = next(row for row in rows if row[:2] == ["0.3", "10"])
    assert float(row[3]) == one["curves"]["test_loss"][-1]
    assert float(row[5]) == pytest.approx(np.linalg.norm(one["weights"]), rel=1e-6)


def test_a_row_for_each_value() -> None:
    found = results()
    head, *rows = csv.reader(io.StringIO(found.summary_csv()))
    assert head[:5] == ["wd", "runs", "train_loss median", "train_loss 10 %", "train_loss 90 %"]
    at = head.index("test_loss median")
    for row in rows:
        losses = found.measure("test_loss", (row[0],))
        assert row[1] == "3"
        assert float(row[at]) == pytest.approx(np.median(losses), rel=1e-6)


def test_the_best_value_and_the_largest_as_the_best() -> None:
    best = results().best(())
    assert best is not None
    assert (best.value, best.low, best.high) == (1, 1, 1)
    assert best.loss == pytest.approx(0.1055, abs=1e-4)
    highest = results(highest=True).best(())
    assert highest is not None
    assert highest.value == 0
    assert highest.loss > 2
    assert results("wd=1").best(()) is None


def test_words_have_no_best_value_and_stand_side_by_side() -> None:
    found = Results(Grid.of(["kind=a,b"], (0,)), {})
    assert found.best(()) is None
    assert found.measures == []


def test_missing_runs_are_nan_and_diverged_ones_infinite() -> None:
    found = diverging()
    losses = found.measure("test_loss", ("3",))
    assert np.isfinite(losses).tolist() == [True, False, False, True, True]
    assert losses[1] == np.inf
    assert np.isnan(losses[2])
    assert np.isinf(found.curve("train_loss", ("3",))[1]).tolist() == [False, False, True, True, True]
    assert np.isnan(found.curve("train_loss", ("3",))[2]).all()
    assert found.measure(NORM, ("3",))[1] == np.inf
    assert found.weights(("3",))[1, 0] == np.inf
    assert np.isnan(found.measure("unknown", ("3",))).all()
    assert found.finished(("3",)) == 4


def test_a_curve_that_ends_says_nothing_of_what_comes_after_unless_it_diverged() -> None:
    whole = results(seeds=(0, 10, 20))
    records = dict(whole.records)
    short, bad = (task for task in records if task.values == (("wd", "3"),) and task.seed in (0, 10))
    records[short] = {**records[short], "curves": {"test_loss": [5, 4]}}
    records[bad] = {**records[bad], "curves": {"test_loss": [5, None]}}
    table = Results(whole.grid, records).curve("test_loss", ("3",))
    np.testing.assert_array_equal(table[0], [5, 4, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(table[1], [5, np.inf, np.inf, np.inf, np.inf])
    np.testing.assert_array_equal(Results.bands(table).high[2:], [np.inf] * 3)
    np.testing.assert_array_equal(Results.bands(table).low[2:], table[2, 2:])


@pytest.mark.parametrize("highest", [False, True])
def test_table_figure_and_page_show_the_same_of_missing_and_diverged_runs(highest: bool) -> None:
    found = diverging(highest)
    worst = -np.inf if highest else np.inf
    one = found.measure("test_loss", ("3",))
    by_hand = np.sort([worst, *one[np.isfinite(one)]])  # four runs: one failed, one diverged
    expected = [by_hand[1:3].mean(), by_hand[0], by_hand[3]]
    head, *rows = csv.reader(io.StringIO(found.summary_csv()))
    at = head.index("test_loss median")
    points = data(page(found, "x"))["points"]
    inside = {value: points[f'["{value}"]']["measures"]["test_loss"] for value in found.grid.values[0]}
    np.testing.assert_allclose([float(x) for x in rows[3][at : at + 3]], expected, rtol=1e-6)
    in_page = [float(inside["3"][part][0]) for part in ("mid", "low", "high")]
    np.testing.assert_allclose(in_page, expected, rtol=1e-4)
    assert [row[at] for row in rows][4] == inside["10"]["mid"][0] == str(worst)
    assert inside["3"]["runs"][1:3] == [[str(worst)], None]
    panel = _final(found, ()).axes[0]
    line, *arrows = [drawn for drawn in panel.get_lines() if drawn.get_color() == _COLOURS[1]]
    np.testing.assert_allclose(line.get_ydata(), [*(float(row[at]) for row in rows[:4]), np.nan], rtol=1e-6)
    assert [arrow.get_marker() for arrow in arrows] == ["v" if highest else "^"]
    assert arrows[0].get_ydata()[0] == panel.get_ylim()[0 if highest else 1]
    assert len(list(figures(found))) == 2


def test_the_best_value_is_the_one_with_the_best_median_of_the_table() -> None:
    for highest in (False, True):
        found = diverging(highest)
        head, *rows = found.summary()
        losses = {float(row[0]): float(row[head.index("test_loss median")]) for row in rows}
        best = found.best(())
        assert best is not None
        assert best.value == (max if highest else min)(losses, key=lambda value: losses[value])
        assert best.loss == pytest.approx(losses[best.value], rel=1e-6)


def test_a_value_without_any_run_is_shown_as_nothing() -> None:
    whole = results()
    records = {task: one for task, one in whole.records.items() if task.values != (("wd", "1"),)}
    found = Results(whole.grid, records)
    row = found.summary()[3]
    assert row[1] == 0
    assert set(row[2:]) == {""}
    best = found.best(())
    assert best is not None
    assert best.value == 0.3
    inside = data(page(found, "x"))["points"]['["1"]']
    assert inside["measures"]["test_loss"] == {"mid": [], "low": [], "high": [], "runs": [None] * 3}
    assert len(list(figures(found))) == 2


def test_runs_that_all_diverged_are_drawn_too() -> None:
    whole = results()
    gone = {"curves": {"test_loss": [None]}, "numbers": {}, "weights": None}
    found = Results(whole.grid, {task: {**one, **gone} for task, one in whole.records.items()})
    assert found.best(()) is None
    assert {row[2] for row in found.summary()[1:]} == {"inf"}
    assert len(list(figures(found))) == 2
    assert "NaN" not in page(found, "x")


def test_figures_for_each_combination_of_the_other_values() -> None:
    names = [name for name, _ in figures(results("wd=0,1", "lr=0.1,0.2"))]
    assert names == ["curves-lr=0.1.svg", "final-lr=0.1.svg", "curves-lr=0.2.svg", "final-lr=0.2.svg"]
    drawn = dict(figures(results()))
    assert list(drawn) == ["curves.svg", "final.svg"]
    assert all(content.startswith(b"<?xml") for content in drawn.values())
    assert drawn == dict(figures(results()))  # the same runs give the same bytes


def test_many_values_and_few_kinds_of_results_are_drawn_too() -> None:
    values = ",".join(str(2**n) for n in range(15))
    assert len(dict(figures(results(f"wd={values}")))) == 2
    grid = Grid.of(["kind=a,b"], (0,))
    numbers = {
        task: {"seconds": 1, "numbers": {"score": seed}, "curves": {}, "weights": None}
        for seed, task in enumerate(grid.tasks())
    }
    found = Results(grid, numbers)
    assert [name for name, _ in figures(found)] == ["final.svg"]
    assert '"weights":null' in page(found, "x")


def data(text: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_holds_all_numbers_and_loads_nothing() -> None:
    found = results("wd=0,0.3,1,3", "lr=0.1,0.2")
    text = page(found, "</script> @@data@@ & <b>")
    inside = data(text)
    assert inside["title"] == "</script> @@data@@ & <b>"
    assert len(inside["points"]) == 8
    one = inside["points"]['["0.3", "0.2"]']
    runs = found.curve("test_loss", ("0.3", "0.2"))
    np.testing.assert_allclose(one["curves"]["test_loss"]["mid"], np.median(runs, axis=0), rtol=1e-4)
    np.testing.assert_allclose(one["curves"]["test_loss"]["runs"], runs, rtol=1e-4)
    assert inside["best"]['["0.1"]']["at"] == 2
    assert not re.search(r"""(src|href)\s*=|url\(|https?://(?!www\.w3\.org/2000/svg)""", text)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert "default-src &#x27;none&#x27;" in policy[1]
    assert "unsafe" not in policy[1]


def test_single_runs_are_left_out_where_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regluon.sweep.page._MOST_NUMBERS", 10)
    monkeypatch.setattr("regluon.sweep.page._MOST_WEIGHTS", 5)
    one = data(page(results(), "x"))["points"]['["0"]']
    assert one["curves"]["test_loss"]["runs"] is None
    assert len(one["weights"]["mid"]) == 5
    assert one["weights"]["total"] == 12
