"""Medians, the middle of many runs, and the best value with its interval."""

from __future__ import annotations

import numpy as np
import pytest

from regluon.lab import best_value
from regluon.lab.seeds import some_seeds
from regluon.lab.statistics import bands, medians, middle


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_medians_are_numpys_where_all_is_finite(count: int) -> None:
    losses = np.random.default_rng(count).normal(size=(3, count))
    np.testing.assert_array_equal(medians(losses), np.median(losses, axis=-1))


def test_runs_that_diverged_count_as_larger_than_any_other() -> None:
    losses = np.array([[1, np.nan, 3, np.inf], [np.nan, np.inf, 2, np.nan]])
    np.testing.assert_array_equal(medians(losses), [np.inf, np.inf])
    np.testing.assert_array_equal(medians(losses[:, :3]), [3, np.inf])
    low, high = middle(losses[:, :3], 1)
    np.testing.assert_array_equal([low, high], [[1, 2], [np.inf, np.inf]])


def test_the_middle_holds_its_share() -> None:
    low, high = middle(np.arange(21.0)[None], 0.8)
    assert (low, high) == (2, 18)


def test_what_is_not_there_says_nothing() -> None:
    nan, inf = np.nan, np.inf
    found = bands(
        np.array([[nan, 3, nan, 1], [nan, nan, nan, nan], [inf, nan, 1, 2], [-inf, 5, nan, nan]]), 1
    )
    np.testing.assert_array_equal(found.mid, [2, nan, 2, -inf])
    np.testing.assert_array_equal(found.low, [1, nan, 1, -inf])
    np.testing.assert_array_equal(found.high, [3, nan, inf, 5])


def test_runs_that_are_missing_do_not_decide_the_best_value() -> None:
    losses = [[1, 5, 5], [2, 2, 2], [0, 0, 0]]
    missing = [[False, True, True], [False, False, False], [True, True, True]]
    best = best_value([1, 2, 3], losses, missing=missing)
    assert (best.value, best.loss, best.low, best.high) == (1, 1, 1, 2)
    assert best_value([1, 2, 3], losses).value == 3


def test_a_clear_best_has_a_narrow_interval_and_a_tie_a_wide_one() -> None:
    draws = np.random.default_rng(1).normal(size=(4, 30))
    values = [10, 0, 1, 3]
    clear = best_value(values, np.add(draws * 0.01, [[5], [9], [1], [2]]))
    assert clear == (1, pytest.approx(1, abs=0.01), 1, 1)
    tie = best_value(values, np.add(draws, [[0.2], [9], [0], [0.1]]))
    assert tie.low == 1
    assert tie.high == 10
    assert tie.value in (1, 3, 10)
    assert tie == best_value(values, np.add(draws, [[0.2], [9], [0], [0.1]]))  # no chance in it


def test_what_is_common_to_all_values_of_a_seed_makes_no_interval_wide() -> None:
    common = 100 * np.random.default_rng(2).normal(size=30)
    best = best_value([0, 1, 2], np.add(common, [[1], [0], [1]]))
    assert (best.value, best.low, best.high) == (1, 1, 1)


def test_one_seed_has_no_interval() -> None:
    best = best_value([1, 2], [[3], [2]])
    assert best == (2, 2, None, None)
    assert str(best) == "2 (one seed: no interval)"
    assert str(best_value([1, 2], [[3, 3], [2, 2]])) == "2 (95 % of resampled seeds: 2)"
    assert str(best_value([1, 2], [[1, 3], [2, 2]])) == "1 (95 % of resampled seeds: 1 to 2)"


def test_values_that_all_diverge_have_a_best_one_that_is_infinite() -> None:
    assert best_value([1, 2], [[np.nan, np.nan], [np.inf, np.nan]]).loss == np.inf


def test_errors_name_the_shapes() -> None:
    with pytest.raises(ValueError, match=r"losses of shape \(2,\) for 2 values"):
        best_value([1, 2], [1, 2])
    with pytest.raises(ValueError, match=r"losses of shape \(2, 1\) for 3 values"):
        best_value([1, 2, 3], [[1], [2]])


def test_seeds() -> None:
    assert some_seeds(3) == (0, 10, 20)
    assert some_seeds([4, 1]) == (4, 1)
    with pytest.raises(TypeError):
        some_seeds([1.5])
