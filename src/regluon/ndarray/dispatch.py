"""The way of a call: unwrap, check the context, compute, record if asked, wrap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from threading import get_ident
from typing import Any, NoReturn, TypeAlias

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context, as_context, current_context
from regluon.ndarray.ndarray import NDArray, wrap
from regluon.ops.attributes import describe_value
from regluon.ops.registry import Operator
from regluon.random import generator
from regluon.tape import Node, Port, live, node_of, ports_of, record, recorders, state

__all__ = [
    "KERNEL_ERRORS",
    "Unknown",
    "check_arrays",
    "check_contexts",
    "check_out",
    "check_types",
    "create",
    "explain",
    "finish",
    "invoke",
    "put",
    "refuse_write",
    "supplied",
    "supply",
    "wrapped",
]

_new = object.__new__


def invoke(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any], out: Any = None) -> Any:
    """Calls an operator on NDArrays, with all its attributes, already in their declared types."""
    try:
        tensors = [a._data for a in arrays]
        context = arrays[0]._ctx
    except (AttributeError, IndexError):
        stored = next((a._call_stored for a in arrays if isinstance(a, NDArray) and a._call_stored), None)
        if stored is not None:
            return stored(op, arrays, attributes, out)
        tensors, context = _unwrap(op, arrays, attributes)
    for a in arrays:
        if a is not None and a._ctx is not context:
            _mixed_contexts(op, arrays)
    if op.same_type:
        check_types(op, tensors)
    if op.supplied:
        attributes = supply(op, attributes, context)
    try:
        if get_ident() in recorders:
            result, node = _recorded(op, arrays, tensors, attributes)
        else:
            result, node = op.compute(*tensors, **attributes), None
    except KERNEL_ERRORS as error:
        explain(op, tensors, attributes, error)
    if out is None:
        if type(result) is Tensor:
            return wrap(result, context, node)
        if op.visible is None and not op.writes and len(result) > 1:
            return wrapped(result, context, node)
    return finish(op, result, arrays, attributes, context, out, node)


def wrapped(results: Sequence[Tensor], context: Context, node: Node | None) -> list[NDArray]:
    """Several outputs, each with its place in the graph."""
    if node is not None:
        return list(map(wrap, results, repeat(context), ports_of(node, len(results))))
    found = []
    for result in results:
        array = _new(NDArray)  # wrap(), without its call
        array._data = result
        array._ctx = context
        array._ag = None
        found.append(array)
    return found


KERNEL_ERRORS = (RuntimeError, IndexError, ValueError, TypeError, OverflowError)


def _recorded(
    op: Operator, arrays: Sequence[Any], tensors: list[Any], attributes: dict[str, Any]
) -> tuple[Any, Node | None]:
    """The result, and its node if an input is part of a graph; a freed graph's arrays are constants."""
    parents = [
        None if a is None or (entry := a._ag) is None or entry.gradient is None else entry for a in arrays
    ]
    if parents.count(None) == len(parents):
        return op.compute(*tensors, **attributes), None
    if op.by_torch or op.generator is not None:
        own = None if op.by_torch else op.gradient
        return record(op.fn, own, op.compute, tensors, attributes, parents, op.generator is not None)
    result = op.compute(*tensors, **attributes)
    return result, node_of(op.fn, op.gradient, tensors, attributes, result, parents)


def finish(
    op: Operator,
    result: Any,
    arrays: Sequence[Any],
    attributes: dict[str, Any],
    context: Context,
    out: Any,
    node: Node | None,
) -> Any:
    """Writes back updated inputs, hides inner outputs, fills ``out``, wraps."""
    if type(result) is Tensor:
        return _deliver(op, result, arrays, context, out, node)
    for position, index in op.written(len(arrays)).items():
        new = result[index]
        if new is not None and arrays[position] is not None and new is not arrays[position]._data:
            arrays[position]._data.copy_(new)
    shown = op.shown(result, attributes)
    if len(shown) == 1 and op.visible is not None:
        return _deliver(op, shown[0], arrays, context, out, node)
    entries = [None if node is None else Port(node, i) for i in range(len(shown))]
    if len(shown) == 1:
        return _deliver(op, shown[0], arrays, context, out, entries[0])
    outs = out if isinstance(out, (list, tuple)) else [out] * len(shown)
    if len(outs) != len(shown):
        raise MXNetError(f"{op.name}: it has {len(shown)} results, but {len(outs)} arrays were given as out")
    return [_deliver(op, r, arrays, context, o, e) for r, o, e in zip(shown, outs, entries, strict=True)]


