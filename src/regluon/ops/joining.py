"""Arrays made of others: joined, repeated, padded, rearranged in blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import torch
from torch.nn import functional

from regluon.base import MXNetError
from regluon.ops.registry import Shape, Tensor, gradient, prepare, register

_cat = torch.cat  # torch has a module-level __getattr__: looking a name up in it is slow


@register("Concat", aliases=("concat",), same_type=True)
def concat(*data: Tensor, dim: int = 1) -> Tensor:
    """The arrays behind each other along the existing axis ``dim``."""
    return _cat(data, dim)


@prepare(concat)
def _(*, dim: int) -> Callable[..., Tensor]:
    return lambda *data: _cat(data, dim)


@gradient(concat, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, *data: Tensor, dim: int) -> Any:
    if None not in need:
        return torch.split_with_sizes(g, [x.shape[dim] for x in data], dim)
    grads, at = [], 0
    for x, wanted in zip(data, need, strict=True):
        grads.append(g.narrow(dim, at, x.shape[dim]) if wanted else None)
        at += x.shape[dim]
    return grads


@register("_rnn_param_concat", same_type=True)
def rnn_param_concat(*data: Tensor, dim: int = 1) -> Tensor:
    """The arrays behind each other along ``dim``: an RNN's parameters in one vector."""
    return torch.cat(data, dim)


@register("stack", same_type=True)
def stack(*data: Tensor, axis: int = 0) -> Tensor:
    """The arrays, of one shape, beside each other along a new axis."""
    return torch.stack(data, axis)


@gradient(stack, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, *data: Tensor, axis: int) -> Any:
    return torch.unbind(g, axis)


@register("tile")
def tile(data: Tensor, *, reps: Shape) -> Tensor:
    """data repeated as a whole, ``reps[i]`` times along axis i; the last of ``reps`` is for the last axis."""
    return torch.tile(data, reps)


@register("repeat")
def repeat(data: Tensor, *, repeats: int, axis: int | None = None) -> Tensor:
    """Each element repeated along ``axis``; of the flattened array if None."""
    return torch.repeat_interleave(data, repeats, axis)


@register("reverse", aliases=("flip",))
def reverse(data: Tensor, *, axis: Shape) -> Tensor:
    """data in reverse order along each axis of ``axis``."""
    return torch.flip(data, axis)


@gradient(reverse)
def _(g: Tensor, need: Any, out: Tensor, data: Tensor, *, axis: Shape) -> Any:
    return (torch.flip(g, axis),)


_PADDING = {"constant": "constant", "edge": "replicate", "reflect": "reflect"}


@register("Pad", aliases=("pad",))
def pad(
    data: Tensor,
    *,
    mode: Literal["constant", "edge", "reflect"],
    pad_width: Shape,
    constant_value: float = 0.0,
) -> Tensor:
    """data with a border along the axes behind the first two.

    Parameters
    ----------
    mode
        Whether the border is a constant, the nearest element, or the mirror image without the edge itself.
    pad_width
        Before and after, axis by axis: (0, 0, 0, 0, top, bottom, left, right).

    Inputs
    ------
    data : of 4 or 5 axes
    """
    if data.dim() not in (4, 5):
        raise MXNetError("the array must have 4 or 5 axes")
    if len(pad_width) != 2 * data.dim() or any(pad_width[:4]):
        raise MXNetError(
            f"pad_width must be {2 * data.dim()} numbers, of which the first four are 0: {pad_width}"
        )
    inner = [n for axis in reversed(range(2, data.dim())) for n in pad_width[2 * axis : 2 * axis + 2]]
    value = constant_value if mode == "constant" else None
    return functional.pad(data, inner, _PADDING[mode], value)


@register("depth_to_space", view=True)
def depth_to_space(data: Tensor, *, block_size: int) -> Tensor:
    """(n, c b², h, w) -> (n, c, h b, w b): channels become blocks of b x b pixels."""
    n, c, h, w = _four(data)
    b = block_size
    if c % (b * b):
        raise ValueError(f"its second axis, {c}, must be a multiple of {b * b}")
    blocks = data.reshape(n, b, b, c // (b * b), h, w)
    return blocks.permute(0, 3, 4, 1, 5, 2).reshape(n, c // (b * b), h * b, w * b)


@register("space_to_depth", view=True)
def space_to_depth(data: Tensor, *, block_size: int) -> Tensor:
    """(n, c, h b, w b) -> (n, c b², h, w): blocks of b x b pixels become channels."""
    n, c, h, w = _four(data)
    b = block_size
    if h % b or w % b:
        raise ValueError(f"its last axes, {h} and {w}, must be multiples of {b}")
    blocks = data.reshape(n, c, h // b, b, w // b, b)
    return blocks.permute(0, 3, 5, 1, 2, 4).reshape(n, c * b * b, h // b, w // b)


def _four(data: Tensor) -> tuple[int, int, int, int]:
    if data.dim() != 4:
        raise ValueError("the array must have 4 axes")
    n, c, h, w = data.shape
    return n, c, h, w


@register("diag", view=True)
def diag(data: Tensor, *, k: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The k-th diagonal, as the last axis; of an array of one axis, the matrix with that k-th diagonal."""
    if data.dim() == 1:
        return torch.diag(data, k)
    if k > data.size(axis2) or -k > data.size(axis1):
        raise ValueError(f"there is no diagonal {k}")
    return torch.diagonal(data, k, axis1, axis2)
