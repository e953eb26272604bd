"""``mx.monitor``: statistics of an executor's arrays, every few batches."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from math import sqrt
from typing import Any

from regluon.ndarray import NDArray, norm

__all__ = ["Monitor"]


def _mean_size(x: NDArray) -> Any:
    return norm(x) / sqrt(x.size)


class Monitor:
    """Collects ``stat_func`` of the arrays of executors, between ``tic()`` and ``toc()``.

    An executor is what a symbol becomes when it is bound; ``Module.install_monitor`` installs a monitor on
    all of a module's. For blocks there are ``Block.register_forward_hook`` and ``Block.summary``.

    Parameters
    ----------
    interval : int
        Every how many batches it collects.
    stat_func : callable, optional
        An NDArray, or a list of them, of an NDArray; |x| / √size if None.
    pattern : str
        What the names of the arrays must begin with, as a regular expression.
    sort : bool
        Whether results are sorted by name.
    monitor_all : bool
        Whether executors show inputs too, not results alone.
    """

    def __init__(
        self,
        interval: int,
        stat_func: Callable[[NDArray], Any] | None = None,
        pattern: str = ".*",
        sort: bool = False,
        monitor_all: bool = False,
    ) -> None:
        self.stat_func = stat_func or _mean_size
        self.interval = interval
        self.activated = False
        self.queue: list[tuple[int, str, Any]] = []
        self.step = 0
        self.exes: list[Any] = []
        self.re_prog = re.compile(pattern)
        self.sort = sort
        self.monitor_all = monitor_all

    def stat_helper(self, name: str, array: NDArray) -> None:
        """What executors call with each of their results."""
        if self.activated and self.re_prog.match(name):
            self.queue.append((self.step, name, self.stat_func(array)))

    def install(self, exe: Any) -> None:
        """Watches an executor; there may be several."""
        exe.set_monitor_callback(self.stat_helper, self.monitor_all)
        self.exes.append(exe)

    def tic(self) -> None:
        """Begins a batch, before its forward pass."""
        if self.step % self.interval == 0:
            self._wait()
            self.queue = []
            self.activated = True
        self.step += 1

    def toc(self) -> list[tuple[int, str, str]]:
        """Ends a batch: number of the batch, name and statistics of each array, if it was one to collect."""
        if not self.activated:
            return []
        self._wait()
        for exe in self.exes:
            symbol = exe._symbol
            names = [*symbol.list_arguments(), *symbol.list_auxiliary_states()]
            for name, array in zip(names, [*exe.arg_arrays, *exe.aux_arrays], strict=True):
                self.stat_helper(name, array)
        self.activated = False
        found = sorted(self.queue, key=lambda one: one[1]) if self.sort else self.queue
        self.queue = []
        return [(step, name, _text(values)) for step, name, values in found]

    def toc_print(self) -> None:
        """Ends a batch and logs what ``toc()`` returns."""
        for step, name, text in self.toc():
            logging.info(f"Batch: {step:7d} {name:30s} {text:s}")

    def _wait(self) -> None:
        for exe in self.exes:
            for array in [*exe.arg_arrays, *exe.aux_arrays]:
                array.wait_to_read()


def _text(values: Any) -> str:
    values = [values] if isinstance(values, NDArray) else values
    if not isinstance(values, list) or not all(isinstance(v, NDArray) for v in values):
        raise AssertionError(f"stat_func must return an NDArray or a list of them, not {values!r}")
    return "".join(str(v.asscalar() if v.shape == (1,) else v.asnumpy()) + "\t" for v in values)
