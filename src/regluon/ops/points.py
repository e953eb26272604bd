"""Feature maps read between their pixels: weighted sums over the points of many bags.

A feature map is a table with a row of channels per pixel. Bilinear interpolation, averages over windows and
their like are sums of a few rows with weights, which torch's ``embedding_bag`` does without holding the
rows that it has read.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from regluon.ops.kernels import kernel

__all__ = ["along_axis", "bag_sums", "corners"]

_slopes = kernel("_embedding_bag_per_sample_weights_backward")


def _sums(rows: Tensor, index: Tensor, starts: Tensor, weight: Tensor) -> Tensor:
    return torch.embedding_bag(rows, index, starts, False, 0, False, weight)[0]


class _Bags(torch.autograd.Function):
    """out[m] = Σ weight[k] rows[index[k]] over the entries k of bag m, which begin at starts[m].

    torch does not differentiate its own ``embedding_bag`` twice. The gradient of the rows is again such a
    sum, by pixels instead of by bags.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, weight: Tensor, index: Tensor, starts: Tensor) -> Tensor:
        ctx.save_for_backward(rows, weight, index, starts)
        return _sums(rows, index, starts, weight)

    @staticmethod
    def backward(ctx: Any, *gs: Tensor) -> Any:
        (g,), (rows, weight, index, starts) = gs, ctx.saved_tensors
        lengths = torch.diff(starts, append=starts.new_full((1,), index.numel()))
        owner = torch.repeat_interleave(lengths, output_size=index.numel())
        of_rows = of_weight = None
        if ctx.needs_input_grad[0]:
            order = torch.argsort(index, stable=True)
            counts = torch.bincount(index, minlength=rows.shape[0])
            begins = torch.cumsum(counts, 0) - counts
            of_rows = _Bags.apply(g.contiguous(), weight[order], owner[order], begins)  # type: ignore[no-untyped-call]
        if ctx.needs_input_grad[1]:
            if torch.is_grad_enabled():
                of_weight = (rows[index] * g[owner]).sum(-1)
            else:
                of_weight = _slopes(g.contiguous(), rows, index, starts, owner, 0)
        return of_rows, of_weight, None, None


def bag_sums(data: Tensor, index: Tensor, weight: Tensor, kept: Tensor | None = None) -> Tensor:
    """Σ weight · data at the pixels of the last axis.

    Inputs
    ------
    data : (batch..., height, width, channels), with pixels numbered over all axes but the channels'
    index, weight, kept : (..., k), pixels, their weights, and whether they are there at all

    Outputs
    -------
    out : (..., channels)
    """
    rows = data.reshape(-1, data.shape[-1]).contiguous()  # of gaps between channels, torch has slow kernels
    shape, count = index.shape[:-1], index.shape[-1]
    if kept is None:
        starts = torch.arange(0, index.numel(), count, device=index.device)
        index, weight = index.reshape(-1), weight.reshape(-1)
    else:
        lengths = kept.sum(-1).reshape(-1)
        starts = torch.cumsum(lengths, 0) - lengths
        index, weight = index[kept], weight[kept]
    weight = weight.to(rows.dtype)
    if rows.requires_grad or weight.requires_grad:
        found = _Bags.apply(rows, weight, index, starts)  # type: ignore[no-untyped-call]
    else:
        found = _sums(rows, index, starts, weight)
    return found.reshape(*shape, rows.shape[1])  # type: ignore[no-any-return]


def along_axis(at: Tensor, extent: int, padded: bool = True) -> tuple[Tensor, Tensor]:
    """The two pixels beside each point of an axis, (..., 2), and their weights.

    What lies outside is zero if ``padded``, else it is the pixel at the border.
    """
    if not padded:
        at = torch.clamp(at, 0, extent - 1)
    low = torch.floor(at.detach())
    part = at - low
    pixels = torch.stack([low, low + 1], -1)
    weight = torch.stack([1 - part, part], -1)
    if padded:
        weight = weight * ((pixels >= 0) & (pixels < extent))
    return torch.clamp(pixels.long(), 0, extent - 1), weight


def corners(y: Tensor, x: Tensor, height: int, width: int, padded: bool = True) -> tuple[Tensor, Tensor]:
    """The four pixels around each point (y, x), numbered in rows, (..., 4), and their weights."""
    (rows, of_row), (columns, of_column) = along_axis(y, height, padded), along_axis(x, width, padded)
    index = rows.unsqueeze(-1) * width + columns.unsqueeze(-2)
    weight = of_row.unsqueeze(-1) * of_column.unsqueeze(-2)
    return index.flatten(-2), weight.flatten(-2)
