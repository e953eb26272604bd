"""Batches made ahead, by a thread."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Iterator
from typing import Any

from regluon.io.images.batches import Batches
from regluon.io.native import Batch

__all__ = ["Ahead"]


class _Job:
    """A round that a thread goes through, as far as there is room for its batches."""

    def __init__(self, most: int) -> None:
        self.found: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.room = threading.Semaphore(most)
        self.stopped = False

    def stop(self) -> None:
        """Has the thread end; the batch that it makes is the last."""
        self.stopped = True
        self.room.release()


def _work(job: _Job, batches: Iterator[Any]) -> None:
    try:
        while True:
            job.room.acquire()
            if job.stopped:
                return
            made = next(batches, None)
            job.found.put(made)
            if made is None:
                return
    except BaseException as error:
        job.found.put(error)


class Ahead:
    """What ``MXDataIter`` takes: the batches of rounds, made ahead.

    Parameters
    ----------
    batches : Batches
    most : int
        How many batches are there at once.
    """

    def __init__(self, batches: Batches, most: int) -> None:
        self._batches, self._most = batches, max(1, most)
        self._state = batches.state
        self._over = self._ended = False
        self._begin()

    def _begin(self) -> None:
        self._job = job = _Job(self._most)
        arguments = (job, self._batches.round())
        self._thread = threading.Thread(target=_work, name="image batches", args=arguments, daemon=True)
        self._finalizer = weakref.finalize(self, job.stop)
        self._thread.start()

    def rewind(self) -> None:
        """Goes before the first batch of the next round. One that was left before its end counts as over."""
        self._job.stop()
        self._thread.join()
        self._finalizer.detach()
        if not self._over:
            # What was made ahead and never seen is as if it had not been: its numbers are drawn again.
            self._batches.restore(self._state)
        self._over = self._ended = False
        self._begin()

    def advance(self) -> Batch | None:
        """The next batch; an error of its making is raised here."""
        if self._ended:
            return None
        made = self._job.found.get()
        if made is None:
            self._over = self._ended = True
            return None
        if isinstance(made, BaseException):
            self._ended = True
            raise made
        self._job.room.release()
        batch: Batch = made.batch
        self._state, self._over = made.state, made.last
        return batch
