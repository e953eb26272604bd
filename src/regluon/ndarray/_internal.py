"""Operators whose names begin with an underscore, as symbol files hold them."""

from __future__ import annotations

from regluon.ndarray.namespace import functions

globals().update(functions("_", __name__))
