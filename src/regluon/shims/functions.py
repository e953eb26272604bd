"""Functions that are gone, in terms of what there is, where nothing of another name is their equal."""

from __future__ import annotations

import inspect
import math
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from regluon.lazy import deferred

__all__ = [
    "NINF",
    "ArgSpec",
    "asfarray",
    "asscalar",
    "getargspec",
    "in1d",
    "msort",
    "set_matplotlib_close",
    "set_matplotlib_formats",
]

NINF = -math.inf

ArgSpec = namedtuple("ArgSpec", ["args", "varargs", "keywords", "defaults"])


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


def getargspec(func: Callable[..., Any]) -> ArgSpec:
    """Names and defaults of a function's positional parameters, and of those that take the rest."""
    full = inspect.getfullargspec(func)
    if full.kwonlyargs or full.annotations:
        raise ValueError(f"getargspec({func!r}): keyword-only or annotated parameters; use inspect.signature")
    return ArgSpec(full.args, full.varargs, full.varkw, full.defaults)


set_matplotlib_formats = deferred(
    "matplotlib_inline.backend_inline:set_matplotlib_formats",
    'Choose the formats of a notebook\'s figures: "png", "svg", "retina", "jpeg", "pdf".',
)
set_matplotlib_close = deferred(
    "matplotlib_inline.backend_inline:set_matplotlib_close",
    "Whether a notebook's figures are closed once they are shown.",
)
