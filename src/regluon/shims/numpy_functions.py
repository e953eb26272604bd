"""NumPy's functions that are gone, where nothing that NumPy has is their equal: loaded after it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["NINF", "asfarray", "asscalar", "in1d", "msort"]

NINF = -math.inf


def asscalar(a: NDArray[Any]) -> Any:
    """The one element of an array as a Python number."""
    return a.item()


def asfarray(a: ArrayLike, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """An array of floats; a `dtype` that is not inexact counts as float64."""
    return np.asarray(a, dtype=dtype if np.issubdtype(dtype, np.inexact) else np.float64)


def in1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool = False, invert: bool = False) -> NDArray[Any]:
    """For each element of `ar1`, flattened, whether it is in `ar2`."""
    return np.isin(np.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert)


def msort(a: ArrayLike) -> NDArray[Any]:
    """A copy sorted along the first axis."""
    return np.sort(a, axis=0)