def _deliver(
    op: Operator, result: Tensor, arrays: Sequence[Any], context: Context, out: Any, entry: Any
) -> NDArray:
    if out is None:
        return NDArray(result, context, entry)
    if isinstance(out, (list, tuple)):
        if len(out) != 1:
            raise MXNetError(f"{op.name}: it has 1 result, but {len(out)} arrays were given as out")
        (out,) = out
    check_out(op, out)
    if state.recording and (
        live(out._ag) is not None or (entry is not None and any(out is a for a in arrays))
    ):
        refuse_write(op.name)
    if out._call_stored is not None:
        out._assign(NDArray(result, context))
        return out  # type: ignore[no-any-return]
    if out._data.shape != result.shape or out._data.dtype != result.dtype:
        raise MXNetError(
            f"{op.name}: the result is {describe_value(result)}, but out is {describe_value(out._data)}"
        )
    out._data.copy_(result)
    if entry is not None:
        out._ag = entry
    return out  # type: ignore[no-any-return]


def put(op: Operator, result: Tensor, arrays: Sequence[Any], context: Context, out: Any) -> NDArray:
    """``out`` with the result in it, outside of recording."""
    if type(out) is NDArray and out._data.shape == result.shape and out._data.dtype is result.dtype:
        out._data.copy_(result)
        return out
    return _deliver(op, result, arrays, context, out, None)


def refuse_write(what: str) -> NoReturn:
    """Complains of writing into a part of a graph."""
    raise MXNetError(
        f"{what}: writing into an array (out=, +=, x[:] = ...) is not supported while recording; "
        "make a new array, or write within autograd.pause()"
    )


def check_out(op: Operator, out: Any) -> None:
    """Complains of what is no place for a result."""
    if not isinstance(out, NDArray):
        raise TypeError(f"{op.name}: out must be an NDArray, but it is {type(out).__name__} {out!r}")


def supply(op: Operator, attributes: dict[str, Any], context: Context) -> dict[str, Any]:
    """The attributes with the mode, the random numbers and the device that the operator asks for."""
    attributes = dict(attributes)
    if op.mode is not None:
        attributes[op.mode] = state.training
    if op.generator is not None:
        attributes[op.generator] = generator(context)
    if op.device is not None:
        attributes[op.device] = context.torch_device
    return attributes


Supplied: TypeAlias = tuple[Callable[..., Any], dict[str, Any]]
"""A computation of the inputs alone, and all the attributes that it has."""


def supplied(op: Operator, attributes: dict[str, Any]) -> Callable[[Context], Supplied] | None:
    """:func:`supply` for these attributes, put together once; None for an operator that asks for nothing."""
    if not op.supplied:
        return None
    mode, here = op.mode, state._here
    recent: tuple[Context, Supplied, Supplied] | None = None

    def give(context: Context) -> Supplied:
        nonlocal recent
        known = recent  # not read again: other threads call, too
        if known is None or known[0] is not context:
            given = supply(op, attributes, context)
            modes = (given, given) if mode is None else ({**given, mode: False}, {**given, mode: True})
            untrained, trained = [(op.bound(g), g) for g in modes]
            known = recent = (context, untrained, trained)
        return known[2] if here.training else known[1]

    return give


