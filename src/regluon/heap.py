"""The C library's heap: memory of arrays that are gone is kept for the next ones.

By default glibc gives large blocks back to the system as soon as they are free. A training step makes and
drops the same large arrays again and again, and each time the system has to find and clear their pages, which
can take longer than what is computed in them. MXNet has a pool of its own for that.
"""

from __future__ import annotations

import ctypes
import os

__all__ = ["keep_memory"]

# Of malloc.h: from which size on a block is mapped by itself, and how much may lie idle at the end.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_IDLE, _MAPPED = 2**31 - 1, 2**30


def keep_memory() -> bool:
    """Lets the heap keep up to 2 GiB; whether that was possible.

    Nothing is done where the C library is another one, or where the environment sets the heap up.
    """
    given = {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"} & os.environ.keys()
    if given or "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", ""):
        return False
    try:
        option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(option(_MMAP_THRESHOLD, _MAPPED) and option(_TRIM_THRESHOLD, _IDLE))
