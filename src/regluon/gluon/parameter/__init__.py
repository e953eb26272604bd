"""Parameters of blocks, and dictionaries of them."""

from __future__ import annotations

from regluon.gluon.parameter.dictionary import ParameterDict
from regluon.gluon.parameter.parameter import (
    Constant,
    DeferredInitializationError,
    Parameter,
    changes,
    shape_is_known,
)

__all__ = [
    "Constant",
    "DeferredInitializationError",
    "Parameter",
    "ParameterDict",
    "changes",
    "shape_is_known",
]
