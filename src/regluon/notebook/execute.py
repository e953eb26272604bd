"""Runs a notebook, cell by cell, in a Jupyter kernel of the Python that runs regluon."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output

from regluon.notebook.errors import NotebookError
from regluon.notebook.markdown import KERNELSPEC

__all__ = ["Failure", "Watcher", "execute", "first_line", "numbered_cells"]

_STARTUP_SECONDS = 120
_TIMED_OUT = "CellTimeout"
_QUIET = logging.getLogger("regluon.notebook.kernel")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


@dataclass(frozen=True)
class Failure:
    """Why a run stopped before its end, in which cell, and what there is to read about it."""

    kind: Literal["error", "timeout", "died", "interrupted"]
    number: int
    line: str
    text: str


class Watcher(Protocol):
    """Is told of the run's progress."""

    def started(self, number: int, line: str) -> None:
        """The cell of this number, with this first line, begins to run."""

    def finished(self, number: int, seconds: float) -> None:
        """The cell of this number has run."""


def execute(
    notebook: NotebookNode,
    folder: Path,
    watcher: Watcher,
    *,
    seed: int | None = None,
    script: Path | None = None,
    timeout: int | None = None,
    prelude: str = "",
) -> Failure | None:
    """Run all code cells in place; None if the last one ended well, else why the run stopped.

    Parameters
    ----------
    folder: the kernel's working directory.
    seed: seeds Python's ``random`` and NumPy before the first cell; MXNet's generators start at 0 anyway.
    script: the ``.py`` file that the cells came from, told to them as ``__file__`` and ``sys.argv``.
    timeout: seconds that a cell may take.
    prelude: code to run before the first cell, after seeding; it leaves no trace in the notebook.

    Errors: `NotebookError` where no kernel can be started.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory(prefix="regluon-") as scratch, tempfile.TemporaryFile() as log:
        run = _Run(notebook, watcher, _kernel(scratch), timeout)
        run.prelude, run.is_script = _prelude(seed, script, prelude), script is not None
        failure = asyncio.run(run.execute(folder, log))
    join_streams = CoalesceStreamsPreprocessor()
    for index, cell in enumerate(notebook.cells):
        join_streams.preprocess_cell(cell, {}, index)
    return failure


def numbered_cells(notebook: NotebookNode) -> dict[int, NotebookNode]:
    """Code cells that will run, by position, numbered as Jupyter will number them."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    cells = [cell for cell in cells if "skip-execution" not in cell.metadata.get("tags", [])]
    return dict(enumerate(cells, start=1))


def first_line(cell: NotebookNode) -> str:
    """First line of a cell's source that is not blank."""
    return next((line.strip() for line in cell.source.split("\n") if line.strip()), "")


def _prelude(seed: int | None, script: Path | None, more: str) -> str:
    """Code that leaves no names behind but ``__file__``."""
    lines = []
    if seed is not None:
        lines += [f"__import__('random').seed({seed})", f"__import__('numpy').random.seed({seed})"]
    if script is not None:
        lines += [f"__file__ = {str(script)!r}", "__import__('sys').argv[:] = [__file__]"]
    return "\n".join([*lines, more] if more else lines)


