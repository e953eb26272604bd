"""Calls that are prepared: for one operator, one number of arrays and one set of attributes.

They do what :func:`regluon.ndarray.dispatch.invoke` does, with everything decided beforehand that does not
depend on the arrays; what is rare goes to ``invoke``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import get_ident
from typing import Any

from regluon.ndarray.dispatch import KERNEL_ERRORS, check_types, explain, finish, invoke, supplied, wrapped
from regluon.ndarray.layouts import keeping
from regluon.ndarray.ndarray import NDArray, wrap
from regluon.ops.layouts import STARTS
from regluon.ops.registry import Operator, Tensor, same
from regluon.tape import node_of, recorders

__all__ = ["is_plain", "of_one", "of_two", "prepare", "with_number"]

_new = object.__new__


def prepare(op: Operator, count: int, attributes: dict[str, Any]) -> Callable[..., Any]:
    """The call of ``op`` on ``count`` arrays, with all its attributes in their declared types."""
    shown = op.shows(attributes)
    make = _BY_COUNT.get(count) if is_plain(op, count, shown) else None
    call = _several(op, attributes, count, shown) if make is None else make(op, attributes)
    # of_two() sees by itself, at no cost, when the second array is no ordinary one.
    return call if make is of_two and op.name not in STARTS else keeping(op, attributes, call)


def is_plain(op: Operator, count: int, shown: int | None) -> bool:
    """Whether calls need nothing but the arrays, and show one output, or all of those made of one array."""
    return not (op.supplied or op.writes) and (shown == 1 or (count == 1 and op.visible is None))


def of_one(
    op: Operator, attributes: dict[str, Any], otherwise: Callable[[Any, Any], Any] | None = None
) -> Callable[..., Any]:
    """:func:`prepare` for one array; ``otherwise`` takes it with ``out``, and what is no dense array."""
    compute, gradient, by_torch = op.prepared(attributes), op.gradient, op.by_torch
    single, uses, many = op.single, op.needs(attributes), op.shows(attributes) != 1
    by_out, keeps_out = uses == "out", uses != "inputs" or not single
    fn = same if by_out else op.fn

    def with_attributes(data: Any, out: Any) -> Any:
        return invoke(op, (data,), attributes, out)

    rare = otherwise or with_attributes

    def call(data: Any = None, out: Any = None, name: str | None = None) -> Any:
        try:
            x, context, entry = data._data, data._ctx, data._ag
        except AttributeError:
            return rare(data, out)
        recorded = entry is not None and get_ident() in recorders and entry.gradient is not None
        if out is not None or (recorded and by_torch):
            return rare(data, out)
        try:
            result = compute(x)
        except KERNEL_ERRORS as error:
            explain(op, (x,), attributes, error)
        if recorded:
            inputs, kept = (result,) if by_out else (x,), result if keeps_out else None
            node = node_of(fn, gradient, inputs, attributes, kept, (entry,))
        else:
            node = None
        if many:
            if type(result) is not tuple or len(result) < 2:
                return finish(op, result, (data,), attributes, context, None, node)
            return wrapped(result, context, node)
        array = _new(NDArray)  # wrap(), without its call
        array._data = result if single else result[0]
        array._ctx = context
        array._ag = node
        return array

    return call


def of_two(  # noqa: C901 (on the path of every call)
    op: Operator, attributes: dict[str, Any], otherwise: Callable[[Any, Any], Any] | None = None
) -> Callable[[Any, Any], Any]:
    """:func:`prepare` for two arrays; ``otherwise`` takes what is rarer: a number, or another layout."""
    compute, fn, gradient, by_torch = op.prepared(attributes), op.fn, op.gradient, op.by_torch
    single, same_type, one_shape = op.single, op.same_type, op.one_shape
    keeps_out = op.needs(attributes) != "inputs"

    def with_attributes(a: Any, b: Any) -> Any:
        return invoke(op, (a, b), attributes)

    rare = otherwise or keeping(op, attributes, with_attributes)

    def call(a: Any, b: Any) -> Any:
        if type(b) is not NDArray:
            return rare(a, b)
        try:
            x, context, of_a = a._data, a._ctx, a._ag
        except AttributeError:
            return rare(a, b)
        y, of_b = b._data, b._ag
        recording = get_ident() in recorders
        if context is not b._ctx or (by_torch and recording):
            return invoke(op, (a, b), attributes)
        if same_type and x.dtype is not y.dtype:
            check_types(op, (x, y))
        try:
            result = compute(x, y)
        except KERNEL_ERRORS as error:
            explain(op, (x, y), attributes, error)
        array = _new(NDArray)
        array._data = result if single else result[0]
        array._ctx = context
        array._ag = None
        if recording:
            if of_a is not None and of_a.gradient is None:
                of_a = None
            if of_b is not None and of_b.gradient is None:
                of_b = None
            if of_a is not None or of_b is not None:
                kept = result if keeps_out else None
                if (
                    one_shape is not None
                    and 0 != result.numel() == x.numel() == y.numel()
                    and x.dim() == y.dim()
                ):
                    array._ag = node_of(None, one_shape, (), attributes, None, (of_a, of_b))
                else:
                    array._ag = node_of(fn, gradient, (x, y), attributes, kept, (of_a, of_b))
        return array

    return call


def _ternary(op: Operator, attributes: dict[str, Any]) -> Callable[..., Any]:
    compute, fn, gradient, by_torch = op.prepared(attributes), op.fn, op.gradient, op.by_torch
    single, same_type = op.single, op.same_type
    keeps_out = op.needs(attributes) != "inputs"

    def call(a: Any, b: Any, c: Any) -> Any:
        try:
            x, y, z, context = a._data, b._data, c._data, a._ctx
            one_context = b._ctx is context is c._ctx
        except AttributeError:
            return invoke(op, (a, b, c), attributes)
        recording = get_ident() in recorders
        if not one_context or (by_torch and recording):
            return invoke(op, (a, b, c), attributes)
        if same_type and not x.dtype is y.dtype is z.dtype:
            check_types(op, (x, y, z))
        try:
            result = compute(x, y, z)
        except KERNEL_ERRORS as error:
            explain(op, (x, y, z), attributes, error)
        array = _new(NDArray)
        array._data = result if single else result[0]
        array._ctx = context
        array._ag = None
        if recording:
            parents = _parents((a, b, c))
            if parents is not None:
                kept = result if keeps_out else None
                array._ag = node_of(fn, gradient, (x, y, z), attributes, kept, parents)
        return array

    return call


def _several(op: Operator, attributes: dict[str, Any], count: int, shown: int | None) -> Callable[..., Any]:
    """:func:`prepare` for any operator: with a mode, random numbers, updated inputs, several outputs, too."""
    fn, gradient, by_torch = op.fn, op.gradient, op.by_torch or op.generator is not None
    give, same_type = supplied(op, attributes), op.same_type and count > 1
    prepared = op.prepared(attributes) if give is None else op.compute
    written = tuple(op.written(count).items())
    keeps_out = shown != 1 or op.needs(attributes) != "inputs"  # of several results, the way back counts them

    def call(*arrays: Any) -> Any:
        tensors: list[Any] = []
        try:
            context, dtype = arrays[0]._ctx, arrays[0]._data.dtype if same_type else None
            for a in arrays:
                x = a._data
                if a._ctx is not context or (same_type and x.dtype is not dtype):
                    return invoke(op, arrays, attributes)
                tensors.append(x)
        except (AttributeError, IndexError):
            return invoke(op, arrays, attributes)
        recording = get_ident() in recorders
        if recording and by_torch:
            return invoke(op, arrays, attributes)
        compute, given = (prepared, attributes) if give is None else give(context)
        try:
            results = compute(*tensors)
        except KERNEL_ERRORS as error:
            explain(op, tensors, given, error)
        node = None
        if recording and (parents := _parents(arrays)) is not None:
            node = node_of(fn, gradient, tensors, given, results if keeps_out else None, parents)
        for position, index in written:
            new, old = results[index], tensors[position]
            if new is not None and new is not old:
                old.copy_(new)
        single = type(results) is Tensor
        if not single and shown != 1:
            return wrapped(results if shown is None else results[:shown], context, node)
        array = _new(NDArray)
        array._data = results if single else results[0]
        array._ctx = context
        array._ag = node
        return array

    return call


_BY_COUNT: dict[int, Callable[..., Callable[..., Any]]] = {1: of_one, 2: of_two, 3: _ternary}


def _parents(arrays: Sequence[Any]) -> list[Any] | None:
    """Where the arrays came from, None if none is part of a graph."""
    parents = [None if (e := a._ag) is None or e.gradient is None else e for a in arrays]
    return None if parents.count(None) == len(parents) else parents


def with_number(op: Operator) -> Callable[..., Any]:
    """The call of an operator of an array and the number ``scalar``: ``(array, number)``."""
    compute, fn, gradient, by_torch = op.compute, op.fn, op.gradient, op.by_torch
    keeps_out = op.needs(op.defaults) != "inputs"

    def call(a: Any, number: Any) -> Any:
        try:
            data, context, entry = a._data, a._ctx, a._ag
        except AttributeError:
            return invoke(op, (a,), {"scalar": number})
        recorded = entry is not None and get_ident() in recorders and entry.gradient is not None
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
