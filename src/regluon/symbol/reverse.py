"""What the shapes of outputs tell of the inputs'."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

__all__ = ["REVERSE"]

Shape = tuple[int, ...]


def _reshape(inputs: list[Shape], output: Shape, attributes: dict[str, Any]) -> list[Shape]:
    """The number of elements stays."""
    (shape,) = inputs
    if shape.count(0) != 1 or 0 in output:
        return inputs
    others = prod(extent for extent in shape if extent)
    return [tuple(extent or prod(output) // others for extent in shape)]


def _concat(
    inputs: list[Shape], output: Shape, attributes: dict[str, Any], evenly: bool = False
) -> list[Shape]:
    """Along the axis the inputs add up, unknown ones ``evenly`` or one alone; else they are alike."""
    axis = attributes["dim"] % len(output)
    unknown = [i for i, s in enumerate(inputs) if not s or not s[axis]]
    rest = output[axis] - sum(s[axis] for s in inputs if s)
    if not unknown or (len(unknown) > 1 and not evenly) or not output[axis] or rest % len(unknown):
        return inputs
    found = list(inputs)
    for i in unknown:
        found[i] = (*output[:axis], rest // len(unknown), *output[axis + 1 :])
    return found


def _batch(inputs: list[Shape], output: Shape, attributes: dict[str, Any]) -> list[Shape]:
    """The first axis stays; without ``flatten`` all but the last."""
    data, *parameters = inputs
    count = 1 if attributes.get("flatten", True) else len(data) - 1
    if not data or len(output) < count:
        return inputs
    first = [own or other for own, other in zip(data[:count], output[:count], strict=True)]
    return [(*first, *data[count:]), *parameters]


REVERSE: dict[str, Callable[[list[Shape], Shape, dict[str, Any]], list[Shape]]] = {
    **dict.fromkeys(("FullyConnected", "Convolution", "Deconvolution", "Pooling"), _batch),
    "Reshape": _reshape,
    "Flatten": _reshape,
    "Concat": _concat,
    "_rnn_param_concat": partial(_concat, evenly=True),
}
"""By operator: the inputs' shapes, completed where the output's tells more."""
