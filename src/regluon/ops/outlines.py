"""Shapes of results by arithmetic: those that several operators share, and results without values."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from regluon.ops.registry import Shape

__all__ = ["outline", "places"]


def outline(like: Tensor, shape: Sequence[int]) -> Tensor:
    """What an operator gives on torch's ``meta`` device: the type and the device of ``like``, no values.

    torch finds many shapes by way of its compiler, whose libraries take one to three seconds to load: too
    long for the first layer of a program whose parameters wait for their shapes.
    """
    return like.new_empty(shape)


def places(space: Sequence[int], kernel: Shape, stride: Shape, pad: Shape, dilate: Shape) -> Shape:
    """How many places a window has along each axis: ⌊(n + 2 pad - dilate (kernel - 1) - 1) / stride⌋ + 1"""
    axes = zip(space, kernel, stride, pad, dilate, strict=True)
    return tuple([(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes])
