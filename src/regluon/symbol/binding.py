"""How symbols get arrays: ``bind``, ``simple_bind`` and ``eval``."""

from __future__ import annotations

from typing import Any

from regluon.base import DTYPE_OF_FLAG, MXNetError, numpy_dtype
from regluon.context import Context, current_context
from regluon.ndarray import NDArray, zeros
from regluon.symbol.executor import Executor
from regluon.symbol.inference import known, shapes_of
from regluon.symbol.symbol import Symbol
from regluon.symbol.types import infer_types
from regluon.symbol.variables import STORAGE

__all__ = ["bind", "eval_imperatively", "evaluate", "simple_bind"]

_STORED = {str(flag): name for name, flag in STORAGE.items() if flag > 0}


def bind(
    self: Symbol,
    ctx: Context,
    args: Any,
    args_grad: Any = None,
    grad_req: Any = "write",
    aux_states: Any = None,
    group2ctx: dict[str, Context] | None = None,
    shared_exec: Executor | None = None,
) -> Executor:
    """An executor on the arrays given

    Parameters
    ----------
    args, args_grad, aux_states
        Lists in the order of the symbol's lists, or dictionaries by name; gradients may be missing.
    grad_req
        "write", "add" or "null" for all gradients, a list, or a dictionary by name.
    group2ctx
        Where groups of nodes are to be computed: a declared gap, unless all of it is ``ctx``.
    """
    if not isinstance(ctx, Context):
        raise TypeError("Context type error")
    _check_groups(group2ctx, ctx)
    names, states = self.list_arguments(), self.list_auxiliary_states()
    arrays = _arrays("args", args, names, allow_missing=False)
    grads = [None] * len(names) if args_grad is None else _arrays("args_grad", args_grad, names, True)
    auxiliary = _arrays("aux_states", [] if aux_states is None else aux_states, states, False)
    return Executor(self, ctx, arrays, grads, auxiliary, grad_req)


def _check_groups(group2ctx: dict[str, Context] | None, ctx: Context) -> None:
    if any(other is not ctx for other in (group2ctx or {}).values()):
        raise MXNetError("group2ctx is a declared gap: a symbol is computed on one context")


def _arrays(what: str, given: Any, names: list[str], allow_missing: bool) -> list[Any]:
    """The arrays in the order of ``names``."""
    if isinstance(given, dict):
        for name in names:
            if name not in given and not allow_missing:
                raise ValueError(f"key `{name}` is missing in `{what}`")
        found = [given.get(name) for name in names]
    elif isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ValueError(f"Length of {what} does not match the number of arguments")
        found = list(given)
    else:
        raise TypeError("Only accept list of NDArrays or dict of str to NDArray")
    for array in found:
        if not (isinstance(array, NDArray) or (array is None and allow_missing)):
            raise TypeError("Only accept list of NDArrays or dict of str to NDArray")
    return found


def simple_bind(
    self: Symbol,
    ctx: Context,
    grad_req: Any = "write",
    type_dict: dict[str, Any] | None = None,
    stype_dict: dict[str, str] | None = None,
    group2ctx: dict[str, Context] | None = None,
    shared_arg_names: list[str] | None = None,
    shared_exec: Executor | None = None,
    shared_buffer: dict[str, NDArray] | None = None,
    **kwargs: Any,
) -> Executor:
    """An executor on new arrays of zeros, whose shapes follow from those given by name

    Parameters
    ----------
    type_dict, stype_dict
        Types and kinds of storage, by name.
    shared_arg_names, shared_exec
        Arguments whose arrays and gradients are those of another executor, as are all auxiliary states.
    shared_buffer
        Arrays to be used, by name; those that are made are put there.
    **kwargs
        Shapes.
    """
    _check_groups(group2ctx, ctx)
    if grad_req is not None and not isinstance(grad_req, str) and len(grad_req) == 0:
        raise RuntimeError(f"grad_req in simple_bind cannot be an empty {type(grad_req).__name__}")
    found = _zeros(self, ctx, type_dict or {}, stype_dict or {}, kwargs)
    names, states = self.list_arguments(), self.list_auxiliary_states()
    shared = {} if shared_exec is None else _shared(shared_exec, shared_arg_names or [], found)
    if shared_exec is not None:
        own = shared_exec.aux_dict
        found |= {name: own[name] for name in states if _alike(own.get(name), found[name])}
    found |= shared
    if shared_buffer is not None:
        for name in names:
            if name in shared:
                continue
            buffer = shared_buffer.get(name)
            if buffer is not None and buffer.shape == found[name].shape:
                found[name] = buffer
            shared_buffer[name] = found[name]
    arrays = [found[name] for name in names]
    executor = Executor(
        self, ctx, arrays, [None] * len(names), [found[name] for name in states], grad_req or "null"
    )
    grads = {} if shared_exec is None else shared_exec.grad_dict
    executor.grad_arrays = [
        None
        if request == "null"
        else grads[name]
        if name in shared and _alike(grads[name], a)
        else zeros(a.shape, dtype=a.dtype, ctx=ctx, stype=a.stype)
        for name, a, request in zip(names, arrays, executor._requests, strict=True)
    ]
    return executor


def _shared(other: Executor, names: list[str], made: dict[str, NDArray]) -> dict[str, NDArray]:
    """The arrays of another executor, by the names of arguments that are to be the same."""
    own = other.arg_dict
    shared = {name: own[name] for name in names if name in own and name in made}
    for name, array in shared.items():
        if not _alike(array, made[name]):
            raise RuntimeError(
                f"simple_bind error. {name} is shared with another executor, where it has shape "
                f"{array.shape} and type {array.dtype.__name__}; here it would have {made[name].shape} and "
                f"{made[name].dtype.__name__}"
            )
    return shared


def _alike(array: NDArray | None, other: NDArray) -> bool:
    return array is not None and array.shape == other.shape and array.dtype == other.dtype


def _zeros(
    symbol: Symbol, ctx: Context, types: dict[str, Any], stypes: dict[str, str], given: dict[str, Any]
) -> dict[str, NDArray]:
    """An array of zeros for each variable."""
    shapes = {name: shape for name, shape in given.items() if isinstance(shape, tuple)}
    arguments = "".join(f"\n{name}: {shape}" for name, shape in given.items())
    try:
        sizes, nodes = shapes_of(symbol, shapes, types)
        dtypes = infer_types(symbol, types)
    except MXNetError as error:
        raise RuntimeError(f"simple_bind error. Arguments:{arguments}\n{error}") from None
    found = {}
    for node in nodes:
        if node.op is None:
            shape = sizes.get((id(node), 0), ())
            if not known(shape):
                raise RuntimeError(
                    f"simple_bind error. Arguments:{arguments}\nthe shape of {node.name} does not follow; "
                    f"known is {shape}"
                )
            dtype = dtypes.get((id(node), 0), DTYPE_OF_FLAG[0])
            stype = stypes.get(node.name) or _STORED.get(node.attrs.get("__storage_type__", ""), "default")
            found[node.name] = zeros(shape, dtype=numpy_dtype(dtype), ctx=ctx, stype=stype)
    return found


def evaluate(self: Symbol, ctx: Context | None = None, **kwargs: NDArray) -> list[NDArray]:
    """The outputs, with arrays for the variables given by name"""
    return self.bind(current_context() if ctx is None else ctx, kwargs).forward()


def eval_imperatively(self: Symbol, ctx: Context | None = None, **kwargs: NDArray) -> list[NDArray]:
    """:meth:`eval` by another name"""
    return evaluate(self, ctx, **kwargs)
