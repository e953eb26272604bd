"""The names of a net's blocks as a JSON file: what ``Block.save`` writes beside the parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from regluon.base import MXNetError
from regluon.fileio import atomic_write_text

__all__ = ["read_names", "write_names"]


def write_names(block: Any, filename: str) -> None:
    """Writes the names of a block and of all below it."""
    with atomic_write_text(filename) as file:
        json.dump(_described(block, count()), file)


def _described(block: Any, numbers: Iterator[int]) -> dict[str, Any]:
    key = _key(block, numbers)
    # MXNet keeps the graph of a net that has run hybridized; here it is made again when it runs.
    traced = {"hybridized": False} if hasattr(block, "_active") else {}
    children = {child.name: name for name, child in block._children.items()}
    entry = {"orig_name": block.name, **traced, "children": children}
    for child in block._children.values():
        entry.update(_described(child, numbers))
    return {key: entry}


def _key(block: Any, numbers: Iterator[int]) -> str:
    """A block's key: its class and its number, counted from the top down."""
    return f"{type(block).__name__.lower()}{next(numbers)}"


def read_names(block: Any, filename: str) -> None:
    """Gives a block, and all below it, the names that were written for a net of the same architecture.

    Raises
    ------
    MXNetError
        If the file is of another architecture, or damaged. Nothing is renamed then.
    """
    try:
        with open(filename, encoding="utf-8") as file:
            plans = _plans(block, json.load(file), count())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MXNetError(
            f"{filename} does not describe a net like this {type(block).__name__}: {error!r}"
        ) from error
    for one, name, children in plans:
        own = one.params
        own._params = {f"{name}_{key[len(own.prefix) :]}": p for key, p in own.items()}
        one._name, one._children = name, children


def _plans(
    block: Any, structure: dict[str, Any], numbers: Iterator[int]
) -> list[tuple[Any, str, dict[str, Any]]]:
    """Blocks with their new names and their children under their new ones; the block itself comes last."""
    entry = structure[_key(block, numbers)]
    plans, children = [], {}
    for child in block._children.values():
        below = _plans(child, entry, numbers)
        plans += below
        children[entry["children"][below[-1][1]]] = child
    return [*plans, (block, str(entry["orig_name"]), children)]
