"""What sparse arrays of both kinds share."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

import numpy as np
import torch
from torch import Tensor

from regluon import tape
from regluon.base import MXNetError, numeric_types, numpy_dtype, torch_dtype
from regluon.context import Context
from regluon.ndarray.creation import array as dense_array
from regluon.ndarray.ndarray import STORED, NDArray
from regluon.ndarray.params_format import StoredArray
from regluon.ndarray.sparse import storage

__all__ = ["BaseSparseNDArray", "NotSupportedForSparseNDArray"]


class NotSupportedForSparseNDArray(MXNetError):  # noqa: N818 (MXNet's name)
    """A method that only dense arrays have."""

    def __init__(self, function: Any, alias: str | None, *args: Any) -> None:
        name = getattr(function, "__name__", str(function))
        super().__init__(
            f"Function {name}{f' (namely operator {alias!r})' if alias else ''} is not supported for sparse "
            "arrays; tostype('default') makes a dense one"
        )


_CPU = Context("cpu", 0)


class BaseSparseNDArray(NDArray):
    """An array of which only some elements or rows are stored; all others are 0.

    It has no dense tensor: operators find that out, and look up a rule for its storage
    (:mod:`regluon.ndarray.sparse.storage`).
    """

    __slots__ = ("_parts",)

    _parts: Any
    _stype: ClassVar[str]
    _call_stored: ClassVar[Callable[..., Any]] = staticmethod(storage.call)

    def __init__(self, parts: Any, ctx: Context = _CPU, ag: tape.Entry | None = None) -> None:
        self._parts, self._ctx, self._ag = parts, ctx, ag

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "_stype" in cls.__dict__:
            STORED[cls._stype] = cls

    def __getattr__(self, name: str) -> NoReturn:
        if name == "_data":
            raise AttributeError(
                f"this needs a dense array, but a {type(self).__name__} was given; "
                "tostype('default') makes a dense one"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # What a kind of storage defines

    @classmethod
    def _zeros(cls, shape: tuple[int, ...], kind: torch.dtype, ctx: Context) -> Any:
        """An array without stored elements."""
        raise NotImplementedError

    @classmethod
    def _from_tensor(cls, dense: Tensor, ctx: Context) -> Any:
        """The sparse form of a tensor."""
        raise NotImplementedError

    def _tensor(self) -> Tensor:
        """The array written out."""
        raise NotImplementedError

    def _with(self, values: Tensor, ctx: Context | None = None) -> Any:
        """An array with other values at the same places, which may be on another context."""
        raise NotImplementedError

    @classmethod
    def _load(cls, stored: StoredArray, ctx: Context) -> Any:
        """An array from a file."""
        raise NotImplementedError

    def _empty(self) -> Any:
        """Zeros of its shape and type."""
        return self._zeros(self.shape, self._parts.values.dtype, self._ctx)

    def _written_out(self) -> NDArray:
        """A dense array at the same place of the graph, not to be changed."""
        return NDArray(self._tensor(), self._ctx, self._ag)

    # What it is

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents of its axes, stored or not."""
        return self._parts.shape  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """Not known of a sparse array, as it may mean two things.

        Raises
        ------
        NotImplementedError
            Always.
        """
        raise NotImplementedError("size: the number of elements of a sparse array may mean two things")

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return len(self._parts.shape)

    @property
    def dtype(self) -> Any:
        """The type of its elements."""
        return numpy_dtype(self._parts.values.dtype)

    @property
    def stype(self) -> str:
        """How it is stored."""
        return self._stype

    @property
    def T(self) -> NDArray:
        """The transpose, dense."""
        return self.transpose()

    @property
    def data(self) -> NDArray:
        """A copy of the stored values."""
        return NDArray(self._parts.values.clone(), self._ctx)

    @property
    def indices(self) -> NDArray:
        """A copy of the numbers of what is stored: columns (csr) or rows (row_sparse)."""
        return NDArray(self._parts.indices.clone(), self._ctx)

    def __len__(self) -> int:
        return self.shape[0]

    def __bool__(self) -> bool:
        raise ValueError("The truth value of an NDArray with multiple elements is ambiguous.")

    def __hash__(self) -> int:
        return id(self) // 16

    def __repr__(self) -> str:
        extents = "x".join(map(str, self.shape))
        return f"\n<{type(self).__name__} {extents} @{self._ctx}>"

    # Out of it

    def asnumpy(self) -> np.ndarray[Any, Any]:
        """A dense copy as a NumPy array."""
        return NDArray(self._tensor(), self._ctx).asnumpy()

    def asscalar(self) -> NoReturn:
        """Only dense arrays have it."""
        raise NotImplementedError("asscalar: a sparse array is no scalar; tostype('default') makes it dense")

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        parts = [NDArray(p, self._ctx) for p in self._parts[:-1]]
        return _rebuild, (type(self)._stype, parts, self.shape, self._ctx)

    def wait_to_read(self) -> None:
        """Returns when its value is there."""
        if self._parts.values.is_cuda:
            torch.cuda.synchronize(self._parts.values.device)

    # To other places and types

    def copyto(self, other: Any) -> Any:
        """Copies it to a context, or over an array of the same shape, dense or of its own storage."""
        if isinstance(other, Context):
            return self._to(other)
        if not isinstance(other, NDArray):
            raise TypeError(f"copyto does not support type {type(other)}")
        if other.stype not in ("default", self._stype):
            raise TypeError(f"copyto does not support destination NDArray stype {other.stype}")
        if other is self:
            warnings.warn("You are attempting to copy an array to itself", RuntimeWarning, stacklevel=2)
            return False
        storage.put(self, other)
        return other

    def copy(self) -> Any:
        """A copy on the same context."""
        return self._to(self._ctx)

    def _to(self, context: Context, copy: bool = True) -> Any:
        return self._with(self._parts.values.to(context.torch_device, copy=copy), context)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """A copy in another type; itself if it has that type already and ``copy`` is false."""
        kind = torch_dtype(dtype)
        if not copy and kind is self._parts.values.dtype:
            return self
        return self._with(self._parts.values.to(kind, copy=True))

    def tostype(self, stype: str) -> Any:
        """A copy in another form of storage: its own or ``"default"``.

        Raises
        ------
        ValueError
            For the other sparse form.
        """
        if stype in STORED and stype != self._stype:
            raise ValueError(f"cast_storage from {self._stype} to {stype} is not supported")
        return storage.cast(self, stype)

    def detach(self) -> Any:
        """The same memory as a constant: no gradient passes."""
        return type(self)(self._parts, self._ctx)

    def _assign(self, source: NDArray) -> None:
        """Takes over the values of an array of any storage, in its own type."""
        if source.shape != self.shape:
            raise MXNetError(f"an array of shape {source.shape} does not fit into one of {self.shape}")
        kind, device = self._parts.values.dtype, self._ctx.torch_device
        stored: Any = source
        if source.stype != self._stype:
            stored = self._from_tensor(storage.tensor_of(source).to(device, kind), self._ctx)
        self._parts = stored._with(stored._parts.values.to(device, kind, copy=True), self._ctx)._parts

    def __setitem__(self, key: Any, value: Any) -> None:
        if not isinstance(key, slice):
            raise TypeError(f"{type(self).__name__} only supports [:] for assignment")
        if key != slice(None):
            raise ValueError(f"Assignment with slice for {type(self).__name__} is not implemented yet.")
        storage.check_unrecorded("x[:] = ...", self)
        if isinstance(value, NDArray):
            if value is not self:
                value.copyto(self)
        elif isinstance(value, numeric_types):
            self._fill(value)
        elif isinstance(value, (np.ndarray, np.generic)):
            warnings.warn(
                f"Assigning non-NDArray object to {type(self).__name__} is not efficient",
                RuntimeWarning,
                stacklevel=2,
            )
            self._assign(dense_array(value, self._ctx))
        else:
            raise TypeError(f"type {type(value)} not supported")

    def _fill(self, value: Any) -> None:
        raise ValueError(f"Assigning numeric types to {type(self).__name__} is not implemented yet.")

    def reshape(self, *shape: Any, **kwargs: Any) -> NoReturn:
        """Only dense arrays have it."""
        raise NotSupportedForSparseNDArray(self.reshape, None, shape)

    def broadcast_to(self, shape: Any) -> NoReturn:
        """Only dense arrays have it."""
        raise NotSupportedForSparseNDArray(self.broadcast_to, None, shape)

    # Gradients

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """Makes it a variable with a gradient buffer of zeros, in its own storage if ``stype`` is None."""
        kind = self._parts.values.dtype
        self._mark(storage.zeros(stype or self._stype, self.shape, kind, self._ctx), grad_req)

    def _receive(self, g: Tensor, add: bool) -> None:
        """Takes what a backward brings to this buffer: dense, or by rows as torch's sparse tensors are."""
        if g.layout is torch.strided:
            found = self._from_tensor(g, self._ctx)
        else:
            found = self._from_rows(g.coalesce())
        if add:
            found = storage.total(self, found)
        self._parts = found._parts

    def _from_rows(self, g: Tensor) -> Any:
        """From the gradient of some rows."""
        return self._from_tensor(g.to_dense(), self._ctx)

    # Python's operators: those of arrays of one shape keep the storage

    def __add__(self, other: Any) -> Any:
        return storage.arithmetic("add", self, other)

    def __sub__(self, other: Any) -> Any:
        return storage.arithmetic("subtract", self, other)

    def __mul__(self, other: Any) -> Any:
        return storage.arithmetic("multiply", self, other)

    def __iadd__(self, other: Any) -> Any:
        return self._taking(self + other)

    def __isub__(self, other: Any) -> Any:
        return self._taking(self - other)

    def __imul__(self, other: Any) -> Any:
        return self._taking(self * other)

    def __itruediv__(self, other: Any) -> Any:
        return self._taking(self / other)

    def __imod__(self, other: Any) -> Any:
        return self._taking(self % other)

    def _taking(self, result: NDArray) -> Any:
        storage.check_unrecorded("in-place arithmetic", self)
        self._assign(result)
        return self


def _rebuild(stype: str, parts: list[NDArray], shape: tuple[int, ...], ctx: Context) -> Any:
    kind: Any = STORED[stype]
    return kind._of([p._data for p in parts], shape, ctx)
