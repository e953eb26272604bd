"""How odd calls of operators are written: as the samples of ``tests/ops``, many at once."""

from __future__ import annotations

from typing import Any

from ops.samples.spec import S, ints

__all__ = ["KINDS", "each", "of_kinds"]


KINDS = ("float16", "float64", "int32", "int64", "int8", "uint8")


def each(op: str, inputs: list[Any], *attributes: dict[str, Any]) -> list[S]:
    """The operator of the same inputs with several sets of attributes."""
    return [S(op, inputs, given) for given in attributes or ({},)]


def of_kinds(op: str, low: int, high: int, count: int, *attributes: dict[str, Any]) -> list[S]:
    """The operator of whole numbers of several types."""
    kinds = [ints((2, 3, 2), low, high, kind) for kind in KINDS]
    return [s for kind in kinds for s in each(op, [kind] * count, *attributes)]
