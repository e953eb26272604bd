"""What the checks run: a function of arrays, or a block, with the interface of a bound symbol.

A symbol binds itself; for everything else :class:`FunctionExecutor` stands in.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from regluon import autograd
from regluon.base import MXNetError
from regluon.context import Context
from regluon.ndarray import NDArray, array, zeros

__all__ = ["FunctionExecutor", "arguments_of", "bind", "outputs_of", "placed", "zeros_for"]

_FLOATS = (np.float16, np.float32, np.float64)


def arguments_of(sym: Any, given: Any = (), aux: Any = None) -> list[str]:
    """The names of the arguments: a symbol's, those of the arrays given by name, or a function's own."""
    if hasattr(sym, "list_arguments"):
        return list(sym.list_arguments())
    if not callable(sym):
        raise MXNetError(
            f"a function of arrays or a block is needed, not {type(sym).__name__}; symbols are a declared "
            "gap until mx.sym is there"
        )
    states = set(aux) if isinstance(aux, dict) else set()
    names = [name for name in _parameters(sym) if name not in states]
    if isinstance(given, dict):
        known = [name for name in names if name in given]
        return known + sorted(set(given) - set(known))
    return (names + [f"arg{i}" for i in range(len(names), len(given))])[: len(given)]


def _parameters(function: Any) -> list[str]:
    """The names of a function's positional parameters; of a block or a builtin, which names none, []."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def outputs_of(sym: Any, executor: Any) -> list[str]:
    """The names of the outputs."""
    if hasattr(sym, "list_outputs"):
        return list(sym.list_outputs())
    return list(executor.output_dict)


def placed(names: Sequence[str], values: Any, ctx: Context, dtype: Any) -> dict[str, Any]:
    """Values by name, NumPy arrays made NDArrays of ``dtype``, or of their own if it is ``"asnumpy"``.

    Raises
    ------
    ValueError
        If the names are not those of the arguments.
    """
    if not isinstance(values, (dict, list, tuple)):
        raise AssertionError(f"a dict, list or tuple of arrays is needed, not {type(values).__name__}")
    if dtype != "asnumpy" and dtype not in _FLOATS:
        raise AssertionError(f'dtype must be "asnumpy", float16, float32 or float64, not {dtype}')
    if isinstance(values, dict) and set(values) != set(names):
        raise ValueError(f"arguments {sorted(names)} and values given {sorted(values)} do not match")
    pairs = values.items() if isinstance(values, dict) else zip(names, values, strict=False)
    arrays = {
        name: value
        if isinstance(value, NDArray)
        else array(value, ctx=ctx, dtype=np.asarray(value).dtype if dtype == "asnumpy" else dtype)
        for name, value in pairs
    }
    return dict(sorted(arrays.items()))


def bind(
    sym: Any,
    ctx: Context,
    args: dict[str, NDArray],
    args_grad: dict[str, NDArray] | None = None,
    grad_req: Any = "write",
    aux_states: dict[str, NDArray] | None = None,
) -> Any:
    """An executor: a symbol's own, or one for a function."""
    if hasattr(sym, "bind"):
        return sym.bind(ctx=ctx, args=args, args_grad=args_grad, grad_req=grad_req, aux_states=aux_states)
    return FunctionExecutor(sym, ctx, args, args_grad or {}, grad_req, aux_states or {})


class FunctionExecutor:
    """A function with the arrays that it is called with, and those that its gradients go to.

    Parameters
    ----------
    function
        Called with the arguments and then the auxiliary states, in the order of its parameters where it has
        their names, else in that of the arguments' names.
    grad_req
        ``"write"``, ``"add"`` or ``"null"``: one for all, or by name.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        ctx: Context,
        args: Mapping[str, NDArray],
        args_grad: Mapping[str, NDArray],
        grad_req: Any,
        aux_states: Mapping[str, NDArray],
    ) -> None:
        names = arguments_of(function, dict(args), dict(aux_states))
        self._function, self._ctx = function, ctx
        self.arg_dict = {name: args[name] for name in names}
        self.aux_dict = dict(aux_states)
        self.grad_dict = {name: args_grad.get(name) for name in names}
        self.outputs: list[NDArray] = []
        reqs = dict.fromkeys(names, grad_req) if isinstance(grad_req, str) else dict(grad_req)
        self._reqs = {name: reqs.get(name, "null") for name, g in self.grad_dict.items() if g is not None}

    @property
    def arg_arrays(self) -> list[NDArray]:
        """The arguments, in order."""
        return list(self.arg_dict.values())

    @property
    def grad_arrays(self) -> list[NDArray | None]:
        """Where the gradients go, in the order of the arguments."""
        return list(self.grad_dict.values())

    @property
    def output_dict(self) -> dict[str, NDArray]:
        """The outputs of the last call, by name."""
        count = len(self.outputs)
        return {"output" if count == 1 else f"output{i}": o for i, o in enumerate(self.outputs)}

    def forward(self, is_train: bool = False) -> list[NDArray]:
        """Calls the function; for training, it is recorded."""
        if not is_train:
            with autograd.pause():
                return self._call()
        wanted = list(self._reqs)
        buffers: Any = [self.grad_dict[name] for name in wanted]
        autograd.mark_variables([self.arg_dict[n] for n in wanted], buffers, list(self._reqs.values()))
        with autograd.record():
            return self._call()

    def _call(self) -> list[NDArray]:
        given = {**self.arg_dict, **self.aux_dict}
        own = _parameters(self._function)
        order = own[: len(given)] if set(own[: len(given)]) == set(given) else list(given)
        found = self._function(*[given[name] for name in order])
        self.outputs = list(found) if isinstance(found, (list, tuple)) else [found]
        return self.outputs

    def backward(self, out_grads: Any = None) -> None:
        """Writes the gradients, given those of the outputs: ones if None."""
        if isinstance(out_grads, NDArray):
            out_grads = [out_grads]
        elif isinstance(out_grads, dict):
            out_grads = [out_grads[name] for name in self.output_dict]
        recorded = [i for i, output in enumerate(self.outputs) if output._ag is not None]
        heads = None if out_grads is None else [out_grads[i] for i in recorded]
        if recorded and self._reqs:
            autograd.backward([self.outputs[i] for i in recorded], heads)


def zeros_for(shapes: Mapping[str, Any], types: Mapping[str, Any], ctx: Context) -> dict[str, NDArray]:
    """Zeros by name, in float32 where no type is given."""
    return {name: zeros(shape, ctx=ctx, dtype=types.get(name)) for name, shape in shapes.items()}
