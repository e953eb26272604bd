"""The way of a call: unwrap, check the context, compute, record if asked, wrap."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from threading import get_ident
from typing import Any, NoReturn

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context, as_context, current_context
from regluon.ndarray.ndarray import NDArray, wrap
from regluon.ops.registry import Operator, describe_value
from regluon.random import generator
from regluon.tape import Node, Port, live, node_of, record, recorders, state

__all__ = ["function_of", "invoke"]


def invoke(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any], out: Any = None) -> Any:
    """Calls an operator on NDArrays, with all its attributes, already in their declared types."""
    try:
        tensors = [a._data for a in arrays]
        context = arrays[0]._ctx
    except (AttributeError, IndexError):
        tensors, context = _unwrap(op, arrays, attributes)
    for a in arrays:
        if a is not None and a._ctx is not context:
            _mixed_contexts(op, arrays)
    if op.same_type:
        _check_types(op, tensors)
    if op.supplied:
        attributes = _supply(op, attributes, context)
    try:
        if get_ident() in recorders:
            result, node = _recorded(op, arrays, tensors, attributes)
        else:
            result, node = op.compute(*tensors, **attributes), None
    except _KERNEL_ERRORS as error:
        explain(op, tensors, attributes, error)
    if out is None:
        if type(result) is Tensor:
            return wrap(result, context, node)
        if op.visible is None and not op.writes and len(result) > 1:
            return _wrapped(result, context, node)
    return _finish(op, result, arrays, attributes, context, out, node)


def _wrapped(results: Sequence[Tensor], context: Context, node: Node | None) -> list[NDArray]:
    """Several outputs, each with its place in the graph."""
    if node is None:
        return [wrap(r, context, None) for r in results]
    return [wrap(r, context, Port(node, i)) for i, r in enumerate(results)]


def unary(op: Operator) -> Callable[..., Any]:
    """:func:`invoke` for one array: ``(array, attributes, out=None)``, with what is known now decided now."""
    compute, fn, gradient, by_torch = op.compute, op.fn, op.gradient, op.by_torch
    plain, single = _is_plain(op), op.single
    many = not single and op.visible is None

    def call(a: Any, attributes: dict[str, Any], out: Any = None) -> Any:
        try:
            data, context, entry = a._data, a._ctx, a._ag
        except AttributeError:
            return invoke(op, (a,), attributes, out)
        if out is not None or not plain or (by_torch and entry is not None):
            return invoke(op, (a,), attributes, out)
        try:
            result = compute(data, **attributes) if attributes else compute(data)
        except _KERNEL_ERRORS as error:
            explain(op, (data,), attributes, error)
        recorded = entry is not None and get_ident() in recorders and entry.gradient is not None
        node = node_of(fn, gradient, (data,), attributes, result, (entry,)) if recorded else None
        if many:
            if type(result) is not tuple or len(result) < 2:
                return _finish(op, result, (a,), attributes, context, None, node)
            return _wrapped(result, context, node)
        return wrap(result if single else result[0], context, node)

    return call


def binary(op: Operator) -> Callable[..., Any]:
    """:func:`invoke` for two arrays: ``(array, array, attributes, out=None)``; see :func:`unary`."""
    compute, fn, gradient, by_torch = op.compute, op.fn, op.gradient, op.by_torch
    plain, single, same_type = _is_plain(op), op.single, op.same_type

    def call(a: Any, b: Any, attributes: dict[str, Any], out: Any = None) -> Any:
        try:
            x, y, context = a._data, b._data, a._ctx
            other, of_a, of_b = b._ctx, a._ag, b._ag
        except AttributeError:
            return invoke(op, (a, b), attributes, out)
        recording = get_ident() in recorders
        if out is not None or context is not other or not plain or (by_torch and recording):
            return invoke(op, (a, b), attributes, out)
        if same_type and x.dtype is not y.dtype:
            _check_types(op, (x, y))
        try:
            result = compute(x, y, **attributes) if attributes else compute(x, y)
        except _KERNEL_ERRORS as error:
            explain(op, (x, y), attributes, error)
        array = wrap(result if single else result[0], context, None)
        if recording and (of_a is not None or of_b is not None):
            parents = (live(of_a), live(of_b))
            if parents != _NO_PARENTS:
                array._ag = node_of(fn, gradient, (x, y), attributes, result, parents)
        return array

    return call


def several(op: Operator) -> Callable[..., Any]:
    """:func:`invoke` for any number of arrays: ``(arrays, attributes, out)``; see :func:`unary`."""
    compute, fn, gradient, by_torch = op.compute, op.fn, op.gradient, op.by_torch
    plain, single, same_type = _is_plain(op), op.single, op.same_type

    def call(arrays: Sequence[Any], attributes: dict[str, Any], out: Any = None) -> Any:
        recording = get_ident() in recorders
        try:
            tensors = [a._data for a in arrays]
            context = arrays[0]._ctx
            others = [a for a in arrays if a._ctx is not context]
        except AttributeError:
            return invoke(op, arrays, attributes, out)
        if out is not None or others or not plain or (by_torch and recording):
            return invoke(op, arrays, attributes, out)
        if same_type:
            _check_types(op, tensors)
        try:
            result = compute(*tensors, **attributes)
        except _KERNEL_ERRORS as error:
            explain(op, tensors, attributes, error)
        array = wrap(result if single else result[0], context, None)
        if recording:
            parents = [None if (e := a._ag) is None or e.gradient is None else e for a in arrays]
            if parents.count(None) != len(parents):
                array._ag = node_of(fn, gradient, tensors, attributes, result, parents)
        return array

    return call


def _is_plain(op: Operator) -> bool:
    """Whether it shows one output, and needs nothing from the namespace."""
    shows = op.single or op.visible == 1 or (op.visible is None and len(op.inputs) == 1 and not op.variadic)
    return shows and not op.supplied and not op.writes


_NO_PARENTS = (None, None)
_KERNEL_ERRORS = (RuntimeError, IndexError, ValueError, TypeError)


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


def _finish(
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
    for position, index in op.writes.items():
        if arrays[position] is not None and result[index] is not None:
            arrays[position]._data.copy_(result[index])
    shown = op.shown(result, attributes)
    if len(shown) == 1 and op.visible is not None:
        return _deliver(op, shown[0], arrays, context, out, node)
    entries = [None if node is None else Port(node, i) for i in range(len(shown))]
    if len(shown) == 1:
        return _deliver(op, shown[0], arrays, context, out, entries[0])
    outs = out if isinstance(out, (list, tuple)) else [out] * len(shown)
    return [_deliver(op, r, arrays, context, o, e) for r, o, e in zip(shown, outs, entries, strict=True)]


def _deliver(
    op: Operator, result: Tensor, arrays: Sequence[Any], context: Context, out: Any, entry: Any
) -> NDArray:
    if out is None:
        return NDArray(result, context, entry)
    if isinstance(out, (list, tuple)):
        (out,) = out
    if state.recording and (
        live(out._ag) is not None or (entry is not None and any(out is a for a in arrays))
    ):
        raise MXNetError(
            f"{op.name}: writing into an array (out=, +=, x[:] = ...) is not supported while recording; "
            "make a new array, or write within autograd.pause()"
        )
    if out._data.shape != result.shape or out._data.dtype != result.dtype:
        raise MXNetError(
            f"{op.name}: the result is {describe_value(result)}, but out is {describe_value(out._data)}"
        )
    out._data.copy_(result)
    if entry is not None:
        out._ag = entry
    return out  # type: ignore[no-any-return]


def _supply(op: Operator, attributes: dict[str, Any], context: Context) -> dict[str, Any]:
    attributes = dict(attributes)
    if op.mode is not None:
        attributes[op.mode] = state.training
    if op.generator is not None:
        attributes[op.generator] = generator(context)
    if op.device is not None:
        attributes[op.device] = context.torch_device
    return attributes


def _unwrap(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any]) -> tuple[list[Any], Context]:
    """The rarer inputs: left out ones, those of unknown shape; complains of what is no NDArray."""
    for position, a in enumerate(arrays):
        if a is not None and not isinstance(a, NDArray):
            name = op.inputs[min(position, len(op.inputs) - 1)]
            raise TypeError(
                f"{op.name}: the argument {name!r} must be an NDArray, but it is {type(a).__name__} {a!r}; "
                "nd.array() makes one"
            )
    given = [a for a in arrays if a is not None]
    if not given:
        raise TypeError(f"{op.name} takes {len(op.inputs)} arrays ({', '.join(op.inputs)}), none was given")
    if any(type(a) is Unknown for a in given):
        _fill_in(op, arrays, attributes)
    return [None if a is None else a._data for a in arrays], given[0]._ctx


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
    shapes = op.infer(*[None if a is None else a.shape for a in arrays], **attributes)
    for a, shape in zip(arrays, shapes, strict=False):
        if type(a) is Unknown and not hasattr(a, "_data"):
            a._data = torch.empty(shape, dtype=a._dtype, device="meta")


def _mixed_contexts(op: Operator, arrays: Sequence[Any]) -> NoReturn:
    where = ", ".join(str(a._ctx) for a in arrays if a is not None)
    raise MXNetError(
        f"{op.name}: its arrays are on different contexts ({where}); bring them together with as_in_context()"
    )


def _check_types(op: Operator, tensors: Sequence[Any]) -> None:
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


def function_of(op: Operator) -> Callable[..., Any]:
    """The ``nd`` function of an operator, with its true signature."""
    make = _variadic if op.variadic else _with_inputs if op.inputs else _without_inputs
    function = make(op)
    function.__signature__ = signature_of(op)  # type: ignore[attr-defined]
    function.operator = op  # type: ignore[attr-defined]
    return function


@cache
def signature_of(op: Operator) -> inspect.Signature:
    """Inputs, then attributes with their defaults, then ``out`` and ``name``."""
    kind = inspect.Parameter.KEYWORD_ONLY if op.variadic else inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [_parameter(op, i) for i in range(len(op.inputs))]
    parameters += [
        inspect.Parameter(a.name, kind, default=None if a.required else a.default)
        for a in op.attributes.values()
    ]
    extra = ("out", "name") if op.inputs else ("ctx", "out", "name")
    return inspect.Signature([*parameters, *[inspect.Parameter(e, kind, default=None) for e in extra]])


def _parameter(op: Operator, position: int) -> inspect.Parameter:
    name = op.inputs[position]
    if op.variadic:
        return inspect.Parameter(name, inspect.Parameter.VAR_POSITIONAL)
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)


def _with_inputs(op: Operator) -> Callable[..., Any]:
    count = len(op.inputs)
    possible = frozenset(range(count - op.optional, count + 1))
    ways = {n: way(op) for n, way in ((1, unary), (2, binary)) if n in possible}
    read, many, defaults = _reader(op), several(op), op.defaults
    ready = not any(a.required for a in op.attributes.values())

    def call(*args: Any, out: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        if len(args) in possible and args[-1] is not None:
            try:
                attributes = read(kwargs) if kwargs or not ready else defaults
            except _UnreadError:
                pass
            else:
                way = ways.get(len(args))
                return many(args, attributes, out) if way is None else way(*args, attributes, out)
        given = _by_name(op, args, kwargs)
        arrays = [given.pop(key, None) for key in op.inputs]
        while arrays and arrays[-1] is None:
            arrays.pop()
        if len(arrays) not in possible:
            raise TypeError(f"{op.name}: the argument {op.inputs[len(arrays)]!r} is required")
        return invoke(op, arrays, op.read_all(given), out)

    return call


def _variadic(op: Operator) -> Callable[..., Any]:
    read, many = _reader(op), several(op)

    def call(*args: Any, out: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        arrays = args[0] if len(args) == 1 and isinstance(args[0], (list, tuple)) else args
        kwargs.pop("num_args", None)
        try:
            attributes = read(kwargs)
        except _UnreadError:
            attributes = op.read_all(kwargs)
        return many(arrays, attributes, out) if arrays else invoke(op, arrays, attributes, out)

    return call


class _UnreadError(Exception):
    """The arguments given by name are not all attributes that can be kept."""


def _reader(op: Operator) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Reads attributes given by name, once for each set of values: a loop calls with the same ones."""
    kept: dict[Any, dict[str, Any]] = {}

    def read(kwargs: dict[str, Any]) -> dict[str, Any]:
        key = (*kwargs, *kwargs.values())
        try:
            return kept[key]
        except KeyError:
            pass
        except TypeError:
            raise _UnreadError from None
        if not kwargs.keys().isdisjoint(op.inputs):
            raise _UnreadError
        found = op.read_all(kwargs)
        if len(kept) >= _KEPT:
            kept.clear()
        kept[key] = found
        return found

    return read


