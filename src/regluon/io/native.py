"""The common part of the iterators that read files: rounds, batches, and what is left over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np

from regluon.base import MXNetError
from regluon.io.batch import DataBatch, DataDesc, DataIter

__all__ = ["Batch", "MXDataIter", "Rows", "Source"]

Rows = np.ndarray[Any, Any]


class Batch(NamedTuple):
    """Arrays of data and labels, how many examples only fill them up, and the numbers of the examples."""

    data: Any
    label: Any
    pad: int
    index: Any


class _Handle(Protocol):
    """What makes batches."""

    def rewind(self) -> None:
        """Goes before the first batch of the next round."""

    def advance(self) -> Batch | None:
        """The next batch, None behind the last one of the round."""


class Source:
    """Batches of examples that are known by number: of what a file holds, read at once.

    Parameters
    ----------
    count : int
    take : callable
        Returns NDArrays of data and labels of the examples with these numbers; -1 stands for zeros.
    batch_size : int
    last : str
        What becomes of a last batch that is not full. "round": it goes on with the first examples, which the
        next round then leaves out; "keep": it goes on with what the batch before had in these places;
        "discard": it is left out.
    numbered : bool
        Whether batches tell the numbers of their examples.
    """

    def __init__(
        self,
        count: int,
        take: Callable[[Rows], tuple[Any, Any]],
        batch_size: int,
        last: str,
        numbered: bool = True,
    ) -> None:
        self.count = count
        self._take = take
        self._batch_size = batch_size
        self._last = last
        self._numbered = numbered
        self._rows = np.full(batch_size, -1)
        self._next = 0  # the number of the next example
        self._begin = 0  # with which the next round begins
        self._ended = False

    def rewind(self) -> None:
        """Goes before the first batch of the next round."""
        self._next, self._begin = self._begin, 0
        self._ended = False

    def advance(self) -> Batch | None:
        """The next batch."""
        size = self._batch_size
        left = self.count - self._next
        short = size - left
        if self._ended or left <= 0 or (short > 0 and self._last == "discard"):
            self._ended = True
            return None
        if short > 0 and self._last == "round" and short > self.count:
            raise MXNetError(
                f"number of input must be bigger than batch size: there are {self.count} examples for a "
                f"batch of {size}"
            )
        self._rows[: min(left, size)] = np.arange(self._next, self._next + min(left, size))
        if short > 0 and self._last == "round":
            self._rows[left:] = np.arange(short)
            self._begin = short
        self._ended = short > 0
        self._next += size
        numbers = np.maximum(self._rows, 0) if self._numbered else np.zeros_like(self._rows)
        return Batch(*self._take(self._rows), max(short, 0), numbers.astype(np.uint64))


class MXDataIter(DataIter):
    """The batches of a file, as ``CSVIter``, ``ImageRecordIter`` and others return them.

    Parameters
    ----------
    handle
        What makes the batches.
    data_name, label_name : str
        The names of the arrays.
    """

    def __init__(
        self, handle: _Handle, data_name: str = "data", label_name: str = "softmax_label", **_: Any
    ) -> None:
        super().__init__()
        self.handle = handle
        self._batch: Batch | None = None
        self._debug_skip_load = False
        self._debug_at_begin = True
        self.first_batch: DataBatch | None = None
        self.first_batch = self.next()
        data, label = self.first_batch.data[0], self.first_batch.label[0]
        self.provide_data = [DataDesc(data_name, data.shape, data.dtype)]
        self.provide_label = [DataDesc(label_name, label.shape, label.dtype)]
        self.batch_size = data.shape[0]

    def debug_skip_load(self) -> None:
        """Has all batches be the current one, to see how fast a net is when nothing is read."""
        self._debug_skip_load = True
        logging.info("Set debug_skip_load to be true, will simply return first batch")

    def reset(self) -> None:
        """Goes before the first batch."""
        self._debug_at_begin = True
        self.first_batch = None
        self.handle.rewind()

    def next(self) -> DataBatch:
        """The next batch."""
        if self._debug_skip_load and not self._debug_at_begin:
            return self._made()
        if self.first_batch is not None:
            batch, self.first_batch = self.first_batch, None
            return batch
        self._debug_at_begin = False
        if not self.iter_next():
            raise StopIteration
        return self._made()

    def _made(self) -> DataBatch:
        return DataBatch([self.getdata()], [self.getlabel()], self.getpad(), self.getindex())

    def iter_next(self) -> bool:
        """Goes to the next batch; whether there is one."""
        if self.first_batch is not None:
            return True
        batch = self.handle.advance()
        if batch is None:
            return False
        self._batch = batch
        return True

    def getdata(self) -> Any:
        """The array of the batch."""
        return self._batch and self._batch.data

    def getlabel(self) -> Any:
        """The labels of the batch."""
        return self._batch and self._batch.label

    def getindex(self) -> Any:
        """The numbers of its examples."""
        return self._batch and self._batch.index

    def getpad(self) -> int:
        """How many of its examples are there only to fill it up."""
        return 0 if self._batch is None else self._batch.pad
