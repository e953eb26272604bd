"""Operators as functions of symbols."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from regluon import attribute, name
from regluon.base import MXNetError
from regluon.ops.registry import OPERATORS, Operator
from regluon.symbol import schema
from regluon.symbol.graph import Entry, Node
from regluon.symbol.symbol import Symbol, _single
from regluon.symbol.texts import texts_of

__all__ = ["connect", "create", "function_of", "stands_for"]


insert: Callable[[Node], None] | None = None
"""What mixed precision does with every new node."""


def create(
    op: Operator,
    hint: str,
    inputs: dict[str, Symbol] | Sequence[Symbol],
    attributes: dict[str, Any],
    name_given: str | None = None,
    attr: dict[str, str] | None = None,
) -> Symbol:
    """A new node, with variables for the inputs that are not given.

    Parameters
    ----------
    hint
        What its name begins with if none is given: the function's name.
    inputs
        By name, or of an operator of any number of inputs in their order.
    attributes
        As they were given.

    Raises
    ------
    MXNetError
        For attributes and inputs that the operator does not have, and attributes that can't be read.
    """
    texts = texts_of({**attributes, **attribute.current().get(attr)})
    if op.name in schema.COUNTED and "num_args" not in texts:
        texts["num_args"] = str(len(inputs))
    called = name.current().get(name_given, hint.lower())
    node = Node(op, called, texts)
    given = _by_name(node, inputs, texts)
    connect(node, {key: None if symbol is None else _single(symbol, key) for key, symbol in given.items()})
    if insert is not None:
        insert(node)
    return Symbol([Entry(node, i, 0) for i in range(node.shown)])


def _by_name(
    node: Node, inputs: dict[str, Symbol] | Sequence[Symbol], texts: dict[str, str]
) -> dict[str, Symbol | None]:
    """The given inputs by all the names that the operator has for inputs."""
    assert node.op is not None
    count = int(texts.get("num_args", len(inputs)))
    if node.op.name in schema.COUNTED and count < 1:
        raise MXNetError(
            f"value {count} for Parameter num_args should be greater equal to 1, in {node.op.name}"
        )
    names = schema.input_names(node.op, node.attributes, count)
    given = inputs if isinstance(inputs, dict) else dict(zip(names, inputs, strict=False))
    unknown = [key for key in given if key not in names]
    if unknown or len(given) < len(inputs):
        candidates = "".join(f"\n\t[{i}]{n}" for i, n in enumerate(names))
        raise MXNetError(
            f"{node.op.name}: Symbol.ComposeKeyword argument name "
            f"{', '.join(unknown) or len(inputs)} not found.\nCandidate arguments:{candidates}"
        )
    return {n: given.get(n) for n in names}


def connect(node: Node, given: dict[str, Entry | None]) -> None:
    """Gives a node its inputs, all of them named in ``given``; for None variables are made."""
    assert node.op is not None
    op, states = node.op, schema.auxiliary(node.op, len(given), node.attributes)
    for position, (key, entry) in enumerate(given.items()):
        if entry is None:
            entry = Entry(Node(None, f"{node.name}_{key}", dict(node.attrs)), 0, 0)
        variable = entry.node
        if variable.op is None:
            start = schema.initial(op, key, node.attributes)
            if start is not None and (position in states or not op.writes):
                variable.attrs.setdefault("__init__", start)
            variable.version += position in states
            entry = Entry(variable, entry.index, variable.version)
        node.inputs.append(entry)


@cache
def function_of(op: Operator, called: str) -> Callable[..., Symbol]:
    """The ``sym`` function of an operator under one of its names, with its true signature."""
    function = _composed(op) if op.composed else _variadic(op, called) if op.variadic else _plain(op, called)
    function.__signature__ = _signature(op)  # type: ignore[attr-defined]
    function.operator = op  # type: ignore[attr-defined]
    return function


def _signature(op: Operator) -> inspect.Signature:
    either, named = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    if op.variadic:
        first = [inspect.Parameter(op.inputs[0], inspect.Parameter.VAR_POSITIONAL)]
    else:
        first = [inspect.Parameter(n, either, default=None) for n in op.inputs]
    kind = named if op.variadic else either
    rest = [inspect.Parameter(n, kind, default=op.defaults.get(n)) for n in op.attributes]
    last = [inspect.Parameter(n, kind, default=None) for n in ("name", "attr", "out")]
    extra = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)
    return inspect.Signature([*first, *rest, *last, extra])


def _plain(op: Operator, called: str) -> Callable[..., Symbol]:
    names = (*op.inputs, *op.attributes)

    def function(
        *args: Any, name: str | None = None, attr: Any = None, out: Any = None, **kwargs: Any
    ) -> Symbol:
        given = dict(zip(names, args, strict=False))
        if len(args) > len(names) or not given.keys().isdisjoint(kwargs):
            raise TypeError(f"{called} takes {', '.join(names)}; got {len(args)} arguments by position")
        inputs, attributes = _sorted(op, {**given, **kwargs})
        return create(op, called, inputs, attributes, name, attr)

    return function


def _sorted(op: Operator, given: dict[str, Any]) -> tuple[dict[str, Symbol], dict[str, Any]]:
    """The inputs, and the attributes."""
    inputs, attributes = {}, {}
    for key, value in given.items():
        if isinstance(value, Symbol):
            inputs[key] = value
        elif key not in op.inputs:
            attributes[key] = value
        elif value is not None:
            raise AssertionError(f"Argument {key} must be Symbol instances, but got {value}")
    return inputs, attributes


def _variadic(op: Operator, called: str) -> Callable[..., Symbol]:
    def function(
        *args: Any, name: str | None = None, attr: Any = None, out: Any = None, **kwargs: Any
    ) -> Symbol:
        for value in args:
            if not isinstance(value, Symbol):
                raise AssertionError(f"Positional arguments must be Symbol instances, but got {value}")
        inputs, attributes = _sorted(op, kwargs)
        if args and inputs:
            raise TypeError(
                "Operators with variable length input can only accept input"
                "Symbols either as positional or keyword arguments, not both"
            )
        return create(op, called, args or inputs, attributes, name, attr)

    return function


class _Operators:
    """All operators by their names, as compositions call them."""

    @property
    def _internal(self) -> _Operators:
        return self

    def __getattr__(self, called: str) -> Callable[..., Symbol]:
        if called not in OPERATORS:
            raise AttributeError(f"no operator is called {called}")
        return function_of(OPERATORS[called], called)


def _composed(op: Operator) -> Callable[..., Symbol]:
    """Of an operator that MXNet does not have: what stands for it in symbol files."""
    assert op.composed is not None
    compose, operators = op.composed, _Operators()
    takes_name = "name" in inspect.signature(compose).parameters

    def function(*args: Any, name: str | None = None, attr: Any = None, **kwargs: Any) -> Symbol:
        inputs = [*args, *[kwargs.pop(n) for n in op.inputs[len(args) :] if n in kwargs]]
        named = {"name": name} if takes_name else {}
        found: Symbol = compose(operators, *inputs, **{**op.defaults, **kwargs, **named})
        if all(isinstance(i, Symbol) for i in inputs):
            stands_for(found, op, inputs, {**op.defaults, **kwargs})
        return found

    return function


def stands_for(
    found: Sequence[Symbol] | Symbol, op: Operator, inputs: Sequence[Symbol], attributes: dict[str, Any]
) -> None:
    """Notes that the outputs ``found`` are those of an operator, which compiled graphs take instead.

    Not in mixed precision, as the casts within what it stands for count there.
    """
    if insert is not None:
        return
    heads = [head for symbol in found for head in symbol._heads]
    entries = [_single(symbol, "input") for symbol in inputs]
    node = Node(op, str(heads[0].node.name), texts_of(attributes), entries)
    if len(heads) != node.shown:
        return
    places: dict[int, dict[int, Entry]] = {}
    for i, head in enumerate(heads):
        places.setdefault(id(head.node), {})[head.index] = Entry(node, i, 0)
    for head in heads:
        own = places[id(head.node)]
        if len(own) == head.node.shown:
            head.node.instead = [own[i] for i in range(len(own))]
