"""Batches of arrays in memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.io.batch import DataBatch, DataDesc, DataIter
from regluon.ndarray import NDArray, array, concat, tile
from regluon.ndarray import sparse as sp

__all__ = ["NDArrayIter"]

Named = list[tuple[str, Any]]


class NDArrayIter(DataIter):
    """Batches of consecutive examples of arrays.

    Parameters
    ----------
    data, label : array, list or dict of arrays
        NDArrays, NumPy arrays, csr arrays, or ``h5py.Dataset``, of one length. Lists of several become
        ``_0_data``, ``_1_data``; a dict has the names; there may be no label.
    batch_size : int
    shuffle : bool
        Whether to change the order at each reset, by ``numpy.random``.
    last_batch_handle : str
        What becomes of a last batch that is not full: "pad" fills it up from the beginning, "discard" leaves
        it out, "roll_over" has it begin the next round.
    data_name, label_name : str
        The name of a single array.
    layout : str
        Where the N is, examples are counted.
    """

    def __init__(
        self,
        data: Any,
        label: Any = None,
        batch_size: int = 1,
        shuffle: bool = False,
        last_batch_handle: str = "pad",
        data_name: str = "data",
        label_name: str = "softmax_label",
        layout: str = "NCHW",
    ) -> None:
        super().__init__(batch_size)
        self.data = named_arrays(data, False, data_name)
        self.label = named_arrays(label, True, label_name)
        stored = any(isinstance(a, sp.CSRNDArray) for _, a in self.data + self.label)
        if stored and last_batch_handle != "discard":
            raise NotImplementedError(
                "`NDArrayIter` only supports ``CSRNDArray`` with `last_batch_handle` set to `discard`, "
                f"not to {last_batch_handle!r}."
            )
        self.idx = np.arange(self.data[0][1].shape[0])
        self.shuffle = shuffle
        self.last_batch_handle = last_batch_handle
        self.cursor = -batch_size
        self.num_data = len(self.idx)
        self.layout = layout
        self._axis = layout.find("N")
        self.reset()
        self.data_list = [a for _, a in self.data + self.label]
        self.num_source = len(self.data_list)
        self._cache_data: Any = None  # the batch that rolls over
        self._cache_label: Any = None

    @property
    def provide_data(self) -> list[DataDesc]:
        """What the arrays are."""
        return [self._described(name, a) for name, a in self.data]

    @property
    def provide_label(self) -> list[DataDesc]:
        """What the labels are."""
        return [self._described(name, a) for name, a in self.label]

    def _described(self, name: str, a: Any) -> DataDesc:
        shape = (*a.shape[: self._axis], self.batch_size, *a.shape[self._axis + 1 :])
        return DataDesc(name, shape, a.dtype, layout=self.layout)

    def hard_reset(self) -> None:
        """Goes before the first batch, and forgets what rolls over."""
        if self.shuffle:
            self._shuffle_data()
        self.cursor = -self.batch_size
        self._cache_data = self._cache_label = None

    def reset(self) -> None:
        """Goes before the first batch."""
        if self.shuffle:
            self._shuffle_data()
        rolls = self.last_batch_handle == "roll_over"
        if rolls and self.num_data - self.batch_size < self.cursor < self.num_data:
            self.cursor -= self.num_data + self.batch_size  # as many before the first as are left over
        else:
            self.cursor = -self.batch_size

    def iter_next(self) -> bool:
        """Goes to the next batch; whether there is one."""
        self.cursor += self.batch_size
        return self.cursor < self.num_data

    def next(self) -> DataBatch:
        """The next batch."""
        if not self.iter_next():
            raise StopIteration
        data, label = self.getdata(), self.getlabel()
        if data[0].shape[self._axis] != self.batch_size:
            self._cache_data, self._cache_label = data, label
            raise StopIteration
        return DataBatch(data, label, self.getpad(), None)

    def getdata(self) -> list[Any]:
        """The arrays of the batch."""
        return self._batch(self.data)

    def getlabel(self) -> list[Any]:
        """The labels of the batch."""
        return self._batch(self.label)

    def getpad(self) -> int:
        """How many of its examples are there only to fill it up."""
        over = self.cursor + self.batch_size - self.num_data
        if self.last_batch_handle == "pad" and over > 0:
            return over
        return -self.cursor if self._rolled() else 0

    def _rolled(self) -> bool:
        """Whether this is the first batch of a round, part of which is left from the last one."""
        return self.last_batch_handle == "roll_over" and -self.batch_size < self.cursor < 0

    def _batch(self, source: Named) -> list[Any]:
        if self.cursor >= self.num_data:
            raise AssertionError("DataIter needs reset.")
        end = self.cursor + self.batch_size
        if self._rolled():
            kept = self._cache_data if self._cache_data is not None else self._cache_label
            if kept is None:
                raise AssertionError("next epoch should have cached data")
            if self._cache_data is not None:
                self._cache_data = None
            else:
                self._cache_label = None
            return self._joined(kept, self._slices(source, 0, end))
        if self.last_batch_handle == "pad" and end > self.num_data:
            return self._joined(
                self._slices(source, self.cursor, self.num_data), self._filling(source, end - self.num_data)
            )
        return self._slices(source, self.cursor, min(end, self.num_data))

    def _filling(self, source: Named, count: int) -> list[Any]:
        """The first ``count`` examples, from the first again after the last."""
        if count <= self.num_data:
            return self._slices(source, 0, count)
        rounds, more = divmod(count, self.num_data)
        whole = [tile(a, reps=(rounds, *[1] * (a.ndim - 1))) for a in self._slices(source, 0, self.num_data)]
        return self._joined(whole, self._slices(source, 0, more)) if more else whole

    def _slices(self, source: Named, start: int, end: int) -> list[Any]:
        found = []
        for _, a in source:
            if isinstance(a, sp.CSRNDArray):
                found.append(a[start:end].tostype("default"))  # dense, as MXNet's are
            elif isinstance(a, NDArray):
                found.append(a.slice_axis(axis=self._axis, begin=start, end=end))
            else:
                found.append(self._read(a, start, end))
        return found

    def _read(self, a: Any, start: int, end: int) -> NDArray:
        # h5py reads rows by increasing numbers alone.
        rows = self.idx[start:end]
        order = np.argsort(rows, kind="stable")
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return array(a[rows[order]][back])

    def _joined(self, first: list[Any], second: list[Any]) -> list[Any]:
        if not first or not second:
            return first or second
        return [concat(a, b, dim=self._axis) for a, b in zip(first, second, strict=True)]

    def _shuffle_data(self) -> None:
        np.random.shuffle(self.idx)  # noqa: NPY002 (the stream that programs seed)
        self.data = rearranged(self.data, self.idx)
        self.label = rearranged(self.label, self.idx)


def _is_h5py(value: Any) -> bool:
    return (type(value).__module__.partition(".")[0], type(value).__name__) == ("h5py", "Dataset")


def named_arrays(data: Any, allow_empty: bool, default_name: str) -> Named:
    """Arrays sorted by name, of one array, a list or a dict of them."""
    if data is None and not allow_empty:
        raise AssertionError("there must be data")
    if isinstance(data, (np.ndarray, NDArray)) or _is_h5py(data):
        data = [data]
    if data is None or isinstance(data, list):
        if not data and not allow_empty:
            raise AssertionError("the list of data is empty")
        several = len(data or ()) > 1
        names = [f"_{i}_{default_name}" if several else default_name for i in range(len(data or ()))]
        data = dict(zip(names, data or (), strict=True))
    if not isinstance(data, dict):
        raise TypeError(
            "Input must be NDArray, numpy.ndarray, h5py.Dataset a list of them or dict with them as values"
        )
    return sorted((name, _array(name, value)) for name, value in data.items())


def _array(name: str, value: Any) -> Any:
    if isinstance(value, NDArray) or _is_h5py(value):
        return value
    try:
        return array(value)
    except Exception as error:
        raise TypeError(
            f"Invalid type '{type(value)}' for {name}, should be NDArray, "
            f"numpy.ndarray or h5py.Dataset: {error}"
        ) from error


def rearranged(data: Named, idx: Any) -> Named:
    """The arrays with their examples in another order; of h5py's the numbers are kept instead."""
    moved: Named = []
    for name, a in data:
        if _is_h5py(a):
            moved.append((name, a))
        elif isinstance(a, sp.CSRNDArray):
            moved.append((name, _rows(a, idx)))
        else:
            moved.append((name, array(a.asnumpy()[idx], a.context)))
    return moved


def _rows(a: Any, idx: Any) -> Any:
    """The rows of a csr array in another order."""
    starts, columns, values = (part.asnumpy() for part in (a.indptr, a.indices, a.data))
    lengths = np.diff(starts)[idx]
    ends = np.cumsum(lengths)
    places = np.arange(len(columns)) + np.repeat(starts[idx] - ends + lengths, lengths)
    parts = (values[places], columns[places], np.append(0, ends))
    return sp.csr_matrix(parts, shape=a.shape, ctx=a.context, dtype=a.dtype)
