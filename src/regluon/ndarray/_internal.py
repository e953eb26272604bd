"""Operators whose names begin with an underscore, as symbol files hold them."""

from __future__ import annotations

from typing import Any

from regluon.ndarray.namespace import functions
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.sparse.reductions import square_sum as _square_sum

__all__ = ["_square_sum"]

globals().update(functions("_", __name__))


def _set_value(src: float, out: NDArray | None = None, name: str | None = None, **kwargs: Any) -> NDArray:
    """Writes the number ``src`` into all elements of ``out``, and returns it."""
    if out is None:
        raise TypeError("_set_value needs an array to write into: out=...")
    out[:] = src
    return out
