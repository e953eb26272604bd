"""Arrays of which some rows are stored."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.params_format import StoredArray, sparse_fault
from regluon.ndarray.sparse.arrays import BaseSparseNDArray
from regluon.ndarray.sparse.kernels import Rows, dense_of_rows, rows_of
from regluon.ndarray.sparse.selection import retain

__all__ = ["RowSparseNDArray"]


class RowSparseNDArray(BaseSparseNDArray):
    """An array of which some rows are stored, and all others are 0: a gradient of an embedding.

    Row ``indices[i]`` is ``data[i]``; ``indices`` ascend.
    """

    __slots__ = ()

    _parts: Rows
    _stype: ClassVar[str] = "row_sparse"

    @classmethod
    def _of(cls, parts: list[Tensor], shape: tuple[int, ...], ctx: Context) -> RowSparseNDArray:
        return cls(Rows(parts[0], parts[1], shape), ctx)

    @classmethod
    def _zeros(cls, shape: tuple[int, ...], kind: torch.dtype, ctx: Context) -> RowSparseNDArray:
        if not shape:
            raise MXNetError("a row_sparse array has rows; it can't have shape ()")
        values = torch.empty((0, *shape[1:]), dtype=kind, device=ctx.torch_device)
        return cls(Rows(values, torch.empty(0, dtype=torch.int64, device=values.device), shape), ctx)

    @classmethod
    def _from_tensor(cls, dense: Tensor, ctx: Context) -> RowSparseNDArray:
        return cls(rows_of(dense), ctx)

    def _from_rows(self, g: Tensor) -> RowSparseNDArray:
        return RowSparseNDArray(Rows(g.values(), g.indices()[0], tuple(g.shape)), self._ctx)

    @classmethod
    def _load(cls, stored: StoredArray, ctx: Context) -> RowSparseNDArray:
        assert stored.data is not None
        rows = stored.aux[0].to(ctx.torch_device, torch.int64)
        return cls(Rows(stored.data.to(ctx.torch_device), rows, stored.shape), ctx)

    def _tensor(self) -> Tensor:
        return dense_of_rows(self._parts)

    def _with(self, values: Tensor, ctx: Context | None = None) -> RowSparseNDArray:
        m = self._parts
        return RowSparseNDArray(Rows(values, m.indices.to(values.device), m.shape), ctx or self._ctx)

    def _fill(self, value: Any) -> None:
        m = self._parts
        rows = torch.arange(m.shape[0], device=m.indices.device)
        self._parts = Rows(m.values.new_full(m.shape, value), rows, m.shape)

    @property
    def _stored(self) -> StoredArray:
        """Its form in a file."""
        m, ctx = self._parts, self._ctx
        return StoredArray(m.values, m.shape, "row_sparse", (m.indices,), ctx.device_typeid, ctx.device_id)

    def __getitem__(self, key: Any) -> RowSparseNDArray:
        """Itself, for ``[:]``; nothing else can be taken."""
        if isinstance(key, slice) and key == slice(None):
            return self
        if isinstance(key, tuple):
            raise ValueError("Multi-dimension indexing is not supported")
        raise TypeError(f"RowSparseNDArray only supports [:] for __getitem__, not {key!r}")

    def retain(self, indices: NDArray) -> RowSparseNDArray:
        """The rows of these numbers alone; see :func:`regluon.nd.sparse.retain`."""
        return retain(self, indices)  # type: ignore[no-any-return]

    def check_format(self, full_check: bool = True) -> None:
        """Complains of row numbers that don't fit the rows.

        Parameters
        ----------
        full_check
            Whether to look at every number, and not at the lengths alone.

        Raises
        ------
        MXNetError
            With what is wrong.
        """
        m = self._parts
        if tuple(m.values.shape) != (m.indices.numel(), *m.shape[1:]):
            raise MXNetError(
                f"row_sparse: {m.indices.numel()} row numbers and rows of shape {tuple(m.values.shape)} "
                f"don't make shape {m.shape}"
            )
        if full_check:
            fault = sparse_fault(self._stored)
            if fault is None and bool((m.indices[1:] <= m.indices[:-1]).any()):
                fault = "the row numbers do not ascend"
            if fault:
                raise MXNetError(f"row_sparse: {fault}")
