"""Better lines than the general ones, for the operators that small nets are made of."""

from __future__ import annotations

from regluon.symbol.lines import Emit

__all__ = ["SHORTCUTS"]

SHORTCUTS: dict[str, Emit] = {}
