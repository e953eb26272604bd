"""Comparisons and logic of two arrays and of an array and a number: 1 or 0 in the type of the inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from regluon.ops.binary import unstretched
from regluon.ops.constants import operand
from regluon.ops.masks import mask
from regluon.ops.registry import Tensor, gradient, register

__all__ = ["no_gradient"]


def no_gradient(g: Any, need: Any, out: Any, *inputs: Any, **attributes: Any) -> tuple[None, ...]:
    """The gradient of what is flat wherever it is smooth."""
    return (None,) * len(inputs)


def _of_two(name: str, fn: Callable[..., Tensor], doc: str) -> None:
    def compare(lhs: Tensor, rhs: Tensor) -> Tensor:
        return mask(fn, lhs, rhs)

    compare.__doc__ = f"1 where {doc}, else 0, stretching axes of extent 1"
    gradient(register(name, same_type=True)(compare))(no_gradient)


def _with_number(name: str, alias: str, fn: Callable[..., Tensor], doc: str) -> None:
    def compare(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
        number = operand(scalar, data.dtype)
        return fn(data, number, out=torch.empty_like(data, dtype=number.dtype))

    compare.__doc__ = f"1 where {doc}, else 0"
    gradient(register(name, aliases=(alias,))(compare))(no_gradient)


for _name, _title, _fn, _sign in (
    ("equal", "Equal", torch.eq, "="),
    ("not_equal", "Not_Equal", torch.ne, "≠"),
    ("greater", "Greater", torch.gt, ">"),
    ("greater_equal", "Greater_Equal", torch.ge, "≥"),
    ("lesser", "Lesser", torch.lt, "<"),
    ("lesser_equal", "Lesser_Equal", torch.le, "≤"),
    ("logical_and", "Logical_And", torch.logical_and, "and"),
    ("logical_or", "Logical_Or", torch.logical_or, "or"),
    ("logical_xor", "Logical_Xor", torch.logical_xor, "xor"),
):
    _of_two(f"broadcast_{_name}", _fn, f"lhs {_sign} rhs")
    unstretched(f"_{_name}", f"broadcast_{_name}", (f"_{_title}",))
    _with_number(f"_{_name}_scalar", f"_{_title.replace('_', '')}Scalar", _fn, f"data {_sign} scalar")
