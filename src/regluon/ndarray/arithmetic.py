"""Arithmetic and comparison of arrays and numbers: Python's operators and the functions behind them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from regluon.base import as_number, numeric_types
from regluon.ndarray.calls import of_two, with_number
from regluon.ndarray.dispatch import invoke
from regluon.ndarray.layouts import keeping
from regluon.ndarray.ndarray import NDArray
from regluon.ops.constants import constant
from regluon.ops.registry import OPERATORS
from regluon.tape import state

__all__ = ["BINARY", "binary_function", "binary_method", "in_place_method", "reversed_method"]


class Binary(NamedTuple):
    """The operators behind one function of two operands, and what it is for two numbers."""

    both: str
    right: str
    left: str
    plain: Callable[[Any, Any], Any]


def _truth(holds: Callable[[Any, Any], Any]) -> Callable[[Any, Any], int]:
    return lambda a, b: int(bool(holds(a, b)))


_DIVIDE = Binary("broadcast_div", "_div_scalar", "_rdiv_scalar", operator.truediv)

BINARY = {
    "add": Binary("broadcast_add", "_plus_scalar", "_plus_scalar", operator.add),
    "subtract": Binary("broadcast_sub", "_minus_scalar", "_rminus_scalar", operator.sub),
    "multiply": Binary("broadcast_mul", "_mul_scalar", "_mul_scalar", operator.mul),
    "divide": _DIVIDE,
    "true_divide": _DIVIDE,
    "modulo": Binary("broadcast_mod", "_mod_scalar", "_rmod_scalar", operator.mod),
    "power": Binary("broadcast_power", "_power_scalar", "_rpower_scalar", operator.pow),
    "maximum": Binary(
        "broadcast_maximum", "_maximum_scalar", "_maximum_scalar", lambda a, b: a if a > b else b
    ),
    "minimum": Binary(
        "broadcast_minimum", "_minimum_scalar", "_minimum_scalar", lambda a, b: a if a < b else b
    ),
    **{
        name: Binary(f"broadcast_{name}", f"_{name}_scalar", f"_{mirrored}_scalar", _truth(plain))
        for name, mirrored, plain in (
            ("equal", "equal", operator.eq),
            ("not_equal", "not_equal", operator.ne),
            ("greater", "lesser", operator.gt),
            ("greater_equal", "lesser_equal", operator.ge),
            ("lesser", "greater", operator.lt),
            ("lesser_equal", "greater_equal", operator.le),
            ("logical_and", "logical_and", lambda a, b: a and b),
            ("logical_or", "logical_or", lambda a, b: a or b),
            ("logical_xor", "logical_xor", lambda a, b: bool(a) != bool(b)),
        )
    },
}

# What writes at once into the left operand, of floating point types.
_INTO: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "add": torch.Tensor.add_,
    "subtract": torch.Tensor.sub_,
    "multiply": torch.Tensor.mul_,
    "divide": torch.Tensor.div_,
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

    def power(base: Any, exp: Any) -> Any:  # MXNet's names for its sides
        return function(base, exp)

    found = power if name == "power" else function
    found.__name__ = found.__qualname__ = name
    found.__module__ = __package__
    found.__doc__ = f"{OPERATORS[BINARY[name].both].doc}; each an array or a number"
    return found


def binary_method(name: str) -> Callable[[Any, Any], Any]:
    """``self ∘ other``"""
    op = OPERATORS[BINARY[name].both]
    scalar = with_number(OPERATORS[BINARY[name].right])

    def in_order(self: Any, other: Any) -> Any:
        return invoke(op, (self, other), op.defaults)

    arrays = keeping(op, op.defaults, in_order)

    def rarer(self: Any, other: Any) -> Any:
        if isinstance(other, NDArray):
            return arrays(self, other)
        return scalar(self, _number(other))

    return of_two(op, op.defaults, rarer)


def reversed_method(name: str) -> Callable[[Any, Any], Any]:
    """``other ∘ self``, where ``other`` is a number"""
    scalar = with_number(OPERATORS[BINARY[name].left])

    def method(self: Any, other: Any) -> Any:
        return scalar(self, _number(other))

    return method


def in_place_method(name: str) -> Callable[[Any, Any], Any]:
    """``self ∘= other``, into the same memory"""
    both, scalar = OPERATORS[BINARY[name].both], OPERATORS[BINARY[name].right]
    into = _INTO.get(name)

    def method(self: Any, other: Any) -> Any:
        if into is not None and not state.recording and _written(into, self, other):
            return self
        if isinstance(other, NDArray):
            return invoke(both, (self, other), both.defaults, self)
        return invoke(scalar, (self,), {"scalar": _number(other)}, self)

    return method


def _written(into: Callable[..., Any], array: Any, other: Any) -> bool:
    """Whether ``array`` could be written without a result beside it; if not, nothing has happened."""
    data = array._data
    if not data.is_floating_point():
        return False
    if not isinstance(other, NDArray):
        into(data, constant(_number(other), data.dtype))
        return True
    if other._call_stored is not None or other._ctx is not array._ctx or other._data.dtype is not data.dtype:
        return False
    try:
        into(data, other._data)
    except RuntimeError:  # shapes that do not fit or memory that overlaps, found before anything is written
        return False
    return True


def _number(value: Any) -> Any:
    if type(value) is float or type(value) is int:
        return value
    if isinstance(value, numeric_types):
        return as_number(value)
    raise TypeError(f"type {type(value)} not supported: an NDArray or a number is needed, not {value!r}")
