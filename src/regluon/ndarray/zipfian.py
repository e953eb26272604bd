"""``nd.contrib.rand_zipfian``."""

from __future__ import annotations

import math

from regluon.context import Context, current_context
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.op import exp, log  # type: ignore[attr-defined]
from regluon.ndarray.random import uniform

__all__ = ["rand_zipfian"]


def rand_zipfian(
    true_classes: NDArray, num_sampled: int, range_max: int, ctx: Context | None = None
) -> tuple[NDArray, NDArray, NDArray]:
    """Classes k of probability log((k + 2) / (k + 1)) / log(range_max + 1), and how often to expect some

    Parameters
    ----------
    true_classes
        Other classes, numbers below ``range_max``.
    num_sampled
        How many classes to draw; they may be equal.
    range_max
        The number of classes, the most frequent ones first.
    ctx
        Where the results are made, by default the current context.

    Returns
    -------
    The classes drawn, of int64; then the expected counts of the true ones and of those drawn, of float64.
    """
    where = current_context() if ctx is None else ctx
    whole = math.log(range_max + 1)
    drawn = exp(uniform(0, whole, shape=(num_sampled,), dtype="float64", ctx=where)) - 1
    sampled = drawn.astype("int64") % range_max

    def expected(classes: NDArray) -> NDArray:
        k = classes.astype("float64")
        count: NDArray = log((k + 2.0) / (k + 1.0)) / whole * num_sampled
        return count

    return sampled, expected(true_classes.as_in_context(where)), expected(sampled)
