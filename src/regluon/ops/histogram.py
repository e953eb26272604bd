"""How often numbers fall into intervals."""

from __future__ import annotations

import torch

from regluon.ops.registry import Tensor, register


@register("_histogram", same_type=True)
def histogram(
    data: Tensor,
    bins: Tensor | None = None,
    *,
    bin_cnt: int | None = None,
    range: tuple[float, ...] | None = None,
) -> tuple[Tensor, Tensor]:
    """How many numbers x of data are in bins[i] <= x < bins[i + 1], in the last interval also x = bins[-1]

    Parameters
    ----------
    bin_cnt, range
        The number of intervals of equal width and their two ends, instead of ``bins``. Equal ends are moved
        ½ apart from each other each.

    Inputs
    ------
    data : any shape
    bins : (n + 1,), ascending

    Outputs
    -------
    count : (n,), int64
    bins : (n + 1,), in data's type
    """
    if (bin_cnt is None) is not (range is None) or (bins is None) is (bin_cnt is None):
        raise ValueError("it takes either the bins, or both bin_cnt and range")
    edges = _edges(data, bin_cnt, range) if bins is None else bins.clone()
    if edges.dim() != 1 or edges.numel() < 2:
        raise ValueError("the bins must be a vector of 2 numbers or more")
    return _counts(data, edges), edges


def _edges(data: Tensor, bin_cnt: int | None, ends: tuple[float, ...] | None) -> Tensor:
    if not bin_cnt or bin_cnt < 1 or ends is None or len(ends) != 2 or not ends[0] <= ends[1]:
        raise ValueError("bin_cnt must be 1 or more, and range two numbers in ascending order")
    low, high = ends
    if low == high:
        low, high = low - 0.5, high + 0.5
    steps = torch.arange(bin_cnt + 1, dtype=torch.float64, device=data.device)
    return (low + steps * (high - low) / bin_cnt).to(data.dtype)


def _counts(data: Tensor, edges: Tensor) -> Tensor:
    values, count = data.reshape(-1).contiguous(), edges.numel() - 1
    if values.dtype is torch.float16:  # for which torch has no search
        values, edges = values.float(), edges.float()
    # 0 and count + 1 are the places of what is below and above all intervals.
    places = torch.bucketize(values, edges.contiguous(), right=True)
    places.masked_fill_(values == edges[-1], count).masked_fill_(values.isnan(), 0)  # at last, and NaN
    found = torch.zeros(count + 2, dtype=torch.int64, device=data.device)
    return found.scatter_add_(0, places, torch.ones_like(places))[1:-1].contiguous()
