"""``sym.contrib``: operators outside MXNet's core set, of symbols."""

from __future__ import annotations

from regluon.ndarray.namespace import functions
from regluon.reference import absent
from regluon.symbol.control.building import cond, foreach, while_loop
from regluon.symbol.functions import function_of
from regluon.symbol.updates import adamw_update, mp_adamw_update
from regluon.symbol.zipfian import rand_zipfian

__all__ = ["adamw_update", "cond", "foreach", "mp_adamw_update", "rand_zipfian", "while_loop"]

globals().update(functions("_contrib_", __name__, function_of))

__getattr__ = absent(__name__, "sym.contrib")
