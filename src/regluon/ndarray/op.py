"""``nd.op``: the operators that have public names, as functions; ``nd`` has them too."""

from __future__ import annotations

from regluon.ndarray.custom import Custom
from regluon.ndarray.finite import keeping_zeros
from regluon.ndarray.namespace import functions

_FUNCTIONS = functions("", "regluon.ndarray")
_FUNCTIONS.update({name: keeping_zeros(_FUNCTIONS[name]) for name in ("all_finite", "multi_all_finite")})
_FUNCTIONS["Custom"] = Custom
globals().update(_FUNCTIONS)
__all__ = [*_FUNCTIONS]  # noqa: PLE0604
