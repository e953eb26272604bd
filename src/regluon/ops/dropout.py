"""Dropout."""

from __future__ import annotations

from typing import Any, Literal

import torch

from regluon.ops.activation import require_floating
from regluon.ops.registry import Generator, Mode, Shape, Tensor, gradient, register


@register("Dropout", view=True, visible=1)
def dropout(
    data: Tensor,
    *,
    p: float = 0.5,
    mode: Literal["training", "always"] = "training",
    axes: Shape = (),
    cudnn_off: bool | None = False,
    training: Mode,
    random: Generator,
) -> Tensor | tuple[Tensor, Tensor]:
    """data mask / (1 - p), the mask 0 with probability p, else 1; data itself outside training

    Parameters
    ----------
    mode
        "always" drops outside training, too.
    axes
        Along these axes all elements share one number of the mask.
    cudnn_off
        Without effect.

    Outputs
    -------
    out : like data
    mask : divided by 1 - p; hidden
    """
    require_floating(data)
    if not 0 <= p <= 1:
        raise ValueError(f"p={p} is not in 0...1")
    for axis in axes:
        if not 0 <= axis < data.dim():
            raise ValueError(f"axes={axes} must be in 0...{data.dim() - 1}")
    if p == 0 or not (training or mode == "always"):
        return data
    mask = random.dropout(tuple(data.shape), p, data.dtype, axes)
    return torch.mul(data, mask), mask


@gradient(dropout)
def _(
    g: Tensor,
    need: Any,
    out: Tensor | tuple[Tensor, Tensor],
    data: Tensor,
    *,
    p: float,
    mode: str,
    axes: Shape,
    cudnn_off: bool | None,
    training: bool,
    random: Any,
) -> Any:
    return (g if isinstance(out, Tensor) else torch.mul(g, out[1]),)
