"""``nd.contrib``: operators outside MXNet's core set."""

from __future__ import annotations

from regluon.ndarray.namespace import functions

globals().update(functions("_contrib_", __name__))
