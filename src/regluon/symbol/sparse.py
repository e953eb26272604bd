"""``sym.sparse``: operators that know arrays with only some elements or rows, of symbols."""

from __future__ import annotations

from regluon.ndarray import sparse
from regluon.ndarray.namespace import functions
from regluon.ops.registry import OPERATORS
from regluon.reference import absent
from regluon.symbol.functions import function_of

# The operators that are in nd.sparse by names of their own or those of nd.
_FUNCTIONS = {name: function_of(OPERATORS[name], name) for name in vars(sparse) if name in OPERATORS}
globals().update(_FUNCTIONS | functions("_sparse_", __name__, function_of))

__getattr__ = absent(__name__, "sym.sparse")
