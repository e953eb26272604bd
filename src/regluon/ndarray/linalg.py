"""``nd.linalg``: linear algebra."""

from __future__ import annotations

from regluon.ndarray.namespace import functions
from regluon.reference import absent

globals().update(functions("_linalg_", __name__))

__getattr__ = absent(__name__, "nd.linalg")
