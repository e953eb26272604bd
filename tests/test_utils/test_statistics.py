"""Checks of distributions."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from regluon import nd, test_utils

DRAW = np.random.RandomState(0)
N = 20000


def test_continuous() -> None:
    buckets, probs = test_utils.gen_buckets_probs_with_ppf(lambda p: 4 * p - 1, 4)
    assert buckets == [(-1, 0), (0, 1), (1, 2), (2, 3)]
    assert probs == [0.25] * 4
    p, observed, expected = test_utils.chi_square_check(lambda n: DRAW.uniform(-1, 3, n), buckets, probs, N)
    assert p > 1e-3
    assert observed.sum() == N
    assert expected.tolist() == [N // 4] * 4
    p, _, _ = test_utils.chi_square_check(lambda n: DRAW.uniform(-1, 2.9, n), buckets, probs, N)
    assert p < 1e-6


def test_the_probability_is_that_of_the_distribution() -> None:
    """χ² of 2 with one degree of freedom is a normal number beyond ±√2."""
    draws = np.array([0] * 60 + [1] * 40)
    p, _, _ = test_utils.chi_square_check(lambda n: draws, [0, 1], [0.5, 0.5], 100)
    assert p == pytest.approx(2 * NormalDist().cdf(-2), rel=1e-6)


def test_discrete() -> None:
    values, probs = [3, 5, 8], [0.2, 0.3, 0.5]
    found = test_utils.verify_generator(
        lambda n: DRAW.choice(values, n, p=probs), values, probs, N, nrepeat=3
    )
    assert len(found) == 3
    with pytest.raises(AssertionError, match="Generator test fails"):
        test_utils.verify_generator(lambda n: DRAW.choice(values, n), values, probs, N, nrepeat=2)
    with pytest.raises(AssertionError, match="a probability for each"):
        test_utils.chi_square_check(lambda n: DRAW.choice(values, n), values, probs[:2], N)
    with pytest.raises(AssertionError, match="ascend"):
        test_utils.chi_square_check(lambda n: DRAW.choice(values, n), [(0, 1), (0.5, 2)], [0.5, 0.5], N)
    with pytest.raises(AssertionError, match="0 buckets"):
        test_utils.gen_buckets_probs_with_ppf(abs, 0)


def test_moments() -> None:
    def draw(n: int) -> np.ndarray:
        return nd.random.normal(1, 2, shape=n).asnumpy()

    assert test_utils.mean_check(draw, 1, 2, N)
    assert not test_utils.mean_check(draw, 1.2, 2, N)
    assert test_utils.var_check(draw, 2, N)
    assert not test_utils.var_check(draw, 2.2, N)
