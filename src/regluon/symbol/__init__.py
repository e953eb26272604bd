"""``mx.sym``: graphs of operators, and every operator as a function of them."""

from __future__ import annotations

from regluon.reference import absent
from regluon.symbol import _internal, contrib, image, linalg, op, random, sparse
from regluon.symbol.arithmetic import BINARY, binary_function
from regluon.symbol.creation import arange, eye, full, histogram, linspace, ones, split_v2, zeros
from regluon.symbol.executor import Executor
from regluon.symbol.methods import attach_methods
from regluon.symbol.reading import fromjson, load, load_json
from regluon.symbol.symbol import Group, Symbol
from regluon.symbol.variables import Variable, var

__all__ = [
    "Executor",
    "Group",
    "Symbol",
    "Variable",
    "_internal",
    "arange",
    "contrib",
    "eye",
    "fromjson",
    "full",
    "histogram",
    "image",
    "linalg",
    "linspace",
    "load",
    "load_json",
    "ones",
    "op",
    "random",
    "sparse",
    "split_v2",
    "var",
    "zeros",
]

attach_methods()
globals().update({name: getattr(op, name) for name in op.__all__ if name not in __all__})
globals().update({name: binary_function(name) for name in BINARY})

__getattr__ = absent(__name__, "sym")
