"""Methods of NDArray whose signatures are their own, and not those of an operator."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any, TypeAlias

import torch

from regluon.base import DTypeLike, torch_dtype
from regluon.ndarray.dispatch import invoke
from regluon.ndarray.indexing import setitem
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.rearrange import split_v2 as split_array
from regluon.ndarray.sparse.storage import cast
from regluon.ops.registry import OPERATORS, Tensor
from regluon.ops.shape import axis_in, reshaped
from regluon.tape import Node, live, state

__all__ = [
    "astype",
    "broadcast_like",
    "broadcast_to",
    "expand_dims",
    "flatten",
    "reshape",
    "slice_assign",
    "slice_assign_scalar",
    "split_v2",
    "squeeze",
    "tostype",
    "transpose",
]

Bounds: TypeAlias = Sequence[int | None]


def reshape(self: NDArray, *shape: Any, **kwargs: Any) -> NDArray:
    """The same memory in another shape.

    Parameters
    ----------
    shape
        Extents, as one tuple or as several numbers; or codes: 0 keeps the extent at that place, -1 is
        computed, -2 copies all remaining axes, -3 joins two axes, -4 splits one into the two extents that
        follow.
    reverse
        Whether the codes are matched from the right.

    Raises
    ------
    ValueError
        If the elements don't fill that shape.
    MXNetError
        If they are too few for it, or a code can't be followed.
    """
    codes = shape[0] if len(shape) == 1 and type(shape[0]) in (tuple, list) else shape
    reverse = False
    if kwargs:
        codes, reverse = _by_name(codes, **kwargs)
    elif not shape:
        raise ValueError("reshape: Shape must be provided.")
    data = self._data
    found = torch.reshape(data, reshaped(tuple(data.shape), tuple(map(index, codes)), reverse))
    if self._ag is not None and state.recording:
        source = live(self._ag)
        if source is not None:
            node = Node(_reshape, _reshape_back, [data], {"shape": found.shape}, found, [source])
            return NDArray(found, self._ctx, node)
    return NDArray(found, self._ctx)


def _by_name(codes: Any, shape: Any = None, reverse: bool = False, **unknown: Any) -> tuple[Any, bool]:
    if unknown:
        raise TypeError(f"reshape takes shape and reverse, not {', '.join(unknown)}")
    codes = codes or shape
    if codes is None:
        raise ValueError("reshape: Shape must be provided.")
    return (codes,) if isinstance(codes, int) else codes, bool(reverse)


def _reshape(x: Tensor, *, shape: torch.Size) -> Tensor:
    return torch.reshape(x, shape)


def _reshape_back(g: Tensor, need: Any, out: Tensor, x: Tensor, *, shape: torch.Size) -> tuple[Tensor]:
    return (torch.reshape(g, x.shape),)


def flatten(self: NDArray, inplace: bool = False) -> NDArray:
    """(d1, d2, ..., dk) as (d1, d2 ... dk); in the same memory if ``inplace``."""
    if inplace:
        return reshape(self, (0, -1))
    return invoke(OPERATORS["Flatten"], (self,), {})  # type: ignore[no-any-return]


def expand_dims(self: NDArray, axis: int, inplace: bool = False) -> NDArray:
    """With a new axis of extent 1 before ``axis``; in the same memory if ``inplace``."""
    if not inplace:
        return invoke(OPERATORS["expand_dims"], (self,), {"axis": axis})  # type: ignore[no-any-return]
    shape = list(self.shape)
    shape.insert(axis_in(axis, len(shape) + 1), 1)
    return _shaped(self, shape)


def squeeze(self: NDArray, axis: int | Sequence[int] | None = None, inplace: bool = False) -> NDArray:
    """Without the axes of extent 1, all or those named; in the same memory if ``inplace``."""
    op = OPERATORS["squeeze"]
    axes = op.read("axis", axis)
    if not inplace:
        return invoke(op, (self,), {"axis": axes})  # type: ignore[no-any-return]
    return _shaped(self, op.fn(self._data, axis=axes).shape)


def _shaped(array: NDArray, shape: Sequence[int]) -> NDArray:
    """A view in a shape that has no codes in it; an extent of 0 would be one."""
    return reshape(array, tuple(shape)) if array.size else NDArray(array._data.reshape(*shape), array._ctx)


def transpose(self: NDArray, *axes: Any, **kwargs: Any) -> NDArray:
    """A copy with the axes in the order ``axes``, or in reverse."""
    op = OPERATORS["transpose"]
    if self._call_stored is not None:
        self = self.tostype("default")
    if kwargs:
        return invoke(op, (self, *axes), op.read_all(kwargs))  # type: ignore[no-any-return]
    order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
    return invoke(op, (self,), {"axes": tuple(order)})  # type: ignore[no-any-return]


def broadcast_to(self: NDArray, shape: int | Sequence[int]) -> NDArray:
    """A copy, stretched to ``shape``: axes of extent 1, and new ones in front.

    Raises
    ------
    ValueError
        If another axis would have to be stretched.
    """
    wanted = (shape,) if isinstance(shape, int) else tuple(shape)
    try:
        stretched = self._data.expand(wanted)
    except RuntimeError:
        raise ValueError(
            "operands could not be broadcast together with remapped shapes"
            f"[original->remapped]: {self.shape} and requested shape {wanted}"
        ) from None
    if self._ag is None or not state.recording:
        return NDArray(stretched.clone(memory_format=torch.contiguous_format), self._ctx)
    source = _shaped(self, (1,) * (len(wanted) - self.ndim) + self.shape)
    return invoke(OPERATORS["broadcast_to"], (source,), {"shape": wanted})  # type: ignore[no-any-return]


def broadcast_like(self: NDArray, other: NDArray) -> NDArray:
    """A copy, stretched to the shape of ``other``."""
    return broadcast_to(self, other.shape)


def astype(self: NDArray, dtype: DTypeLike, copy: bool = True) -> NDArray:
    """A copy in another type; itself if it has that type already and ``copy`` is false."""
    kind = torch_dtype(dtype)
    if not copy and kind is self._data.dtype:
        return self
    return invoke(OPERATORS["Cast"], (self,), {"dtype": kind})  # type: ignore[no-any-return]


def slice_assign(self: NDArray, rhs: NDArray, begin: Bounds, end: Bounds, step: Bounds) -> NDArray:
    """Writes ``rhs`` over the part ``begin[i] : end[i] : step[i]`` of each axis i; returns itself."""
    setitem(self, _slices(begin, end, step), rhs)
    return self


def slice_assign_scalar(self: NDArray, value: float, begin: Bounds, end: Bounds, step: Bounds) -> NDArray:
    """Writes a number over the part ``begin[i] : end[i] : step[i]`` of each axis i; returns itself."""
    setitem(self, _slices(begin, end, step), value)
    return self


def _slices(begin: Bounds, end: Bounds, step: Bounds) -> tuple[slice, ...]:
    steps = step or [None] * len(begin)
    return tuple([slice(*bounds) for bounds in zip(begin, end, steps, strict=True)])


def split_v2(
    self: NDArray, indices_or_sections: int | tuple[int, ...], axis: int = 0, squeeze_axis: bool = False
) -> Any:
    """Cut into equal sections, or before each of the given indices; see :func:`regluon.nd.split_v2`."""
    return split_array(self, indices_or_sections, axis, squeeze_axis)


def tostype(self: NDArray, stype: str) -> NDArray:
    """A copy in another form of storage: ``"default"``, ``"csr"`` or ``"row_sparse"``."""
    return cast(self, stype)  # type: ignore[no-any-return]
