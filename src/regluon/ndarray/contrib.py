"""``nd.contrib``: operators outside MXNet's core set."""

from __future__ import annotations

from regluon.ndarray.finite import isfinite, isinf, isnan
from regluon.ndarray.namespace import functions

__all__ = ["isfinite", "isinf", "isnan"]

globals().update(functions("_contrib_", __name__))
