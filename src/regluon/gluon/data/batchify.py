"""How examples become a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from regluon.base import torch_dtype
from regluon.context import Context, current_context
from regluon.gluon.data.dataset import ArrayDataset
from regluon.gluon.data.sampler import BatchSampler, RandomSampler, SequentialSampler
from regluon.ndarray import NDArray, array, stack

__all__ = ["default_batchify_fn", "gathered_batches"]

# How much is gathered at once for the batches that follow.
_CHUNK_BYTES = 1 << 20


def default_batchify_fn(data: Sequence[Any]) -> Any:
    """Stacks examples: arrays and numbers along a new first axis, tuples part by part into a list."""
    first = data[0]
    if isinstance(first, NDArray):
        return stack(*data)
    if isinstance(first, tuple):
        return [default_batchify_fn(part) for part in zip(*data, strict=True)]
    plain = np.asarray(data)
    return array(plain, dtype=plain.dtype)


def gathered_batches(dataset: Any, batch_sampler: Any) -> Iterator[Any] | None:
    """The batches that ``default_batchify_fn`` would make, each one gathered in one operation per array.

    None if the data set is not made of arrays only, or the order cannot be known ahead.
    """
    if type(dataset) is not ArrayDataset or type(batch_sampler) is not BatchSampler:
        return None
    columns = [_column(c) for c in dataset._data]
    if any(c is None for c in columns):
        return None
    sampler = batch_sampler._sampler
    if type(sampler) not in (RandomSampler, SequentialSampler) or batch_sampler._last_batch == "rollover":
        return None
    return _gather([c for c in columns if c is not None], batch_sampler)


def _column(column: Any) -> tuple[Tensor, Context] | None:
    """An array's tensor, and the context where batches of it are."""
    if isinstance(column, NDArray):
        return column._data, column._ctx
    if not isinstance(column, np.ndarray):
        return None
    context = current_context()
    try:
        torch_dtype(column.dtype)
    except TypeError:
        return None
    return torch.from_numpy(np.ascontiguousarray(column)).to(context.torch_device), context


def _gather(columns: list[tuple[Tensor, Context]], batch_sampler: BatchSampler) -> Iterator[Any]:
    size = batch_sampler._batch_size
    sampler = batch_sampler._sampler
    order = torch.from_numpy(
        sampler.order() if type(sampler) is RandomSampler else np.arange(*_bounds(sampler))
    )
    if batch_sampler._last_batch == "discard":
        order = order[: len(order) // size * size]
    row = max(1, sum(t[:1].nbytes for t, _ in columns))
    chunk = max(1, _CHUNK_BYTES // (row * size)) * size
    contexts = [context for _, context in columns]
    for start in range(0, len(order), chunk):
        indices = order[start : start + chunk]
        pieces = [torch.index_select(t, 0, indices.to(t.device)).split(size) for t, _ in columns]
        if len(pieces) == 1:
            for piece in pieces[0]:
                yield NDArray(piece, contexts[0])
        else:
            for batch in zip(*pieces, strict=True):
                yield [NDArray(piece, context) for piece, context in zip(batch, contexts, strict=True)]


def _bounds(sampler: SequentialSampler) -> tuple[int, int]:
    return sampler._start, sampler._start + len(sampler)
