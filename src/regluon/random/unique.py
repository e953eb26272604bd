"""Different whole numbers from Zipf's distribution, approximately."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regluon.random.mt import Block, Lanes
from regluon.random.numbers import uniforms_of

__all__ = ["different", "unique_zipfian"]

Integers = NDArray[np.int64]

_LANES = 1024


def unique_zipfian(lanes: Lanes, limit: int, rows: int, count: int) -> tuple[Integers, Integers]:
    """For each row ``count`` different numbers below ``limit``, and how many draws it took.

    The rows are shared out over the lanes, and each draws from its lane alone.
    """
    share = -(-rows // _LANES)

    def uniforms_for(row: int) -> Callable[[int], NDArray[Any]]:
        lane = row // share
        block = Block(lane, lane + 1, 0, 1, 0, 1)
        return lambda missing: uniforms_of(lanes.take(block, 2 * missing), True)[0]

    return different(uniforms_for, limit, rows, count)


def different(
    uniforms_for: Callable[[int], Callable[[int], NDArray[Any]]], limit: int, rows: int, count: int
) -> tuple[Integers, Integers]:
    """For each row the first ``count`` different ones of the numbers that come of its uniform numbers u.

    These are limit^u, rounded to the nearest, less 1.
    """
    samples, tries = np.empty((rows, count), np.int64), np.zeros(rows, np.int64)
    for row in range(rows):
        uniforms, found = uniforms_for(row), np.empty(0, np.int64)
        # Every number that is missing takes a draw at least.
        while (missing := count - found.size) > 0:
            numbers = np.rint(np.exp(uniforms(missing) * math.log(limit))).astype(np.int64) - 1
            found = np.concatenate([found, numbers % limit])
            tries[row] += missing
            found = found[np.sort(np.unique(found, return_index=True)[1])]
        samples[row] = found
    return samples, tries
