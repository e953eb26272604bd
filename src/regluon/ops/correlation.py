"""Correlation of patches of two feature maps."""

from __future__ import annotations

import torch
from torch.nn.functional import avg_pool2d, pad

from regluon.ops.registry import Tensor, register

__all__: list[str] = []


@register("Correlation", same_type=True)
def correlation(
    data1: Tensor,
    data2: Tensor,
    *,
    kernel_size: int = 1,
    max_displacement: int = 1,
    stride1: int = 1,
    stride2: int = 1,
    pad_size: int = 0,
    is_multiply: bool = True,
) -> Tensor:
    """out[n, q] = the mean of data1 · data2 over two patches, the second displaced by the q-th step

    After Dosovitskiy and others, *FlowNet* (2015).

    Parameters
    ----------
    kernel_size
        Height and width of the patches, an odd number.
    max_displacement
        The largest displacement in pixels, along each axis.
    stride1, stride2
        Steps of the patch's place, and of the displacement.
    pad_size
        Zeros around both maps.
    is_multiply
        Whether to multiply; else it is the mean of \\|data1 - data2\\|.

    Inputs
    ------
    data1, data2 : (batch, channels, height, width)

    Outputs
    -------
    out : (batch, (2 ⌊max_displacement / stride2⌋ + 1)², out_height, out_width), the displacements row by row
    """
    if data1.dim() != 4 or data1.shape != data2.shape or not data1.dtype.is_floating_point:
        raise ValueError(
            "it needs two arrays (batch, channels, height, width) of one shape and floating type"
        )
    if kernel_size % 2 == 0:
        raise ValueError(f"kernel_size must be odd, not {kernel_size}")
    if stride1 < 1 or stride2 < 1:
        raise ValueError("the strides must be above 0")
    height, width = (n + 2 * (pad_size - max_displacement) for n in data1.shape[2:])
    if min(height, width) < kernel_size:
        raise ValueError("patches and displacements do not fit into the maps")
    # Without patches, only the places that stride1 leaves need be looked at.
    step = stride1 if kernel_size == 1 else 1
    one, two = (pad(t, [pad_size] * 4).permute(0, 2, 3, 1).contiguous() for t in (data1, data2))
    still = _part(one, max_displacement, max_displacement, height, width, step)
    most = max_displacement // stride2
    steps = [max_displacement + n * stride2 for n in range(-most, most + 1)]
    found = [
        _likeness(still, _part(two, y, x, height, width, step), is_multiply) for y in steps for x in steps
    ]
    out = torch.stack(found, 1)
    if kernel_size > 1:
        out = avg_pool2d(out, kernel_size, stride1)
    return out


def _part(data: Tensor, top: int, left: int, height: int, width: int, step: int) -> Tensor:
    return data[:, top : top + height : step, left : left + width : step]


def _likeness(one: Tensor, two: Tensor, is_multiply: bool) -> Tensor:
    if is_multiply:
        return (one * two).mean(-1)
    difference = one - two
    # Of equal numbers, the gradient is that of the first being larger.
    return torch.where(difference >= 0, difference, -difference).mean(-1)
