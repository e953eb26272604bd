"""Where the values of a sweep stand along an axis: on a logarithmic one, zero left of a gap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Axis", "axis_of"]

_FEW_DECADES = 0.7


class Axis(NamedTuple):
    """Places of values and their labels; ``gap`` is where the axis is broken, None where it is not."""

    places: list[float]
    labels: list[str]
    gap: float | None

    @property
    def ordered(self) -> list[int]:
        """The values' numbers from left to right."""
        return sorted(range(len(self.places)), key=lambda n: self.places[n])


def axis_of(sources: Sequence[str], values: Sequence[float] | None) -> Axis:
    """The axis of these values: logarithmic for numbers that are not negative, side by side for others.

    Zero has no logarithm. It stands one step left of the smallest positive value, behind a gap.
    """
    labels = list(sources)
    if values is None or not all(map(math.isfinite, values)):
        return Axis([float(n) for n in range(len(sources))], labels, None)
    positive = sorted(value for value in values if value > 0)
    if len(positive) < 2 or min(values) < 0:
        return Axis(list(values), labels, None)
    logs = [math.log10(value) for value in positive]
    step = max(_FEW_DECADES * (logs[-1] - logs[0]) / len(logs), 0.3)
    zero = logs[0] - step
    places = [math.log10(value) if value > 0 else zero for value in values]
    return Axis(places, labels, zero + step / 2 if 0 in values else None)
