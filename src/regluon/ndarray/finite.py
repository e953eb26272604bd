"""What is an ordinary number: functions of ``nd.contrib`` that are no operators of their own."""

from __future__ import annotations

import math

from regluon.ndarray.arithmetic import binary_function
from regluon.ndarray.ndarray import NDArray

__all__ = ["isfinite", "isinf", "isnan"]

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
