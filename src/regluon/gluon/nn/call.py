"""How a layer calls its operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regluon import ndarray
from regluon.ndarray.calls import prepare
from regluon.ops.registry import OPERATORS

__all__ = ["OperatorCall"]


class OperatorCall:
    """An operator with a layer's attributes: called in a namespace ``F`` on its inputs.

    On arrays it is prepared: the attributes are read once, not looked up at each call.
    """

    __slots__ = ("_attributes", "_name", "_prepared")

    def __init__(self, operator: str, attributes: dict[str, Any]) -> None:
        self._name, self._attributes = operator, attributes
        self._prepared: dict[int, Callable[..., Any]] = {}

    def __call__(self, F: Any, *inputs: Any) -> Any:
        if F is not ndarray:
            space = F._internal if self._name.startswith("_") else F
            return getattr(space, self._name)(*inputs, name="fwd", **self._attributes)
        prepared = self._prepared.get(len(inputs))
        return (self._prepare(len(inputs)) if prepared is None else prepared)(*inputs)

    def _prepare(self, count: int) -> Callable[..., Any]:
        op = OPERATORS[self._name]
        prepared = self._prepared[count] = prepare(op, count, op.read_all(self._attributes))
        return prepared

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._name, self._attributes)
