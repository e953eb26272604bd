"""Which operators work on images with their channels last in memory, and which ask for it.

The same array of four axes, (batch, channels, height, width), can lie in memory with its channels last. A
convolution works so for a net of many small images in two thirds of the time: oneDNN's kernels take such an
array as it is, while any other is rearranged before each of them and after it.

A rule gets the inputs and the attributes of a call. It gives the inputs as the operator wants them to lie, or
None where memory is of no account. An operator with a rule gives a result that lies like what it is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch

from regluon.ops.convolution import each_axis
from regluon.ops.memory import LAST, is_last
from regluon.ops.outlines import places
from regluon.ops.registry import OPERATORS, Shape, Tensor

__all__ = ["FEW", "RULES", "STARTS"]

Inputs = list[Tensor]
Rule = Callable[[Inputs, dict[str, Any]], Inputs | None]


# From how many numbers in the result on, and from how many places of it on, an image's channels go last: a
# kernel of many channels over few places is quicker on data in order. One of single channels is not, nor a
# kernel of 1×1 that is a product of matrices then.
_NUMBERS, _PLACES, _PLACES_SINGLE = 2**14, 32, 16


def _convolution(inputs: Inputs, attributes: dict[str, Any]) -> Inputs | None:
    data, weight = inputs[:2]
    if data.dim() != 4 or attributes["layout"] not in (None, "NCHW") or data.dtype is not torch.float32:
        return None
    if weight.dim() != 4 or data.shape[1] != weight.shape[1] * attributes["num_group"]:
        return None
    windows = [attributes[name] for name in ("kernel", "stride", "pad", "dilate", "num_group")]
    if not data.is_cpu or not _gains(data.shape, weight.shape, *windows):
        return None if data.is_contiguous() else [data.contiguous(), *inputs[1:]]
    return [data.contiguous(memory_format=LAST), *inputs[1:]]


@lru_cache(1024)
def _gains(
    data: Shape, weight: Shape, kernel: Shape, stride: Shape, pad: Shape, dilate: Shape, num_group: int
) -> bool:
    if len(kernel) != 2:
        return False
    given = (("stride", stride, 1), ("pad", pad, 0), ("dilate", dilate, 1))
    steps, around, apart = [each_axis(name, value, kernel, least, 0) for name, value, least in given]
    if min(steps) < 1 or min(found := places(data[2:], kernel, steps, around, apart)) < 1:
        return False  # which the operator will refuse
    count = math.prod(found)
    by_channel, by_place = num_group == data[1] > 1, kernel == (1, 1)
    product = by_place and steps == (1, 1) and data[0] * count <= max(data[1], weight[0])
    if not (by_channel or product) and count < (_PLACES_SINGLE if by_place else _PLACES):
        return False
    return data[0] * weight[0] * count >= _NUMBERS and data[1] + weight[0] >= _CHANNELS


_CHANNELS = 32
"""On both sides together: fewer fill no vectors."""


def _first(inputs: Inputs, attributes: dict[str, Any]) -> Inputs | None:
    """Of each number by itself."""
    return inputs if is_last(inputs[0]) else None


def _along_channels(inputs: Inputs, attributes: dict[str, Any]) -> Inputs | None:
    return inputs if is_last(inputs[0]) and attributes.get("axis", 1) in (1, -3) else None


def _pooling(inputs: Inputs, attributes: dict[str, Any]) -> Inputs | None:
    return inputs if is_last(inputs[0]) and attributes["layout"] in (None, "NCHW") else None


def _together(inputs: Inputs, attributes: dict[str, Any]) -> Inputs | None:
    """Of numbers at the same places of several arrays."""
    shape = inputs[0].shape
    for x in inputs:
        if x.shape != shape:
            return None
    return [x.contiguous(memory_format=LAST) for x in inputs]


def _concat(inputs: Inputs, attributes: dict[str, Any]) -> Inputs | None:
    if attributes["dim"] not in (1, -3) or any(x.dim() != 4 for x in inputs):
        return None
    return [x.contiguous(memory_format=LAST) for x in inputs]


def _leaky(inputs: Inputs, attributes: dict[str, Any]) -> Inputs | None:
    return None if attributes["act_type"] in ("prelu", "rrelu") else _first(inputs, attributes)


RULES: dict[str, Rule] = {
    "Convolution": _convolution,
    "BatchNorm": _along_channels,
    "Activation": _first,
    "relu": _first,
    "clip": _first,
    "LeakyReLU": _leaky,
    "Pooling": _pooling,
    "broadcast_add": _together,
    "elemwise_add": _together,
    "Concat": _concat,
}
"""By the operators' names."""

STARTS = {"Convolution"}
"""The operators that ask for channels last where their data are in order."""

FEW = 2**11
"""Numbers in the data of a call that is over before a layout could pay."""

assert RULES.keys() <= OPERATORS.keys()
