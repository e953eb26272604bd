"""Processes and threads that make batches ahead."""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.reduction import ForkingPickler
from typing import Any

import torch
import torch.multiprocessing
from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context
from regluon.ndarray import NDArray

__all__ = ["Workers"]

_job: tuple[Any, Callable[[Sequence[Any]], Any]]


def _begin(dataset: Any, batchify_fn: Callable[[Sequence[Any]], Any]) -> None:
    """The first thing in a worker process."""
    global _job  # noqa: PLW0603 (one data set per process, inherited instead of sent)
    _job = (dataset, batchify_fn)
    torch.set_num_threads(1)


def _make_batch(indices: Sequence[Any]) -> Any:
    dataset, batchify_fn = _job
    return batchify_fn([dataset[i] for i in indices])


def _rebuild(data: Tensor, context: Context) -> NDArray:
    return NDArray(data, context)


def _share(array: NDArray) -> tuple[Callable[..., NDArray], tuple[Tensor, Context]]:
    """Between processes an array goes through shared memory, as torch's tensors do."""
    return _rebuild, (array._data, array._ctx)


# torch.multiprocessing has registered tensors; only pickling between processes is changed.
ForkingPickler.register(NDArray, _share)


class Workers:
    """A pool that makes batches in the order they are asked for, some of them ahead.

    Parameters
    ----------
    threads
        Whether the workers are threads of this process.
    ahead
        How many batches are under way at once.
    timeout
        How many seconds a batch may take.
    """

    def __init__(
        self,
        dataset: Any,
        batchify_fn: Callable[[Sequence[Any]], Any],
        count: int,
        threads: bool,
        ahead: int,
        timeout: float,
    ) -> None:
        self._dataset, self._batchify_fn = dataset, batchify_fn
        self._count, self._ahead, self._timeout = count, max(1, ahead), timeout
        self._threads = threads
        self._pool: Executor | None = None

    def _start(self) -> Executor:
        if self._threads:
            return ThreadPoolExecutor(self._count)
        # A forked process has the data set without a copy, whatever it holds; elsewhere it is pickled.
        method = "fork" if sys.platform.startswith("linux") else "spawn"
        return ProcessPoolExecutor(
            self._count,
            multiprocessing.get_context(method),
            initializer=_begin,
            initargs=(self._dataset, self._batchify_fn),
        )

    def _submit(self, pool: Executor, indices: Sequence[Any]) -> Future[Any]:
        if self._threads:
            return pool.submit(lambda: self._batchify_fn([self._dataset[i] for i in indices]))
        return pool.submit(_make_batch, list(indices))

    def batches(self, batch_sampler: Any) -> Iterator[Any]:
        """The batches of one round."""
        if self._pool is None:
            self._pool = self._start()
        pool, orders = self._pool, iter(batch_sampler)
        under_way: deque[Future[Any]] = deque()
        try:
            for indices in orders:
                under_way.append(self._submit(pool, indices))
                if len(under_way) >= self._ahead:
                    yield self._result(under_way.popleft())
            while under_way:
                yield self._result(under_way.popleft())
        finally:
            for future in under_way:
                future.cancel()

    def _result(self, future: Future[Any]) -> Any:
        try:
            return future.result(self._timeout)
        except LateError:
            self.close()
            raise MXNetError(
                f"DataLoader: a batch took its workers more than {self._timeout} s. Give it more with "
                "timeout=, or try num_workers=0 to see what it waits for"
            ) from None
        except BrokenProcessPool:
            self.close()
            raise MXNetError(
                "DataLoader: a worker process died without a word (killed, out of memory, or a crash in the "
                "data set's code). Try num_workers=0 to see what it does"
            ) from None

    def close(self) -> None:
        """Ends the workers."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
