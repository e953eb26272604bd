"""Arithmetic of an array and a number.

The number is first cast to the array's type: 1.5 beside integers is 1. Beside an array of type bool both
are taken as int64. ``is_int`` tells MXNet's NumPy namespace how a number was written; here it says nothing.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from regluon.ops.binary import modulo, power
from regluon.ops.constants import constant, operand
from regluon.ops.masks import mask
from regluon.ops.registry import Tensor, gradient, register

# torch has a module-level __getattr__, which makes looking a name up in it slow.
_add = torch.add
_mul = torch.mul
_sub = torch.sub
_div = torch.div

__all__ = ["minus_scalar", "mul_scalar", "plus_scalar"]


@register("_plus_scalar", aliases=("_PlusScalar",))
def plus_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data + scalar"""
    return _add(data, operand(scalar, data.dtype))


@gradient(plus_scalar, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> Any:
    return (g,)


def _not_bool(data: Tensor) -> Tensor:
    """torch subtracts no bool."""
    return data.long() if data.dtype is torch.bool else data


@register("_minus_scalar", aliases=("_MinusScalar",))
def minus_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data - scalar"""
    return _sub(_not_bool(data), operand(scalar, data.dtype))


@gradient(minus_scalar, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> Any:
    return (g,)


@register("_rminus_scalar", aliases=("_RMinusScalar",))
def rminus_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """scalar - data"""
    return _sub(operand(scalar, data.dtype), _not_bool(data))


@gradient(rminus_scalar, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> Any:
    return (torch.neg(g),)


@register("_mul_scalar", aliases=("_MulScalar",))
def mul_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data * scalar"""
    return _mul(data, operand(scalar, data.dtype))


@gradient(mul_scalar, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    return (_mul(g, constant(scalar, g.dtype)),)


@register("_div_scalar", aliases=("_DivScalar",))
def div_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data / scalar; integers are divided as in C, towards 0"""
    if data.is_floating_point():
        return _div(data, constant(scalar, data.dtype))
    return _div(data, operand(scalar, data.dtype), rounding_mode="trunc")


@gradient(div_scalar, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    return (_div(g, constant(scalar, g.dtype)),)


@register("_rdiv_scalar", aliases=("_RDivScalar",))
def rdiv_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """scalar / data; integers are divided as in C, towards 0"""
    if data.is_floating_point():
        return _div(constant(scalar, data.dtype), data)
    return _div(operand(scalar, data.dtype), data, rounding_mode="trunc")


@gradient(rdiv_scalar)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    return (torch.neg(_mul(g, _div(out, data))),)


@register("_mod_scalar", aliases=("_ModScalar",))
def mod_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data - scalar ⌊data / scalar⌋; 0 if scalar is 0"""
    return modulo(data, operand(scalar, data.dtype))


@gradient(mod_scalar, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> Any:
    return (g,)


@register("_rmod_scalar", aliases=("_RModScalar",))
def rmod_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """scalar - data ⌊scalar / data⌋; 0 where data is 0"""
    return modulo(operand(scalar, data.dtype), data)


@gradient(rmod_scalar, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    return (_mul(g, torch.neg(torch.floor(_div(constant(scalar, data.dtype), data)))),)


@register("_power_scalar", aliases=("_PowerScalar",))
def power_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data to the power of scalar"""
    if data.is_floating_point():
        # torch has quick ways for the exponents it is told as numbers.
        return torch.square(data) if scalar == 2 else torch.pow(data, scalar)
    return power(data, operand(scalar, data.dtype))


@gradient(power_scalar)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    slope = _mul(data if scalar == 2 else torch.pow(data, scalar - 1), constant(scalar, data.dtype))
    return (_mul(g, slope),)


@register("_rpower_scalar", aliases=("_RPowerScalar",))
def rpower_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """scalar to the power of data"""
    return power(operand(scalar, data.dtype), data)


@gradient(rpower_scalar)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    slope = math.log(scalar) if scalar > 0 else math.nan if scalar < 0 else -math.inf
    return (_mul(g, _mul(out, constant(slope, out.dtype))),)


@register("_maximum_scalar", aliases=("_MaximumScalar",))
def maximum_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """The larger of data and scalar; the gradient of equal ones passes"""
    return torch.maximum(data, operand(scalar, data.dtype))


@gradient(maximum_scalar)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    return (_mul(g, mask(torch.ge, data, constant(scalar, data.dtype))),)


@register("_minimum_scalar", aliases=("_MinimumScalar",))
def minimum_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """The smaller of data and scalar; the gradient of equal ones passes"""
    return torch.minimum(data, operand(scalar, data.dtype))


@gradient(minimum_scalar)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float, is_int: bool = True) -> Any:
    return (_mul(g, mask(torch.le, data, constant(scalar, data.dtype))),)


@register("_hypot_scalar", aliases=("_HypotScalar",))
def hypot_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """√(data² + scalar²)"""
    number = operand(scalar, data.dtype)
    if data.is_floating_point():
        return torch.hypot(data, number)
    return torch.hypot(data.double(), number.double()).to(number.dtype)


@gradient(hypot_scalar)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> Any:
    return (_mul(g, _div(data, out)),)


@register("smooth_l1")
def smooth_l1(data: Tensor, *, scalar: float = 1.0) -> Tensor:
    """σ² data² / 2 where |data| < 1/σ², else |data| - 1/(2σ²), with σ = scalar"""
    size = torch.abs(data)
    inner = torch.clamp_max(size, 1.0 / (scalar * scalar) if scalar else math.inf)
    out = (size - inner) + torch.square(inner) * (0.5 * scalar * scalar)
    return out if out.dtype is data.dtype else out.to(data.dtype)


@gradient(smooth_l1)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, scalar: float) -> Any:
    return (_mul(g, torch.clamp(_mul(data, constant(scalar * scalar, data.dtype)), -1.0, 1.0)),)
