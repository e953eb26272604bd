"""How operators' attributes are read, by their annotations: from Python values and from MXNet's strings."""

from __future__ import annotations

import ast
import operator
import re
import types
import typing
from collections.abc import Callable
from typing import Any, Literal, Union

import torch
from torch import Tensor

from regluon.base import dtype_name, torch_dtype

__all__ = ["converter", "describe_value"]


def _literal(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return ast.literal_eval(value)
    except SyntaxError:
        if value[:1] not in ("(", "["):  # Python 2 wrote (3L, 3L) into symbol files
            raise
        return ast.literal_eval(re.sub(r"(?<=\d)L\b", "", value))
    except (RecursionError, MemoryError):
        raise ValueError("it is nested too deeply") from None


def _read_int(value: Any) -> int:
    return operator.index(_literal(value))


def _read_float(value: Any) -> float:
    return float(value)


def _read_bool(value: Any) -> bool:
    if isinstance(value, str):
        lowered = value.lower()
        if lowered not in ("true", "false", "1", "0"):
            raise ValueError("it is neither True nor False")
        return lowered in ("true", "1")
    if getattr(value, "shape", ()):
        raise TypeError("it is an array")
    return bool(value)


def _read_str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("it is not a string")
    return value


_SIMPLE: dict[Any, Callable[[Any], Any]] = {
    int: _read_int,
    float: _read_float,
    bool: _read_bool,
    str: _read_str,
    torch.dtype: torch_dtype,
    Any: lambda value: value,
}


def converter(annotation: Any, default: Any = None) -> Callable[[Any], Any]:
    """The function that reads a value of that annotation from a Python value or a string.

    Where nothing, (), is the ``default``, None is another word for it.
    """
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return _choice(arguments)
    if origin is tuple:
        return _tuple_of(converter(arguments[0]), default == ())
    if origin in (Union, types.UnionType):
        return _any_of([converter(a) for a in arguments if a is not type(None)], type(None) in arguments)
    raise TypeError(f"no way to read an attribute of type {annotation}")


def _choice(choices: tuple[Any, ...]) -> Callable[[Any], Any]:
    by_text = {str(choice): choice for choice in choices}

    def read(value: Any) -> Any:
        if str(value) not in by_text:
            raise ValueError(f"it is none of {', '.join(by_text)}")
        return by_text[str(value)]

    return read


def _tuple_of(item: Callable[[Any], Any], none: bool = False) -> Callable[[Any], tuple[Any, ...]]:
    def read(value: Any) -> tuple[Any, ...]:
        value = _literal(value)
        if none and value is None:
            return ()
        if isinstance(value, (int, float)) or (
            hasattr(value, "__index__") and not getattr(value, "shape", ())
        ):
            return (item(value),)
        return tuple([item(v) for v in value])

    return read


def _any_of(readers: list[Callable[[Any], Any]], none: bool) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if none and (value is None or value == "None"):
            return None
        for reader in readers[:-1]:
            try:
                return reader(value)
            except (ValueError, TypeError, SyntaxError):
                pass
        return readers[-1](value)

    return read


def describe_value(value: Any) -> str:
    """A short text for an error: shape and type of a tensor, and other values as they are."""
    if isinstance(value, Tensor):
        return f"{tuple(value.shape)} {dtype_name(value.dtype)}"
    return repr(value)
