"""``nd.histogram``."""

from __future__ import annotations

import warnings

import numpy as np

from regluon.base import is_number
from regluon.ndarray._internal import _histogram
from regluon.ndarray.creation import array
from regluon.ndarray.ndarray import NDArray

__all__ = ["histogram"]


def histogram(
    a: NDArray,
    bins: int | NDArray = 10,
    range: tuple[float, float] | None = None,
) -> list[NDArray] | tuple[NDArray, NDArray]:
    """How many numbers of ``a`` fall into each interval, and the intervals' ends.

    Parameters
    ----------
    bins
        The number of intervals of equal width; or their ends, one more than there are intervals.
    range
        Where the first interval begins and the last one ends; by default the least and the largest number,
        as NumPy computes it.

    Raises
    ------
    ValueError
        If ``bins`` is neither a whole number nor an array.
    """
    if isinstance(bins, NDArray):
        return _histogram(a, bins)  # type: ignore[no-any-return]
    if not is_number(bins) or bins != int(bins):
        raise ValueError(f"bins must be a whole number or an NDArray, not {bins!r}")
    if range is not None:
        return _histogram(a, bin_cnt=int(bins), range=range)  # type: ignore[no-any-return]
    warnings.warn("range is not given; these are NumPy's results, as floating point numbers", stacklevel=2)
    count, ends = np.histogram(a.asnumpy(), bins=int(bins))
    return array(count), array(ends)
