"""Arithmetic and comparison of arrays and numbers: Python's operators and the functions behind them."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from regluon.ndarray.dispatch import invoke
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS, Operator

__all__ = ["BINARY", "binary_function", "binary_method", "in_place_method", "reversed_method"]

_NUMBERS = (numbers.Number, np.generic)


class Binary(NamedTuple):
    """The operators behind one function of two operands, and what it is for two numbers."""

    both: str
    right: str
    left: str
    plain: Callable[[Any, Any], Any]


BINARY = {
    "add": Binary("broadcast_add", "_plus_scalar", "_plus_scalar", operator.add),
    "subtract": Binary("broadcast_sub", "_minus_scalar", "_rminus_scalar", operator.sub),
    "multiply": Binary("broadcast_mul", "_mul_scalar", "_mul_scalar", operator.mul),
    "divide": Binary("broadcast_div", "_div_scalar", "_rdiv_scalar", operator.truediv),
    "modulo": Binary("broadcast_mod", "_mod_scalar", "_rmod_scalar", operator.mod),
    "power": Binary("broadcast_power", "_power_scalar", "_rpower_scalar", operator.pow),
    "maximum": Binary("broadcast_maximum", "_maximum_scalar", "_maximum_scalar", max),
    "minimum": Binary("broadcast_minimum", "_minimum_scalar", "_minimum_scalar", min),
    "equal": Binary("broadcast_equal", "_equal_scalar", "_equal_scalar", operator.eq),
    "not_equal": Binary("broadcast_not_equal", "_not_equal_scalar", "_not_equal_scalar", operator.ne),
    "greater": Binary("broadcast_greater", "_greater_scalar", "_lesser_scalar", operator.gt),
    "greater_equal": Binary(
        "broadcast_greater_equal", "_greater_equal_scalar", "_lesser_equal_scalar", operator.ge
    ),
    "lesser": Binary("broadcast_lesser", "_lesser_scalar", "_greater_scalar", operator.lt),
    "lesser_equal": Binary(
        "broadcast_lesser_equal", "_lesser_equal_scalar", "_greater_equal_scalar", operator.le
    ),
    "logical_and": Binary(
        "broadcast_logical_and", "_logical_and_scalar", "_logical_and_scalar", lambda a, b: bool(a and b)
    ),
    "logical_or": Binary(
        "broadcast_logical_or", "_logical_or_scalar", "_logical_or_scalar", lambda a, b: bool(a or b)
    ),
    "logical_xor": Binary(
        "broadcast_logical_xor", "_logical_xor_scalar", "_logical_xor_scalar", lambda a, b: bool(a) != bool(b)
    ),
}


def binary_function(name: str) -> Callable[[Any, Any], Any]:
    """``name(lhs, rhs)``: each side an array or a number."""
    forward, backward, plain = binary_method(name), reversed_method(name), BINARY[name].plain

    def function(lhs: Any, rhs: Any) -> Any:
        if isinstance(lhs, NDArray):
            return forward(lhs, rhs)
        if isinstance(rhs, NDArray):
            return backward(rhs, lhs)
        return plain(_number(lhs), _number(rhs))

    function.__doc__ = OPERATORS[BINARY[name].both].doc
    return function


def binary_method(name: str) -> Callable[[Any, Any], Any]:
    """``self ∘ other``"""
    both, scalar = OPERATORS[BINARY[name].both], OPERATORS[BINARY[name].right]

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, NDArray):
            return invoke(both, (self, other), _NONE)
        return invoke(scalar, (self,), {"scalar": _number(other)})

    return method


def reversed_method(name: str) -> Callable[[Any, Any], Any]:
    """``other ∘ self``, where ``other`` is a number"""
    scalar: Operator = OPERATORS[BINARY[name].left]

    def method(self: Any, other: Any) -> Any:
        return invoke(scalar, (self,), {"scalar": _number(other)})

    return method


def in_place_method(name: str) -> Callable[[Any, Any], Any]:
    """``self ∘= other``, into the same memory"""
    both, scalar = OPERATORS[BINARY[name].both], OPERATORS[BINARY[name].right]

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, NDArray):
            return invoke(both, (self, other), _NONE, self)
        return invoke(scalar, (self,), {"scalar": _number(other)}, self)

    return method


_NONE: dict[str, Any] = {}


def _number(value: Any) -> Any:
    if type(value) is float or type(value) is int:
        return value
    if isinstance(value, _NUMBERS):
        return value.item() if isinstance(value, np.generic) else value
    raise TypeError(f"type {type(value)} not supported: an NDArray or a number is needed, not {value!r}")
