"""Operators whose names begin with an underscore, as functions of symbols."""

from __future__ import annotations

from regluon.ndarray.namespace import functions
from regluon.symbol.functions import function_of

globals().update(functions("_", __name__, function_of))
