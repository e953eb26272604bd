"""How long a block of a program takes."""

# ruff: noqa: T201
from __future__ import annotations

import time

__all__ = ["Benchmark"]


class Benchmark:
    """A ``with`` block that prints its time when it ends: ``time: 0.1234 sec``.

    Results on an accelerator have to be waited for inside of it, by ``nd.waitall()`` or ``asnumpy()``.

    Parameters
    ----------
    prefix : str, optional
        What stands before the time.
    """

    def __init__(self, prefix: str | None = None) -> None:
        self.prefix = f"{prefix} " if prefix else ""
        self.start = 0.0

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *args: object) -> None:
        print(f"{self.prefix}time: {time.perf_counter() - self.start:.4f} sec")
