"""``nd.Custom``: the call of operators written in Python, whose classes :mod:`regluon.operator` registers.

A class of properties tells what an operator takes and returns, and makes the object that computes it.
Both are known here by their methods alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import torch
from torch import Tensor

from regluon.base import FLAG_OF_DTYPE, MXNetError
from regluon.context import SHAPES, Context, current_context
from regluon.ndarray.custom_signature import Signature, told
from regluon.ndarray.dispatch import Unknown
from regluon.ndarray.ndarray import NDArray
from regluon.ndarray.sparse.storage import put, tensor_of, zeros
from regluon.tape import Node, Port, Traced, Way, live, state

__all__ = ["PROPERTIES", "Custom", "called"]

PROPERTIES: dict[str, Callable[..., Any]] = {}
"""The registered classes, by the names that ``op_type`` takes."""


def Custom(
    *data: Any, op_type: str | None = None, out: Any = None, name: str | None = None, **kwargs: Any
) -> Any:
    """The operator that is registered as ``op_type``

    Parameters
    ----------
    op_type
        The name given to :func:`regluon.operator.register`.
    kwargs
        What the class of properties is made with, as strings; arrays among them are inputs, by their names.

    Inputs
    ------
    data : the arguments in the order of ``list_arguments()``, then the auxiliary states

    Outputs
    -------
    out : an array, or a list of them if ``list_outputs()`` has several names

    Raises
    ------
    MXNetError
        If there is no such operator, if the arrays don't fit it, or for an error in one of its methods.
    """
    if op_type is None:
        raise MXNetError("Custom: the argument 'op_type' is required")
    if op_type not in PROPERTIES:
        known = ", ".join(sorted(PROPERTIES))
        raise MXNetError(f"Custom: no operator is registered as {op_type!r}; there are {known}")
    by_name = {k: v for k, v in kwargs.items() if isinstance(v, NDArray)}
    properties = PROPERTIES[op_type](**{k: str(v) for k, v in kwargs.items() if k not in by_name})
    signature = Signature(op_type, properties)
    outputs = called(signature, signature.placed(data, by_name))
    if out is not None:
        outputs = _delivered(op_type, outputs, out)
    return outputs[0] if len(outputs) == 1 else outputs


def called(signature: Signature, arrays: list[Any]) -> list[Any]:
    """The outputs of one call, with the arrays in the order of arguments and auxiliary states."""
    return _Call(signature)(arrays)


def _delivered(op_type: str, outputs: list[Any], out: Any) -> list[Any]:
    targets = list(out) if isinstance(out, (list, tuple)) else [out]
    if len(targets) != len(outputs):
        raise MXNetError(f"Custom, op_type={op_type!r}: {len(outputs)} outputs, but out has {len(targets)}")
    for output, target in zip(outputs, targets, strict=True):
        if state.recording and live(target._ag) is not None:
            raise MXNetError(
                f"Custom, op_type={op_type!r}: writing into an array of the graph (out=) is not supported "
                "while recording"
            )
        put(output, target)
        target._ag = output._ag
    return targets


class _Call:
    """One call of an operator, and the way back through it."""

    def __init__(self, signature: Signature) -> None:
        self._signature = signature
        self._training = state.training
        self._context: Context = current_context()
        self._operator: Any = None
        self._needed: set[int] = set()
        self._wanted: list[bool] = []
        self._kept: tuple[list[Any], list[Any], list[Any]] = [], [], []

    def __call__(self, arrays: list[Any]) -> list[Any]:
        signature, count = self._signature, len(self._signature.arguments)
        if arrays:
            self._context = arrays[0]._ctx
        shapes = signature.shapes([a.shape for a in arrays])
        for array, shape in zip(arrays, [*shapes[0], *shapes[2]], strict=True):
            if type(array) is Unknown and not hasattr(array, "_data"):
                array._data = torch.empty(shape, dtype=array._dtype, device="meta")
        types = signature.types([_kind(a) for a in arrays[:count]])
        storages = signature.storages([a.stype for a in arrays[:count]])
        outputs = [
            zeros(storage, shape, kind, self._context)
            for storage, shape, kind in zip(storages, shapes[1], types, strict=True)
        ]
        if self._context is not SHAPES:
            self._forward(arrays, outputs)
            if state.recording and any(live(a._ag) is not None for a in arrays[:count]):
                self._record(arrays, outputs)
        return outputs

    def _forward(self, arrays: list[Any], outputs: list[Any]) -> None:
        count = len(self._signature.arguments)
        shapes = [list(a.shape) for a in arrays]
        flags = [FLAG_OF_DTYPE[_kind(a)] for a in arrays]
        with self._run("create_operator"):
            self._operator = self._signature.properties.create_operator(self._context, shapes, flags)
        with self._run("forward"):
            self._operator.forward(
                is_train=int(self._training),
                req=["write"] * len(outputs),
                in_data=[a.detach() for a in arrays[:count]],
                out_data=list(outputs),
                aux=arrays[count:],
            )

    def _record(self, arrays: list[Any], outputs: list[Any]) -> None:
        """Makes the node, which keeps what the way back has asked for."""
        n, m = len(outputs), len(self._signature.arguments)
        parents = [live(a._ag) if i < m else None for i, a in enumerate(arrays)]
        self._wanted = [parent is not None for parent in parents]
        self._needed = self._signature.needed()
        self._kept = (
            [self._if_needed(n + i, a) for i, a in enumerate(arrays[:m])],
            [self._if_needed(n + m + i, a) for i, a in enumerate(outputs)],
            arrays[m:],
        )
        inputs = [None if p is None else tensor_of(a) for p, a in zip(parents, arrays, strict=True)]
        tensors = [tensor_of(o) for o in outputs]
        node = Node(None, _Gradient(self), inputs, {}, tensors[0] if n == 1 else tensors, parents)
        for i, output in enumerate(outputs):
            output._ag = node if n == 1 else Port(node, i)

    def _if_needed(self, number: int, array: Any) -> Any:
        return array.detach() if number in self._needed else _Undeclared(array)

    def backward(self, heads: Sequence[Tensor]) -> list[Tensor | None]:
        """The gradients of the arguments; None for those without, and for the auxiliary states."""
        inputs, outputs, states = self._kept
        grads = [self._if_needed(i, NDArray(g, self._context)) for i, g in enumerate(heads)]
        stypes = [[a.stype for a in part] for part in (grads, inputs, outputs, states)]
        kinds = self._signature.gradient_storages(len(inputs), *stypes)
        found = [zeros(k, a.shape, _kind(a), a._ctx) for k, a in zip(kinds, inputs, strict=True)]
        with self._run("backward"):
            self._operator.backward(
                req=["write" if wanted else "null" for wanted in self._wanted[: len(inputs)]],
                out_grad=grads,
                in_data=list(inputs),
                out_data=list(outputs),
                in_grad=list(found),
                aux=list(states),
            )
        pairs = zip(self._wanted, [*found, *states], strict=True)
        return [tensor_of(a) if wanted else None for wanted, a in pairs]

    @contextmanager
    def _run(self, method: str) -> Iterator[None]:
        """On the call's context, unrecorded; an error is told as the operator's."""
        before = state.recording, state.training
        state.recording, state.training = False, self._training
        try:
            with told(self._signature.op_type, method), self._context:
                yield
        finally:
            state.recording, state.training = before


class _Gradient(Way):
    """The way back, as a node calls it."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    def __call__(self, g: Any, need: Any, out: Any, *inputs: Any) -> list[Tensor | None]:
        heads = [g] if isinstance(g, Tensor) else g
        return self._call.backward([h.clone() for h in heads])

    def recorded(self, gs: Sequence[Traced], node: Node) -> list[Traced]:
        """The gradients at the place of a node that can't be gone back through."""
        found = self._call.backward([g.tensor.clone() for g in gs])
        end = Node(None, _no_second, [], {}, None, [])
        return [Traced(gs[0].tensor if t is None else t, end) for t in found]


def _no_second(*args: Any) -> NoReturn:
    raise MXNetError("Custom: its gradient can't be differentiated again")


def _kind(array: Any) -> torch.dtype:
    return array._kind if type(array) is _Undeclared else tensor_of(array).dtype


class _Undeclared(NDArray):
    """An array that ``backward`` does not read, as ``declare_backward_dependency`` has told: not kept."""

    __slots__ = ("_extents", "_kind")

    def __init__(self, array: Any) -> None:
        self._extents, self._kind = array.shape, tensor_of(array).dtype
        self._ctx, self._ag = array._ctx, None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return self._extents  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> NoReturn:
        if name == "_data":
            raise MXNetError(
                "Custom: backward reads an array that declare_backward_dependency does not list; "
                "need_top_grad=True lists the head gradients"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
