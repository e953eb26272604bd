"""What is an ordinary number: functions of ``nd.contrib`` that are no operators of their own."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from regluon.ndarray.arithmetic import binary_function
from regluon.ndarray.ndarray import NDArray

__all__ = ["isfinite", "isinf", "isnan", "keeping_zeros"]

_and = binary_function("logical_and")


def isnan(data: NDArray) -> NDArray:
    """1 where data is not a number, else 0, in data's type"""
    return data != data  # noqa: PLR0124 (what is not a number equals nothing, itself included)


def isinf(data: NDArray) -> NDArray:
    """1 where data is infinite, else 0, in data's type; integers never are"""
    return abs(data) == math.inf


def isfinite(data: NDArray) -> NDArray:
    """1 where data is a number and not infinite, else 0, in data's type"""
    finite: NDArray = _and(abs(data) != math.inf, data == data)  # noqa: PLR0124
    return finite


def keeping_zeros(function: Callable[..., Any]) -> Callable[..., Any]:
    """all_finite or multi_all_finite with their ``init_output=False``: a 0 that is in ``out`` stays."""
    signature, read = inspect.signature(function), function.operator.read  # type: ignore[attr-defined]

    @wraps(function)
    def call(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is None:
            return function(*args, **kwargs)
        given = signature.bind(*args, **kwargs).arguments
        if read("init_output", given.get("init_output", True)):
            return function(*args, out=out, **kwargs)
        target = out[0] if isinstance(out, (list, tuple)) else out
        target[:] = target * function(*args, **kwargs)
        return target

    return call
