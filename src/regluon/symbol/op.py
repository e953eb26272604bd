"""``sym.op``: the operators that have public names, as functions of symbols; ``sym`` has them too."""

from __future__ import annotations

from regluon.ndarray.namespace import functions
from regluon.symbol.custom import CUSTOM
from regluon.symbol.functions import function_of

_FUNCTIONS = functions("", "regluon.symbol", function_of)
globals().update(_FUNCTIONS)
__all__ = ["Custom", *_FUNCTIONS]  # noqa: PLE0604

Custom = function_of(CUSTOM, "Custom")
Custom.__name__ = Custom.__qualname__ = "Custom"
Custom.__module__, Custom.__doc__ = "regluon.symbol", CUSTOM.doc
