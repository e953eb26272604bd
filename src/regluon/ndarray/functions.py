"""Operators as functions of arrays, with their true signatures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, TypeAlias

from regluon.ndarray.calls import is_plain, of_one, prepare_together
from regluon.ndarray.dispatch import create, invoke
from regluon.ndarray.layouts import keeping
from regluon.ndarray.unrolled import MOST, unrolled
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
    kept = _Kept(op)
    recent = kept.recent

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal recent
        prepared, count, same = recent
        try:
            if kwargs != same or len(args) != count:
                if "out" in kwargs:
                    prepared, args = kept.place, (args, kwargs)  # called below, where errors are its own
                else:
                    found = kept.calls[(len(args), *kwargs, *kwargs.values())]
                    prepared, recent = found[0], found
        except _NOT_KEPT:
            return other(args, **kwargs)
        return prepared(args)

    def other(args: Sequence[Any], out: Any = None, **kwargs: Any) -> Any:
        """The first call with these attributes, or one that is not prepared for."""
        if len(args) > len(op.inputs):
            kwargs, args = _by_name(op, args, kwargs), args[: len(op.inputs)]
        elif not args or not kwargs.keys().isdisjoint(op.inputs):
            given = {**dict(zip(op.inputs, args, strict=False)), **_by_name(op, args, kwargs)}
            args, kwargs = _without_last_nones([given.pop(key, None) for key in op.inputs]), given
        args = tuple(args)
        return kept.find(args, kwargs)(args) if out is None else kept.placed(args, kwargs)(args, out)

    kept.otherwise = other
    if op.inputs != ("data",) or op.attributes or not is_plain(op, 1, op.shows({})):
        return call
    bare = of_one(op, op.defaults, lambda data, out: other(() if data is None else (data,), out))
    bare.__qualname__ = op.name  # which Python's own errors tell
    return keeping(op, op.defaults, bare)


def _variadic(op: Operator) -> Callable[..., Any]:
    kept = _Kept(op)
    recent = kept.recent

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal recent
        if len(args) == 1 and type(args[0]) is list:
            args = tuple(args[0])
        prepared, count, same = recent
        try:
            if kwargs != same or len(args) != count:
                if "out" in kwargs:
                    prepared, args = kept.place, (args, kwargs)  # called below, where errors are its own
                else:
                    found = kept.calls[(len(args), *kwargs, *kwargs.values())]
                    prepared, recent = found[0], found
        except _NOT_KEPT:
            return other(args, **kwargs)
        return prepared(args)

    def other(args: Sequence[Any], out: Any = None, **kwargs: Any) -> Any:
        """The first call with these attributes, or one that is not prepared for."""
        args = tuple(args[0] if len(args) == 1 and isinstance(args[0], (list, tuple)) else args)
        return kept.find(args, kwargs)(args) if out is None else kept.placed(args, kwargs)(args, out)

    kept.otherwise = other
    return call


Prepared: TypeAlias = tuple[Callable[..., Any], int, dict[str, Any]]
"""A call that takes its arrays as a tuple, and maybe ``out``; their number; the attributes as given."""

# What a look-up raises for arguments without a prepared call: unknown ones, those that can't be a key such
# as lists, and those that can't be compared such as NumPy arrays.
_NOT_KEPT = (KeyError, TypeError, ValueError)


class _Kept:
    """The prepared calls of an operator, by the number of arrays and the attributes given by name.

    A loop calls with the same attributes, so they are read once.
    """

    LIMIT = 512

    def __init__(self, op: Operator) -> None:
        self._op = op
        self._unread = ("name", "num_args") if op.variadic and "num_args" not in op.attributes else ("name",)
        self._ready = not any(a.required for a in op.attributes.values())
        self.calls: dict[Any, Prepared] = {}
        self._placed: dict[Any, Prepared] = {}
        self.recent: Prepared = (invoke, -1, {})
        self._last_placed: Prepared = self.recent
        self.otherwise: Callable[..., Any] = invoke

    def place(self, given: tuple[tuple[Any, ...], dict[str, Any]]) -> Any:
        """A call whose results go to ``out``: of arrays, and the attributes as they were given by name."""
        args, kwargs = given
        out = kwargs.pop("out")
        prepared, count, same = self._last_placed
        try:
            if kwargs != same or len(args) != count:
                found = self._placed[(len(args), *kwargs, *kwargs.values())]
                prepared, self._last_placed = found[0], found
        except _NOT_KEPT:
            return self.otherwise(args, out, **kwargs)
        return self.otherwise(args, **kwargs) if out is None else prepared(args, out)

    def placed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any]:
        """The prepared call whose results go to ``out``: of the arrays in a tuple, and ``out``."""
        key, op = (len(args), *kwargs, *kwargs.values()), self._op
        with suppress(KeyError, TypeError):
            return self._placed[key][0]
        attributes = self._read(args, kwargs)
        prepared: Callable[..., Any]
        if 0 < len(args) <= MOST:
            prepared = unrolled(op, attributes, len(args), op.shows(attributes), together=True, placed=True)
        else:
            prepared = _by_invoke(op, attributes)
        if len(self._placed) >= self.LIMIT:
            self._placed.clear()
        with suppress(TypeError):
            self._placed[key] = prepared, len(args), kwargs
        return prepared

    def find(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Callable[..., Any]:
        """The prepared call."""
        key = (len(args), *kwargs, *kwargs.values())
        try:
            return self.calls[key][0]
        except (KeyError, TypeError):
            pass
        op, attributes = self._op, self._read(args, kwargs)
        prepared = prepare_together(op, len(args), attributes)
        if len(self.calls) >= self.LIMIT:
            self.calls.clear()
        with suppress(TypeError):
            self.calls[key] = prepared, len(args), kwargs
        return prepared

    def _read(self, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """All attributes; complains of missing arrays."""
        op = self._op
        if len(args) < len(op.inputs) - op.optional and not op.variadic:
            raise TypeError(f"{op.name}: the argument {op.inputs[len(args)]!r} is required")
        named = {k: v for k, v in kwargs.items() if k not in self._unread}
        return op.read_all(named) if named or not self._ready else op.defaults


def _by_invoke(op: Operator, attributes: dict[str, Any]) -> Callable[..., Any]:
    def call(arrays: tuple[Any, ...], out: Any) -> Any:
        return invoke(op, arrays, attributes, out)

    return call


def _without_last_nones(arrays: Sequence[Any]) -> Sequence[Any]:
    count = len(arrays)
    while count and arrays[count - 1] is None:
        count -= 1
    return arrays[:count]


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