_KEPT = 512


def _without_inputs(op: Operator) -> Callable[..., Any]:
    def call(*args: Any, ctx: Any = None, out: Any = None, name: str | None = None, **kwargs: Any) -> Any:
        attributes = op.read_all(_by_name(op, args, kwargs))
        return create(op, attributes, ctx, out)

    return call


def create(
    op: Operator, attributes: dict[str, Any], ctx: Context | str | None = None, out: Any = None
) -> Any:
    """Calls an operator that has no inputs, on ``out``'s context, ``ctx`` or the current one."""
    if out is not None:
        context = (out[0] if isinstance(out, (list, tuple)) else out)._ctx
    else:
        context = current_context() if ctx is None else as_context(ctx)
    attributes = _supply(op, attributes, context) if op.supplied else attributes
    try:
        result = op.compute(**attributes)
    except _KERNEL_ERRORS as error:
        explain(op, (), attributes, error)
    return _finish(op, result, (), attributes, context, out, None)


def _by_name(op: Operator, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    names = (*op.inputs, *op.attributes)
    given = dict(zip(names, args, strict=False))
    if len(args) > len(names) or not given.keys().isdisjoint(kwargs):
        raise TypeError(
            f"{op.name} takes {', '.join(names)}; got {len(args)} by position and {', '.join(kwargs)} by name"
        )
    return {**given, **kwargs}
