"""Finished runs as tables, figures and the page's data."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest

from regluon.sweep.errors import SweepError
from regluon.sweep.figures import figures
from regluon.sweep.grid import Grid
from regluon.sweep.page import page
from regluon.sweep.results import NORM, Results
from sweep.runs import results


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


def test_missing_and_diverged_runs_leave_gaps() -> None:
    whole = results()
    records = dict(whole.records)
    gone, bad = (task for task in records if task.values == (("wd", "3"),) and task.seed in (0, 10))
    del records[gone]
    records[bad] = {**records[bad], "curves": {"train_loss": [1, None], "test_loss": [None]}}
    found = Results(whole.grid, records)
    assert np.isnan(found.measure("test_loss", ("3",))).tolist() == [True, True, False]
    assert np.isnan(found.curve("train_loss", ("3",))[1]).tolist() == [False, True, True, True, True]
    assert found.finished(("3",)) == 2
    row = found.summary()[-1]
    assert row[1] == 2
    assert row[found.summary()[0].index("test_loss median")] == "inf"
    assert "NaN" not in page(found, "x")
    assert len(list(figures(found))) == 2


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
