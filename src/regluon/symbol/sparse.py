"""``sym.sparse``: operators that know arrays with only some elements or rows, of symbols."""

from __future__ import annotations

from regluon.ndarray.namespace import functions
from regluon.reference import absent
from regluon.symbol.functions import function_of

globals().update(functions("_sparse_", __name__, function_of))

__getattr__ = absent(__name__, "sym.sparse")
