"""Helpers for training loops: batches over contexts, clipping, downloads."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import torch

from regluon.base import MXNetError
from regluon.context import Context
from regluon.gluon.download import (
    _get_repo_file_url,
    _get_repo_url,
    check_sha1,
    download,
    replace_file,
)
from regluon.gluon.hooks import HookHandle
from regluon.gluon.parameter import shape_is_known
from regluon.ndarray import NDArray, array

__all__ = [
    "HookHandle",
    "_get_repo_file_url",
    "_get_repo_url",
    "check_sha1",
    "clip_global_norm",
    "download",
    "replace_file",
    "shape_is_known",
    "split_and_load",
    "split_data",
]


def split_data(data: NDArray, num_slice: int, batch_axis: int = 0, even_split: bool = True) -> list[NDArray]:
    """Cuts a batch into ``num_slice`` pieces along ``batch_axis``, the first ones longer by one if need be.

    Along the first axis, the pieces share the batch's memory.

    Raises
    ------
    ValueError
        If the pieces would differ in size though ``even_split``.
    """
    size = data.shape[batch_axis]
    length, longer = divmod(size, num_slice)
    if even_split and longer:
        raise ValueError(
            f"data with shape {data.shape} cannot be evenly split into {num_slice} slices along axis "
            f"{batch_axis}. Use a batch size that's multiple of {num_slice} or set even_split=False to allow "
            "uneven partitioning of data."
        )
    ends = accumulate((length + (i < longer) for i in range(num_slice)), initial=0)
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
    The norm before: a NumPy number, or an array of one if ``check_isfinite`` is False.
    """
    arrays = list(arrays)
    if not arrays:
        raise AssertionError("clip_global_norm needs at least one array")
    total = _global_norm(arrays)
    if check_isfinite and not torch.isfinite(total):
        warnings.warn("nan or inf is detected. Clipping results will be undefined.", stacklevel=2)
    scale = torch.clamp(float(max_norm) / (total + 1e-8), max=1.0)
    within = scale.is_cpu and scale.item() == 1.0  # a GPU would have to be waited for
    for a in [] if within else arrays:
        a._data.mul_(scale.to(a._data))
    return total.cpu().numpy()[()] if check_isfinite else NDArray(total.reshape(1), arrays[0]._ctx)


def _brief_print_list(lst: Iterable[Any], limit: int = 7) -> str:
    """The first and last items of a list, or all of a short one, in quotes."""
    items = [f"'{item}'" for item in lst]
    if len(items) > limit:
        items[limit // 2 : -limit // 2] = ["..."]
    return ", ".join(items)


def _indent(s_: str, numSpaces: int) -> str:
    """A text with all lines but the first moved to the right."""
    return s_.replace("\n", "\n" + " " * numSpaces)


def _global_norm(arrays: Sequence[NDArray]) -> torch.Tensor:
    home = arrays[0]._ctx.torch_device
    norms = []
    for a in arrays:
        if not a._data.is_floating_point():
            raise MXNetError(f"clip_global_norm: {np.dtype(a.dtype).name} arrays cannot be scaled")
        kind = torch.promote_types(a._data.dtype, torch.float32)
        norms.append(torch.linalg.vector_norm(a._data, dtype=kind).to(home))
    kind = torch.float64 if any(n.dtype is torch.float64 for n in norms) else torch.float32
    total: torch.Tensor = torch.linalg.vector_norm(torch.stack([n.to(kind) for n in norms]))
    return total
