"""Worker processes that make batches."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import selectors
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np
import torch

from regluon.base import MXNetError
from regluon.gluon.data.messages import Message, pack, receive, send

__all__ = ["Processes", "WorkerTimeoutError", "WorkerError"]

# A forked process has the data set without a copy, whatever it holds; elsewhere it is pickled.
_METHOD = "fork" if sys.platform.startswith("linux") else "spawn"
# How many batches may wait for one worker: what its socket surely holds.
_MOST_WAITING = 64
_SECONDS_BETWEEN_LOOKS = 1.0


class WorkerTimeoutError(MXNetError, multiprocessing.TimeoutError):
    """A batch took its worker too long. MXNet raises ``multiprocessing.TimeoutError``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"DataLoader: a batch took its worker more than {seconds} s. Give it more with timeout=, or try "
            "num_workers=0 to see what it waits for"
        )


class WorkerError(Exception):
    """The traceback that an exception had in its worker; the cause of that exception here."""

    def __str__(self) -> str:
        return f"\n\n{self.args[0]}"


class _Ticket:
    """A batch that was asked for."""

    __slots__ = ("failure", "pending", "request", "value")

    def __init__(self, request: Message) -> None:
        self.request = request
        self.pending = True
        self.value: Any = None
        self.failure: tuple[Exception, str] | None = None

    def fail(self, error: Exception) -> None:
        """Has no batch come, but this error, which no worker has raised."""
        self.failure, self.pending = (error, ""), False

    def result(self) -> Any:
        """The batch, or its exception."""
        if self.failure is not None:
            error, text = self.failure
            raise error from (WorkerError(text) if text else None)
        return self.value


class _Worker:
    """A process, the way to it, and what it has been asked for."""

    def __init__(self, method: str, work: tuple[Any, Callable[[Sequence[Any]], Any]]) -> None:
        self.waiting: deque[_Ticket] = deque()
        self.channel, other = socket.socketpair()
        parent_end = self.channel if method == "fork" else None
        self.process: BaseProcess = multiprocessing.get_context(method).Process(  # type: ignore[attr-defined]
            target=_serve, args=(other, parent_end, os.getpid(), *work), daemon=True
        )
        with other, warnings.catch_warnings():
            # From Python 3.12 on, forking with threads around is warned of. The children use torch on one
            # thread and touch no lock of another one, as far as the data set's code allows.
            warnings.filterwarnings("ignore", ".*fork.*", DeprecationWarning)
            self.process.start()

    def fate(self) -> str:
        """How the process ended."""
        self.process.join(1)
        code = self.process.exitcode
        if code is None or code >= 0:
            return f"ended with exit code {code}"
        return f"was killed by signal {-code} ({signal.strsignal(-code)})"


