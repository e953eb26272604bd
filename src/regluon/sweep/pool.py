"""Processes that run tasks, one at a time each. One that dies takes no other run with it."""

from __future__ import annotations

import contextlib
import io
import itertools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from regluon.sweep.errors import RunError
from regluon.sweep.grid import Task
from regluon.sweep.programs import Program
from regluon.sweep.store import Store

__all__ = ["Failed", "cores", "run_all"]

_PATIENCE = 10  # seconds that a process which is told to stop may take
_TAIL = 4000


@dataclass(frozen=True)
class Failed:
    """A run that failed: its last line, the traceback, and the file where that is."""

    task: Task
    line: str
    text: str


def cores() -> int:
    """How many of the machine's cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_all(
    program: Program, store: Store, tasks: Sequence[Task], jobs: int, told: Callable[[Task, str], None]
) -> list[Failed]:
    """Runs all tasks; those that failed. Each finished run is in the store as soon as it has ended.

    ``told`` is called with each task that has ended, and its error or "". A KeyboardInterrupt goes through
    when all processes have been stopped.
    """
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores() // jobs)))
    waiting, failures = iter(tasks), []
    workers: dict[Connection, _Worker] = {}
    try:
        for task in itertools.islice(waiting, jobs):
            worker = _Worker(program, store)
            workers[worker.connection] = worker
            worker.begin(task)
        while workers:
            for connection in wait(list(workers)):
                assert isinstance(connection, Connection)
                worker = workers.pop(connection)
                failed = worker.ended()
                told(worker.task, failed.line if failed else "")
                failures += [failed] if failed else []
                following = next(waiting, None)
                if following is None:
                    worker.stop()
                    continue
                worker = worker if worker.alive else _Worker(program, store)
                workers[worker.connection] = worker
                worker.begin(following)
    except BaseException:
        for worker in workers.values():
            worker.process.terminate()
        raise
    finally:
        for worker in workers.values():
            worker.stop()
    order = {task: n for n, task in enumerate(tasks)}
    return sorted(failures, key=lambda failed: order[failed.task])


class _Worker:
    """A process, and what it is told to do."""

    task: Task

    def __init__(self, program: Program, store: Store) -> None:
        # Spawned, not forked: torch's threads do not survive a fork.
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, program, store), daemon=True)
        self.store, self.alive = store, True
        self.process.start()
        theirs.close()  # so that its end is noticed here

    def begin(self, task: Task) -> None:
        """Give it a task."""
        self.task = task
        with contextlib.suppress(OSError):  # one that is dead says so when it is asked for its answer
            self.connection.send(task)

    def ended(self) -> Failed | None:
        """What became of the task."""
        try:
            answer = self.connection.recv()
        except (EOFError, OSError):
            self.alive = False
            self.process.join(_PATIENCE)
            line = f"the process ended{_cause(self.process.exitcode)}"
            self.store.fail(self.task, line)
            return Failed(self.task, line, line)
        return Failed(self.task, *answer) if answer else None

    def stop(self) -> None:
        """Have the process end."""
        self.connection.close()
        self.process.join(_PATIENCE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _cause(code: int | None) -> str:
    if code is None or code >= 0:
        return "" if code is None else f" (exit code {code})"
    hint = ", out of memory?" if -code == signal.SIGKILL else ""
    return f" ({signal.Signals(-code).name}{hint})"


def _work(connection: Connection, program: Program, store: Store) -> None:
    """A process' life: tasks until there are no more. Ctrl-C is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        answer = _run(program, store, task)
        try:
            connection.send(answer)
        except OSError:
            return


def _run(program: Program, store: Store, task: Task) -> tuple[str, str] | None:
    """One run, kept in the store; the last line and the text of its failure."""
    printed = io.StringIO()
    start = time.monotonic()
    try:
        with contextlib.redirect_stdout(printed):
            result = program.run(task)
        store.save(task, result, time.monotonic() - start)
    except RunError as error:
        text = "\n".join(filter(None, [printed.getvalue()[-_TAIL:].rstrip(), error.text]))
        store.fail(task, text, error.notebook)
        return error.line, text
    except OSError as error:
        return f"the result cannot be written: {error}", str(error)
    return None