class _ThisPython(KernelSpecManager):
    """Knows one kernel: ipykernel in the Python that asks, whatever specs are installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        frozen = ["-Xfrozen_modules=off"] if sys.version_info >= (3, 11) else []
        spec = {"display_name": KERNELSPEC["display_name"], "language": KERNELSPEC["language"]}
        return KernelSpec(argv=[command[0], *frozen, *command[1:]], **spec)


def _kernel(scratch: str) -> AsyncKernelManager:
    """Manager of the kernel; sockets in a private folder, which no other user or run can reach, where
    the system has them, and else ports on the loopback interface."""
    manager = AsyncKernelManager(kernel_name=KERNELSPEC["name"], kernel_spec_manager=_ThisPython())
    if os.name == "posix":
        manager.transport, manager.ip = "ipc", f"{scratch}/kernel"
    return manager


class _StopError(Exception):
    """The user asked to stop between two cells."""


class _Run:
    """One execution of a notebook: nbclient's hooks, and what they have to remember."""

    prelude = ""
    is_script = False

    def __init__(
        self, notebook: NotebookNode, watcher: Watcher, kernel: AsyncKernelManager, timeout: int | None
    ) -> None:
        self.watcher, self.kernel = watcher, kernel
        self.numbers = {id(cell): number for number, cell in numbered_cells(notebook).items()}
        self.current: NotebookNode | None = None
        self.interrupts = 0
        self.since = 0.0
        self.exit_code: int | None = None
        self.pending: list[asyncio.Future[None]] = []
        self.client = NotebookClient(
            notebook,
            kernel,
            timeout=timeout,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": _TIMED_OUT, "evalue": "", "traceback": []},
            startup_timeout=_STARTUP_SECONDS,
            record_timing=False,
            store_widget_state=False,
            log=_QUIET,
            on_notebook_error=self._died,
            on_cell_execute=self._cell_started,
            on_cell_executed=self._cell_finished,
        )

    async def execute(self, folder: Path, log: IO[bytes]) -> Failure | None:
        await self._start(folder, log)
        try:
            await self.client.async_execute(cleanup_kc=True)
        except CellExecutionError as error:
            return self._cell_failure(error)
        except _StopError:
            return self._failure("interrupted", "interrupted between two cells")
        except DeadKernelError:
            return self._death(_last_words(log))
        return None

    async def _start(self, folder: Path, log: IO[bytes]) -> None:
        """Start the kernel here, as nbclient's own way fails when a signal comes meanwhile."""
        try:
            await self.client.async_start_new_kernel(cwd=str(folder), stdout=log, stderr=log)
            await self.client.async_start_new_kernel_client()
        except (RuntimeError, OSError) as error:
            raise NotebookError(f"the Jupyter kernel did not start: {_last_words(log) or error}") from error
        except asyncio.CancelledError:
            await self.kernel.shutdown_kernel(now=True)
            raise

    def _catch_signals(self) -> None:
        with contextlib.suppress(NotImplementedError, RuntimeError):
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self._interrupt)

    async def _cell_started(self, cell: NotebookNode, cell_index: int) -> None:
        if self.interrupts:
            raise _StopError
        if self.current is None:
            self._catch_signals()
            await self._run_prelude()
        self.current, self.since = cell, time.monotonic()
        self.watcher.started(self.numbers[id(cell)], first_line(cell))

    async def _run_prelude(self) -> None:
        """Here, not when the kernel is ready: IPython draws from Python's generator to answer greetings."""
        channel = self.client.kc
        if not self.prelude or channel is None:
            return
        reply = await self.client.async_wait_for_reply(channel.execute(self.prelude, silent=True))
        if reply is None or reply["content"]["status"] != "ok":
            raise NotebookError(f"the kernel could not be seeded or prepared: {reply and reply['content']}")

    def _cell_finished(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        self.watcher.finished(self.numbers[id(cell)], time.monotonic() - self.since)

    async def _died(self, notebook: NotebookNode) -> None:
        provisioner = self.kernel.provisioner
        self.exit_code = await provisioner.poll() if provisioner else None

    def _interrupt(self) -> None:
        """First Ctrl-C: stop the cell. Second: the kernel."""
        self.interrupts += 1
        if self.interrupts == 1:
            self.pending.append(asyncio.ensure_future(self.kernel.interrupt_kernel()))
        elif self.interrupts == 2:
            self.pending.append(asyncio.ensure_future(self.kernel.shutdown_kernel(now=True)))

    def _failure(self, kind: Literal["error", "timeout", "died", "interrupted"], text: str) -> Failure:
        cell = self.current
        return Failure(kind, self.numbers[id(cell)] if cell else 0, first_line(cell) if cell else "", text)

    def _cell_failure(self, error: CellExecutionError) -> Failure | None:
        assert self.current is not None
        if self.is_script and error.ename == "SystemExit" and error.evalue in {"", "0", "None"}:
            self.current.outputs = [out for out in self.current.outputs if out.output_type != "error"]
            return None
        tracebacks = [out.traceback for out in self.current.outputs if out.output_type == "error"]
        text = "\n".join(tracebacks[-1]) if tracebacks else f"{error.ename}: {error.evalue}"
        if self.interrupts:
            return self._failure("interrupted", text)
        return self._failure("timeout" if error.ename == _TIMED_OUT else "error", text)

    def _death(self, words: str) -> Failure:
        text = f"The kernel died{_cause(self.exit_code)}."
        if words:
            text += f" Its last words: {words}"
        if self.current is not None:
            output = new_output("error", ename="KernelDied", evalue=words, traceback=[text])
            self.current.outputs.append(output)
        return self._failure("interrupted" if self.interrupts else "died", text)


def _cause(exit_code: int | None) -> str:
    if exit_code is None:
        return ""
    if exit_code >= 0:
        return f" (exit code {exit_code})"
    hint = ", out of memory?" if -exit_code == signal.SIGKILL else ""
    return f" ({signal.Signals(-exit_code).name}{hint})"


def _last_words(log: IO[bytes]) -> str:
    """Last line that the kernel's process wrote to its own terminal."""
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    lines = [line.strip() for line in lines if "[IPKernelApp] WARNING" not in line]
    return lines[-1] if lines else ""
