"""Elements chosen by arrays of indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch

from regluon.base import MXNetError
from regluon.ops.constants import constant
from regluon.ops.masks import mask
from regluon.ops.registry import DType, Shape, Tensor, gradient, register
from regluon.ops.shape import axis_in

__all__ = ["check_bounds", "within"]

_WHOLE = 2**24
"""float32 has all whole numbers up to this one."""


def within(index: Tensor, extent: int, mode: str) -> Tensor:
    """Indices as int64 in 0...extent-1: those outside taken to the nearest, wrapped around, or refused."""
    index = index.long()
    if mode == "clip":
        return torch.clamp(index, 0, extent - 1)
    if mode == "wrap":
        return torch.remainder(index, extent)
    if index.numel() and not index.is_meta and bool(((index < 0) | (index >= extent)).any()):
        raise MXNetError(f"mode='raise' found indices outside of 0...{extent - 1}")
    return index


def _checked_by_torch(index: Tensor, mode: str) -> bool:
    """Whether to look first if any index is outside: on a CPU torch tells, and most calls have none."""
    return mode == "clip" and index.is_cpu


def check_bounds(index: Tensor, extent: int, axis: int) -> None:
    """Raises IndexError for an index that is not in -extent...extent-1.

    On a GPU, torch would end the process's use of the device instead of raising.
    """
    if index.is_meta or not index.numel():
        return
    least, most = (int(bound) for bound in torch.aminmax(index))
    if most >= extent or least < -extent:
        wrong = most if most >= extent else least
        raise IndexError(f"index {wrong} is out of bounds for axis {axis} with size {extent}")


@register("take")
def take(
    a: Tensor, indices: Tensor, *, axis: int = 0, mode: Literal["clip", "raise", "wrap"] = "clip"
) -> Tensor:
    """The slices of a along ``axis`` at the indices.

    Parameters
    ----------
    mode
        What becomes of indices outside: "clip" takes the nearest, "wrap" counts modulo the extent, "raise"
        is an error.

    Inputs
    ------
    a : (..., n, ...)
    indices : of any shape and type, which takes the place of n in the result
    """
    if _checked_by_torch(indices, mode):
        try:
            return _rows(a, indices.long(), axis)
        except (IndexError, RuntimeError):  # which one depends on the axis
            pass
    axis = axis_in(axis, a.dim())
    return _rows(a, within(indices, a.shape[axis], mode), axis)


def _rows(a: Tensor, index: Tensor, axis: int) -> Tensor:
    if index.dim() == 1:
        return torch.index_select(a, axis, index)
    found = torch.index_select(a, axis, index.reshape(-1))
    axis = axis_in(axis, a.dim())
    return found.reshape(a.shape[:axis] + index.shape + a.shape[axis + 1 :])


@gradient(take, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, a: Tensor, indices: Tensor, *, axis: int, mode: str) -> Any:
    if not need[0]:
        return None, None
    axis = axis_in(axis, a.dim())
    index = within(indices, a.shape[axis], mode).reshape(-1)
    rows = g.reshape(a.shape[:axis] + index.shape + a.shape[axis + 1 :])
    return torch.index_add(torch.zeros(a.shape, dtype=g.dtype, device=g.device), axis, index, rows), None


@register("batch_take")
def batch_take(a: Tensor, indices: Tensor) -> Tensor:
    """a[i, indices[i]] for each row i; indices outside of it are brought to the nearest."""
    index = within(indices, a.shape[1], "clip")
    return torch.gather(a, 1, index.reshape(-1, 1)).reshape(index.shape)


def _picked(data: Tensor, index: Tensor, axis: int | None) -> tuple[int, torch.Size, Tensor]:
    """The axis, the shape without it, and the indices as int64 with that axis, of 1."""
    if axis is None:
        raise MXNetError("axis=None is not supported, it must be the number of an axis")
    shape = data.shape
    axis = axis_in(axis, len(shape))
    rest = shape[:axis] + shape[axis + 1 :]
    if index.shape == rest:
        return axis, rest, index.long().unsqueeze(axis)
    if index.shape == (*shape[:axis], 1, *shape[axis + 1 :]):
        return axis, rest, index.long()
    raise ValueError(
        f"the index must have the shape of data without axis {axis}, {tuple(rest)}, not {tuple(index.shape)}"
    )


@register("pick", aliases=("choose_element_0index",))
def pick(
    data: Tensor,
    index: Tensor,
    *,
    axis: int | None = -1,
    keepdims: bool = False,
    mode: Literal["clip", "wrap"] = "clip",
) -> Tensor:
    """One element along ``axis`` for each place of the other axes: data[i, index[i]] for axis 1 of two.

    Inputs
    ------
    data : (..., n, ...)
    index : the same shape without the axis, or with 1 there
    """
    axis, rest, places = _picked(data, index, axis)
    found = _gathered(data, axis, places, mode)
    return torch.squeeze(found, axis) if rest and not keepdims else found


def _gathered(data: Tensor, axis: int, places: Tensor, mode: str) -> Tensor:
    if _checked_by_torch(places, mode):
        try:
            return torch.gather(data, axis, places)
        except RuntimeError:
            pass
    return torch.gather(data, axis, within(places, data.shape[axis], mode))


@gradient(pick, uses="inputs")
def _(
    g: Tensor, need: Any, out: Tensor, data: Tensor, index: Tensor, *, axis: int, keepdims: bool, mode: str
) -> Any:
    axis, _, places = _picked(data, index, axis)
    whole = torch.zeros(data.shape, dtype=g.dtype, device=g.device)
    return torch.scatter(whole, axis, within(places, data.shape[axis], mode), g.reshape(places.shape)), None


@register("fill_element_0index")
def fill_element_0index(lhs: Tensor, mhs: Tensor, rhs: Tensor) -> Tensor:
    """A copy of lhs with lhs[i, rhs[i]] = mhs[i] for each row i."""
    index = rhs.long().reshape(-1, 1)
    if index.is_cuda:
        check_bounds(index, lhs.shape[1], 1)
    return torch.scatter(lhs, 1, index, mhs.reshape(-1, 1))


@register("one_hot")
def one_hot(
    indices: Tensor,
    *,
    depth: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    dtype: DType = torch.float32,
) -> Tensor:
    """out[..., j] = on_value if indices[...] == j else off_value, for j < depth"""
    if depth < 0:
        raise ValueError("depth can't be negative")
    if dtype is torch.float32 and depth < _WHOLE and on_value == 1 and not off_value:
        # Compared as numbers and into numbers, in vector kernels.
        numbers = (indices.trunc() if indices.is_floating_point() else indices).float().unsqueeze(-1)
        classes = torch.arange(depth, dtype=dtype, device=indices.device)
        return mask(torch.eq, numbers, classes)
    places = indices.long().unsqueeze(-1)
    if places.is_cpu:
        exact = float if dtype.is_floating_point else int
        try:
            cold = torch.full((*indices.shape, depth), exact(off_value), dtype=dtype)
            return cold.scatter_(-1, places, exact(on_value))
        except RuntimeError:  # an index outside
            pass
    hot = torch.eq(places, torch.arange(depth, device=indices.device))
    device = indices.device
    return torch.where(hot, constant(on_value, dtype).to(device), constant(off_value, dtype).to(device))


@register("_onehot_encode")
def onehot_encode(lhs: Tensor, rhs: Tensor) -> Tensor:
    """rhs's shape and type, with rows that are 1 where lhs says, and 0 elsewhere."""
    return torch.eq(lhs.long().unsqueeze(-1), torch.arange(rhs.shape[-1], device=rhs.device)).to(rhs.dtype)


