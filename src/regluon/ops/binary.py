"""Arithmetic of two arrays: ``broadcast_x`` stretches axes of extent 1, ``elemwise_x`` stretches nothing."""

from __future__ import annotations

from typing import Any

import torch

from regluon.ops.constants import constant
from regluon.ops.masks import mask
from regluon.ops.registry import OPERATORS, Tensor, gradient, gradient_of_one_shape, prepare, register

# torch has a module-level __getattr__, which makes looking a name up in it slow.
_add = torch.add
_sub = torch.sub
_mul = torch.mul
_div = torch.div
_neg = torch.neg

__all__ = ["modulo", "power", "unbroadcast", "unstretched"]


def unbroadcast(g: Tensor, x: Tensor) -> Tensor:
    """Sums a gradient over the axes along which ``x`` was stretched."""
    return g if g.shape == x.shape else g.sum_to_size(x.shape)


def unstretching(g: Tensor, lhs: Tensor, rhs: Tensor) -> bool:
    """Whether neither side was stretched: cheaper to find out than by comparing shapes."""
    return 0 != g.numel() == lhs.numel() == rhs.numel() and lhs.dim() == rhs.dim()


def unstretched(name: str, of: str, aliases: tuple[str, ...] = ()) -> None:
    """Registers the operator that does what ``of`` does to two arrays of one shape, and only to those."""
    broadcast = OPERATORS[of]
    fn = broadcast.fn

    def same_shape(lhs: Tensor, rhs: Tensor) -> Tensor:
        if lhs.shape != rhs.shape:
            raise ValueError(f"the two shapes differ; {of} stretches axes of extent 1")
        return fn(lhs, rhs)  # type: ignore[no-any-return]

    same_shape.__doc__ = broadcast.doc.replace("stretching axes of extent 1", "both of one shape")
    register(name, aliases=aliases, same_type=True)(same_shape)
    gradient(same_shape, broadcast.uses)(broadcast.gradient)
    if broadcast.one_shape is not None:
        gradient_of_one_shape(same_shape)(broadcast.one_shape)


@register("broadcast_add", aliases=("broadcast_plus",), same_type=True)
def broadcast_add(lhs: Tensor, rhs: Tensor) -> Tensor:
    """lhs + rhs, stretching axes of extent 1"""
    return _add(lhs, rhs)


prepare(broadcast_add)(lambda: _add)


