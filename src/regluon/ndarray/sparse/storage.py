"""Which way a call takes whose arrays are not all dense: one table from operator and storage to a rule.

A rule gets the operator, the arrays and the attributes and returns an array, or NotImplemented where it does
not hold for these. It may record the call; else its result gets the place of the dense operator in the graph.
Without a rule the arrays are written out and the operator runs on dense ones, as in
MXNet, which says so in its log; here it is a warning. ``MXNET_STORAGE_FALLBACK_LOG_VERBOSE=0`` turns it off.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from threading import get_ident
from typing import Any, TypeAlias, TypeVar

import torch
from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context
from regluon.ndarray.arithmetic import BINARY, binary_method
from regluon.ndarray.dispatch import (
    KERNEL_ERRORS,
    check_arrays,
    check_contexts,
    check_out,
    invoke,
    refuse_write,
)
from regluon.ndarray.ndarray import STORED, NDArray
from regluon.ops.registry import OPERATORS, Operator
from regluon.tape import live, recorders

__all__ = [
    "arithmetic",
    "call",
    "cast",
    "check_unrecorded",
    "densified",
    "put",
    "rule",
    "tensor_of",
    "total",
    "zeros",
]

Rule: TypeAlias = Callable[..., Any]
R = TypeVar("R", bound=Rule)

_RULES: dict[tuple[str, tuple[str, ...]], Rule] = {}
_ANY_NUMBER: dict[tuple[str, str], Rule] = {}
_TAKE_OUT: set[Rule] = set()


def rule(operators: str, *storages: str, takes_out: bool = False) -> Callable[[R], R]:
    """Makes a function the rule of some operators for the given storages.

    Parameters
    ----------
    operators
        Their names, with spaces between.
    storages
        The storages of the arrays, as in ``"csr default"``; ``"csr ..."`` is any number of one kind.
    takes_out
        Whether it is also given ``out``, to write into it at once.
    """

    def decorate(fn: R) -> R:
        for name in operators.split():
            for storage in storages:
                kinds = tuple(storage.split())
                if kinds[-1] == "...":
                    _ANY_NUMBER[name, kinds[0]] = fn
                else:
                    _RULES[name, kinds] = fn
        if takes_out:
            _TAKE_OUT.add(fn)
        return fn

    return decorate


def call(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any], out: Any = None) -> Any:
    """Calls an operator of which an input is stored sparsely."""
    check_arrays(op, arrays)
    given = [a for a in arrays if a is not None]
    check_contexts(op, given)
    for target in [] if out is None else out if isinstance(out, (list, tuple)) else [out]:
        check_out(op, target)
        check_unrecorded(op.name, target)
    kinds = tuple([a.stype for a in given])
    found = _RULES.get((op.name, kinds))
    if found is None and len(set(kinds)) == 1:
        found = _ANY_NUMBER.get((op.name, kinds[0]))
    more = (out,) if found in _TAKE_OUT else ()
    try:
        result = NotImplemented if found is None else found(op, arrays, attributes, *more)
    except MXNetError:
        raise
    except KERNEL_ERRORS as error:
        text = str(error)
        raise MXNetError(text if text.startswith(op.name) else f"{op.name}: {text}") from None
    if result is NotImplemented:
        _warn(op, kinds)
        return _fall_back(op, arrays, attributes, out)
    if result._ag is None and get_ident() in recorders and any(live(a._ag) for a in given):
        recorded = invoke(op, [densified(a) for a in arrays], attributes)
        result._ag = (recorded[0] if isinstance(recorded, list) else recorded)._ag
    return result if out is None else _delivered(result, out)


def _warn(op: Operator, kinds: tuple[str, ...]) -> None:
    if os.environ.get("MXNET_STORAGE_FALLBACK_LOG_VERBOSE", "1") != "0":
        warnings.warn(
            f"{op.name} has no form for arrays stored as {', '.join(kinds)}: it runs on dense copies",
            RuntimeWarning,
            stacklevel=4,
        )


def _fall_back(op: Operator, arrays: Sequence[Any], attributes: dict[str, Any], out: Any) -> Any:
    dense = [densified(a) for a in arrays]
    result = invoke(op, dense, attributes, out)
    for position in op.written(len(arrays)):
        if arrays[position] is not dense[position]:
            arrays[position]._assign(dense[position])
    return result


def _delivered(result: Any, out: Any) -> Any:
    target = out[0] if isinstance(out, (list, tuple)) else out
    if target is not result:
        put(result, target)
        target._ag = target._ag if result._ag is None else result._ag
    return target


def check_unrecorded(what: str, target: Any) -> None:
    """Complains of writing into a part of a graph while recording."""
    if get_ident() in recorders and live(target._ag) is not None:
        refuse_write(what)


def densified(array: Any) -> Any:
    """An array written out, at the same place of the graph; dense ones and None as they are."""
    if array is None or array.stype == "default":
        return array
    return array._written_out()


def tensor_of(array: Any) -> Tensor:
    """The tensor of an array, written out if need be; not to be changed."""
    return array._data if array.stype == "default" else array._tensor()  # type: ignore[no-any-return]


def put(source: NDArray, target: NDArray) -> None:
    """Writes an array over another of the same shape, each of any storage; the target keeps its type."""
    if source.shape != target.shape:
        raise MXNetError(f"an array of shape {source.shape} does not fit into one of {target.shape}")
    if target.stype == "default":
        target._data.copy_(tensor_of(source))
    else:
        target._assign(source)  # type: ignore[attr-defined]


def cast(array: Any, stype: str) -> Any:
    """A copy in another storage, at its own place of the graph."""
    if stype not in ("default", *STORED):
        raise MXNetError(f"Invalid Input: {stype!r}, valid values are: {{'csr', 'default', 'row_sparse'}}")
    if stype == array.stype:
        found = array.copy()
    elif stype == "default":
        found = NDArray(array._tensor().clone(), array._ctx)
    elif array.stype == "default":
        found = STORED[stype]._from_tensor(array._data, array._ctx)  # type: ignore[attr-defined]
    else:
        raise MXNetError(f"cast_storage from {array.stype} to {stype} is not supported")
    if get_ident() in recorders and live(array._ag) is not None:
        found._ag = invoke(OPERATORS["_copy"], (densified(array),), {})._ag
    return found


def zeros(stype: str, shape: tuple[int, ...], kind: torch.dtype, ctx: Context) -> NDArray:
    """Zeros in a storage."""
    if stype == "default":
        return NDArray(torch.zeros(shape, dtype=kind, device=ctx.torch_device), ctx)
    if stype not in STORED:
        raise ValueError(f"unknown storage type {stype}")
    return STORED[stype]._zeros(shape, kind, ctx)  # type: ignore[attr-defined, no-any-return]


def total(a: NDArray, b: NDArray) -> Any:
    """``a + b`` of two arrays of one storage."""
    found = _RULES["elemwise_add", (a.stype, b.stype)]
    return found(OPERATORS["elemwise_add"], (a, b), {})


_SAME_SHAPE = {
    "add": "elemwise_add",
    "subtract": "elemwise_sub",
    "multiply": "elemwise_mul",
    "divide": "elemwise_div",
}
_METHODS = {name: binary_method(name) for name in _SAME_SHAPE}
_REVERSED = {name: OPERATORS[BINARY[name].left] for name in _SAME_SHAPE}


def arithmetic(name: str, lhs: Any, rhs: Any) -> Any:
    """``lhs ∘ rhs``, each an array or a number: arrays of one shape by the operator that keeps storages."""
    if isinstance(lhs, NDArray) and isinstance(rhs, NDArray):
        if lhs.shape == rhs.shape:
            return invoke(OPERATORS[_SAME_SHAPE[name]], (lhs, rhs), {})
        return _METHODS[name](lhs, rhs)
    if isinstance(lhs, NDArray):
        return _METHODS[name](lhs, rhs)
    if isinstance(rhs, NDArray):
        op = _REVERSED[name]
        return invoke(op, (rhs,), op.read_all({"scalar": lhs}))
    return BINARY[name].plain(lhs, rhs)
