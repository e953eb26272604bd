"""How a layer calls its operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regluon import ndarray
from regluon.lazy import resolve
from regluon.ndarray.calls import prepare
from regluon.ops.registry import OPERATORS, Operator

__all__ = ["Attributes", "OperatorCall"]


class Attributes(dict[str, Any]):
    """A layer's attributes of its operator. Programs may change them: the operator is prepared anew then."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__(given)
        self.prepared: dict[int, Callable[..., Any]] = {}

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self.prepared.clear()

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Takes over other attributes."""
        super().update(*args, **kwargs)
        self.prepared.clear()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


adapt: Callable[[Operator, dict[str, Any], Callable[..., Any]], Callable[..., Any]] | None = None
"""What mixed precision makes of a prepared call."""


class OperatorCall:
    """An operator with a layer's attributes: called in a namespace ``F`` on its inputs.

    On arrays it is prepared: the attributes are read once, not looked up at each call. On symbols the call
    has the name that MXNet's layer gives it, ``"fwd"`` in most.
    """

    __slots__ = ("_name", "_operator", "_prepared", "attributes")

    def __init__(self, operator: str, attributes: dict[str, Any], name: str | None = "fwd") -> None:
        self._operator, self._name = operator, name
        self.attributes = attributes if isinstance(attributes, Attributes) else Attributes(attributes)
        self._prepared = self.attributes.prepared

    def __call__(self, F: Any, *inputs: Any) -> Any:
        if F is not ndarray:
            return self._function(F)(*inputs, name=self._name, **self.attributes)
        prepared = self._prepared.get(len(inputs))
        return (self._prepare(len(inputs)) if prepared is None else prepared)(*inputs)

    def _function(self, F: Any) -> Any:
        name = self._operator
        if name.startswith("_contrib_"):
            return getattr(F.contrib, name.removeprefix("_contrib_"))
        return getattr(F._internal if name.startswith("_") else F, name)

    def _prepare(self, count: int) -> Callable[..., Any]:
        op = OPERATORS[self._operator]
        attributes = op.read_all(self.attributes)
        prepared = prepare(op, count, attributes)
        if adapt is not None:
            prepared = adapt(op, attributes, prepared)
        self._prepared[count] = prepared
        return prepared

    def stands_for(self, outputs: Sequence[Any], inputs: Sequence[Any]) -> None:
        """Tells compiled graphs that these symbols are what the operator gives on those."""
        op = OPERATORS[self._operator]
        resolve("regluon.symbol.functions:stands_for")(outputs, op, inputs, self.attributes)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._operator, self.attributes, self._name)
