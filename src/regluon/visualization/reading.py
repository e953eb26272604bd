"""What tables and drawings ask of a symbol: its nodes, and the shapes and types between them."""

from __future__ import annotations

import json
import re
from typing import Any

from regluon.symbol import Symbol

__all__ = ["Node", "extents", "nodes_and_heads", "numbers", "shapes_of", "types_of"]

Node = dict[str, Any]
"""A node as the JSON of symbols has it: ``name``, ``op`` ("null" for a variable), ``attrs``, ``inputs``."""


def nodes_and_heads(symbol: Any) -> tuple[list[Node], set[int]]:
    """The nodes in their order, and the numbers that stand for the first head."""
    if not isinstance(symbol, Symbol):
        raise TypeError(f"symbol must be Symbol, not {symbol!r}")
    graph = json.loads(symbol.tojson())
    return graph["nodes"], set(graph["heads"][0])


def shapes_of(symbol: Symbol, shape: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """The shapes of all outputs within a symbol, by their names."""
    inside = symbol.get_internals()
    found = inside.infer_shape(**shape)[1]
    if found is None:
        raise ValueError("Input shape is incomplete")
    return dict(zip(inside.list_outputs(), found, strict=True))


def types_of(symbol: Symbol, dtype: dict[str, Any]) -> dict[str, Any]:
    """The types of all outputs within a symbol, by their names."""
    inside = symbol.get_internals()
    found = inside.infer_type(**dtype)[1]
    if found is None:
        raise ValueError("Input type is incomplete")
    return dict(zip(inside.list_outputs(), found, strict=True))


def numbers(text: str) -> list[str]:
    """The numbers in the text of a shape."""
    return re.findall(r"\d+", text)


def extents(shape: Any) -> str:
    """A shape without the batch: ``8x16x16``."""
    return "x".join(str(extent) for extent in shape[1:])
