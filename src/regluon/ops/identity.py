"""Operators that pass an array on: in another type, without its gradient, or with one of its own."""

from __future__ import annotations

from typing import Any, Literal

import torch

from regluon.base import MXNetError, dtype_name
from regluon.ops.comparison import no_gradient
from regluon.ops.registry import DType, Tensor, gradient, register

__all__ = ["cast"]


@register("Cast", aliases=("cast",), view=True)
def cast(data: Tensor, *, dtype: DType) -> Tensor:
    """data in another type: fractions are cut off, too large integers wrap around"""
    return data.to(dtype)


@gradient(cast)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, dtype: Any) -> Any:
    return (g.to(data.dtype),)


@register("_copy", aliases=("identity",))
def copy(data: Tensor) -> Tensor:
    """A copy of data"""
    return data.clone()


@gradient(copy)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (g,)


@register("_copyto")
def copyto(data: Tensor) -> Tensor:
    """A copy of data, for an ``out`` on whatever device"""
    return data.clone()


@register("_identity_with_attr_like_rhs", same_type=True)
def identity_like_rhs(lhs: Tensor, rhs: Tensor) -> Tensor:
    """A copy of lhs; rhs, of the same shape and type, only tells what these are"""
    if lhs.shape != rhs.shape:
        raise ValueError("lhs and rhs must be of one shape")
    return lhs.clone()


@register("BlockGrad", aliases=("stop_gradient",))
def stop_gradient(data: Tensor) -> Tensor:
    """data as a constant: its gradient is 0"""
    return data.clone()


gradient(stop_gradient)(no_gradient)


@register("make_loss")
def make_loss(data: Tensor) -> Tensor:
    """data as a loss: its gradient is 1, whatever is made of it"""
    return data.clone()


@gradient(make_loss)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor) -> Any:
    return (torch.ones_like(data),)


@register("MakeLoss")
def make_scaled_loss(
    data: Tensor,
    *,
    grad_scale: float = 1.0,
    valid_thresh: float = 0.0,
    normalization: Literal["batch", "null", "valid"] = "null",
) -> Tensor:
    """data as a loss: its gradient is ``grad_scale``, whatever is made of it

    Parameters
    ----------
    grad_scale
        The gradient of each element.
    normalization
        What that is divided by: ``"null"`` nothing, ``"batch"`` the number of rows (whatever the axes before
        the last one make), ``"valid"`` the number of elements above ``valid_thresh``, but at least 1.
    """
    if not data.is_floating_point():
        raise MXNetError(f"MakeLoss is for floating point types, not {dtype_name(data.dtype)}")
    return data.clone()


@gradient(make_scaled_loss)
def _(
    g: Tensor,
    need: Any,
    out: Tensor,
    data: Tensor,
    *,
    grad_scale: float,
    valid_thresh: float,
    normalization: str,
) -> Any:
    scale = torch.full_like(data, grad_scale)
    if normalization == "batch":
        return (scale * (data.shape[-1] / data.numel()),)
    if normalization == "valid":
        return (scale / torch.clamp_min((data > valid_thresh).sum(), 1),)
    return (scale,)


@register("zeros_like")
def zeros_like(data: Tensor) -> Tensor:
    """Zeros in the shape and type of data"""
    return torch.zeros_like(data)


gradient(zeros_like)(no_gradient)


@register("ones_like")
def ones_like(data: Tensor) -> Tensor:
    """Ones in the shape and type of data"""
    return torch.ones_like(data)


gradient(ones_like)(no_gradient)
