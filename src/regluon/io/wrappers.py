"""Iterators over the batches of others."""

from __future__ import annotations

import queue
import threading
import weakref
from typing import Any

from regluon.io.batch import DataBatch, DataDesc, DataIter

__all__ = ["PrefetchingIter", "ResizeIter"]


class _Current(DataIter):
    """An iterator that has its batch as a whole."""

    current_batch: Any = None

    def getdata(self) -> Any:
        """The arrays of the batch."""
        return self.current_batch.data

    def getlabel(self) -> Any:
        """The labels of the batch."""
        return self.current_batch.label

    def getindex(self) -> Any:
        """The numbers of its examples, if known."""
        return self.current_batch.index

    def getpad(self) -> Any:
        """How many of its examples are there only to fill it up."""
        return self.current_batch.pad


class ResizeIter(_Current):
    """Another iterator's batches, ``size`` of them: not all, or from the first again.

    Parameters
    ----------
    data_iter : DataIter
    size : int
        How many batches there are between two resets.
    reset_internal : bool
        Whether ``reset()`` resets the other iterator too.
    """

    def __init__(self, data_iter: Any, size: int, reset_internal: bool = True) -> None:
        super().__init__()
        self.data_iter = data_iter
        self.size = size
        self.reset_internal = reset_internal
        self.cur = 0
        self.provide_data = data_iter.provide_data
        self.provide_label = data_iter.provide_label
        self.batch_size = data_iter.batch_size
        if hasattr(data_iter, "default_bucket_key"):
            self.default_bucket_key = data_iter.default_bucket_key

    def reset(self) -> None:
        """Goes before the first batch."""
        self.cur = 0
        if self.reset_internal:
            self.data_iter.reset()

    def iter_next(self) -> bool:
        """Goes to the next batch; whether there is one."""
        if self.cur == self.size:
            return False
        try:
            self.current_batch = self.data_iter.next()
        except StopIteration:
            self.data_iter.reset()
            self.current_batch = self.data_iter.next()
        self.cur += 1
        return True


class PrefetchingIter(_Current):
    """The batches of other iterators, read ahead by one in a thread each, and put together.

    Parameters
    ----------
    iters : DataIter or list of DataIter
    rename_data, rename_label : list of dict, optional
        For each iterator, the new names of its arrays by the old ones.
    """

    def __init__(self, iters: Any, rename_data: Any = None, rename_label: Any = None) -> None:
        super().__init__()
        self.iters = iters if isinstance(iters, list) else [iters]
        self.n_iter = len(self.iters)
        if not self.iters:
            raise AssertionError("there must be an iterator to read ahead")
        self.rename_data = rename_data
        self.rename_label = rename_label
        self.batch_size = self.provide_data[0][1][0]
        self.current_batch = None
        self._readers = [_Reader(one) for one in self.iters]
        self._ended = False

    @property
    def provide_data(self) -> list[DataDesc]:
        """What the arrays are."""
        return _renamed([one.provide_data for one in self.iters], self.rename_data)

    @property
    def provide_label(self) -> list[DataDesc]:
        """What the labels are."""
        return _renamed([one.provide_label for one in self.iters], self.rename_label)

    def reset(self) -> None:
        """Goes before the first batch."""
        for reader in self._readers:
            reader.wait()
        for one in self.iters:
            one.reset()
        self._ended = False
        for reader in self._readers:
            reader.ask()

    def iter_next(self) -> bool:
        """Goes to the next batch; whether there is one."""
        if self._ended:
            return False
        batches = [reader.take() for reader in self._readers]
        if batches[0] is None:
            self._ended = True
            if any(batch is not None for batch in batches):
                raise AssertionError("Number of entry mismatches between iterators")
            return False
        if any(batch is None or batch.pad != batches[0].pad for batch in batches):
            raise AssertionError("Number of entry mismatches between iterators")
        self.current_batch = DataBatch(
            [array for batch in batches for array in batch.data],
            [array for batch in batches for array in batch.label],
            batches[0].pad,
            batches[0].index,
            provide_data=self.provide_data,
            provide_label=self.provide_label,
        )
        for reader in self._readers:
            reader.ask()
        return True

    def next(self) -> DataBatch:
        """The next batch."""
        if not self.iter_next():
            raise StopIteration
        batch: DataBatch = self.current_batch
        return batch


class _Reader:
    """A thread that takes a batch from an iterator when asked, and ends with this object."""

    def __init__(self, source: Any) -> None:
        self._asked: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._found: queue.SimpleQueue[Any] = queue.SimpleQueue()
        arguments = (source, self._asked, self._found)
        threading.Thread(target=_read, args=arguments, daemon=True).start()
        self._finalizer = weakref.finalize(self, self._asked.put, False)
        self._pending = False
        self.ask()

    def ask(self) -> None:
        """Has the next batch read, unless it is being read or there already."""
        if not self._pending:
            self._pending = True
            self._asked.put(True)

    def wait(self) -> None:
        """Lets go of what has been read ahead."""
        if self._pending:
            self._pending = False
            self._found.get()

    def take(self) -> Any:
        """The batch that was asked for, or None at the end; an error of the iterator is raised here."""
        self.ask()
        found = self._found.get()
        self._pending = False
        if isinstance(found, BaseException):
            raise found
        return found


def _read(source: Any, asked: queue.SimpleQueue[bool], found: queue.SimpleQueue[Any]) -> None:
    while asked.get():
        try:
            found.put(source.next())
        except StopIteration:
            found.put(None)
        except BaseException as error:
            found.put(error)


def _renamed(descriptions: list[Any], names: Any) -> list[DataDesc]:
    if names is None:
        return [one for some in descriptions for one in some]
    return [
        DataDesc(new[one.name], one.shape, one.dtype) if isinstance(one, DataDesc) else DataDesc(*one)
        for new, some in zip(names, descriptions, strict=False)
        for one in some
    ]
