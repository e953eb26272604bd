"""Functions of one array, element by element: rounding, powers, exponentials, squashing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import softsign

from regluon.base import MXNetError, dtype_name
from regluon.ops.activation import softsign_backward
from regluon.ops.comparison import no_gradient
from regluon.ops.constants import constant
from regluon.ops.kernels import kernel
from regluon.ops.kernels import tanh as _tanh
from regluon.ops.masks import mask
from regluon.ops.registry import Tensor, gradient, register

# torch has a module-level __getattr__, which makes looking a name up in it slow.
_sigmoid = torch.sigmoid
_sigmoid_backward = kernel("sigmoid_backward")
_tanh_backward = kernel("tanh_backward")
_mul = torch.mul
_relu = torch.relu
_exp = torch.exp
_square = torch.square

__all__ = ["by_torch", "in_type", "round_away"]


def in_type(result: Tensor, data: Tensor) -> Tensor:
    """The result for integers, which torch gives in floating point, cut off to data's type."""
    if result.dtype is data.dtype:
        return result
    if data.dtype is torch.bool:
        raise TypeError("type bool is not supported; astype() makes it another")
    return result.to(data.dtype)


def _of_whole(fn: Callable[[Tensor], Tensor], data: Tensor) -> Tensor:
    """``fn`` of integers, computed in float64, where torch takes float32, and cut off to data's type."""
    return in_type(fn(data.double()), data)


def by_torch(
    name: str, fn: Callable[[Tensor], Tensor], doc: str, flat: bool = False
) -> Callable[..., Tensor]:
    """Registers an operator that is a torch function, and returns it; ``flat`` ones have no gradient."""

    def operator(data: Tensor) -> Tensor:
        out = fn(data)
        return out if out.dtype is data.dtype else _of_whole(fn, data)

    operator.__doc__ = doc
    register(name)(operator)
    if flat:
        gradient(operator)(no_gradient)
    return operator


def round_away(data: Tensor) -> Tensor:
    """To the nearest whole number, halves away from zero (torch's go to the even one)."""
    whole = torch.trunc(data)
    return torch.where(torch.abs(data - whole) >= 0.5, whole + torch.sign(data), whole)


def _rint(data: Tensor) -> Tensor:
    """To the nearest whole number, halves down."""
    below, above = torch.floor(data), torch.ceil(data)
    return torch.where(data - below <= above - data, below, above)


_FLAT: tuple[tuple[str, Callable[[Tensor], Tensor], str], ...] = (
    ("sign", torch.sign, "-1, 0 or 1: the sign of data"),
    ("round", round_away, "The nearest whole number; halves go away from zero"),
    ("rint", _rint, "The nearest whole number; halves go down"),
    ("ceil", torch.ceil, "The smallest whole number that is not below data"),
    ("floor", torch.floor, "The largest whole number that is not above data"),
    ("trunc", torch.trunc, "Data without its fraction"),
    ("fix", torch.trunc, "The next whole number towards zero"),
    ("logical_not", torch.logical_not, "1 where data is 0, else 0"),
)
_SMOOTH: tuple[tuple[str, Callable[[Tensor], Tensor], str], ...] = (
    ("log10", torch.log10, "The logarithm of data to base 10"),
    ("log2", torch.log2, "The logarithm of data to base 2"),
    ("log1p", torch.log1p, "log(1 + data), exact also near 0"),
    ("expm1", torch.expm1, "exp(data) - 1, exact also near 0"),
    ("rsqrt", torch.rsqrt, "1 / √data"),
)
for _entry in _FLAT:
    by_torch(*_entry, flat=True)
for _entry in _SMOOTH:
    by_torch(*_entry)


@register("abs")
def abs(data: Tensor) -> Tensor:
    """|data|"""
    return torch.abs(data)


