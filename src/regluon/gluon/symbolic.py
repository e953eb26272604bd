"""Blocks called with symbols: ``hybrid_forward`` with ``sym`` as ``F``, parameters as variables."""

from __future__ import annotations

import sys
from typing import Any

from regluon.ndarray import NDArray

__all__ = ["forward_symbols", "with_symbols"]


def with_symbols(args: Any) -> bool:
    """Whether there are symbols among the arguments, which may be nested

    Raises
    ------
    ValueError
        If there are arrays as well.
    """
    # Without the module there are no symbols, nor while another thread still loads it.
    symbol = getattr(sys.modules.get("regluon.symbol"), "Symbol", None)
    if symbol is None:
        return False
    pending, kinds = list(args), set()
    while pending:
        value = pending.pop()
        if isinstance(value, (list, tuple)):
            pending.extend(value)
        elif isinstance(value, (NDArray, symbol)):
            kinds.add(isinstance(value, NDArray))
    if len(kinds) > 1:
        raise ValueError(
            "In HybridBlock, we do not support mixed NDArrays and Symbols types for the input. "
            "Please check the type of the args."
        )
    return kinds == {False}


def forward_symbols(block: Any, args: Any) -> Any:
    """What a hybrid block computes, as a symbol."""
    variables = {name: p.var() for name, p in block._reg_params.items()}
    with block.name_scope():
        return block.hybrid_forward(sys.modules["regluon.symbol"], *args, **variables)
