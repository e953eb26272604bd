"""NDArray: a tensor with MXNet's semantics. Its operators' methods come from the table in ``methods``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from regluon import tape
from regluon.base import MXNetError, dtype_name, numpy_dtype, torch_dtype
from regluon.context import Context
from regluon.ops.memory import LARGE

if TYPE_CHECKING:
    from regluon.ndarray.operator_methods import OperatorMethods
else:
    OperatorMethods = object

__all__ = ["STORED", "NDArray", "waitall"]

_REQS = {"write": 1, "add": 3, "null": 0}
_CPU = Context("cpu", 0)

STORED: dict[str, type[NDArray]] = {}
"""The classes of arrays that are not dense, by their ``stype``; they put themselves in."""


class NDArray(OperatorMethods):
    """An array of one element type on one context.

    It wraps a contiguous torch tensor. Slices along the first axes and :meth:`reshape` share its memory;
    everything else makes a new array. Writing (``x[1:3] = v``, ``x += y``, ``out=``) is in place.
    """

    __slots__ = ("__weakref__", "_ag", "_ctx", "_data", "_laid")
    __array_priority__ = 1000.0

    _data: Tensor
    _ctx: Context
    _ag: tape.Entry | None
    _laid: Tensor | None  # of the class in layouts.py alone, in the place of _data
    # How an operator is called with arrays that have no dense tensor; set by their classes.
    _call_stored: ClassVar[Callable[..., Any] | None] = None

    def __init__(self, data: Tensor, ctx: Context = _CPU, ag: tape.Entry | None = None) -> None:
        self._data = data
        self._ctx = ctx
        self._ag = ag

    # What it is

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents of its axes."""
        return tuple(self._data.shape)

    @property
    def size(self) -> int:
        """The number of its elements."""
        return self._data.numel()

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return self._data.dim()

    @property
    def dtype(self) -> Any:
        """The element type, as a NumPy type: ``numpy.float32``."""
        return numpy_dtype(self._data.dtype)

    @property
    def stype(self) -> str:
        """How it is stored: ``"default"`` is dense."""
        return "default"

    @property
    def context(self) -> Context:
        """The device where it lives."""
        return self._ctx

    ctx = context

    @property
    def T(self) -> NDArray:
        """A copy with the axes in reverse order; itself if it has only one."""
        return self if self._data.dim() < 2 else self.transpose()

    @property
    def writable(self) -> bool:
        """Whether it may be written: always."""
        return True

    def __len__(self) -> int:
        if self._data.dim() == 0:
            raise TypeError("an NDArray of shape () has no length")
        return self._data.shape[0]

    def __iter__(self) -> Iterator[NDArray]:
        for i in range(len(self)):
            yield self[i]

    def __bool__(self) -> bool:
        size = self._data.numel()
        if size > 1:
            raise ValueError("The truth value of an NDArray with multiple elements is ambiguous.")
        return bool(size and self._data.item())

    __nonzero__ = __bool__

    def __hash__(self) -> int:
        return id(self) // 16

    def __repr__(self) -> str:
        extents = "x".join(map(str, self.shape))
        return f"\n{self.asnumpy()}\n<{type(self).__name__} {extents} @{self._ctx}>"

    # Out of it

    def asnumpy(self) -> np.ndarray[Any, Any]:
        """A copy as a NumPy array."""
        data = self._data
        if data.dtype is torch.bfloat16:
            return data.cpu().view(torch.uint16).numpy().copy().view(numpy_dtype(torch.bfloat16))
        if data.numel() < LARGE:
            return np.array(data.cpu().numpy())
        copy = np.empty(data.shape, numpy_dtype(data.dtype))  # a view by NumPy would mark the memory for good
        torch.from_numpy(copy).copy_(data)
        return copy

    def asscalar(self) -> Any:
        """Its only element, as a NumPy scalar.

        Raises
        ------
        ValueError
            If it has more or fewer elements than one.
        """
        if self._data.numel() != 1:
            raise ValueError(
                "The current array is not a scalar: asscalar() is for arrays of one element, "
                f"this has shape {self.shape}"
            )
        return self.asnumpy().reshape(-1)[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.asarray(self.asnumpy(), dtype)

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self._data.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> Any:
        return self._data.__dlpack_device__()

    def to_dlpack_for_read(self) -> Any:
        """A DLPack capsule of its memory, to be read."""
        return self._data.__dlpack__()

    to_dlpack_for_write = to_dlpack_for_read

    def __reduce__(self) -> tuple[Callable[..., NDArray], tuple[Any, ...]]:
        raw = self.asnumpy().tobytes()
        return _rebuild, (raw, self.shape, dtype_name(self._data.dtype), self._ctx)

    def wait_to_read(self) -> None:
        """Returns when its value is there."""
        if self._data.is_cuda:
            torch.cuda.synchronize(self._data.device)

    # To other places and types

    def copyto(self, other: NDArray | Context) -> NDArray:
        """Copies its elements into an array of the same shape, or to a new array on a context."""
        if isinstance(other, Context):
            return self._to(other, copy=True)
        if not isinstance(other, NDArray):
            raise TypeError(f"copyto takes an NDArray or a Context, not {type(other).__name__}")
        if other is self:
            warnings.warn("You are attempting to copy an array to itself", RuntimeWarning, stacklevel=2)
            return self
        if other.shape != self.shape:
            raise MXNetError(f"copyto: an array of shape {self.shape} does not fit into one of {other.shape}")
        if other._call_stored is not None:
            other._assign(self)  # type: ignore[attr-defined]
        else:
            other[()] = self
        return other

    def as_in_context(self, context: Context) -> NDArray:
        """Itself if it is on ``context``, else a copy there."""
        return self if context is self._ctx else self._to(Context(context), copy=True)

    as_in_ctx = as_in_context

    def copy(self) -> NDArray:
        """A copy on the same context."""
        return self._to(self._ctx, copy=True)

    def _to(self, context: Context, copy: bool) -> NDArray:
        """A copy on ``context``; its gradient comes back to here."""
        data = self._data.to(context.torch_device, copy=copy)
        array = NDArray(data, context)
        source = tape.live(self._ag) if tape.state.recording else None
        if source is not None:
            array._ag = tape.Node(_moved, _moved_back, [self._data], {}, data, [source])
        return array

    def detach(self) -> NDArray:
        """The same memory as a constant: no gradient passes."""
        return NDArray(self._data, self._ctx)

    def as_nd_ndarray(self) -> NDArray:
        """Itself."""
        return self

    # Gradients

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """Makes it a variable with a gradient buffer of zeros, cut off from whatever made it.

        Parameters
        ----------
        grad_req
            What backward does to the buffer: ``"write"``, ``"add"``, or ``"null"`` (nothing).
        stype
            How the buffer is stored: ``"row_sparse"`` if only few rows will have a gradient.
        """
        if stype in (None, "default"):
            self._mark(NDArray(torch.zeros_like(self._data), self._ctx), grad_req)
            return
        buffer: Any = stored_class(stype)
        self._mark(buffer._zeros(self.shape, self._data.dtype, self._ctx), grad_req)

    def _mark(self, grad: NDArray, grad_req: str) -> None:
        if grad_req not in _REQS:
            raise ValueError(f"grad_req must be one of {', '.join(_REQS)}, not {grad_req!r}")
        self._ag = tape.Leaf(grad, grad_req)

    @property
    def grad(self) -> NDArray | None:
        """The gradient buffer, or None without :meth:`attach_grad`."""
        return self._ag.grad if isinstance(self._ag, tape.Leaf) else None

    @property
    def _fresh_grad(self) -> bool:
        """Whether a backward has written the buffer since this was last set to False."""
        return self._ag.fresh if isinstance(self._ag, tape.Leaf) else False

    @_fresh_grad.setter
    def _fresh_grad(self, fresh: bool) -> None:
        if isinstance(self._ag, tape.Leaf):
            self._ag.fresh = bool(fresh)

    def backward(
        self, out_grad: NDArray | None = None, retain_graph: bool = False, train_mode: bool = True
    ) -> None:
        """Writes the gradients of this array into the buffers of the variables it was made of.

        Parameters
        ----------
        out_grad
            The gradient with respect to this array; ones if None.
        retain_graph
            Whether to keep the graph for another backward.

        Raises
        ------
        MXNetError
            If it was not recorded, or its graph was freed.
        """
        if out_grad is None and not retain_graph and self._call_stored is None:
            tape.backward_of_ones(self._data, self._ag)
        else:
            tape.backward((head(self, out_grad),), retain_graph)


def stored_class(stype: Any) -> Any:
    """The class of arrays of a storage other than the dense one."""
    if stype not in STORED:
        raise ValueError(f"unknown storage type {stype!r}: there are default, {', '.join(STORED)}")
    return STORED[stype]


_new = object.__new__


def wrap(data: Tensor, ctx: Context, ag: tape.Entry | None) -> NDArray:
    """An NDArray, at half the cost of calling the class."""
    array = _new(NDArray)
    array._data = data
    array._ctx = ctx
    array._ag = ag
    return array


def head(array: NDArray, out_grad: NDArray | None) -> tuple[Tensor, tape.Entry | None]:
    """The gradient that comes in at an array, ones if None is given, and the array's entry."""
    if array._call_stored is not None:
        array = array._written_out()  # type: ignore[attr-defined]
    if out_grad is not None and out_grad._call_stored is not None:
        out_grad = out_grad._written_out()  # type: ignore[attr-defined]
    if out_grad is None:
        return tape.ones_like(array._data), array._ag
    if out_grad.shape != array.shape:
        raise MXNetError(
            f"backward: the head gradient has shape {out_grad.shape}, but the array has shape {array.shape}"
        )
    return out_grad._data, array._ag


def _moved(data: Tensor) -> Tensor:
    return data


def _moved_back(g: Tensor, need: Any, out: Tensor, data: Tensor) -> tuple[Tensor]:
    return (g.to(data.device),)


def _rebuild(raw: bytes, shape: tuple[int, ...], dtype: str, ctx: Context) -> NDArray:
    kind = torch_dtype(dtype)
    data = torch.frombuffer(bytearray(raw), dtype=kind) if raw else torch.empty(0, dtype=kind)
    return NDArray(data.reshape(shape).to(ctx.torch_device), ctx)


def waitall() -> None:
    """Returns when all that was asked of the devices is done."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
