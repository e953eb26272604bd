"""Results with their channels last in memory, handed from operator to operator as they are.

An NDArray's tensor is contiguous. A convolution's result is so only when somebody looks at its tensor: until
then it lies as oneDNN's kernels make it and want it, and the operators of ``ops.layouts`` take it like that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock, get_ident
from typing import Any

from torch import Tensor

from regluon.base import numpy_dtype
from regluon.context import Context
from regluon.ndarray.dispatch import KERNEL_ERRORS, check_types, explain, supplied
from regluon.ndarray.ndarray import NDArray, wrap
from regluon.ops.layouts import FEW, RULES, STARTS
from regluon.ops.memory import is_last, laid
from regluon.ops.registry import Operator, same
from regluon.tape import Leaf, live, node_of, recorders

__all__ = ["Laid", "keeping"]

_lock = Lock()
_new = object.__new__


class Laid(NDArray):
    """A result with its channels last in memory, an ordinary NDArray from the first look at its tensor on."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name != "_data":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        with _lock:
            found = self._laid
            if found is not None:
                self._data = found.contiguous()
                self.__class__ = NDArray  # type: ignore[assignment]
                self._laid = None
        return self._data

    @property
    def _tensor(self) -> Tensor:
        """Its tensor, of whichever layout."""
        found = self._laid
        return self._data if found is None else found

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents of its axes."""
        return tuple(self._tensor.shape)

    @property
    def size(self) -> int:
        """The number of its elements."""
        return self._tensor.numel()

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return self._tensor.dim()

    @property
    def dtype(self) -> Any:
        """The element type, as a NumPy type."""
        return numpy_dtype(self._tensor.dtype)


Laid.__name__ = Laid.__qualname__ = "NDArray"  # what it is to its users


def wrap_laid(data: Tensor, ctx: Context, ag: Any) -> Laid:
    """An array of a tensor with its channels last in memory."""
    array = _new(Laid)
    array._laid = data
    array._ctx = ctx
    array._ag = ag
    return array


def keeping(op: Operator, attributes: dict[str, Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    """``plain``, an operator's call; of one with a rule for layouts, what keeps the layout of its data."""
    if op.name not in RULES or op.shows(attributes) not in (None, 1):
        return plain
    call = _laying(op, attributes, plain)

    def starting(*arrays: Any) -> Any:
        first = arrays[0] if arrays else None
        if type(first) is NDArray and first._data.numel() < FEW:
            return plain(*arrays)
        return call(*arrays)

    if op.name in STARTS:
        return starting

    def one(data: Any = None, out: Any = None, name: str | None = None) -> Any:
        if out is not None:
            return plain(data, out)
        return call(data) if type(data) is Laid else plain(data)

    def several(*arrays: Any) -> Any:
        return call(*arrays) if Laid in map(type, arrays) else plain(*arrays)

    return one if len(op.inputs) == 1 and not op.variadic else several


def _laying(op: Operator, attributes: dict[str, Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    rule, gradient, uses = RULES[op.name], op.gradient, op.needs(attributes)
    give = supplied(op, attributes)
    prepared = op.prepared(attributes) if give is None else op.compute
    written = tuple(op.written(len(op.inputs)).items())
    ways: dict[Any, Callable[..., Any]] = {}

    def call(*arrays: Any) -> Any:
        try:
            tensors = [a._tensor if type(a) is Laid else a._data for a in arrays]
            context = arrays[0]._ctx
            wanted = rule(tensors, attributes) if all(a._ctx is context for a in arrays) else None
        except (AttributeError, IndexError, ValueError):
            return plain(*arrays)
        if wanted is None:
            return plain(*arrays)
        if op.same_type:
            check_types(op, wanted)
        compute, given = (prepared, attributes) if give is None else give(context)
        try:
            results = compute(*wanted)
        except KERNEL_ERRORS as error:
            explain(op, wanted, given, error)
        out = results if type(results) is Tensor else results[0]
        last, node = is_last(out), None
        if get_ident() in recorders:
            parents = [live(a._ag) for a in arrays]
            if parents.count(None) < len(parents):
                key = (last, *[is_last(t) for t in tensors])
                back = ways.get(key) or ways.setdefault(key, _laid_back(gradient, *key))
                if uses == "out":
                    node = node_of(same, back, (out,), given, results, parents)
                else:
                    node = node_of(op.fn, back, wanted, given, None if uses == "inputs" else results, parents)
        for position, index in written:
            if results[index] is not None and results[index] is not tensors[position]:
                tensors[position].copy_(results[index])
        return wrap_laid(out, context, node) if last else wrap(out, context, node)

    return call


def _laid_back(gradient: Callable[..., Any], out_last: bool, *lasts: bool) -> Callable[..., Any]:
    """A gradient that takes what comes in any layout, and gives to each input what lies like it."""

    def back(g: Tensor, need: Sequence[Any], out: Any, *inputs: Any, **attributes: Any) -> list[Any]:
        found = gradient(laid(g, out_last), need, out, *inputs, **attributes)
        return [
            d if d is None or type(parent) is Leaf else laid(d, last)
            for d, parent, last in zip(found, need, lasts, strict=False)
        ]

    return back