class Processes:
    """Processes that make batches, each in the order it is asked."""

    def __init__(
        self, dataset: Any, batchify_fn: Callable[[Sequence[Any]], Any], count: int, ahead: int
    ) -> None:
        self._most = min(_MOST_WAITING, max(2, -(-ahead // count)))
        self._lock = threading.RLock()
        self._later: deque[_Ticket] = deque()
        self._workers: list[_Worker] = []
        self._death: MXNetError | None = None  # of a worker, and so of the round
        self._selector = selectors.DefaultSelector()
        self.close = weakref.finalize(self, _end, self._workers, self._selector, os.getpid())
        for _ in range(count):
            worker = _Worker(_METHOD, (dataset, batchify_fn))
            self._workers.append(worker)
            self._selector.register(worker.channel, selectors.EVENT_READ, worker)

    @property
    def closed(self) -> bool:
        """Whether its processes have been ended."""
        return not self.close.alive

    def submit(self, indices: Sequence[Any]) -> _Ticket:
        """Asks for a batch."""
        ticket = _Ticket(pack(_compact(indices)))
        with self._lock:
            if self._death is None:
                self._later.append(ticket)
                self._hand_out()
            else:
                ticket.fail(self._death)
        return ticket

    def drop(self, ticket: _Ticket) -> None:
        """Takes a request back, unless a worker has it already."""
        with self._lock, contextlib.suppress(ValueError):
            if self._death is not None:
                self.close()
            self._later.remove(ticket)

    def result(self, ticket: _Ticket, timeout: float) -> Any:
        """The batch, when it is there; its exception, if it had one.

        Raises
        ------
        MXNetError
            If it is not there in time, or its worker is gone. All workers are ended then.
        """
        deadline = time.monotonic() + timeout
        while ticket.pending:
            left = deadline - time.monotonic()
            if left <= 0:
                self.close()
                raise WorkerTimeoutError(timeout)
            with self._lock:
                self._wait(min(left, _SECONDS_BETWEEN_LOOKS))
        if ticket.failure is not None and ticket.failure[0] is self._death:
            self.close()
        return ticket.result()

    def _wait(self, seconds: float) -> None:
        if self.closed:
            raise MXNetError("DataLoader: the workers of this round have been ended, after one failed")
        ready = self._selector.select(seconds)
        for key, _ in ready:
            self._take_in(key.data)
        for worker in self._workers if not ready and self._death is None else ():
            if not worker.process.is_alive():
                self._give_up(worker)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._later and not self.closed and self._death is None:
            worker = min(self._workers, key=lambda w: len(w.waiting))
            if len(worker.waiting) >= self._most:
                return
            ticket = self._later.popleft()
            worker.waiting.append(ticket)
            try:
                send(worker.channel, ticket.request)
            except OSError:
                self._give_up(worker)

    def _take_in(self, worker: _Worker) -> None:
        try:
            answer = receive(worker.channel)
        except (EOFError, OSError):
            self._give_up(worker)
            return
        ticket = worker.waiting.popleft()
        ticket.value, ticket.failure = answer
        ticket.pending = False

    def _give_up(self, worker: _Worker) -> None:
        """What was asked of it fails, and what was to be asked; batches that others make still come."""
        if self._death is None:
            self._death = MXNetError(
                f"DataLoader: worker process {worker.process.pid} {worker.fate()}. Out of memory, or a crash "
                "in the data set's code? num_workers=0 shows what it does"
            )
        with contextlib.suppress(KeyError):
            self._selector.unregister(worker.channel)
        for ticket in (*worker.waiting, *self._later):
            ticket.fail(self._death)
        worker.waiting.clear()
        self._later.clear()


def _compact(indices: Sequence[Any]) -> Any:
    """The numbers of a random sampler in a form that is quickly sent and gives the same ones again."""
    plain = all(type(i) is np.int64 for i in indices)
    return np.array(indices) if plain and len(indices) else list(indices)


def _end(workers: list[_Worker], selector: selectors.BaseSelector, owner: int) -> None:
    """Kills the workers: they hold nothing that could be lost."""
    if os.getpid() != owner:
        return
    selector.close()
    for worker in workers:
        worker.process.kill()
    for worker in workers:
        worker.process.join()
        worker.channel.close()


# In the worker


def _serve(
    channel: socket.socket,
    parent_end: socket.socket | None,
    parent: int,
    dataset: Any,
    batchify_fn: Callable[[Sequence[Any]], Any],
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    torch.set_num_threads(1)
    if parent_end is not None:
        parent_end.close()
    with contextlib.suppress(EOFError, OSError):
        for indices in _requests(channel, parent):
            message = _answer(dataset, batchify_fn, indices)
            _flush()
            send(channel, message)


def _requests(channel: socket.socket, parent: int) -> Iterator[Any]:
    while True:
        # Other workers hold copies of the parent's end, so that its closing is not always seen.
        while not wait([channel], 5):
            if os.getppid() != parent:
                return
        yield receive(channel)


def _answer(dataset: Any, batchify_fn: Callable[[Sequence[Any]], Any], indices: Any) -> Message:
    try:
        return pack((batchify_fn([dataset[i] for i in indices]), None))
    except Exception as error:
        return pack((None, (_sendable(error), traceback.format_exc())))


def _sendable(error: Exception) -> Exception:
    """The exception, or its text if it can't be sent."""
    try:
        same = pickle.loads(pickle.dumps(error))
    except Exception:
        same = None
    return error if type(same) is type(error) else MXNetError(f"{type(error).__name__}: {error}")


def _flush() -> None:
    """What the data set prints is seen, although the process will be killed."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
