"""DataLoader: batches of a data set, round after round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from regluon.gluon.data.batchify import default_batchify_fn, gathered_batches
from regluon.gluon.data.sampler import BatchSampler, RandomSampler, SequentialSampler
from regluon.gluon.data.workers import Workers
from regluon.ndarray import NDArray

__all__ = ["DataLoader", "default_batchify_fn", "default_mp_batchify_fn"]

default_mp_batchify_fn = default_batchify_fn


class DataLoader:
    """Batches of a data set; each iteration over it is a round.

    Parameters
    ----------
    dataset
        Examples by number.
    batch_size
        How many make a batch.
    shuffle
        Whether each round has a new random order, by ``numpy.random``.
    sampler, batch_sampler
        Which examples in which order, instead of ``shuffle``; or which batches, instead of all these.
    last_batch
        ``"keep"``, ``"discard"`` or ``"rollover"`` for a last batch that is not full.
    batchify_fn
        Makes a batch of a list of examples.
    num_workers
        How many processes make batches ahead; 0 for none.
    thread_pool
        Whether these are threads instead.
    prefetch
        How many batches are under way at once; twice the workers if None.
    timeout
        How many seconds a batch may take the workers.
    pin_memory, pin_device_id
        Whether batches lie where copies to a GPU, if there is one, are fast. Their context is ``cpu(0)``.

    Raises
    ------
    ValueError
        If arguments contradict each other.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = None,
        shuffle: bool = False,
        sampler: Any = None,
        last_batch: str | None = None,
        batch_sampler: Any = None,
        batchify_fn: Callable[[Sequence[Any]], Any] | None = None,
        num_workers: int = 0,
        pin_memory: bool = False,
        pin_device_id: int = 0,
        prefetch: int | None = None,
        thread_pool: bool = False,
        timeout: int = 120,
        auto_reload: bool = False,
    ) -> None:
        if timeout <= 0:
            raise AssertionError(f"timeout must be positive, given {timeout}")
        self._workers: Workers | None = None
        self._dataset = dataset
        self._batch_sampler = (
            _batch_sampler(dataset, batch_size, shuffle, sampler, last_batch)
            if batch_sampler is None
            else _only(batch_sampler, batch_size, shuffle, sampler, last_batch)
        )
        self._gathers = batchify_fn is None
        self._batchify_fn = batchify_fn or default_batchify_fn
        self._pin_memory = pin_memory
        self._num_workers = max(0, num_workers)
        if self._num_workers:
            ahead = 2 * self._num_workers if prefetch is None else max(0, int(prefetch))
            self._workers = Workers(
                dataset, self._batchify_fn, self._num_workers, thread_pool, ahead, timeout
            )
        self.auto_reload = auto_reload
        self._next: Iterator[Any] | None = self._round() if auto_reload else None

    def __iter__(self) -> Iterator[Any]:
        return self._begun() if self._workers is not None or self.auto_reload else self._round()

    def _begun(self) -> Iterator[Any]:
        """The round that was begun ahead, or one that begins when its first batch is asked for."""
        batches, self._next = self._next or self._round(), None
        yield from batches
        if self.auto_reload and self._next is None:
            self.refresh()

    def _round(self) -> Iterator[Any]:
        batches = self._batches()
        return map(_pinned, batches) if self._pin_memory else batches

    def _batches(self) -> Iterator[Any]:
        if self._workers is not None:
            return self._workers.batches(self._batch_sampler)
        gathered = gathered_batches(self._dataset, self._batch_sampler) if self._gathers else None
        return gathered or self._one_by_one()

    def _one_by_one(self) -> Iterator[Any]:
        dataset, batchify_fn = self._dataset, self._batchify_fn
        for indices in self._batch_sampler:
            yield batchify_fn([dataset[i] for i in indices])

    def refresh(self) -> None:
        """Begins the next round ahead."""
        self._next = self._round()

    def clean(self) -> None:
        """Drops a round that was begun ahead."""
        self._next = None

    def __len__(self) -> int:
        return len(self._batch_sampler)


def _pinned(batch: Any) -> Any:
    if isinstance(batch, NDArray):
        able = torch.cuda.is_available() and not batch._data.is_cuda
        return NDArray(batch._data.pin_memory(), batch._ctx) if able else batch
    return [_pinned(part) for part in batch] if isinstance(batch, (list, tuple)) else batch


def _batch_sampler(
    dataset: Any, batch_size: int | None, shuffle: bool, sampler: Any, last_batch: str | None
) -> BatchSampler:
    if batch_size is None:
        raise ValueError("batch_size must be specified unless batch_sampler is specified")
    if sampler is None:
        sampler = RandomSampler(len(dataset)) if shuffle else SequentialSampler(len(dataset))
    elif shuffle:
        raise ValueError("shuffle must not be specified if sampler is specified")
    return BatchSampler(sampler, batch_size, last_batch or "keep")


def _only(batch_sampler: Any, *others: Any) -> Any:
    if any(other is not None and other is not False for other in others):
        raise ValueError(
            "batch_size, shuffle, sampler and last_batch must not be specified if batch_sampler is specified."
        )
    return batch_sampler
