"""In-place arithmetic on lists of tensors of one type and device.

Many tensors take one multi-tensor call. A single one takes the plain operation, at half the cost.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from regluon.ops.constants import constant

__all__ = [
    "Many",
    "absolute",
    "add_",
    "addcdiv_",
    "addcmul_",
    "clamp_",
    "complement",
    "copy_",
    "div_",
    "lerp_",
    "maximum_",
    "mul",
    "mul_",
    "plus",
    "rest_of_power",
    "shift_",
    "sign",
    "sqrt",
    "sqrt_",
    "times_",
]

Many: TypeAlias = list[Tensor]


def copy_(x: Many, y: Many) -> None:
    """``x = y``."""
    if len(x) == 1:
        x[0].copy_(y[0])
    else:
        torch._foreach_copy_(x, y)


def add_(x: Many, y: Many, factor: float = 1.0) -> None:
    """``x += factor * y``."""
    if len(x) == 1:
        x[0].add_(y[0], alpha=factor)
    else:
        torch._foreach_add_(x, y, alpha=factor)


def mul(x: Many, factor: float) -> Many:
    """``x * factor``."""
    if len(x) == 1:
        return [torch.mul(x[0], constant(factor, x[0].dtype))]
    return list(torch._foreach_mul(x, _scalar(x, factor)))


def mul_(x: Many, factor: float) -> None:
    """``x *= factor``."""
    if len(x) == 1:
        x[0].mul_(constant(factor, x[0].dtype))
    else:
        torch._foreach_mul_(x, _scalar(x, factor))


def _scalar(x: Many, value: float) -> Any:
    """A CPU's multi-tensor call takes a tensor at half the cost of a number; a GPU's wants a number."""
    return value if x[0].is_cuda else constant(value, x[0].dtype)


def plus(x: Many, number: float) -> Many:
    """``x + number``."""
    if len(x) == 1:
        return [torch.add(x[0], constant(number, x[0].dtype))]
    return list(torch._foreach_add(x, _scalar(x, number)))


def shift_(x: Many, number: float) -> None:
    """``x += number``."""
    if len(x) == 1:
        x[0].add_(constant(number, x[0].dtype))
    else:
        torch._foreach_add_(x, _scalar(x, number))


def clamp_(x: Many, bound: float) -> None:
    """``x = min(max(x, -bound), bound)``."""
    if len(x) == 1:
        x[0].clamp_(-bound, bound)
    else:
        torch._foreach_clamp_min_(x, -bound)
        torch._foreach_clamp_max_(x, bound)


def absolute(x: Many) -> Many:
    """``abs(x)``."""
    return [torch.abs(x[0])] if len(x) == 1 else list(torch._foreach_abs(x))


def maximum_(x: Many, y: Many) -> None:
    """``x = max(x, y)``, element by element."""
    if len(x) == 1:
        torch.maximum(x[0], y[0], out=x[0])
    else:
        torch._foreach_maximum_(x, y)


def sign(x: Many) -> Many:
    """-1, 0 or 1."""
    return [torch.sign(x[0])] if len(x) == 1 else list(torch._foreach_sign(x))


def sqrt(x: Many) -> Many:
    """``sqrt(x)``."""
    return [torch.sqrt(x[0])] if len(x) == 1 else list(torch._foreach_sqrt(x))


def sqrt_(x: Many) -> None:
    """``x = sqrt(x)``."""
    if len(x) == 1:
        x[0].sqrt_()
    else:
        torch._foreach_sqrt_(x)


def times_(x: Many, y: Many) -> None:
    """``x *= y``."""
    if len(x) == 1:
        x[0].mul_(y[0])
    else:
        torch._foreach_mul_(x, y)


def div_(x: Many, y: Many) -> None:
    """``x /= y``."""
    if len(x) == 1:
        x[0].div_(y[0])
    else:
        torch._foreach_div_(x, y)


def addcmul_(x: Many, y: Many, z: Many, factor: float = 1.0) -> None:
    """``x += factor * y * z``."""
    if len(x) == 1:
        x[0].addcmul_(y[0], z[0], value=factor)
    else:
        torch._foreach_addcmul_(x, y, z, factor)


def addcdiv_(x: Many, y: Many, z: Many, factor: float = 1.0) -> None:
    """``x += factor * y / z``."""
    if len(x) == 1:
        x[0].addcdiv_(y[0], z[0], value=factor)
    else:
        torch._foreach_addcdiv_(x, y, z, factor)


def lerp_(x: Many, y: Many, weight: float) -> None:
    """``x += weight * (y - x)``: the moving average ``(1 - weight) * x + weight * y``."""
    if len(x) == 1:
        x[0].lerp_(y[0], weight)
    else:
        torch._foreach_lerp_(x, y, weight)


@lru_cache(maxsize=64)
def complement(decay: float) -> float:
    """``1 - decay`` as MXNet's kernels have it, in float32: that of 0.999 differs from float64's by 1e-5."""
    return float(np.float32(1) - np.float32(decay))


def rest_of_power(decay: float, t: int) -> float:
    """``1 - decay ** t`` as MXNet's kernels have it: a power in float32, subtracted in float64."""
    return 1.0 - float(np.power(np.float32(decay), np.float32(t)))
