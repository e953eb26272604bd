"""Arithmetic and comparison of symbols and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Number
from typing import Any, NamedTuple

from regluon.base import NotImplementedForSymbol
from regluon.ops.registry import OPERATORS
from regluon.symbol.functions import create
from regluon.symbol.symbol import Symbol

__all__ = ["BINARY", "METHODS", "binary_function"]


class Binary(NamedTuple):
    """The operators behind one function of two operands, by the names that give theirs to nodes."""

    both: str
    right: str
    left: str
    plain: Callable[[Any, Any], Any]


BINARY = {
    "power": Binary("_Power", "_PowerScalar", "_RPowerScalar", lambda a, b: a**b),
    "pow": Binary("_Power", "_PowerScalar", "_RPowerScalar", lambda a, b: a**b),
    "maximum": Binary("_Maximum", "_MaximumScalar", "_MaximumScalar", lambda a, b: a if a > b else b),
    "minimum": Binary("_Minimum", "_MinimumScalar", "_MinimumScalar", lambda a, b: a if a < b else b),
    "hypot": Binary("_Hypot", "_HypotScalar", "_HypotScalar", math.hypot),
}
"""Functions of two operands."""

# Python's operators: of two symbols, of a symbol and a number, of a number and a symbol.
_OPERATORS = {
    "add": ("_Plus", "_PlusScalar", "_PlusScalar"),
    "sub": ("_Minus", "_MinusScalar", "_RMinusScalar"),
    "mul": ("_Mul", "_MulScalar", "_MulScalar"),
    "div": ("_Div", "_DivScalar", "_RDivScalar"),
    "truediv": ("_Div", "_DivScalar", "_RDivScalar"),
    "mod": ("_Mod", "_ModScalar", "_RModScalar"),
    "pow": ("_Power", "_PowerScalar", "_rpower_scalar"),
}
_COMPARISONS = {
    "eq": "equal",
    "ne": "not_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "lt": "lesser",
    "le": "lesser_equal",
}
_IN_PLACE = {"add": "+=", "sub": "-=", "mul": "*=", "div": "/=", "truediv": "/="}


def of_two(called: str, left: Symbol, right: Symbol) -> Symbol:
    """The node of an operator of two symbols."""
    op = OPERATORS[called]
    return create(op, called, dict(zip(op.inputs, (left, right), strict=True)), {})


def of_number(called: str, symbol: Symbol, number: Any) -> Symbol:
    """The node of an operator of a symbol and a number."""
    op = OPERATORS[called]
    return create(op, called, {op.inputs[0]: symbol}, {"scalar": number})


def _method(both: str, scalar: str) -> Callable[[Symbol, Any], Symbol]:
    def method(self: Symbol, other: Any) -> Symbol:
        if isinstance(other, Symbol):
            return of_two(both, self, other)
        if isinstance(other, Number):
            return of_number(scalar, self, other)
        raise TypeError(f"type {type(other)} not supported")

    return method


def _refused(called: str, sign: str) -> Callable[[Symbol, Any], Symbol]:
    def method(self: Symbol, other: Any) -> Symbol:
        raise NotImplementedForSymbol(getattr(self, called), sign, other)

    method.__name__ = called
    return method


def _negative(self: Symbol) -> Symbol:
    return of_number("_MulScalar", self, -1.0)


METHODS: dict[str, Callable[..., Any]] = {
    **{f"__{name}__": _method(both, right) for name, (both, right, _) in _OPERATORS.items()},
    **{f"__r{name}__": _method(both, left) for name, (both, _, left) in _OPERATORS.items()},
    **{f"__{name}__": _method(f"_{op}", f"_{op}_scalar") for name, op in _COMPARISONS.items()},
    **{f"__i{name}__": _refused(f"__i{name}__", sign) for name, sign in _IN_PLACE.items()},
    "__neg__": _negative,
}
"""Python's operators as methods."""


def binary_function(name: str) -> Callable[[Any, Any], Any]:
    """``name(left, right)``: each side a symbol or a number."""
    both, scalar, reverse, plain = BINARY[name]

    def function(left: Any, right: Any) -> Any:
        if isinstance(left, Symbol) and isinstance(right, Symbol):
            return of_two(both, left, right)
        if isinstance(left, Symbol) and isinstance(right, Number):
            return of_number(scalar, left, right)
        if isinstance(left, Number) and isinstance(right, Symbol):
            return of_number(reverse, right, left)
        if isinstance(left, Number) and isinstance(right, Number):
            return plain(left, right)
        raise TypeError(f"types ({type(left)}, {type(right)}) not supported")

    def power(base: Any, exp: Any) -> Any:  # MXNet's names for its sides
        return function(base, exp)

    found = power if name.startswith("pow") else function
    found.__name__ = found.__qualname__ = name
    found.__doc__ = f"{OPERATORS[both].doc}; each a symbol or a number"
    return found
