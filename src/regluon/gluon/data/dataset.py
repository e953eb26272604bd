"""Data sets: examples by number."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from regluon import recordio
from regluon.gluon.data.sampler import FilterSampler, Sampler, SequentialSampler
from regluon.ndarray import NDArray

__all__ = ["ArrayDataset", "Dataset", "RecordFileDataset", "SimpleDataset"]


class Dataset:
    """Examples by number. Subclasses define ``__getitem__`` and ``__len__``."""

    def __getitem__(self, idx: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define __getitem__")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} does not define __len__")

    def filter(self, fn: Callable[[Any], Any]) -> Dataset:
        """The examples for which ``fn(example)`` is true."""
        return _Sampled(self, FilterSampler(fn, self))

    def shard(self, num_shards: int, index: int) -> Dataset:
        """The ``index``-th of ``num_shards`` pieces that differ in length by one at most.

        Raises
        ------
        AssertionError
            If there is no such piece.
        """
        if not 0 <= index < num_shards:
            raise AssertionError(f"Shard index of out bound: {index} out of {num_shards}")
        length, longer = divmod(len(self), num_shards)
        start = length * index + min(index, longer)
        return _Sampled(self, SequentialSampler(length + (index < longer), start))

    def take(self, count: int | None) -> Dataset:
        """The first ``count`` examples, all if None."""
        return _Sampled(self, SequentialSampler(len(self) if count is None else min(count, len(self))))

    def sample(self, sampler: Sampler) -> Dataset:
        """The examples in the order of a sampler.

        Raises
        ------
        TypeError
            If it is no Sampler.
        """
        if not isinstance(sampler, Sampler):
            raise TypeError(f"Invalid sampler type: {type(sampler)}. Expected gluon.data.Sampler instead.")
        return _Sampled(self, sampler)

    def transform(self, fn: Callable[..., Any], lazy: bool = True) -> Dataset:
        """``fn(*example)`` of each example, when it is asked for, or all at once if not ``lazy``."""
        transformed = _Transformed(self, fn)
        return transformed if lazy else SimpleDataset([transformed[i] for i in range(len(transformed))])

    def transform_first(self, fn: Callable[[Any], Any], lazy: bool = True) -> Dataset:
        """Examples with ``fn`` applied to their first part: to the picture, not to its label."""
        return self.transform(_First(fn), lazy)


class SimpleDataset(Dataset):
    """A data set of anything that can be indexed."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, idx: Any) -> Any:
        return self._data[idx]


class ArrayDataset(Dataset):
    """A data set whose examples are made of the rows of several arrays of one length.

    ::

        dataset = ArrayDataset(features, labels)
        x, y = dataset[0]
    """

    def __init__(self, *args: Any) -> None:
        if not args:
            raise AssertionError("Needs at least 1 arrays")
        self._length = len(args[0])
        self._data = []
        for number, column in enumerate(args, start=1):
            if len(column) != self._length:
                raise AssertionError(
                    f"All arrays must have the same length; array[0] has length {self._length} while "
                    f"array[{number - 1}] has {len(column)}."
                )
            flat = isinstance(column, NDArray) and column.ndim == 1
            self._data.append(column.asnumpy() if flat else column)

    def __getitem__(self, idx: Any) -> Any:
        if len(self._data) == 1:
            return self._data[0][idx]
        return tuple(column[idx] for column in self._data)

    def __len__(self) -> int:
        return self._length


class RecordFileDataset(Dataset):
    """The records of a file, as bytes.

    Parameters
    ----------
    filename : str
        The file, ``name.rec``; beside it is ``name.idx``, which tells where its records begin.
    """

    def __init__(self, filename: str) -> None:
        self.idx_file = os.path.splitext(filename)[0] + ".idx"
        self.filename = filename
        self._record = recordio.MXIndexedRecordIO(self.idx_file, self.filename, "r")

    def __getitem__(self, idx: Any) -> Any:
        return self._record.read_idx(self._record.keys[idx])

    def __len__(self) -> int:
        return len(self._record.keys)


class _Sampled(Dataset):
    """Another data set's examples in a sampler's order."""

    def __init__(self, dataset: Dataset, sampler: Sampler) -> None:
        self._dataset = dataset
        self._indices = list(sampler)

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, idx: int) -> Any:
        return self._dataset[self._indices[idx]]


class _Transformed(Dataset):
    """Another data set's examples, passed through a function."""

    def __init__(self, dataset: Dataset, fn: Callable[..., Any]) -> None:
        self._dataset, self._fn = dataset, fn

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, idx: Any) -> Any:
        example = self._dataset[idx]
        return self._fn(*example) if isinstance(example, tuple) else self._fn(example)


class _First:
    """Applies a function to the first part of an example. A class, so that it can be pickled."""

    def __init__(self, fn: Callable[[Any], Any]) -> None:
        self._fn = fn

    def __call__(self, x: Any, *rest: Any) -> Any:
        return (self._fn(x), *rest) if rest else self._fn(x)