@gradient(abs, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (_mul(g, torch.sign(data)),)


@register("negative")
def negative(data: Tensor) -> Tensor:
    """-data"""
    return torch.neg(data)


@gradient(negative, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (torch.neg(g),)


@gradient(by_torch("reciprocal", torch.reciprocal, "1 / data"), uses="out")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (_mul(g, torch.neg(_square(out))),)


@register("square")
def square(data: Tensor) -> Tensor:
    """data²"""
    return _mul(data, data)


@gradient(square, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (_mul(_mul(g, data), constant(2.0, g.dtype)),)


@gradient(by_torch("sqrt", torch.sqrt, "√data"), uses="out")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (torch.div(_mul(g, constant(0.5, g.dtype)), out),)


def _cube_root(data: Tensor) -> Tensor:
    # In float32 the power gives whole numbers their whole roots; in float64 that of 64 is a little below 4.
    data = data if data.is_floating_point() else data.float()
    return torch.copysign(torch.pow(torch.abs(data), 1 / 3), data)


@register("cbrt")
def cbrt(data: Tensor) -> Tensor:
    """The cube root of data"""
    return in_type(_cube_root(data), data)


@gradient(cbrt, uses="out")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (torch.div(g, _mul(_square(out), constant(3.0, g.dtype))),)


@register("rcbrt")
def rcbrt(data: Tensor) -> Tensor:
    """1 / the cube root of data"""
    return in_type(torch.reciprocal(_cube_root(data)), data)


@gradient(rcbrt)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (_mul(g, torch.div(out, _mul(data, constant(-3.0, g.dtype)))),)


@gradient(by_torch("exp", _exp, "e to the power of data"), uses="out")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (_mul(g, out),)


@gradient(by_torch("log", torch.log, "The natural logarithm of data"), uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (torch.div(g, data),)


@register("relu")
def relu(data: Tensor) -> Tensor:
    """max(data, 0)"""
    return _relu(data)


@gradient(relu, uses="out")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    # The sign of the result is 1 where the input was positive, else 0.
    return (_mul(g, torch.sign(out)),)


@gradient(by_torch("sigmoid", _sigmoid, "1 / (1 + exp(-data))"), uses="out")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (_sigmoid_backward(g, out),)


@gradient(by_torch("softsign", softsign, "data / (1 + |data|)"), uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (softsign_backward(g, out, data),)


@gradient(by_torch("tanh", _tanh, "The hyperbolic tangent of data"), uses="out")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (_tanh_backward(g, out),)


@register("hard_sigmoid")
def hard_sigmoid(data: Tensor, *, alpha: float = 0.2, beta: float = 0.5) -> Tensor:
    """alpha * data + beta, kept within 0...1"""
    if not data.is_floating_point():
        raise MXNetError(f"hard_sigmoid is for floating point types, not {dtype_name(data.dtype)}")
    return torch.clamp(torch.add(_mul(data, alpha), beta), 0.0, 1.0)


@gradient(hard_sigmoid, uses="out")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, alpha: float, beta: float) -> Any:
    inside = mask(torch.gt, out, constant(0, out.dtype)).mul_(mask(torch.lt, out, constant(1, out.dtype)))
    return (_mul(_mul(g, constant(alpha, g.dtype)), inside),)


@register("clip")
def clip(data: Tensor, *, a_min: float, a_max: float) -> Tensor:
    """data; a_max where it is above, else a_min where it is below; the gradient passes at the bounds"""
    if a_min > a_max:
        return torch.where(data > a_max, a_max, torch.clamp(data, a_min, a_min)).to(data.dtype)
    out = torch.clamp(data, a_min, a_max)
    return out if out.dtype is data.dtype else in_type(out, data)


@gradient(clip, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, a_min: float, a_max: float) -> Any:
    # Not "inside", which what is not a number is neither: its gradient passes.
    below = mask(torch.lt, data, constant(a_min, data.dtype))
    outside = below.add_(mask(torch.gt, data, constant(a_max, data.dtype)))
    return (_mul(g, mask(torch.eq, outside, constant(0, data.dtype))),)
