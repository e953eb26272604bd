"""Feature maps read at points of a grid."""

from __future__ import annotations

import math
from typing import Any, Literal

import torch
from torch import Tensor

from regluon.ops.constants import constant
from regluon.ops.kernels import kernel
from regluon.ops.points import bag_sums, corners
from regluon.ops.registry import Shape, register

__all__: list[str] = []

_sampler_backward = kernel("grid_sampler_2d_backward")
_BILINEAR, _ZEROS, _ALIGNED = 0, 0, True


class _Sampled(torch.autograd.Function):
    """Bilinear interpolation by torch's kernel, which torch itself differentiates only once."""

    @staticmethod
    def forward(ctx: Any, data: Tensor, grid: Tensor) -> Tensor:
        ctx.save_for_backward(data, grid)
        return torch.grid_sampler(data, grid.permute(0, 2, 3, 1), _BILINEAR, _ZEROS, _ALIGNED)

    @staticmethod
    def backward(ctx: Any, *gs: Tensor) -> Any:
        data, grid = ctx.saved_tensors
        if not torch.is_grad_enabled():
            points = grid.permute(0, 2, 3, 1)
            needs = list(ctx.needs_input_grad)
            of_data, of_grid = _sampler_backward(
                gs[0].contiguous(), data, points, _BILINEAR, _ZEROS, _ALIGNED, needs
            )
            return of_data, None if of_grid is None else of_grid.permute(0, 3, 1, 2)
        wanted = [x for x, need in zip((data, grid), ctx.needs_input_grad, strict=True) if need]
        found = iter(torch.autograd.grad(_by_bags(data, grid), wanted, gs, create_graph=True))
        return tuple([next(found) if need else None for need in ctx.needs_input_grad])


def _by_bags(data: Tensor, grid: Tensor) -> Tensor:
    """The same, of parts that can be differentiated again and again."""
    images, _, height, width = data.shape
    x, y = (grid + 1).unbind(1)
    index, weight = corners(y * ((height - 1) / 2), x * ((width - 1) / 2), height, width)
    first = torch.arange(images, device=data.device) * (height * width)
    return bag_sums(data.permute(0, 2, 3, 1), index + first.reshape(-1, 1, 1, 1), weight).permute(0, 3, 1, 2)


def _sampled(data: Tensor, grid: Tensor) -> Tensor:
    return _Sampled.apply(data, grid).contiguous()  # type: ignore[no-any-return, no-untyped-call]


@register("BilinearSampler", same_type=True)
def bilinear_sampler(data: Tensor, grid: Tensor, *, cudnn_off: bool | None = None) -> Tensor:
    """out[n, c, i, j] = data[n, c] at x = grid[n, 0, i, j], y = grid[n, 1, i, j]

    Between pixels it interpolates bilinearly. -1 is the center of the first column or row, 1 that of the
    last; what lies outside is 0.

    Parameters
    ----------
    cudnn_off
        Changes nothing here.

    Inputs
    ------
    data : (batch, channels, height, width)
    grid : (batch, 2, out_height, out_width)

    Outputs
    -------
    out : (batch, channels, out_height, out_width)
    """
    if data.dim() != 4 or grid.dim() != 4 or grid.shape[1] != 2 or data.shape[0] != grid.shape[0]:
        raise ValueError(
            "it needs data (batch, channels, height, width) and a grid (batch, 2, height, width)"
        )
    return _sampled(_floating(data), grid)


@register("GridGenerator")
def grid_generator(
    data: Tensor, *, transform_type: Literal["affine", "warp"], target_shape: Shape = (0, 0)
) -> Tensor:
    """A grid of points (x, y) for BilinearSampler: A (x, y, 1)ᵀ, or pixels that have moved by a flow

    Both are in units in which -1 is the first and 1 the last column or row; an extent of 1 gives NaN or
    infinities.

    Parameters
    ----------
    transform_type
        "affine" takes the matrices A, "warp" the flow, in pixels.
    target_shape
        (height, width) of an affine grid.

    Inputs
    ------
    data : (batch, 6), the matrices' rows, or (batch, 2, height, width), the flow of x and of y

    Outputs
    -------
    out : (batch, 2, height, width)
    """
    _floating(data)
    if transform_type == "affine":
        return _affine_grid(data, target_shape)
    if data.dim() != 4 or data.shape[1] != 2:
        raise ValueError(f"a flow has shape (batch, 2, height, width), not {tuple(data.shape)}")
    height, width = data.shape[2:]
    x, y = [torch.arange(n, dtype=data.dtype, device=data.device) for n in (width, height)]
    moved = [data[:, 0] + x, data[:, 1] + y.unsqueeze(1)]
    halves = [constant((n - 1) / 2, data.dtype) for n in (width, height)]
    one = constant(1.0, data.dtype)
    return torch.stack([p / half - one for p, half in zip(moved, halves, strict=True)], 1)


def _affine_grid(matrices: Tensor, target_shape: Shape) -> Tensor:
    if matrices.dim() != 2 or matrices.shape[1] != 6:
        raise ValueError(f"affine matrices have shape (batch, 6), not {tuple(matrices.shape)}")
    if len(target_shape) != 2 or min(target_shape) < 1:
        raise ValueError(f"target_shape must be (height, width), not {target_shape}")
    y, x = (_centers(extent, matrices) for extent in target_shape)
    points = torch.stack([*torch.meshgrid(x, y, indexing="xy"), matrices.new_ones(target_shape)])
    return torch.matmul(matrices.reshape(-1, 2, 3), points.flatten(1)).reshape(-1, 2, *target_shape)


def _centers(extent: int, like: Tensor) -> Tensor:
    """-1...1 in equal steps."""
    step = constant(2.0 / (extent - 1) if extent > 1 else math.inf, like.dtype)
    return torch.arange(extent, dtype=like.dtype, device=like.device) * step - constant(1.0, like.dtype)


@register("SpatialTransformer", same_type=True)
def spatial_transformer(
    data: Tensor,
    loc: Tensor,
    *,
    target_shape: Shape = (0, 0),
    transform_type: Literal["affine"],
    sampler_type: Literal["bilinear"],
    cudnn_off: bool | None = None,
) -> Tensor:
    """out[n, c, i, j] = data[n, c] at the point that the matrix loc[n] makes of (x, y) = (j, i)

    Both points are in units in which -1 is the first and 1 the last column or row; see BilinearSampler. After
    Jaderberg and others, *Spatial Transformer Networks* (2015).

    Parameters
    ----------
    target_shape
        (height, width) of the result.
    cudnn_off
        Changes nothing here.

    Inputs
    ------
    data : (batch, channels, height, width)
    loc : (batch, 6), the rows of affine matrices

    Outputs
    -------
    out : (batch, channels, *target_shape)
    """
    if data.dim() != 4 or loc.dim() != 2 or data.shape[0] != loc.shape[0]:
        raise ValueError("it needs data (batch, channels, height, width) and loc (batch, 6)")
    return _sampled(_floating(data), _affine_grid(loc, target_shape))


def _floating(data: Tensor) -> Tensor:
    if not data.dtype.is_floating_point:
        raise ValueError("it takes floating types only")
    return data
