"""Calls that are prepared: for one operator, one number of arrays and one set of attributes.

They do what :func:`regluon.ndarray.dispatch.invoke` does, with everything decided beforehand that does not
depend on the arrays; what is rare goes to ``invoke``.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from typing import Any

from regluon.ndarray.dispatch import KERNEL_ERRORS, check_types, explain, finish, invoke, supplied, wrapped
from regluon.ndarray.layouts import keeping
from regluon.ndarray.ndarray import NDArray, wrap
from regluon.ndarray.unrolled import MOST, Rest, node_for, unrolled
from regluon.ops.layouts import RULES, STARTS
from regluon.ops.registry import Operator, Tensor, same
from regluon.tape import node_of, recorders

__all__ = ["is_plain", "of_one", "of_two", "prepare", "prepare_together", "with_number"]

_new = object.__new__


def prepare(op: Operator, count: int, attributes: dict[str, Any]) -> Callable[..., Any]:
    """The call of ``op`` on ``count`` arrays, with all its attributes in their declared types."""
    shown = op.shows(attributes)
    make = _BY_COUNT.get(count) if is_plain(op, count, shown) else None
    if make is not None:
        call = make(op, attributes)
    elif 0 < count <= MOST:
        call = unrolled(op, attributes, count, shown, together=False)
    else:
        call = _apart(_several(op, attributes, count, shown))
    # of_two() sees by itself, at no cost, when the second array is no ordinary one.
    return call if make is of_two and op.name not in STARTS else keeping(op, attributes, call)


def prepare_together(
    op: Operator, count: int, attributes: dict[str, Any]
) -> Callable[[tuple[Any, ...]], Any]:
    """:func:`prepare` as a function of the arrays in a tuple, which is what functions of ``nd`` get."""
    shown = op.shows(attributes)
    apart = is_plain(op, count, shown) and (count == 1 or (count == 2 and not op.by_torch))
    if apart or op.name in RULES:
        return _as_tuple(prepare(op, count, attributes), count)
    if 0 < count <= MOST:
        return unrolled(op, attributes, count, shown, together=True)
    return _several(op, attributes, count, shown)


def _apart(call: Callable[[tuple[Any, ...]], Any]) -> Callable[..., Any]:
    def apart(*arrays: Any) -> Any:
        return call(arrays)

    return apart


def _as_tuple(call: Callable[..., Any], count: int) -> Callable[[tuple[Any, ...]], Any]:
    def one(arrays: tuple[Any, ...]) -> Any:
        return call(arrays[0])

    def two(arrays: tuple[Any, ...]) -> Any:
        return call(arrays[0], arrays[1])

    def several(arrays: tuple[Any, ...]) -> Any:
        return call(*arrays)

    return one if count == 1 else two if count == 2 else several


def is_plain(op: Operator, count: int, shown: int | None) -> bool:
    """Whether calls need nothing but the arrays, and show one output, or all of those made of one array."""
    return not (op.supplied or op.writes) and (shown == 1 or (count == 1 and op.visible is None))


def of_one(
    op: Operator, attributes: dict[str, Any], otherwise: Callable[[Any, Any], Any] | None = None
) -> Callable[..., Any]:
    """:func:`prepare` for one array; ``otherwise`` takes it with ``out``, and what is no dense array."""
    compute, single, uses = op.prepared(attributes), op.single, op.needs(attributes)
    rest, many = Rest(op, attributes, uses != "inputs" or not single), op.shows(attributes) != 1
    by_out = uses == "out"
    if by_out:
        rest.fn = same

    def with_attributes(data: Any, out: Any) -> Any:
        return invoke(op, (data,), attributes, out)

    rare = otherwise or with_attributes

    def call(data: Any = None, out: Any = None, name: str | None = None) -> Any:
        try:
            x, context, node = data._data, data._ctx, data._ag
        except AttributeError:
            return rare(data, out)
        if node is not None and (not recorders or get_ident() not in recorders or node.gradient is None):
            node = None
        if out is not None or (node is not None and rest.by_torch):
            return rare(data, out)
        try:
            result = compute(x)
        except KERNEL_ERRORS as error:
            explain(rest.op, (x,), rest.attributes, error)
        if node is not None:
            inputs, kept = (result,) if by_out else (x,), result if rest.keeps_out else None
            node = node_of(rest.fn, rest.gradient, inputs, rest.attributes, kept, (node,))
        if not single:
            if many:
                if type(result) is tuple and len(result) > 1:
                    return wrapped(result, context, node)
                return finish(rest.op, result, (data,), rest.attributes, context, None, node)
            result = result[0]
        array = _new(NDArray)  # wrap(), without its call
        array._data = result
        array._ctx = context
        array._ag = node
        return array

    return call


def of_two(  # noqa: C901 (on the path of every call)
    op: Operator, attributes: dict[str, Any], otherwise: Callable[[Any, Any], Any] | None = None
) -> Callable[[Any, Any], Any]:
    """:func:`prepare` for two arrays; ``otherwise`` takes what is rarer: a number, or another layout."""
    compute, single, same_type = op.prepared(attributes), op.single, op.same_type
    rest, one_shape = Rest(op, attributes, op.needs(attributes) != "inputs"), op.one_shape

    def with_attributes(a: Any, b: Any) -> Any:
        return invoke(op, (a, b), attributes)

    rare = otherwise or keeping(op, attributes, with_attributes)

    def call(a: Any, b: Any) -> Any:
        if type(b) is not NDArray:
            return rare(a, b)
        try:
            x, context = a._data, a._ctx
        except AttributeError:
            return rare(a, b)
        y, recording = b._data, recorders and get_ident() in recorders
        if context is not b._ctx or (recording and rest.by_torch):
            return invoke(rest.op, (a, b), rest.attributes)
        if same_type and x.dtype is not y.dtype:
            check_types(rest.op, (x, y))
        try:
            result = compute(x, y)
        except KERNEL_ERRORS as error:
            explain(rest.op, (x, y), rest.attributes, error)
        array = _new(NDArray)
        array._data = result if single else result[0]
        array._ctx = context
        array._ag = None
        if recording:
            of_a, of_b = a._ag, b._ag
            if of_a is not None and of_a.gradient is None:
                of_a = None
            if of_b is not None and of_b.gradient is None:
                of_b = None
            if of_a is not None or of_b is not None:
                parents, given = (of_a, of_b), rest.attributes
                if (
                    one_shape is not None
                    and 0 != result.numel() == x.numel() == y.numel()
                    and x.dim() == y.dim()
                ):
                    array._ag = node_of(None, one_shape, (), given, None, parents)
                else:
                    kept = result if rest.keeps_out else None
                    array._ag = node_of(rest.fn, rest.gradient, (x, y), given, kept, parents)
        return array

    return call


def _several(
    op: Operator, attributes: dict[str, Any], count: int, shown: int | None
) -> Callable[[tuple[Any, ...]], Any]:
    """:func:`prepare` for any operator: with a mode, random numbers, updated inputs, several outputs, too."""
    give, same_type = supplied(op, attributes), op.same_type and count > 1
    prepared = op.prepared(attributes) if give is None else op.compute
    written = tuple(op.written(count).items())
    # Of several results, the way back counts them.
    rest = Rest(op, attributes, shown != 1 or op.needs(attributes) != "inputs")

    def call(arrays: tuple[Any, ...]) -> Any:
        tensors: list[Any] = []
        try:
            context, dtype = arrays[0]._ctx, arrays[0]._data.dtype if same_type else None
            for a in arrays:
                x = a._data
                if a._ctx is not context or (same_type and x.dtype is not dtype):
                    return invoke(rest.op, arrays, rest.attributes)
                tensors.append(x)
        except (AttributeError, IndexError):
            return invoke(rest.op, arrays, rest.attributes)
        recording = recorders and get_ident() in recorders
        if recording and rest.by_torch:
            return invoke(rest.op, arrays, rest.attributes)
        compute, given = (prepared, rest.attributes) if give is None else give(context)
        try:
            results = compute(*tensors)
        except KERNEL_ERRORS as error:
            explain(rest.op, tensors, given, error)
        node = node_for(rest, arrays, tensors, given, results) if recording else None
        if written:
            for position, index in written:
                new, old = results[index], tensors[position]
                if new is not None and new is not old:
                    old.copy_(new)
        if type(results) is not Tensor:
            if shown != 1:
                return wrapped(results if shown is None else results[:shown], context, node)
            results = results[0]
        array = _new(NDArray)
        array._data = results
        array._ctx = context
        array._ag = node
        return array

    return call


_BY_COUNT: dict[int, Callable[..., Callable[..., Any]]] = {1: of_one, 2: of_two}


def with_number(op: Operator) -> Callable[..., Any]:
    """The call of an operator of an array and the number ``scalar``: ``(array, number)``."""
    compute, fn, gradient, by_torch = op.compute, op.fn, op.gradient, op.by_torch
    keeps_out = op.needs(op.defaults) != "inputs"

    def call(a: Any, number: Any) -> Any:
        try:
            data, context, entry = a._data, a._ctx, a._ag
        except AttributeError:
            return invoke(op, (a,), {"scalar": number})
        recorded = entry is not None and recorders and get_ident() in recorders and entry.gradient is not None
        if recorded and by_torch:
            return invoke(op, (a,), {"scalar": number})
        try:
            result = compute(data, scalar=number)
        except KERNEL_ERRORS as error:
            explain(op, (data,), {"scalar": number}, error)
        if not recorded:
            return wrap(result, context, None)
        kept = result if keeps_out else None
        return wrap(result, context, node_of(fn, gradient, (data,), {"scalar": number}, kept, (entry,)))

    return call
