"""Parameters of blocks, and dictionaries of them."""

from __future__ import annotations

from regluon.gluon.parameter.dictionary import ParameterDict
from regluon.gluon.parameter.parameter import (
    Constant,
    DeferredInitializationError,
    Parameter,
    shape_is_known,
)

__all__ = ["Constant", "DeferredInitializationError", "Parameter", "ParameterDict", "shape_is_known"]
