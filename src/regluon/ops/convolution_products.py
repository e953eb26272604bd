"""Convolutions, and their gradients, that are quicker as products of matrices than by oneDNN's kernels."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch.nn.functional import linear as _linear

from regluon.ops.kernels import kernel, onednn
from regluon.ops.memory import LAST
from regluon.ops.registry import Shape, Tensor

__all__ = ["Plan", "gradient_by_taps", "hangs_over", "is_product", "product", "pull_product"]

_own_view = kernel("_unsafe_view")  # of a result: it is not kept beside its view
_by_onednn = onednn("_linear_pointwise")
_LARGE_PRODUCT = 2**23


class Plan(NamedTuple):
    """What torch needs to know: all of it follows from attributes and shapes, and is found out once."""

    stride: Shape
    pad: Shape
    dilate: Shape
    adj: Shape
    channels_last: bool


def is_product(plan: Plan, transposed: bool, data: Tensor, weight: Tensor) -> bool:
    """Whether it is the product of two matrices as they lie in memory, and quicker so.

    That is with 1×1 kernels on data with the channels last. oneDNN rearranges the weight, which for few
    places takes longer than the product itself.
    """
    if transposed or data.dim() != 4 or data.stride(1) != 1 or weight.shape[2:].numel() != 1:
        return False
    if (
        data.size(1) != weight.size(1)
        or not (data.is_cpu and data.is_contiguous(memory_format=LAST))
        or not weight.is_contiguous()
    ):
        return False
    few = data.numel() <= data.size(1) * max(weight.size(0), weight.size(1))
    return few and plan.stride == (1, 1) and plan.pad == (0, 0)


def product(data: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """The convolution as a product."""
    return _image(_connected(_rows(data), weight.view(weight.shape[:2]), bias), data)


def _connected(rows: Tensor, matrix: Tensor, bias: Tensor | None) -> Tensor:
    """rows matrixᵀ + bias; by oneDNN if it is large, which takes a tenth less than MKL."""
    plain = _by_onednn is None or rows.requires_grad or matrix.requires_grad or not rows.is_cpu
    if plain or rows.dtype is not torch.float32 or rows.numel() * matrix.size(0) < _LARGE_PRODUCT:
        return _linear(rows, matrix, bias)
    return _by_onednn(rows, matrix, bias, "none", [], "")  # type: ignore[no-any-return]


def _rows(x: Tensor) -> Tensor:
    return x.permute(0, 2, 3, 1).reshape(-1, x.size(1))


def _image(rows: Tensor, like: Tensor) -> Tensor:
    n, _, height, width = like.shape
    return rows.view(n, height, width, rows.size(1)).permute(0, 3, 1, 2)


def pull_product(g: Tensor, need: Any, data: Tensor, weight: Tensor, bias: Tensor | None) -> Any:
    """The gradients of :func:`product`, those that are wanted."""
    rows, inputs = _rows(g), _rows(data)
    turned = weight.view(weight.shape[:2]).t()
    of_data = _image(_connected(rows, turned, None), data) if need[0] is not None else None
    of_weight = _own_view(torch.mm(rows.t(), inputs), weight.shape) if need[1] is not None else None
    if bias is None:
        return of_data, of_weight
    return of_data, of_weight, torch.sum(rows, 0) if need[2] is not None else None


_MUCH, _LARGE_WEIGHT = 0.6, 2**18


def hangs_over(plan: Plan, g: Tensor, data: Tensor, weight: Tensor) -> bool:
    """Whether much of a large kernel lies outside of the data, and its gradient is a sum of little.

    oneDNN's kernel works out what is multiplied by the zeros around, too: more than half for 3×3 on 2×2.
    """
    if data.dim() != 4 or weight.numel() < _LARGE_WEIGHT or g.numel() > weight.numel() or not data.is_cpu:
        return False
    if data.dtype is not torch.float32 or g.requires_grad or data.requires_grad:
        return False
    inside = everywhere = 1
    for axis in (0, 1):
        taps = _taps(plan, axis, data.size(axis + 2), weight.size(axis + 2), g.size(axis + 2))
        inside *= sum(end - first for first, end, _ in taps)
        everywhere *= len(taps) * g.size(axis + 2)
    return inside < _MUCH * everywhere


def _taps(plan: Plan, axis: int, extent: int, kernel: int, count: int) -> list[tuple[int, int, int]]:
    """For each place of the kernel: the first result that sees data there, these results' end, the datum."""
    step, around, apart = plan.stride[axis], plan.pad[axis], plan.dilate[axis]
    found = []
    for k in range(kernel):
        first = max(0, -((k * apart - around) // step))
        end = min(count, (extent - 1 + around - k * apart) // step + 1)
        found.append((first, max(first, end), first * step + k * apart - around))
    return found


def gradient_by_taps(plan: Plan, g: Tensor, data: Tensor, shape: Shape) -> Tensor:
    """The weight's gradient: for each place of the kernel a product of what is inside the data."""
    filters, channels, *kernel = shape
    inputs, heads = data.permute(2, 3, 0, 1).contiguous(), g.permute(2, 3, 0, 1).contiguous()
    rows, columns = [_taps(plan, i, inputs.size(i), kernel[i], heads.size(i)) for i in (0, 1)]
    (down, across), found = plan.stride, g.new_empty(kernel[0] * kernel[1], filters, channels)
    pairs = [(row, column) for row in rows for column in columns]
    for (row, column), target in zip(pairs, found.unbind(), strict=True):
        (a, b, y), (c, d, x) = row, column
        if a == b or c == d:
            target.zero_()
            continue
        seen = inputs[y : y + (b - a - 1) * down + 1 : down, x : x + (d - c - 1) * across + 1 : across]
        torch.mm(heads[a:b, c:d].reshape(-1, filters).t(), seen.reshape(-1, channels), out=target)
    return _own_view(found.permute(1, 2, 0).contiguous(), shape)  # type: ignore[no-any-return]
