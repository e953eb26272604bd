"""Numbers that take as many uniform ones as it happens: the two ways to walk through a stream agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regluon.base import MXNetError
from regluon.random.mt import Lanes
from regluon.random.rejection import Gamma, NegativeBinomial, Poisson, draw


def of(*values: float) -> Any:
    return np.array(values, np.float32)


def binomial(k: float, odds: float, fixed: float = np.nan) -> NegativeBinomial:
    return NegativeBinomial(Gamma(of(k), of(odds), False), np.array([fixed]))


CASES = {
    "gamma": lambda n: Gamma(of(*[2.5] * n), of(*[0.5] * n), False),
    "gamma below 1": lambda n: Gamma(of(*[0.3] * n), of(*[0.5] * n), True),
    "poisson": lambda n: Poisson(of(*[3.5] * n)),
    "poisson above 12": lambda n: Poisson(of(*[40] * n)),
}


@pytest.mark.parametrize("size", [1, 50, 500, 3000])
@pytest.mark.parametrize("name", CASES)
def test_one_parameter_draws_what_equal_ones_draw(name: str, size: int) -> None:
    lanes, others = Lanes(3), Lanes(3)
    for _ in range(2):
        alike = draw(lanes, size, CASES[name](1), size)
        each = draw(others, size, CASES[name](size), 1)
        np.testing.assert_array_equal(alike, each)


def test_small_and_large_means_take_turns() -> None:
    mean = of(*[0.5, 80.0] * 4000)
    drawn = draw(Lanes(1), 8000, Poisson(mean), 1)
    assert np.abs(drawn[::2].mean() - 0.5) < 5 * (0.5 / 4000) ** 0.5
    assert np.abs(drawn[1::2].mean() - 80) < 5 * (80 / 4000) ** 0.5


@pytest.mark.parametrize(
    ("distribution", "mean", "variance"),
    [
        (Gamma(of(4), of(0.5), False), 2, 1),
        (Gamma(of(0.25), of(2), True), 0.5, 1),
        (Poisson(of(6)), 6, 6),
        (Poisson(of(200)), 200, 200),
        (binomial(4, 1.5), 6, 15),
        (binomial(1, 1, fixed=5), 5, 5),
    ],
)
def test_moments(distribution: Any, mean: float, variance: float) -> None:
    size = 40000
    drawn = draw(Lanes(11), size, distribution, size)
    assert np.abs(drawn.mean() - mean) < 5 * (variance / size) ** 0.5
    assert drawn.var() == pytest.approx(variance, rel=0.1)


@pytest.mark.parametrize("bad", [-1, np.nan, np.inf])
def test_parameters_that_would_never_be_drawn_are_errors(bad: float) -> None:
    with pytest.raises(MXNetError, match=f"alpha can't be {float(bad)}"):
        Gamma(of(1, bad), of(1, 1), False)
    if bad != -1:
        with pytest.raises(MXNetError, match=f"mean can't be {bad}"):
            Poisson(of(1, bad))


def test_a_draw_that_never_ends_is_an_error() -> None:
    nothing = Poisson(of(40))
    nothing.constant = of(np.inf)  # no number is accepted
    with pytest.raises(MXNetError, match="next to no number"):
        draw(Lanes(0), 10, nothing, 10)