def _coordinates(indices: Tensor, shape: Sequence[int]) -> tuple[Tensor, ...]:
    """The rows of an index array: one of int64 for each axis that they speak of."""
    if indices.dim() < 2 or indices.shape[0] > len(shape):
        raise ValueError(f"indices need a first axis of 1...{len(shape)}, and others behind it")
    rows = torch.unbind(indices.long())
    if indices.is_cuda:
        for axis, row in enumerate(rows):
            check_bounds(row, shape[axis], axis)
    return rows


@register("gather_nd")
def gather_nd(data: Tensor, indices: Tensor) -> Tensor:
    """out[...] = data[indices[0, ...], indices[1, ...], ...]; negative indices count from the end."""
    return data[_coordinates(indices, data.shape)]


@register("scatter_nd")
def scatter_nd(data: Tensor, indices: Tensor, *, shape: Shape) -> Tensor:
    """Zeros of ``shape``, in which out[indices[0, ...], indices[1, ...], ...] = data[...]"""
    whole = torch.zeros(shape, dtype=data.dtype, device=data.device)
    return torch.index_put(whole, _coordinates(indices, shape), data)


@register("_scatter_set_nd", same_type=True)
def scatter_set_nd(lhs: Tensor, rhs: Tensor, indices: Tensor, *, shape: Shape) -> Tensor:
    """A copy of lhs, in which out[indices[0, ...], indices[1, ...], ...] = rhs[...]

    Parameters
    ----------
    shape
        That of lhs.
    """
    if lhs.shape != shape:
        raise ValueError(f"lhs must have the shape {shape}")
    rows = _coordinates(indices, shape)
    if rhs.shape != indices.shape[1:] + lhs.shape[len(rows) :]:
        raise ValueError("rhs must have a place for each of the indices")
    return torch.index_put(lhs, rows, rhs)


