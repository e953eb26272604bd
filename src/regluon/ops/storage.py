"""Operators of MXNet's sparse storage, as they are for dense tensors; and gradients by rows.

A gradient by rows is one of torch's sparse tensors: row numbers that ascend, and the rows. It goes to a
variable whose buffer is stored so, and nowhere else.
"""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor

from regluon.ops.registry import gradient, register
from regluon.ops.scalar import minus_scalar, plus_scalar

__all__ = ["by_rows", "wants_rows"]


def wants_rows(entry: Any) -> bool:
    """Whether what takes a gradient keeps it by rows: a variable, with its ``grad``, of that storage."""
    return getattr(getattr(entry, "grad", None), "stype", "default") == "row_sparse"


def by_rows(rows: Tensor, values: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A gradient of some rows, whose numbers ascend."""
    return torch.sparse_coo_tensor(
        rows.unsqueeze(0), values, shape, is_coalesced=True, check_invariants=False
    )


@register("cast_storage", aliases=("_sparse_cast_storage",), view=True)
def cast_storage(data: Tensor, *, stype: Literal["default", "row_sparse", "csr"]) -> Tensor:
    """data; in graphs, whose arrays are all dense, in the storage that it has

    Parameters
    ----------
    stype
        The storage of the result.

    Inputs
    ------
    data : any shape

    Outputs
    -------
    out : as data
    """
    return data


@gradient(cast_storage)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, stype: str) -> tuple[Tensor]:
    return (g,)


@register("_scatter_plus_scalar")
def scatter_plus_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data + scalar; of a sparse array, what is stored alone"""
    return plus_scalar(data, scalar=scalar)


@gradient(scatter_plus_scalar)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> tuple[Tensor]:
    return (g,)


@register("_scatter_minus_scalar")
def scatter_minus_scalar(data: Tensor, *, scalar: float = 1.0, is_int: bool = True) -> Tensor:
    """data - scalar; of a sparse array, what is stored alone"""
    return minus_scalar(data, scalar=scalar)


@gradient(scatter_minus_scalar)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, **attributes: Any) -> tuple[Tensor]:
    return (g,)
