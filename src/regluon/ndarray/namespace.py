"""The registry as functions: which operator appears where in ``nd``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regluon.ndarray.functions import function_of
from regluon.ops.registry import OPERATORS, Operator

__all__ = ["PREFIXES", "functions"]

# Operators named _contrib_x are nd.contrib.x, and so on; of _random_x only those that are like an array.
PREFIXES = ("_contrib_", "_linalg_", "_image_", "_random_", "_sparse_")


def _of_arrays(op: Operator, name: str) -> Callable[..., Any]:
    return function_of(op)


def functions(
    prefix: str, module: str, make: Callable[[Operator, str], Callable[..., Any]] = _of_arrays
) -> dict[str, Callable[..., Any]]:
    """The functions of a namespace: ``prefix``-x as x; for "" the public ones, for "_" the others.

    ``make`` makes the function of an operator under its name there, by default that of arrays.
    """
    found = {}
    for name, op in OPERATORS.items():
        short = _short(name, prefix)
        if short is not None:
            function = make(op, short)
            function.__name__ = function.__qualname__ = short
            function.__module__, function.__doc__ = module, op.doc
            found[short] = function
    return found


def _short(name: str, prefix: str) -> str | None:
    if prefix == "":
        return None if name.startswith("_") else name
    inside = name.startswith("_random_") and not name.endswith("_like")
    if prefix == "_":
        return name if name.startswith("_") and (inside or not name.startswith(PREFIXES)) else None
    return name.removeprefix(prefix) if name.startswith(prefix) and not inside else None
