"""Which value is the best, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Bands", "Best", "bands", "best_value", "medians", "middle"]

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


class Bands(NamedTuple):
    """What many runs have in common: their median, and the bounds of the middle of them."""

    mid: Array
    low: Array
    high: Array


def bands(losses: Array, share: float = 0.8) -> Bands:
    """Median and middle ``share`` over the last axis.

    NaN stands for a run that is not there, and says nothing: where there is none, all three are NaN. A run
    that diverged is infinite, and counts as larger than any other, or as smaller for minus infinity.
    """
    ordered = np.sort(losses, axis=-1)  # NaN at the end
    last = np.count_nonzero(~np.isnan(losses), axis=-1) - 1
    outside = (1 - share) / 2
    low, high = (_at(ordered, np.round(part * last)) for part in (outside, 1 - outside))
    return Bands(_median(ordered, last), low, high)


def medians(losses: Array) -> Array:
    """Medians over the last axis, runs that diverged counted as larger than any other."""
    return bands(_infinite(losses)).mid


def middle(losses: Array, share: float = 0.8) -> tuple[Array, Array]:
    """The bounds of the middle ``share`` over the last axis; a bound beyond all numbers is infinite."""
    _, low, high = bands(_infinite(losses), share)
    return low, high


def _infinite(losses: Array) -> Array:
    return np.where(np.isfinite(losses), losses, np.inf)


def _median(ordered: Array, last: Array) -> Array:
    """The median of numbers in order; what is after the ``last`` one does not count."""
    lower, upper = _at(ordered, last // 2), _at(ordered, (last + 1) // 2)
    with np.errstate(invalid="ignore"):  # infinite ones of both signs
        return np.where(np.isinf(upper), upper, (lower + upper) / 2)


def _at(ordered: Array, position: Array) -> Array:
    places = np.maximum(position, 0).astype(np.intp)[..., None]
    found: Array = np.take_along_axis(ordered, places, -1)[..., 0]
    return found


def best_value(values: Sequence[float], losses: Any, draws: int = _DRAWS, missing: Any = False) -> Best:
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
    missing
        (values, seeds): which runs are not there. They say nothing of their value; one without any run is
        not the best.
    """
    given = np.asarray(losses, float)
    if given.ndim != 2 or len(given) != len(values) or not given.size:
        raise ValueError(
            f"best_value: losses of shape {given.shape} for {len(values)} values; (values, seeds) is needed"
        )
    order = np.argsort(np.asarray(values, float), kind="stable")
    ordered = np.asarray(values, float)[order]
    table = np.where(missing, np.nan, _infinite(given))[order]
    found = _infinite(bands(table).mid)
    best = int(np.argmin(found))
    seeds = table.shape[1]
    low = high = None
    if seeds > 1:
        drawn = np.random.default_rng(0).integers(seeds, size=(draws, seeds))
        winners = np.sort(np.argmin(_infinite(bands(table[:, drawn]).mid), axis=0))
        edge = round(0.025 * (draws - 1))
        low, high = float(ordered[winners[edge]]), float(ordered[winners[-1 - edge]])
    return Best(float(ordered[best]), float(found[best]), low, high)
