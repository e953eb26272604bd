"""Which value is the best, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Best", "best_value", "medians", "middle"]

_DRAWS = 2000
Array = np.ndarray[Any, Any]


class Best(NamedTuple):
    """The value with the smallest median loss, and the range that it comes from with other seeds.

    ``low`` and ``high`` are None where one seed alone says nothing about others.
    """

    value: float
    loss: float
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.low is None:
            return f"{self.value:g} (one seed: no interval)"
        interval = f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"
        return f"{self.value:g} (95 % of resampled seeds: {interval})"


def medians(losses: Array) -> Array:
    """Medians over the last axis, runs that diverged counted as larger than any other."""
    return _plain_median(np.where(np.isfinite(losses), losses, np.inf))


def middle(losses: Array, share: float = 0.8) -> tuple[Array, Array]:
    """The bounds of the middle ``share`` over the last axis; a bound beyond all numbers is infinite."""
    filled = np.sort(np.where(np.isfinite(losses), losses, np.inf), axis=-1)
    last = filled.shape[-1] - 1
    outside = (1 - share) / 2
    low, high = round(outside * last), round((1 - outside) * last)
    return filled[..., low], filled[..., high]


def best_value(values: Sequence[float], losses: Any, draws: int = _DRAWS) -> Best:
    """The value of the smallest median loss over the seeds, with an interval by the bootstrap.

    The seeds are drawn with replacement, the same for all values, as every value has met the same seeds; each
    draw has a best value of its own, and the interval holds the middle 95 % of these.

    Parameters
    ----------
    values
        The values, numbers.
    losses
        (values, seeds); what is not finite counts as worse than anything.
    draws
        How often seeds are drawn; from a generator of its own, so that the answer is always the same.
    """
    given = np.asarray(losses, float)
    if given.ndim != 2 or len(given) != len(values) or not given.size:
        raise ValueError(
            f"best_value: losses of shape {given.shape} for {len(values)} values; (values, seeds) is needed"
        )
    order = np.argsort(np.asarray(values, float), kind="stable")
    ordered = np.asarray(values, float)[order]
    table = np.where(np.isfinite(given), given, np.inf)[order]
    found = _plain_median(table)
    best = int(np.argmin(found))
    seeds = table.shape[1]
    low = high = None
    if seeds > 1:
        drawn = np.random.default_rng(0).integers(seeds, size=(draws, seeds))
        winners = np.sort(np.argmin(_plain_median(table[:, drawn]), axis=0))
        edge = round(0.025 * (draws - 1))
        low, high = float(ordered[winners[edge]]), float(ordered[winners[-1 - edge]])
    return Best(float(ordered[best]), float(found[best]), low, high)


def _plain_median(table: Array) -> Array:
    """np.median, which makes NaN of the middle between two infinite numbers."""
    ordered = np.sort(table, axis=-1)
    half = table.shape[-1] // 2
    upper = ordered[..., half]
    if table.shape[-1] % 2:
        return upper
    lower = ordered[..., half - 1]
    return np.where(np.isinf(upper), upper, (lower + upper) / 2)
