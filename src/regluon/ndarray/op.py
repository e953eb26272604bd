"""``nd.op``: the operators that have public names, as functions; ``nd`` has them too."""

from __future__ import annotations

from regluon.ndarray.namespace import functions

_FUNCTIONS = functions("", "regluon.ndarray")
globals().update(_FUNCTIONS)
__all__ = [*_FUNCTIONS]  # noqa: PLE0604
