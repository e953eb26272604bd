"""Trigonometric, hyperbolic, gamma and error functions, element by element."""

from __future__ import annotations

import math
from typing import Any

import torch

from regluon.ops.registry import Tensor, gradient, register
from regluon.ops.unary import by_torch, in_type

__all__ = ["gamma", "gammaln"]

# Γ(1), Γ(2) ... as far as float64 goes, and then infinity.
_FACTORIALS = [*(float(math.factorial(n)) for n in range(171)), math.inf]


def _gamma(data: Tensor) -> Tensor:
    """Γ(data), by way of log |Γ| in float64; torch has only that."""
    x = data.double()
    below = torch.floor(x)
    size = torch.exp(torch.lgamma(x))
    if not data.is_floating_point():
        # The exponential is right to 15 digits, which is not enough where the fraction is cut off.
        factorials = torch.tensor(_FACTORIALS, dtype=x.dtype, device=x.device)
        size = factorials[torch.clamp(x, 1, len(_FACTORIALS)).long() - 1].where(x >= 1, size)
    odd = (x < 0) & (torch.remainder(below, 2) == 1)
    pole = (x < 0) & (x == below)
    signed = torch.where(odd | ((x == 0) & torch.signbit(x)), -size, size)
    return torch.where(pole, torch.nan, signed).to(data.dtype)


def _slope(data: Tensor) -> Tensor:
    """The derivative of log |Γ|; infinite at its poles, as MXNet has it."""
    return torch.where((data <= 0) & (data == torch.floor(data)), torch.inf, torch.digamma(data))


@register("gamma")
def gamma(data: Tensor) -> Tensor:
    """Γ(data)"""
    return in_type(_gamma(data), data)


@gradient(gamma)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (torch.mul(g, torch.mul(out, _slope(data))),)


gammaln = by_torch("gammaln", torch.lgamma, "log |Γ(data)|")


@gradient(gammaln)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (torch.mul(g, _slope(data)),)


for _name, _fn, _doc in (
    ("sin", torch.sin, "The sine of data, in radians"),
    ("cos", torch.cos, "The cosine of data, in radians"),
    ("tan", torch.tan, "The tangent of data, in radians"),
    ("arcsin", torch.arcsin, "The angle in -π/2...π/2 whose sine is data"),
    ("arccos", torch.arccos, "The angle in 0...π whose cosine is data"),
    ("arctan", torch.arctan, "The angle in -π/2...π/2 whose tangent is data"),
    ("sinh", torch.sinh, "The hyperbolic sine of data"),
    ("cosh", torch.cosh, "The hyperbolic cosine of data"),
    ("arcsinh", torch.arcsinh, "The number whose hyperbolic sine is data"),
    ("arccosh", torch.arccosh, "The positive number whose hyperbolic cosine is data"),
    ("arctanh", torch.arctanh, "The number whose hyperbolic tangent is data"),
    ("degrees", torch.rad2deg, "180 / π * data"),
    ("radians", torch.deg2rad, "π / 180 * data"),
    ("erf", torch.erf, "2 / √π * the integral of exp(-t²) from 0 to data"),
    ("erfinv", torch.erfinv, "The number whose erf is data"),
):
    by_torch(_name, _fn, _doc)
