"""``nd.linalg``: linear algebra."""

from __future__ import annotations

from regluon.ndarray.namespace import functions

globals().update(functions("_linalg_", __name__))
