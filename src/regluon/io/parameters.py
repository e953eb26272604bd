"""The parameters of iterators over files: their types, and what they are if not given.

They are MXNet's; a value may be given as a string, as from a command line.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from regluon.base import MXNetError

__all__ = ["Parameter", "read", "table"]


class Parameter(NamedTuple):
    """How a value is read, and what it is by default."""

    kind: str
    default: Any


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        known = {"true": True, "1": True, "false": False, "0": False}
        return known[value.lower()]
    return bool(int(value))


def _integer(value: Any) -> int:
    found = int(value)
    if found != float(value):
        raise ValueError(value)
    return found


def _numbers(value: Any) -> tuple[float, ...]:
    found = ast.literal_eval(value) if isinstance(value, str) else value
    return tuple(float(n) for n in found) if isinstance(found, (tuple, list)) else (float(found),)


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(int(n) for n in _numbers(value))


_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "bool": _boolean,
    "int": _integer,
    "float": float,
    "str": str,
    "shape": _shape,
    "floats": _numbers,
    "dtype": lambda value: getattr(value, "__name__", str(value)),
}


def table(text: str) -> dict[str, Parameter]:
    """Parameters by name, of lines of a kind and of ``name=default`` pieces; no default: None."""
    found = {}
    for kind, *pieces in filter(None, map(str.split, text.splitlines())):
        for piece in pieces:
            name, _, default = piece.partition("=")
            found[name] = Parameter(kind, _KINDS[kind](default) if default or kind == "str" else None)
    return found


def read(
    what: str, known: Mapping[str, Parameter], args: Any, given: Mapping[str, Any], required: str = ""
) -> SimpleNamespace:
    """The parameters of a call, by name; those that are not known are left out, as in MXNet.

    Raises
    ------
    MXNetError
        For one that is missing, or is not of its kind.
    """
    for name in required.split():
        if given.get(name) is None:
            raise MXNetError(f"{what}: Required parameter {name} is not presented")
    if args:
        raise TypeError(f"{what} can only accept keyword arguments")
    found = SimpleNamespace(**{name: parameter.default for name, parameter in known.items()})
    for name, value in given.items():
        if name in known and value is not None and not (value == "None" and known[name].default is None):
            setattr(found, name, _value(what, name, known[name].kind, value))
    return found


def _value(what: str, name: str, kind: str, value: Any) -> Any:
    try:
        return _KINDS[kind](value)
    except (KeyError, SyntaxError, TypeError, ValueError):
        raise MXNetError(
            f"{what}: Invalid Parameter format for {name} expect {kind} but value={value!r}"
        ) from None
