"""Candidates for classes that are rarer the larger their numbers are."""

from __future__ import annotations

import math
from typing import Any

from regluon.symbol.random import uniform
from regluon.symbol.symbol import Symbol

__all__ = ["rand_zipfian"]


def rand_zipfian(true_classes: Symbol, num_sampled: int, range_max: int) -> tuple[Symbol, Symbol, Symbol]:
    """Classes with P(class) = log((class + 2) / (class + 1)) / log(range_max + 1)

    Parameters
    ----------
    true_classes
        Classes whose expected counts are wanted too.
    num_sampled, range_max
        How many are drawn, of how many there are.

    Returns
    -------
    The classes drawn, and the expected counts of the true ones and of those.
    """
    if not isinstance(true_classes, Symbol):
        raise AssertionError(f"unexpected type {type(true_classes)}")
    scale = math.log(range_max + 1)
    drawn: Any = uniform(0, scale, shape=(num_sampled,), dtype="float64")
    classes = (drawn.exp() - 1).astype("int64") % range_max

    def expected(found: Any) -> Any:
        found = found.astype("float64")
        return ((found + 2.0) / (found + 1.0)).log() / scale * num_sampled

    of_true = expected(true_classes)
    return classes, of_true, expected(classes)
