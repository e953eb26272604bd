"""``mx.executor``: what a symbol becomes when it is bound to arrays."""

from __future__ import annotations

from regluon.reference import absent
from regluon.symbol.executor import Executor

__all__ = ["Executor"]

__getattr__ = absent(__name__, "executor")