def _mask(condition: Tensor, x: Tensor) -> Tensor:
    mask = torch.ne(condition, constant(0, condition.dtype))
    if condition.shape == x.shape:
        return mask
    if condition.dim() != 1 or condition.shape[0] != x.shape[0]:
        raise ValueError("the condition must have the shape of x, or be one number for each of its rows")
    return mask.reshape((-1,) + (1,) * (x.dim() - 1))


@register("where")
def where(condition: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """x where the condition is not 0, else y

    Inputs
    ------
    condition : the shape of x, or (n,) to choose whole rows; of any type
    x, y : (n, ...), of one type
    """
    if x.dtype != y.dtype or x.shape != y.shape:
        raise ValueError("x and y must be of one shape and type")
    return torch.where(_mask(condition, x), x, y)


@gradient(where, uses="inputs")
def _(g: Tensor, need: Any, out: Tensor, condition: Tensor, x: Tensor, y: Tensor) -> Any:
    mask, zero = _mask(condition, x), constant(0.0, g.dtype).to(g.device)
    return (
        None,
        torch.where(mask, g, zero) if need[1] else None,
        torch.where(mask, zero, g) if need[2] else None,
    )


def _strides(shape: Shape) -> list[int]:
    strides = [1]
    for extent in reversed(shape[1:]):
        strides.insert(0, strides[0] * extent)
    return strides


@register("_ravel_multi_index", aliases=("ravel_multi_index",))
def ravel_multi_index(data: Tensor, *, shape: Shape) -> Tensor:
    """Flat indices into an array of ``shape``, of columns of coordinates: (axes, n) -> (n,)"""
    if data.dim() != 2 or data.shape[0] != len(shape):
        raise ValueError(f"data must have two axes, the first of {len(shape)}")
    strides = torch.tensor(_strides(shape), device=data.device).unsqueeze(1)
    return torch.sum(data.long() * strides, 0).to(data.dtype)


@register("_unravel_index", aliases=("unravel_index",))
def unravel_index(data: Tensor, *, shape: Shape) -> Tensor:
    """Columns of coordinates in an array of ``shape``, of flat indices: (n,) -> (axes, n)"""
    rest, rows = data.long(), []
    for extent in reversed(shape[1:]):
        rows.append(torch.fmod(rest, extent))
        rest = torch.div(rest, extent, rounding_mode="trunc")
    return torch.stack([rest, *reversed(rows)]).to(data.dtype)


@register("_contrib_boolean_mask")
def boolean_mask(data: Tensor, index: Tensor, *, axis: int = 0) -> Tensor:
    """The rows of data where index is not 0

    Inputs
    ------
    data : (n, ...)
    index : (n,)
    """
    if axis != 0 or index.dim() != 1 or index.shape[0] != data.shape[0]:
        raise ValueError("boolean_mask takes one number for each row, along axis 0")
    return data[torch.ne(index, constant(0, index.dtype))]


@register("_contrib_index_copy")
def index_copy(old_tensor: Tensor, index_vector: Tensor, new_tensor: Tensor) -> Tensor:
    """old_tensor with the rows index_vector replaced by those of new_tensor"""
    index = index_vector.long()
    if index.is_cuda:
        check_bounds(index, old_tensor.shape[0], 0)
    return torch.index_copy(old_tensor, 0, index, new_tensor)


@register("_contrib_index_array")
def index_array(data: Tensor, *, axes: Shape | None = None) -> Tensor:
    """out[i, j, ...] = (i, j, ...), as int64; only the coordinates of ``axes`` if given"""
    places = [torch.arange(n, device=data.device) for n in data.shape]
    grid = torch.meshgrid(*places, indexing="ij")
    chosen = range(data.dim()) if axes is None else [axis_in(a, data.dim()) for a in axes]
    return torch.stack([grid[a] for a in chosen], -1)
