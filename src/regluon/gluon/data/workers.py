"""Batches made ahead, by processes or by threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from multiprocessing.pool import AsyncResult, ThreadPool
from typing import Any, Protocol

from regluon.gluon.data.messages import AVAILABLE
from regluon.gluon.data.processes import Processes, WorkerTimeoutError

__all__ = ["Workers"]


class _Pool(Protocol):
    """What makes batches: it is asked for them, and gives them back one by one."""

    @property
    def closed(self) -> bool: ...
    def submit(self, indices: Sequence[Any]) -> Any: ...
    def result(self, ticket: Any, timeout: float) -> Any: ...
    def drop(self, ticket: Any) -> None: ...
    def close(self) -> object: ...


class _Threads:
    """Threads of this process that make batches."""

    closed = False

    def __init__(self, dataset: Any, batchify_fn: Callable[[Sequence[Any]], Any], count: int) -> None:
        self._make = lambda indices: batchify_fn([dataset[i] for i in indices])
        self._pool = ThreadPool(count)

    def submit(self, indices: Sequence[Any]) -> AsyncResult[Any]:
        """Asks for a batch."""
        return self._pool.apply_async(self._make, (indices,))

    def result(self, ticket: AsyncResult[Any], timeout: float) -> Any:
        """The batch, when it is there; its exception, if it had one."""
        ticket.wait(timeout)
        if not ticket.ready():
            raise WorkerTimeoutError(timeout)
        return ticket.get()

    def drop(self, ticket: AsyncResult[Any]) -> None:
        """Lets the batch be made for nobody: the pool can't take it back."""

    def close(self) -> None:
        """Ends the threads, when they are done with what they have begun."""
        self._pool.terminate()

    __del__ = close


class Workers:
    """Makes batches in the order of a batch sampler, some of them ahead.

    Parameters
    ----------
    threads
        Whether the workers are threads of this process; they are too where processes can't share memory.
    ahead
        How many batches are under way while one is waited for.
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
        self._ahead, self._timeout = ahead, timeout

        def start() -> _Pool:
            if threads or not AVAILABLE:
                return _Threads(dataset, batchify_fn, count)
            return Processes(dataset, batchify_fn, count, ahead)

        self._start = start
        self._pool = start()

    def batches(self, batch_sampler: Any) -> Iterator[Any]:
        """The batches of one round, the first of which are begun at once."""
        if self._pool.closed:
            self._pool = self._start()
        orders, tickets = iter(batch_sampler), deque[Any]()
        pool = self._pool
        tickets.extend(pool.submit(list(indices)) for indices in islice(orders, self._ahead))
        return self._round(orders, tickets, pool)

    def _round(self, orders: Iterator[Any], tickets: deque[Any], pool: _Pool) -> Iterator[Any]:
        try:
            while True:
                tickets.extend(pool.submit(list(indices)) for indices in islice(orders, 1))
                if not tickets:
                    return
                yield pool.result(tickets.popleft(), self._timeout)
        finally:
            for ticket in tickets:
                pool.drop(ticket)
