"""Samplers: in which order the examples of a data set are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["BatchSampler", "FilterSampler", "RandomSampler", "Sampler", "SequentialSampler"]


class Sampler:
    """Something that gives the numbers of examples when iterated over."""

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} does not define __len__")

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} does not define __iter__")


class SequentialSampler(Sampler):
    """start, start + 1, ..., start + length - 1"""

    def __init__(self, length: int, start: int = 0) -> None:
        self._length, self._start = length, start

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._start, self._start + self._length))

    def __len__(self) -> int:
        return self._length


class RandomSampler(Sampler):
    """0, ..., length - 1 in an order that ``numpy.random`` shuffles, a new one each time."""

    def __init__(self, length: int) -> None:
        self._length = length

    def order(self) -> np.ndarray[Any, Any]:
        """The numbers in a new order."""
        indices = np.arange(self._length)
        # The global generator is what MXNet shuffles with, and what programs seed.
        np.random.shuffle(indices)  # noqa: NPY002
        return indices

    def __iter__(self) -> Iterator[int]:
        return iter(self.order())

    def __len__(self) -> int:
        return self._length


class FilterSampler(Sampler):
    """The numbers of the examples for which ``fn(example)`` is true."""

    def __init__(self, fn: Callable[[Any], Any], dataset: Any) -> None:
        self._indices = [i for i, example in enumerate(dataset) if fn(example)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._indices)

    def __len__(self) -> int:
        return len(self._indices)


class BatchSampler(Sampler):
    """Lists of ``batch_size`` numbers of another sampler.

    Parameters
    ----------
    last_batch
        What becomes of numbers that do not fill a batch: ``"keep"`` gives a shorter one, ``"discard"`` drops
        them, ``"rollover"`` has the next round begin with them.
    """

    def __init__(self, sampler: Any, batch_size: int, last_batch: str = "keep") -> None:
        if last_batch not in ("keep", "discard", "rollover"):
            raise ValueError(
                f"last_batch must be one of 'keep', 'discard', or 'rollover', but got {last_batch}"
            )
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, but got {batch_size}")
        self._sampler, self._batch_size, self._last_batch = sampler, batch_size, last_batch
        self._prev: list[Any] = []

    def __iter__(self) -> Iterator[list[Any]]:
        batch, self._prev = self._prev, []
        for i in self._sampler:
            batch.append(i)
            if len(batch) == self._batch_size:
                yield batch
                batch = []
        if batch and self._last_batch == "keep":
            yield batch
        elif batch and self._last_batch == "rollover":
            self._prev = batch

    def __len__(self) -> int:
        count, size = len(self._sampler), self._batch_size
        return (count + size - 1) // size if self._last_batch == "keep" else (count + len(self._prev)) // size
