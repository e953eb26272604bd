"""The methods that NDArray has beside those of its class: one table, attached in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regluon.ndarray import indexing, saveload, views
from regluon.ndarray.arithmetic import binary_method, in_place_method, reversed_method
from regluon.ndarray.functions import function_of
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS

__all__ = ["OPERATOR_METHODS", "OWN_METHODS", "PYTHON_METHODS", "attach_methods", "methods"]

# Method: the operator it calls with the array as its first input.
OPERATOR_METHODS = {
    **{
        name: name
        for name in """
        abs arccos arccosh arcsin arcsinh arctan arctanh argmax argmax_channel argmin argsort broadcast_axes
        cbrt ceil clip cos cosh degrees depth_to_space diag exp expm1 fix flip floor log log10 log1p log2
        log_softmax max mean min nanprod nansum norm one_hot ones_like pad pick prod radians rcbrt reciprocal
        relu repeat reshape_like rint round rsqrt shape_array sigmoid sign sin sinh size_array slice
        slice_axis slice_like softmax softmin sort space_to_depth split sqrt square sum swapaxes take tan
        tanh tile topk trunc zeros_like
        """.split()
    },
    "__abs__": "abs",
    "__neg__": "negative",
}

# Methods whose signatures are their own.
OWN_METHODS = {
    "__getitem__": indexing.getitem,
    "__setitem__": indexing.setitem,
    "__setstate__": saveload.set_state,
    **{
        name: getattr(views, name)
        for name in """
        astype broadcast_like broadcast_to expand_dims flatten reshape slice_assign slice_assign_scalar
        split_v2 squeeze tostype transpose
        """.split()
    },
}

_ARITHMETIC = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
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
PYTHON_METHODS = {name: (f"__{python}__",) for python, name in _COMPARISON.items()} | {
    name: tuple(f"__{python}__" for python, other in _ARITHMETIC.items() if other == name)
    for name in _ARITHMETIC.values()
}
"""Python's operators on two arrays, by the functions of ``nd`` that do the same."""
_IN_PLACE = ("add", "sub", "mul", "div", "truediv", "mod")


def methods() -> dict[str, Callable[..., Any]]:
    """Every method that is attached, by name."""
    found: dict[str, Callable[..., Any]] = dict(OWN_METHODS)
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
    """Gives NDArray its methods."""
    for name, method in methods().items():
        method.__name__, method.__qualname__ = name, f"NDArray.{name}"
        setattr(NDArray, name, method)