@gradient(broadcast_add, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    if unstretching(g, lhs, rhs):
        return g, g
    return unbroadcast(g, lhs) if need[0] else None, unbroadcast(g, rhs) if need[1] else None


@gradient_of_one_shape(broadcast_add)
def _(g: Any, need: Any, out: None) -> Any:
    return g, g


@register("broadcast_sub", aliases=("broadcast_minus",), same_type=True)
def broadcast_sub(lhs: Tensor, rhs: Tensor) -> Tensor:
    """lhs - rhs, stretching axes of extent 1"""
    return _sub(lhs, rhs)


prepare(broadcast_sub)(lambda: _sub)


@gradient(broadcast_sub, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    if unstretching(g, lhs, rhs):
        return g, _neg(g) if need[1] else None
    return unbroadcast(g, lhs) if need[0] else None, _neg(unbroadcast(g, rhs)) if need[1] else None


@register("broadcast_mul", same_type=True)
def broadcast_mul(lhs: Tensor, rhs: Tensor) -> Tensor:
    """lhs * rhs, stretching axes of extent 1"""
    return _mul(lhs, rhs)


prepare(broadcast_mul)(lambda: _mul)


@gradient(broadcast_mul, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    if unstretching(g, lhs, rhs):
        return _mul(g, rhs) if need[0] else None, _mul(g, lhs) if need[1] else None
    return (
        unbroadcast(_mul(g, rhs), lhs) if need[0] else None,
        unbroadcast(_mul(g, lhs), rhs) if need[1] else None,
    )


@register("broadcast_div", same_type=True)
def broadcast_div(lhs: Tensor, rhs: Tensor) -> Tensor:
    """lhs / rhs, stretching axes of extent 1; integers are divided as in C, towards 0"""
    if lhs.is_floating_point():
        return _div(lhs, rhs)
    return _div(lhs, rhs, rounding_mode="trunc")


@gradient(broadcast_div)
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    share = _div(g, rhs)
    return (
        unbroadcast(share, lhs) if need[0] else None,
        _neg(unbroadcast(_mul(share, out), rhs)) if need[1] else None,
    )


def modulo(lhs: Tensor, rhs: Tensor) -> Tensor:
    """The remainder with the divisor's sign; 0 where the divisor is 0."""
    if lhs.is_floating_point():
        return torch.where(torch.eq(rhs, constant(0, rhs.dtype)), 0, torch.remainder(lhs, rhs))
    return torch.remainder(lhs, torch.where(torch.eq(rhs, constant(0, rhs.dtype)), 1, rhs))


@register("broadcast_mod", same_type=True)
def broadcast_mod(lhs: Tensor, rhs: Tensor) -> Tensor:
    """lhs - rhs ⌊lhs / rhs⌋, stretching axes of extent 1; 0 where rhs is 0"""
    return modulo(lhs, rhs)


@gradient(broadcast_mod, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    return (
        unbroadcast(g, lhs) if need[0] else None,
        unbroadcast(_mul(g, _neg(torch.floor(_div(lhs, rhs)))), rhs) if need[1] else None,
    )


def power(base: Tensor, exponent: Tensor) -> Tensor:
    """base to the power of exponent; of integers by way of float64: 2 to the power of -1 is 0."""
    if base.is_floating_point():
        return torch.pow(base, exponent)
    kind = torch.promote_types(base.dtype, exponent.dtype)
    return torch.pow(base.double(), exponent.double()).to(kind)


@register("broadcast_power", same_type=True)
def broadcast_power(lhs: Tensor, rhs: Tensor) -> Tensor:
    """lhs to the power of rhs, stretching axes of extent 1"""
    return power(lhs, rhs)


@gradient(broadcast_power)
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    of_lhs = of_rhs = None
    if need[0]:
        slope = _mul(rhs, torch.pow(lhs, _sub(rhs, constant(1, rhs.dtype))))
        of_lhs = unbroadcast(_mul(g, slope), lhs)
    if need[1]:
        of_rhs = unbroadcast(_mul(g, _mul(torch.log(lhs), out)), rhs)
    return of_lhs, of_rhs


@register("broadcast_maximum", same_type=True)
def broadcast_maximum(lhs: Tensor, rhs: Tensor) -> Tensor:
    """The larger of lhs and rhs, stretching axes of extent 1; the gradient of equal ones goes to lhs"""
    return torch.maximum(lhs, rhs)


@gradient(broadcast_maximum, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    return (
        unbroadcast(_mul(g, mask(torch.ge, lhs, rhs)), lhs) if need[0] else None,
        unbroadcast(_mul(g, mask(torch.lt, lhs, rhs)), rhs) if need[1] else None,
    )


@register("broadcast_minimum", same_type=True)
def broadcast_minimum(lhs: Tensor, rhs: Tensor) -> Tensor:
    """The smaller of lhs and rhs, stretching axes of extent 1; the gradient of equal ones goes to lhs"""
    return torch.minimum(lhs, rhs)


@gradient(broadcast_minimum, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    return (
        unbroadcast(_mul(g, mask(torch.le, lhs, rhs)), lhs) if need[0] else None,
        unbroadcast(_mul(g, mask(torch.gt, lhs, rhs)), rhs) if need[1] else None,
    )


@register("broadcast_hypot", same_type=True)
def broadcast_hypot(lhs: Tensor, rhs: Tensor) -> Tensor:
    """√(lhs² + rhs²), stretching axes of extent 1"""
    if lhs.is_floating_point():
        return torch.hypot(lhs, rhs)
    return torch.hypot(lhs.double(), rhs.double()).to(lhs.dtype)


@gradient(broadcast_hypot)
def _(g: Tensor, need: Any, out: Tensor, lhs: Tensor, rhs: Tensor) -> Any:
    share = _div(g, out)
    return (
        unbroadcast(_mul(share, lhs), lhs) if need[0] else None,
        unbroadcast(_mul(share, rhs), rhs) if need[1] else None,
    )


for _name, _of, _aliases in (
    ("elemwise_add", "broadcast_add", ("_add", "_plus", "_Plus")),
    ("elemwise_sub", "broadcast_sub", ("_sub", "_minus", "_Minus")),
    ("elemwise_mul", "broadcast_mul", ("_mul", "_Mul")),
    ("elemwise_div", "broadcast_div", ("_div", "_Div")),
    ("_scatter_elemwise_div", "broadcast_div", ()),
    ("_grad_add", "broadcast_add", ()),
    ("_mod", "broadcast_mod", ("_Mod",)),
    ("_power", "broadcast_power", ("_Power",)),
    ("_maximum", "broadcast_maximum", ("_Maximum",)),
    ("_minimum", "broadcast_minimum", ("_Minimum",)),
    ("_hypot", "broadcast_hypot", ("_Hypot",)),
):
    unstretched(_name, _of, _aliases)


@register("add_n", aliases=("ElementWiseSum",), same_type=True)
def add_n(*args: Tensor) -> Tensor:
    """The sum of any number of arrays, all of one shape"""
    total = args[0]
    for other in args[1:]:
        if other.shape != total.shape:
            raise ValueError("the shapes differ; broadcast_add stretches axes of extent 1")
        total = _add(total, other)
    return total if len(args) > 1 else total.clone()


@gradient(add_n, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, *args: Tensor) -> Any:
    return (g,) * len(args)
