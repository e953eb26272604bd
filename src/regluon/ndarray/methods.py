"""The methods that NDArray has of its operators: one table, attached in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regluon.ndarray.arithmetic import binary_method, in_place_method, reversed_method
from regluon.ndarray.dispatch import function_of
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS

__all__ = ["OPERATOR_METHODS", "attach_methods", "methods"]

# Method: the operator it calls with the array as its first input.
OPERATOR_METHODS = {name: name for name in ("exp", "mean", "reshape_like", "square", "sum")}

_ARITHMETIC = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "mod": "modulo",
    "pow": "power",
}
_COMPARISON = {
    "eq": "equal",
    "ne": "not_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "lt": "lesser",
    "le": "lesser_equal",
}
_IN_PLACE = ("add", "sub", "mul", "truediv", "mod")


def methods() -> dict[str, Callable[..., Any]]:
    """Every method that is attached, by name."""
    found: dict[str, Callable[..., Any]] = {}
    for name, operator in OPERATOR_METHODS.items():
        found[name] = function_of(OPERATORS[operator])
    for python, name in _ARITHMETIC.items():
        found[f"__{python}__"] = binary_method(name)
        found[f"__r{python}__"] = reversed_method(name)
    for python in _IN_PLACE:
        found[f"__i{python}__"] = in_place_method(_ARITHMETIC[python])
    for python, name in _COMPARISON.items():
        found[f"__{python}__"] = binary_method(name)
    return found


def attach_methods() -> None:
    """Gives NDArray its operators' methods."""
    for name, method in methods().items():
        method.__name__, method.__qualname__ = name, f"NDArray.{name}"
        setattr(NDArray, name, method)