def _unwrap(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> tuple[list[Any], Context]:
    """The rarer inputs: left out ones, those of unknown shape; complains of what is no NDArray."""
    check_arrays(op, arrays)
    given = [a for a in arrays if a is not None]
    if not given:
        takes = f"arrays ({op.inputs[0]})" if op.variadic else f"{len(op.inputs)} ({', '.join(op.inputs)})"
        raise TypeError(f"{op.name} takes {takes}, none was given")
    if any(type(a) is Unknown for a in given):
        _fill_in(op, arrays, attributes)
    return [None if a is None else a._data for a in arrays], given[0]._ctx


def check_arrays(op: Operator, arrays: Sequence[Any]) -> None:
    """Complains of inputs that are no arrays, and of those that are missing."""
    for position, a in enumerate(arrays):
        if a is not None and not isinstance(a, NDArray):
            name = op.inputs[min(position, len(op.inputs) - 1)]
            raise TypeError(
                f"{op.name}: the argument {name!r} must be an NDArray, but it is {type(a).__name__} {a!r}; "
                "nd.array() makes one"
            )
        if a is None and position < len(op.inputs) - op.optional and not op.variadic:
            raise TypeError(f"{op.name}: the argument {op.inputs[position]!r} is required")


class Unknown(NDArray):
    """A parameter whose shape is still to be found out; on the context of shape inference only."""

    __slots__ = ("_dtype", "_known")

    def __init__(self, known: tuple[int, ...] | None, dtype: torch.dtype, ctx: Context) -> None:
        self._known, self._dtype = known, dtype
        self._ctx, self._ag = ctx, None

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape once it is known, and until then what is known of it."""
        return tuple(self._data.shape) if hasattr(self, "_data") else self._known or ()


def _fill_in(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> None:
    """Gives the unknown inputs the shapes that follow from the others."""
    if op.infer is None:
        names = op.inputs * len(arrays) if op.variadic else op.inputs
        unknown = [name for name, a in zip(names, arrays, strict=False) if type(a) is Unknown]
        raise MXNetError(
            f"{op.name}: the shape of {', '.join(unknown)} does not follow from the other inputs"
        )
    given = [None if a is None else a.shape for a in arrays]
    try:
        shapes = op.infer(*given, **attributes)
    except IndexError:
        axis = f", axis={attributes['axis']}" if "axis" in attributes else ""
        raise MXNetError(f"{op.name}: {op.inputs[0]} of shape {given[0]} has too few axes{axis}") from None
    for a, shape in zip(arrays, shapes, strict=False):
        if type(a) is Unknown and not hasattr(a, "_data"):
            a._data = torch.empty(shape, dtype=a._dtype, device="meta")


def check_contexts(op: Operator, arrays: Sequence[Any]) -> None:
    """Complains of arrays on different contexts."""
    if any(a._ctx is not arrays[0]._ctx for a in arrays):
        _mixed_contexts(op, arrays)


def _mixed_contexts(op: Operator, arrays: Sequence[Any]) -> NoReturn:
    where = ", ".join(str(a._ctx) for a in arrays if a is not None)
    raise MXNetError(
        f"{op.name}: its arrays are on different contexts ({where}); bring them together with as_in_context()"
    )


def check_types(op: Operator, tensors: Sequence[Any]) -> None:
    """Complains of tensors of different types."""
    dtype = tensors[0].dtype
    for t in tensors:
        if t is not None and t.dtype is not dtype:
            raise MXNetError(
                f"{op.name}: its arrays are of different types ({', '.join(map(describe_value, tensors))}); "
                "bring them together with astype()"
            )


def explain(op: Operator, tensors: Sequence[Any], attributes: dict[str, Any], error: Exception) -> NoReturn:
    """Raises the error of a kernel again, with the call that led to it."""
    if isinstance(error, MXNetError) and str(error).startswith(op.name):
        raise error
    call = [
        *map(describe_value, tensors),
        *[f"{k}={v!r}" for k, v in attributes.items() if k != op.generator],
    ]
    raise MXNetError(f"{op.name}({', '.join(call)}): {error}") from None


def create(
    op: Operator, attributes: dict[str, Any], ctx: Context | str | None = None, out: Any = None
) -> Any:
    """Calls an operator that has no inputs, on ``out``'s context, ``ctx`` or the current one."""
    if out is not None:
        context = (out[0] if isinstance(out, (list, tuple)) else out)._ctx
    else:
        context = current_context() if ctx is None else as_context(ctx)
    attributes = supply(op, attributes, context) if op.supplied else attributes
    try:
        result = op.compute(**attributes)
    except KERNEL_ERRORS as error:
        explain(op, (), attributes, error)
    return finish(op, result, (), attributes, context, out, None)
