"""Matrices in compressed sparse rows."""

from __future__ import annotations

import operator
from typing import Any, ClassVar

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context
from regluon.lazy import resolve
from regluon.ndarray.dispatch import invoke
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.params_format import StoredArray, sparse_fault
from regluon.ndarray.sparse.arrays import BaseSparseNDArray
from regluon.ndarray.sparse.kernels import Csr, csr_of, dense_of_csr
from regluon.ops.registry import OPERATORS

__all__ = ["CSRNDArray"]


class CSRNDArray(BaseSparseNDArray):
    """A matrix of which the elements other than 0 are stored, row after row.

    Row i has the values ``data[indptr[i] : indptr[i + 1]]`` in the columns
    ``indices[indptr[i] : indptr[i + 1]]``, which ascend.
    """

    __slots__ = ()

    _parts: Csr
    _stype: ClassVar[str] = "csr"

    @classmethod
    def _of(cls, parts: list[Tensor], shape: tuple[int, ...], ctx: Context) -> CSRNDArray:
        return cls(Csr(parts[0], parts[1], parts[2], shape), ctx)

    @classmethod
    def _zeros(cls, shape: tuple[int, ...], kind: torch.dtype, ctx: Context) -> CSRNDArray:
        device = ctx.torch_device
        if len(shape) != 2:
            raise MXNetError(f"a csr array is a matrix; it can't have shape {shape}")
        columns = torch.empty(0, dtype=torch.int64, device=device)
        starts = torch.zeros(shape[0] + 1, dtype=torch.int64, device=device)
        return cls(Csr(torch.empty(0, dtype=kind, device=device), columns, starts, shape), ctx)

    @classmethod
    def _from_tensor(cls, dense: Tensor, ctx: Context) -> CSRNDArray:
        if dense.dim() != 2:
            raise MXNetError(f"a csr array is a matrix; it can't have shape {tuple(dense.shape)}")
        return cls(csr_of(dense), ctx)

    @classmethod
    def _load(cls, stored: StoredArray, ctx: Context) -> CSRNDArray:
        assert stored.data is not None
        starts, columns = (a.to(ctx.torch_device, torch.int64) for a in stored.aux)
        starts = starts if starts.numel() else starts.new_zeros(stored.shape[0] + 1)
        return cls(Csr(stored.data.to(ctx.torch_device), columns, starts, stored.shape), ctx)

    def _tensor(self) -> Tensor:
        return dense_of_csr(self._parts)

    def _with(self, values: Tensor, ctx: Context | None = None) -> CSRNDArray:
        m, device = self._parts, values.device
        return CSRNDArray(Csr(values, m.indices.to(device), m.indptr.to(device), m.shape), ctx or self._ctx)

    @property
    def indptr(self) -> NDArray:
        """A copy of the row starts."""
        return NDArray(self._parts.indptr.clone(), self._ctx)

    @property
    def _stored(self) -> StoredArray:
        """Its form in a file."""
        m, ctx = self._parts, self._ctx
        return StoredArray(m.values, m.shape, "csr", (m.indptr, m.indices), ctx.device_typeid, ctx.device_id)

    def __getitem__(self, key: Any) -> Any:
        """One row or some successive ones, as a csr array."""
        if isinstance(key, slice):
            if key.step is not None:
                raise ValueError("CSRNDArray only supports continuous slicing on axis 0")
            if key == slice(None):
                return self
            begin, end = key.start or 0, key.stop or self.shape[0]
        elif isinstance(key, tuple):
            raise ValueError("Multi-dimension indexing is not supported")
        else:
            try:
                begin = operator.index(key)
            except TypeError:
                raise ValueError(f"Undefined behaviour for {key}") from None
            begin += self.shape[0] if begin < 0 else 0
            if not 0 <= begin < self.shape[0]:
                raise IndexError(f"index {key} is out of bounds for axis 0 with size {self.shape[0]}")
            end = begin + 1
        attributes = {"begin": (begin,), "end": (end,), "step": ()}
        return invoke(OPERATORS["slice"], (self,), attributes)

    def asscipy(self) -> Any:
        """A copy as a ``scipy.sparse.csr_matrix``; an ImportError where there is no scipy."""
        parts = (self.data.asnumpy(), self.indices.asnumpy(), self.indptr.asnumpy())
        try:
            matrix = resolve("scipy.sparse:csr_matrix")
        except ModuleNotFoundError as error:
            raise ImportError(
                "asscipy makes a matrix of scipy's, which is missing: pip install scipy"
            ) from error
        return matrix(parts, shape=self.shape, dtype=self.dtype)

    def check_format(self, full_check: bool = True) -> None:
        """Complains of index arrays that make no matrix.

        Parameters
        ----------
        full_check
            Whether to look at every index, and not at the lengths alone.

        Raises
        ------
        MXNetError
            With what is wrong.
        """
        m = self._parts
        if m.indptr.numel() != m.shape[0] + 1 or m.values.numel() != m.indices.numel():
            raise MXNetError(
                f"csr: {m.indptr.numel()} row starts, {m.indices.numel()} columns and {m.values.numel()} "
                f"values don't make shape {m.shape}"
            )
        if full_check and (fault := sparse_fault(self._stored) or _order_fault(m)):
            raise MXNetError(f"csr: {fault}")


def _order_fault(m: Csr) -> str | None:
    falls = m.indices[1:] <= m.indices[:-1]
    inside = m.indptr[1:-1]
    falls[inside[(inside > 0) & (inside < m.indices.numel())] - 1] = False
    return "the columns of a row do not ascend" if bool(falls.any()) else None
