"""Outputs' shapes of the most frequent operators, by arithmetic.

torch finds some shapes by way of its compiler, whose libraries take a second or two to load: that of a sum,
of relu or of concatenated arrays, say. A net's first call should not wait for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regluon.ops.registry import Operator

__all__ = ["keeps_shape", "output_shape"]

Shape = tuple[int, ...]

_SINGLE = frozenset({"Activation", "BlockGrad", "Cast", "Dropout", "_copy", "amp_cast", "relu"})
_SINGLE_MODULES = (".unary", ".scalar")


def keeps_shape(op: Operator) -> bool:
    """Whether it works element by element on a single input."""
    return op.name in _SINGLE or (
        len(op.inputs) == 1 and not op.variadic and op.fn.__module__.endswith(_SINGLE_MODULES)
    )


def output_shape(
    op: Operator, shapes: Sequence[Shape], types: Sequence[Any], attributes: dict[str, Any]
) -> Shape | None:
    """The shape of the only output shown, of the inputs' type; None where it takes more to find out."""
    if not shapes or any(t is not types[0] or not t.is_floating_point for t in types):
        return None
    if len(shapes) == 1 and keeps_shape(op) and op.name not in ("Cast", "amp_cast"):
        return shapes[0]
    if op.name == "Concat":
        return _joined(shapes, attributes["dim"])
    if op.fn.__module__.endswith(".binary") and len(shapes) == 2:
        if op.name.startswith("broadcast_"):
            return _stretched(shapes)
        return shapes[0] if shapes[0] == shapes[1] else None
    return None


def _joined(shapes: Sequence[Shape], dim: int) -> Shape | None:
    first = shapes[0]
    if not -len(first) <= dim < len(first):
        return None
    axis = dim % len(first)
    if any(
        len(s) != len(first) or s[:axis] != first[:axis] or s[axis + 1 :] != first[axis + 1 :] for s in shapes
    ):
        return None
    return (*first[:axis], sum(s[axis] for s in shapes), *first[axis + 1 :])


def _stretched(shapes: Sequence[Shape]) -> Shape | None:
    if len({len(s) for s in shapes}) > 1:
        return None
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None
