"""What --set says, and where its values stand along an axis."""

from __future__ import annotations

import math

import pytest

from regluon.sweep.axis import axis_of
from regluon.sweep.errors import SweepError
from regluon.sweep.grid import Grid, Task, value_of


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("wd=0,0.3,1", ("0", "0.3", "1")),
        ("wd = 1e-3 , -2", ("0.001", "-2")),
        ("sizes=(1, 2),(3,)", ("(1, 2)", "(3,)")),
        ("optimizer=sgd,adam", ("sgd", "adam")),
        ("name='a,b',\"c\"", ("'a,b'", "'c'")),
        ("folder=./a,./b", ("./a", "./b")),
        ("lr=0.1", ("0.1",)),
    ],
)
def test_values(setting: str, values: tuple[str, ...]) -> None:
    assert Grid.of([setting], (0,)).values == (values,)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ([], "nothing to sweep over"),
        (["wd"], r"--set wd: expected name=value,value"),
        (["wd="], "expected name=value,value"),
        (["w d=1"], "expected name=value,value"),
        (["seed=1,2"], "seeds are given by --seeds"),
        (["wd=1", "wd=2"], "it is set twice"),
        (["wd=1,1.0,1"], "a value comes twice"),
        (["folder=./a,,./b"], "a value is missing"),
    ],
)
def test_settings_that_make_no_sense(settings: list[str], message: str) -> None:
    with pytest.raises(SweepError, match=message):
        Grid.of(settings, (0,))


def test_all_combinations_seed_by_seed() -> None:
    grid = Grid.of(["a=1,2", "b=x"], (7, 9))
    assert list(grid.tasks()) == [Task((("a", a), ("b", "x")), seed) for seed in (7, 9) for a in ("1", "2")]
    assert next(grid.tasks()).label == "a=1, b=x, seed=7"
    assert [value_of(source) for source in ("1", "0.5", "(1, 2)", "sgd", "None")] == [
        1,
        0.5,
        (1, 2),
        "sgd",
        None,
    ]


def test_zero_stands_left_of_a_gap_on_a_logarithmic_axis() -> None:
    axis = axis_of(["1", "0", "10", "0.1"], [1.0, 0.0, 10.0, 0.1])
    assert axis.gap is not None
    assert axis.places[1] < axis.gap < axis.places[3]
    np_logs = [math.log10(value) for value in (1, 10, 0.1)]
    assert [axis.places[n] for n in (0, 2, 3)] == np_logs
    assert axis.ordered == [1, 3, 0, 2]


@pytest.mark.parametrize(
    ("sources", "values", "places"),
    [
        (["a", "b"], None, [0, 1]),
        (["-1", "2"], [-1.0, 2.0], [-1, 2]),
        (["0", "5"], [0.0, 5.0], [0, 5]),
        (["1", "100"], [1.0, 100.0], [0, 2]),
        (["1", "inf"], [1.0, math.inf], [0, 1]),
    ],
)
def test_other_axes_have_no_gap(sources: list[str], values: list[float] | None, places: list[float]) -> None:
    axis = axis_of(sources, values)
    assert axis.places == places
    assert axis.gap is None
