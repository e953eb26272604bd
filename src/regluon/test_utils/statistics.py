"""Whether random numbers have the distribution that they should have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch

__all__ = ["chi_square_check", "gen_buckets_probs_with_ppf", "mean_check", "var_check", "verify_generator"]

Generator = Callable[[int], Any]


def gen_buckets_probs_with_ppf(
    ppf: Callable[[float], float], nbuckets: int
) -> tuple[list[tuple[float, float]], list[float]]:
    """Intervals of equal probability, and that probability for each.

    Parameters
    ----------
    ppf
        The quantile function: the value below which a share of the numbers lies.
    """
    if nbuckets <= 0:
        raise AssertionError(f"gen_buckets_probs_with_ppf: {nbuckets} buckets can't be made")
    bounds = [ppf(i / nbuckets) for i in range(nbuckets + 1)]
    return list(pairwise(bounds)), [1 / nbuckets] * nbuckets


def mean_check(generator: Generator, mu: float, sigma: float, nsamples: int = 1000000) -> bool:
    """Whether the mean of ``generator(nsamples)`` is within three of its standard deviations of ``mu``."""
    mean = np.array(generator(nsamples)).mean()
    return bool(abs(mean - mu) < 3 * sigma / np.sqrt(nsamples))


def var_check(generator: Generator, sigma: float, nsamples: int = 1000000) -> bool:
    """Whether the variance of ``generator(nsamples)`` is within three of its deviations of ``sigma²``."""
    variance = np.array(generator(nsamples)).var(ddof=1)
    return bool(abs(variance - sigma**2) < 3 * np.sqrt(2 * sigma**4 / (nsamples - 1)))


def chi_square_check(
    generator: Generator, buckets: Any, probs: Sequence[float], nsamples: int = 1000000
) -> tuple[float, Any, Any]:
    """Pearson's χ² test of ``generator(nsamples)``.

    Parameters
    ----------
    buckets
        Intervals in ascending order that cover all numbers, or the values of a discrete distribution.
    probs
        The probability of each.

    Returns
    -------
    The probability of numbers that differ as much, how many fell into each bucket, and how many should.
    """
    if not isinstance(buckets, list) or len(buckets) != len(probs):
        raise AssertionError("chi_square_check: it takes a list of buckets and a probability for each")
    samples = np.array(generator(nsamples))
    expected = (nsamples * np.array(probs, dtype=np.float32)).astype(np.int32)
    if isinstance(buckets[0], (list, tuple)):
        bounds = np.array(buckets, dtype=np.float32).ravel()
        if (np.diff(bounds) < 0).any():
            raise AssertionError("chi_square_check: the buckets must ascend and not overlap")
        places = np.searchsorted(bounds, samples, side="right") // 2
        observed = np.array([(places == i).sum() for i in range(len(buckets))])
    else:
        observed = np.array([(samples == value).sum() for value in buckets])
    statistic = ((observed - expected) ** 2 / expected).sum()
    halves = torch.tensor([(len(buckets) - 1) / 2, statistic / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(halves[0], halves[1])), observed, expected


def verify_generator(
    generator: Generator,
    buckets: list[Any],
    probs: Sequence[float],
    nsamples: int = 1000000,
    nrepeat: int = 5,
    success_rate: float = 0.2,
    alpha: float = 0.05,
) -> list[float]:
    """Holds that a share of ``nrepeat`` χ² tests gives probabilities above ``alpha``; returns all of them.

    Raises
    ------
    AssertionError
        If fewer than ``success_rate`` do.
    """
    tests = [chi_square_check(generator, buckets, probs, nsamples) for _ in range(nrepeat)]
    found = [p for p, _, _ in tests]
    if sum(p > alpha for p in found) < nrepeat * success_rate:
        observed = [list(numbers) for _, numbers, _ in tests]
        raise AssertionError(
            f"Generator test fails, Chi-square p={found}, obs_freq={observed}, "
            f"expected_freq={list(tests[0][2])}.\nbuckets={buckets}, probs={list(probs)}"
        )
    return found
