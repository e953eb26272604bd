"""``mx.engine``: how many operators MXNet's engine bundles. Here they run one by one; the number is kept."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

__all__ = ["bulk", "set_bulk_size"]


class _Bulk(threading.local):
    size = 0


_bulk = _Bulk()


def set_bulk_size(size: int) -> int:
    """Sets the number and returns the one before. It changes nothing else."""
    before, _bulk.size = _bulk.size, int(size)
    return before


@contextlib.contextmanager
def bulk(size: int) -> Iterator[None]:
    """A block with another number. It changes nothing else."""
    before = set_bulk_size(size)
    try:
        yield
    finally:
        set_bulk_size(before)
