"""What training in mixed precision needs: casts, checks and sums of squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from regluon.ops.activation import require_floating
from regluon.ops.registry import DType, Tensor, gradient, register

# Between these arrays are cast; of another type they stay as they are.
_CAST = (torch.float16, torch.bfloat16, torch.float32)
_TYPES = (*_CAST, torch.float64, torch.int32, torch.int64, torch.int8, torch.uint8)


def _cast(data: Tensor, dtype: DType) -> Tensor:
    return data.to(dtype) if data.dtype in _CAST else data


@register("amp_cast", view=True)
def amp_cast(data: Tensor, *, dtype: DType) -> Tensor:
    """data in another type, if it is of float16, bfloat16 or float32; else data as it is"""
    if dtype not in _TYPES:
        raise ValueError(f"dtype={dtype} must be a floating point type, int8, uint8, int32 or int64")
    return _cast(data, dtype)


@gradient(amp_cast)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, dtype: Any) -> Any:
    return (g.to(data.dtype),)


@register("amp_multicast", view=True)
def amp_multicast(*data: Tensor, num_outputs: int, cast_narrow: bool = False) -> tuple[Tensor, ...]:
    """All arrays of float16, bfloat16 or float32 in one type, the widest of theirs; the others as they are

    Parameters
    ----------
    num_outputs
        How many arrays there are.
    cast_narrow
        Takes the narrowest of the types instead.

    Inputs
    ------
    data : any number of arrays. A first one of another type, which should not be, gives that type to those
        of float16 if there are none of float32, unless ``cast_narrow``.
    """
    require_count("num_outputs", num_outputs, data)
    types = [x.dtype for x in data]
    wanted = _CAST if cast_narrow else (torch.float32,)
    dtype = next((kind for kind in wanted if kind in types), types[0])
    return tuple([_cast(x, dtype) for x in data])


@gradient(amp_multicast)
def _(g: Any, need: Any, out: Any, *data: Tensor, num_outputs: int, cast_narrow: bool) -> Any:
    heads = g if isinstance(g, (tuple, list)) else (g,)
    return [h.to(x.dtype) for h, x in zip(heads, data, strict=True)]


def require_count(name: str, count: int, arrays: Sequence[Tensor]) -> None:
    """Complains of another number of arrays than the attribute ``name`` says."""
    if count != len(arrays):
        raise ValueError(f"{name}={count}, but there are {len(arrays)} arrays")


@register("all_finite")
def all_finite(data: Tensor, *, init_output: bool = True) -> Tensor:
    """(1,) of float32: 1 if no element is infinite or not a number, else 0

    Numbers that float32 can't hold count as infinite.

    Parameters
    ----------
    init_output
        False leaves a 0 that is in ``out`` already.
    """
    require_floating(data)
    return torch.all(torch.isfinite(data.to(torch.float32))).to(torch.float32).reshape(1)


@register("multi_all_finite", same_type=True)
def multi_all_finite(*data: Tensor, num_arrays: int = 1, init_output: bool = True) -> Tensor:
    """all_finite of several arrays together; ``num_arrays`` tells how many"""
    require_count("num_arrays", num_arrays, data)
    return torch.amin(torch.cat([all_finite(x) for x in data]), 0, keepdim=True)


@register("multi_sum_sq", same_type=True)
def multi_sum_sq(*data: Tensor, num_arrays: int) -> Tensor:
    """Σ x² of each array, in one vector of float32; ``num_arrays`` tells how many there are

    The squares are of the arrays' type.
    """
    require_count("num_arrays", num_arrays, data)
    require_floating(data[0])
    return torch.stack([torch.sum(torch.square(x).to(torch.float32)) for x in data])
