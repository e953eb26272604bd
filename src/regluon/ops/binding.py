"""Functions over tensors made of operators' own: with attributes, with results that own their memory."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from torch import Tensor

__all__ = ["owning", "with_defaults"]


def with_defaults(fn: Callable[..., Any], attributes: dict[str, Any]) -> Callable[..., Any]:
    """``fn`` with these attributes as its defaults: a call passes none, which takes less than a partial's."""
    assert isinstance(fn, FunctionType)
    found = FunctionType(fn.__code__, fn.__globals__, fn.__name__, fn.__defaults__, fn.__closure__)
    found.__kwdefaults__ = {**(fn.__kwdefaults__ or {}), **attributes}
    found.__qualname__, found.__module__ = fn.__qualname__, fn.__module__
    return found


def owning(fn: Callable[..., Any]) -> Callable[..., Any]:
    """``fn`` with results that share no memory with its inputs."""

    def own(result: Tensor, inputs: tuple[Any, ...]) -> Tensor:
        if result._is_view() or any(result is x for x in inputs):
            return result.clone() if result.is_contiguous() else result.contiguous()
        return result

    def compute(*inputs: Any, **attributes: Any) -> Any:
        result = fn(*inputs, **attributes)
        if type(result) is Tensor:
            return own(result, inputs)
        return tuple([own(r, inputs) for r in result])

    return compute
