"""Elementwise operators of ``nd.contrib``."""

from __future__ import annotations

from typing import Any

import torch

from regluon.ops.constants import constant
from regluon.ops.registry import Tensor, gradient, register
from regluon.ops.unary import in_type, round_away

__all__ = ["quadratic"]


@register("_contrib_quadratic")
def quadratic(data: Tensor, *, a: float = 0.0, b: float = 0.0, c: float = 0.0) -> Tensor:
    """a data² + b data + c"""
    return in_type(a * torch.square(data) + b * data + c, data)


@register("_contrib_div_sqrt_dim")
def div_sqrt_dim(data: Tensor) -> Tensor:
    """data / √n, where n is the extent of the last axis"""
    return in_type(torch.div(data, constant(data.shape[-1] ** 0.5, data.dtype)), data)


@gradient(div_sqrt_dim)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (torch.div(g, constant(data.shape[-1] ** 0.5, g.dtype)),)


@register("_contrib_gradientmultiplier")
def gradient_multiplier(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data, with a gradient that is multiplied by ``scalar``: -1 makes a gradient reversal layer"""
    return data.clone()


@gradient(gradient_multiplier)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    return (torch.mul(g, constant(scalar, g.dtype)),)


@register("_contrib_round_ste")
def round_ste(data: Tensor) -> Tensor:
    """The nearest whole number, halves away from zero; the gradient passes straight through"""
    return round_away(data)


@register("_contrib_sign_ste")
def sign_ste(data: Tensor) -> Tensor:
    """-1, 0 or 1: the sign of data; the gradient passes straight through"""
    return torch.sign(data)


@gradient(round_ste)
@gradient(sign_ste)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (g,)


@register("_contrib_allclose", same_type=True)
def allclose(
    a: Tensor, b: Tensor, *, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = True
) -> Tensor:
    """1 if |a - b| <= atol + rtol |b| for all elements, else 0, as one uint8 without axes"""
    if a.shape != b.shape:
        raise ValueError("the two shapes differ")
    return torch.all(torch.isclose(a, b, rtol, atol, equal_nan)).to(torch.uint8)
