"""Operators as functions of arrays, with their true signatures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, TypeAlias

from regluon.ndarray.calls import prepare
from regluon.ndarray.dispatch import create, invoke
from regluon.ops.registry import Operator

__all__ = ["function_of", "signature_of"]


def function_of(op: Operator) -> Callable[..., Any]:
    """The ``nd`` function of an operator, with its true signature."""
    make = _variadic if op.variadic else _with_inputs if op.inputs else _without_inputs
    function = make(op)
    function.__signature__ = signature_of(op)  # type: ignore[attr-defined]
    function.operator = op  # type: ignore[attr-defined]
    return function


@cache
def signature_of(op: Operator) -> inspect.Signature:
    """Inputs, then attributes with their defaults, then ``out`` and ``name``."""
    kind = inspect.Parameter.KEYWORD_ONLY if op.variadic else inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [_parameter(op, i) for i in range(len(op.inputs))]
    named = [*_names(op)[len(op.inputs) :], "out", "name"]
    parameters += [inspect.Parameter(n, kind, default=op.defaults.get(n)) for n in named]
    return inspect.Signature(parameters)


def _names(op: Operator) -> tuple[str, ...]:
    """What can be given by position. Operators that make arrays have ``ctx``, right before ``dtype``."""
    attributes = list(op.attributes)
    if not op.inputs:
        attributes.insert(attributes.index("dtype") if "dtype" in attributes else len(attributes), "ctx")
    return (*op.inputs, *attributes)


def _parameter(op: Operator, position: int) -> inspect.Parameter:
    name = op.inputs[position]
    if op.variadic:
        return inspect.Parameter(name, inspect.Parameter.VAR_POSITIONAL)
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)


def _with_inputs(op: Operator) -> Callable[..., Any]:
    known, learn = _prepared(op)
    inputs = len(op.inputs)

    def call(*args: Any, out: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        try:
            way = known.get((len(args), *kwargs, *kwargs.values()))
        except TypeError:  # a value that can't be a key, such as a list
            way = None
        if way is None:
            if len(args) > inputs:
                return call(*args[:inputs], out=out, **_by_name(op, args, kwargs))
            way = learn(args, kwargs)
        if way is None:
            given = {**dict(zip(op.inputs, args, strict=False)), **_by_name(op, args, kwargs)}
            arrays = [given.pop(key, None) for key in op.inputs]
            while arrays and arrays[-1] is None:
                arrays.pop()
            return invoke(op, arrays, op.read_all(given), out)
        prepared, attributes = way
        return prepared(*args) if out is None else invoke(op, args, attributes, out)

    return call


def _variadic(op: Operator) -> Callable[..., Any]:
    known, learn = _prepared(op)

    def call(*args: Any, out: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], (list, tuple)):
            args = tuple(args[0])
        try:
            way = known.get((len(args), *kwargs, *kwargs.values()))
        except TypeError:  # a value that can't be a key, such as a list
            way = None
        if way is None:
            kwargs.pop("num_args", None)
            way = learn(args, kwargs)
        if way is None:
            return invoke(op, args, op.read_all(kwargs), out)
        prepared, attributes = way
        return prepared(*args) if out is None else invoke(op, args, attributes, out)

    return call


Way: TypeAlias = tuple[Callable[..., Any], dict[str, Any]]

_KEPT = 512
"""How many sets of attributes an operator keeps calls for."""


def _prepared(
    op: Operator,
) -> tuple[dict[Any, Way], Callable[[Sequence[Any], dict[str, Any]], Way | None]]:
    """Calls by the number of arrays and the attributes given by name, and what adds to them.

    A loop calls with the same attributes, so they are read once.
    """
    known: dict[Any, Way] = {}
    required = len(op.inputs) - op.optional
    ready = not any(a.required for a in op.attributes.values())

    def learn(args: Sequence[Any], kwargs: dict[str, Any]) -> Way | None:
        """None if arrays are given by name or are missing."""
        if not args or len(args) < required or not kwargs.keys().isdisjoint(op.inputs):
            return None
        attributes = op.read_all(kwargs) if kwargs or not ready else op.defaults
        way = prepare(op, len(args), attributes), attributes
        if len(known) >= _KEPT:
            known.clear()
        with suppress(TypeError):
            known[(len(args), *kwargs, *kwargs.values())] = way
        return way

    return known, learn


def _without_inputs(op: Operator) -> Callable[..., Any]:
    def call(*args: Any, out: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        given = _by_name(op, args, kwargs)
        ctx = given.pop("ctx", None)
        return create(op, op.read_all(given), ctx, out)

    return call


def _by_name(op: Operator, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """All that is given beside the inputs' places, by name; complains of what is given twice or too much."""
    names = _names(op)
    given = dict(zip(names, args, strict=False))
    if len(args) > len(names) or not given.keys().isdisjoint(kwargs):
        raise TypeError(
            f"{op.name} takes {', '.join(names)}; got {len(args)} by position and {', '.join(kwargs)} by name"
        )
    return {**dict(list(given.items())[len(op.inputs) :]), **kwargs}
