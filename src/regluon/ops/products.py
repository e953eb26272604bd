"""Products of matrices, column by column."""

from __future__ import annotations

import torch

from regluon.ops.registry import Tensor, register

__all__: list[str] = []


@register("khatri_rao", same_type=True)
def khatri_rao(*args: Tensor) -> Tensor:
    """The Khatri-Rao product: in each column, all products of one number of each matrix's column

    Inputs
    ------
    args : (m₁, n), ..., (mₖ, n), in float32 or float64

    Outputs
    -------
    out : (m₁ ⋯ mₖ, n), the last matrix's rows changing first
    """
    if not args or any(x.dim() != 2 or x.shape[1] != args[0].shape[1] for x in args):
        raise ValueError("it needs matrices with equally many columns")
    if args[0].dtype not in (torch.float32, torch.float64):
        raise ValueError("it takes float32 and float64 only")
    out = args[0].clone()
    for matrix in args[1:]:
        out = (out.unsqueeze(1) * matrix.unsqueeze(0)).flatten(0, 1)
    return out
