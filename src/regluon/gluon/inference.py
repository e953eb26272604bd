"""What shape inference computes with: arrays that have a shape and a type but no values."""

from __future__ import annotations

from typing import Any

import torch

from regluon.base import torch_dtype
from regluon.context import SHAPES, Context
from regluon.gluon.parameter import Parameter, shape_is_known
from regluon.ndarray import NDArray
from regluon.ndarray.dispatch import Unknown

__all__ = ["context_of", "outline", "outlined"]


def outline(parameter: Parameter) -> NDArray:
    """A parameter without its values; the operators find out what is not known of its shape."""
    dtype = torch_dtype(parameter.dtype)
    if parameter.shape is not None and shape_is_known(parameter.shape):
        return NDArray(torch.empty(parameter.shape, dtype=dtype, device="meta"), SHAPES)
    return Unknown(parameter.shape, dtype, SHAPES)


def outlined(value: Any) -> Any:
    """Inputs without their values."""
    if isinstance(value, NDArray):
        return NDArray(value._data.to("meta"), SHAPES)
    return [outlined(part) for part in value] if isinstance(value, (list, tuple)) else value


def context_of(args: Any) -> Context:
    """The context of the first array in ``args``, which may be nested.

    Raises
    ------
    ValueError
        If there is none.
    """
    pending = list(args)
    while pending:
        value = pending.pop(0)
        if isinstance(value, NDArray):
            return value._ctx
        if isinstance(value, (list, tuple)):
            pending = [*value, *pending]
    raise ValueError(
        "In HybridBlock, there must be one NDArray or one Symbol in the input. Please check the type of the "
        f"args: {', '.join(type(a).__name__ for a in args)}"
    )
