"""Helpers for training loops."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch

from regluon.context import Context
from regluon.gluon.hooks import HookHandle
from regluon.ndarray import NDArray, array

__all__ = ["HookHandle", "clip_global_norm", "split_and_load", "split_data"]


def split_data(data: NDArray, num_slice: int, batch_axis: int = 0, even_split: bool = True) -> list[NDArray]:
    """Cuts a batch into ``num_slice`` pieces along ``batch_axis``.

    Raises
    ------
    ValueError
        If the pieces would differ in size though ``even_split``, or there are too few examples.
    """
    size = data.shape[batch_axis]
    if even_split and size % num_slice:
        raise ValueError(
            f"data with shape {data.shape} cannot be evenly split into {num_slice} slices along axis "
            f"{batch_axis}. Use a batch size that's multiple of {num_slice} or set even_split=False."
        )
    if size < num_slice:
        raise ValueError(
            f"Too many slices for data with shape {data.shape}: {num_slice} slices along axis {batch_axis}"
        )
    step = size // num_slice
    ends = [*[i * step for i in range(num_slice)], size]
    if batch_axis == 0:
        return [data[a:b] for a, b in pairwise(ends)]
    return [data.slice_axis(axis=batch_axis, begin=a, end=b) for a, b in pairwise(ends)]


def split_and_load(
    data: Any, ctx_list: Sequence[Context], batch_axis: int = 0, even_split: bool = True
) -> list[NDArray]:
    """Cuts a batch into as many pieces as there are contexts and puts each on its own."""
    if not isinstance(data, NDArray):
        data = array(data, ctx=ctx_list[0])
    if len(ctx_list) == 1:
        return [data.as_in_context(ctx_list[0])]
    pieces = split_data(data, len(ctx_list), batch_axis, even_split)
    return [piece.as_in_context(ctx) for piece, ctx in zip(pieces, ctx_list, strict=True)]


def clip_global_norm(arrays: Sequence[NDArray], max_norm: float, check_isfinite: bool = True) -> Any:
    """Scales arrays in place so that the 2-norm of all of them together is at most ``max_norm``.

    Returns
    -------
    The norm before: a number, or an array of one if ``check_isfinite`` is False.
    """
    if not arrays:
        raise AssertionError("clip_global_norm needs at least one array")
    home = arrays[0]._ctx
    norms = [torch.linalg.vector_norm(a._data.float()).to(home.torch_device) for a in arrays]
    total = torch.linalg.vector_norm(torch.stack(norms))
    if check_isfinite and not math.isfinite(total.item()):
        warnings.warn("nan or inf is detected. Clipping results will be undefined.", stacklevel=2)
    scale = torch.clamp(max_norm / (total + 1e-8), max=1.0)
    for a in arrays:
        a._data.mul_(scale.to(a._data.device))
    return total.item() if check_isfinite else NDArray(total.reshape(1), home)
