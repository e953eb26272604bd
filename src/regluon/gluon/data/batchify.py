"""How examples become a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from regluon.base import torch_dtype
from regluon.context import Context, current_context
from regluon.gluon.data.dataset import ArrayDataset
from regluon.gluon.data.sampler import BatchSampler, RandomSampler, SequentialSampler
from regluon.ndarray import NDArray, array, stack
from regluon.ndarray.ndarray import wrap

__all__ = ["default_batchify_fn", "gathered_batches"]

# How much is gathered at once for the batches that follow.
_CHUNK_BYTES = 1 << 20


def default_batchify_fn(data: Sequence[Any]) -> Any:
    """Stacks examples: arrays and numbers along a new first axis, tuples part by part into a list."""
    first = data[0]
    if isinstance(first, NDArray):
        return stack(*data)
    if isinstance(first, tuple):
        return [default_batchify_fn(part) for part in zip(*data, strict=False)]
    plain = np.asarray(data)
    return array(plain, dtype=plain.dtype)


def gathered_batches(dataset: Any, batch_sampler: Any) -> Iterator[Any] | None:
    """The batches that ``default_batchify_fn`` would make, each one gathered in one operation per array.

    None if the data set is not made of plain arrays only, or the order cannot be known ahead. What is written
    into the arrays while a round goes on may be seen by later batches only: up to 1 MB is gathered at once.
    """
    if type(dataset) is not ArrayDataset or type(batch_sampler) is not BatchSampler:
        return None
    if batch_sampler._last_batch == "rollover" or type(batch_sampler._batch_size) is not int:
        return None
    columns = [_column(c) for c in dataset._data]
    order = _order(batch_sampler._sampler, len(dataset))
    if order is None or any(c is None for c in columns):
        return None
    return _gather([c for c in columns if c is not None], order, batch_sampler)


def _order(sampler: Any, length: int) -> Callable[[], np.ndarray[Any, Any]] | None:
    """What gives the order of a round, if all of it is known to be within the data set."""
    if type(sampler) is RandomSampler and sampler._length <= length:
        return sampler.order
    if type(sampler) is SequentialSampler and 0 <= sampler._start <= sampler._start + len(sampler) <= length:
        return partial(np.arange, sampler._start, sampler._start + len(sampler))
    return None


# Unlike torch's other functions that split, it notes no views for torch's autograd: half the time.
_split = torch.unsafe_split_with_sizes


class _Column(NamedTuple):
    """One of the arrays, and where batches of it are."""

    rows: Tensor | np.ndarray[Any, Any]
    context: Context
    row_bytes: int

    def pieces(self, indices: np.ndarray[Any, Any], sizes: list[int]) -> Sequence[Tensor]:
        """The rows of these numbers, so many at a time."""
        if isinstance(self.rows, Tensor):
            taken = torch.index_select(self.rows, 0, torch.from_numpy(indices).to(self.rows.device))
        else:
            taken = torch.from_numpy(np.ascontiguousarray(self.rows.take(indices, axis=0)))
            taken = taken.to(self.context.torch_device)
        return _split(taken, sizes)


def _column(column: Any) -> _Column | None:
    if type(column) is NDArray and column._ag is None:
        data = column._data
        # NumPy takes rows faster than torch does on a CPU.
        rows = data if data.is_cuda or data.dtype is torch.bfloat16 else data.numpy()
        return _Column(rows, column._ctx, data[:1].nbytes)
    if type(column) not in (np.ndarray, np.memmap):
        return None
    try:
        torch_dtype(column.dtype)
    except TypeError:
        return None
    return _Column(np.asarray(column), current_context(), column[:1].nbytes)


def _gather(
    columns: list[_Column], order: Callable[[], np.ndarray[Any, Any]], batch_sampler: BatchSampler
) -> Iterator[Any]:
    size = batch_sampler._batch_size
    indices = order()
    if batch_sampler._last_batch == "discard":
        indices = indices[: len(indices) // size * size]
    chunk = max(1, _CHUNK_BYTES // (max(1, sum(c.row_bytes for c in columns)) * size)) * size
    contexts = [c.context for c in columns]
    for start in range(0, len(indices), chunk):
        these = indices[start : start + chunk]
        rest = len(these) % size
        sizes = [size] * (len(these) // size) + [rest] * (rest > 0)
        pieces = [c.pieces(these, sizes) for c in columns]
        batches = [[wrap(p, c, None) for p in of_one] for of_one, c in zip(pieces, contexts, strict=True)]
        yield from batches[0] if len(batches) == 1 else map(list, zip(*batches, strict=True))
