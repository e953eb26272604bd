"""Automatic differentiation: what is recorded, and gradients of it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import get_ident
from types import TracebackType
from typing import Any, TypeAlias

import torch

from regluon import tape
from regluon.base import MXNetError
from regluon.ndarray.ndarray import NDArray, head
from regluon.tape import Node, Port, Traced, Way, live, recorders, state

__all__ = [
    "Function",
    "backward",
    "get_symbol",
    "grad",
    "is_recording",
    "is_training",
    "mark_variables",
    "pause",
    "predict_mode",
    "record",
    "set_recording",
    "set_training",
    "train_mode",
]

Arrays: TypeAlias = NDArray | Sequence[NDArray]


def is_recording() -> bool:
    """Whether operators on this thread are recorded."""
    return state.recording


def is_training() -> bool:
    """Whether operators on this thread run for training."""
    return state.training


def set_recording(is_recording: bool) -> bool:
    """Sets recording; returns what it was."""
    before, state.recording = state.recording, bool(is_recording)
    return before


def set_training(train_mode: bool) -> bool:
    """Sets the training mode; returns what it was."""
    before, state.training = state.training, bool(train_mode)
    return before


class _Scope:
    """A ``with`` block in which the two flags are set; None leaves one as it is."""

    __slots__ = ("_before", "_recording", "_training")

    def __init__(self, recording: bool | None, training: bool | None) -> None:
        self._recording, self._training = recording, training
        self._before: Any = None

    # It sets the flags themselves, since every training step goes through here: `state` takes twice the time.

    def __enter__(self) -> None:
        thread, here = get_ident(), state._here
        # Entered again within itself, it goes back one step at a time.
        self._before = (thread in recorders, here.training, self._before)
        if self._recording is not None:
            (recorders.add if self._recording else recorders.discard)(thread)
        if self._training is not None:
            here.training = self._training

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        recording, state._here.training, self._before = self._before
        (recorders.add if recording else recorders.discard)(get_ident())


def record(train_mode: bool = True) -> _Scope:
    """A ``with`` block whose operators are recorded, for training unless ``train_mode`` is False."""
    return _Scope(True, train_mode)


def pause(train_mode: bool = False) -> _Scope:
    """A ``with`` block whose operators are not recorded."""
    return _Scope(False, train_mode)


def train_mode() -> _Scope:
    """A ``with`` block whose operators run for training, recorded or not."""
    return _Scope(None, True)


def predict_mode() -> _Scope:
    """A ``with`` block whose operators run for prediction, recorded or not."""
    return _Scope(None, False)


def mark_variables(variables: Arrays, gradients: Arrays, grad_reqs: str | Sequence[str] = "write") -> None:
    """Makes variables of arrays, with the given buffers for their gradients.

    Parameters
    ----------
    grad_reqs
        ``"write"``, ``"add"`` or ``"null"``, for all or one for each.
    """
    arrays, buffers = _listed(variables), _listed(gradients)
    reqs = [grad_reqs] * len(arrays) if isinstance(grad_reqs, str) else list(grad_reqs)
    if not len(arrays) == len(buffers) == len(reqs):
        raise ValueError(
            f"mark_variables: {len(arrays)} variables, {len(buffers)} gradients and {len(reqs)} grad_reqs"
        )
    for array, buffer, req in zip(arrays, buffers, reqs, strict=True):
        array._mark(buffer, req)


def backward(
    heads: Arrays,
    head_grads: NDArray | Sequence[NDArray | None] | None = None,
    retain_graph: bool = False,
    train_mode: bool = True,
) -> None:
    """Writes the gradients of ``heads`` into the buffers of the variables they were made of.

    Parameters
    ----------
    head_grads
        The gradients with respect to the heads; ones where None.
    retain_graph
        Whether to keep the graph for another backward.

    Raises
    ------
    MXNetError
        If there are no heads, or one was not recorded, or its graph was freed.
    """
    tape.backward(_heads("backward", heads, head_grads), retain_graph)


def grad(
    heads: Arrays,
    variables: Arrays,
    head_grads: NDArray | Sequence[NDArray | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    train_mode: bool = True,
) -> list[NDArray]:
    """The gradients of ``heads`` with respect to ``variables``, as new arrays; no buffer is written.

    Parameters
    ----------
    create_graph
        Whether the gradients are recorded themselves, to be differentiated again.
    retain_graph
        Whether to keep the graph for another backward; as ``create_graph`` if None.

    Returns
    -------
    A list of arrays, also if ``variables`` is a single one, as MXNet has it.
    """
    pairs = _heads("grad", heads, head_grads)
    arrays = _listed(variables)
    for position, array in enumerate(arrays):
        if live(array._ag) is None:
            raise MXNetError(
                f"grad: cannot differentiate with respect to variable {position}, since it is no part of "
                "what was recorded; give it a gradient with attach_grad() before recording"
            )
    targets: Any = [a._ag for a in arrays]
    if create_graph:
        traced = [(Traced(g, None), entry) for g, entry in pairs]
        found = [_wrap(t, a) for t, a in zip(tape.backward_recorded(traced, targets), arrays, strict=True)]
    else:
        grads = tape.backward(pairs, bool(retain_graph), targets)
        found = [_zeros(a) if g is None else _own(g, a) for g, a in zip(grads, arrays, strict=True)]
    return found


def _wrap(found: Traced | None, like: NDArray) -> NDArray:
    return _zeros(like) if found is None else NDArray(found.tensor, like._ctx, found.entry)


def _own(g: torch.Tensor, like: NDArray) -> NDArray:
    """A gradient in memory of its own: it may be the head gradient itself, or stretched from one."""
    buffer: Any = like.grad
    if buffer is not None and buffer.stype != "default":
        found = buffer._empty()
        found._receive(g, add=False)
        return found  # type: ignore[no-any-return]
    return NDArray(g.clone(memory_format=torch.contiguous_format), like._ctx)


def _zeros(like: NDArray) -> NDArray:
    """Zeros like an array, in the storage of its gradient."""
    buffer: Any = like.grad
    if buffer is not None and buffer.stype != "default":
        return buffer._empty()  # type: ignore[no-any-return]
    return NDArray(torch.zeros_like(like._data), like._ctx)


def _heads(call: str, heads: Arrays, head_grads: Any) -> list[tuple[torch.Tensor, Any]]:
    arrays = _listed(heads)
    if not arrays:
        raise MXNetError(f"{call}: there is nothing to differentiate, the list of heads is empty")
    grads = [None] * len(arrays) if head_grads is None else _listed(head_grads)
    if len(grads) != len(arrays):
        raise ValueError(f"{call}: {len(arrays)} heads, but {len(grads)} head gradients")
    pairs = [head(a, g) for a, g in zip(arrays, grads, strict=True)]
    # Of an array that is given more than once, the last head gradient counts.
    return list({_place(entry): (g, entry) for g, entry in pairs}.values()) if len(pairs) > 1 else pairs


def _place(entry: Any) -> Any:
    return (entry.node, entry.index) if type(entry) is Port else entry


def _listed(arrays: Any) -> list[Any]:
    return [arrays] if isinstance(arrays, NDArray) else list(arrays)


def get_symbol(x: NDArray) -> Any:
    """The recorded history of an array as a symbol."""
    raise MXNetError("autograd.get_symbol is a declared gap: compose the net with mx.sym instead")


class Function:
    """An operation with a gradient of your own, written with NDArrays.

    Subclasses define ``forward(*inputs)`` and ``backward(*output_gradients)``, which returns one gradient per
    input; call an object once per use. ``save_for_backward(*arrays)`` keeps arrays for ``saved_tensors``.

    ::

        class sigmoid(Function):
            def forward(self, x):
                y = 1 / (1 + nd.exp(-x))
                self.save_for_backward(y)
                return y

            def backward(self, dy):
                (y,) = self.saved_tensors
                return dy * y * (1 - y)
    """

    def __init__(self) -> None:
        self._used = False
        self.saved_tensors: tuple[NDArray, ...] = ()

    def save_for_backward(self, *args: NDArray) -> None:
        """Keeps arrays for ``backward``."""
        self.saved_tensors = args

    def forward(self, *inputs: Any) -> Any:
        """The result, an array or several."""
        raise NotImplementedError

    def backward(self, *output_grads: Any) -> Any:
        """The gradients of the inputs, given those of the results."""
        raise NotImplementedError

    def __call__(self, *inputs: NDArray) -> Any:
        if self._used:
            raise MXNetError(f"{type(self).__name__}: a Function object can be called once; make a new one")
        self._used = True
        recording = state.recording
        with pause(state.training):
            outputs = self.forward(*inputs)
        if not recording:
            return outputs
        parents = [live(a._ag) for a in inputs]
        if all(p is None for p in parents):
            return outputs
        return self._recorded(inputs, parents, outputs)

    def _recorded(self, inputs: Sequence[NDArray], parents: Sequence[Any], outputs: Any) -> Any:
        single = isinstance(outputs, NDArray)
        arrays = [NDArray(a._data, a._ctx) for a in _listed(outputs)]
        tensors = [a._data for a in arrays]
        back = _FunctionGradient(self, inputs, arrays)
        node = Node(None, back, [a._data for a in inputs], {}, tensors[0] if single else tensors, parents)
        for i, array in enumerate(arrays):
            array._ag = node if single else Port(node, i)
        return arrays[0] if single else arrays


class _FunctionGradient(Way):
    """The way back through a :class:`Function`."""

    def __init__(self, function: Function, inputs: Sequence[NDArray], outputs: Sequence[NDArray]) -> None:
        self._function = function
        self._inputs = [a._ctx for a in inputs]
        self._outputs = [a._ctx for a in outputs]

    def __call__(self, g: Any, need: Any, out: Any, *inputs: torch.Tensor) -> list[torch.Tensor]:
        gs = [g] if isinstance(g, torch.Tensor) else g
        with pause(state.training):
            return [t.tensor for t in self._call([Traced(t.clone(), None) for t in gs])]

    def recorded(self, gs: Sequence[Traced], node: Node) -> list[Traced]:
        """The same while recording, so that it can be differentiated again."""
        with record(state.training):
            return self._call(gs)

    def _call(self, gs: Sequence[Traced]) -> list[Traced]:
        heads = [NDArray(t.tensor, ctx, t.entry) for t, ctx in zip(gs, self._outputs, strict=True)]
        found = _listed(self._function.backward(*heads))
        if len(found) != len(self._inputs):
            raise MXNetError(
                f"{type(self._function).__name__}.backward returned {len(found)} gradients "
                f"for the {len(self._inputs)} inputs of forward"
            )
        return [Traced(a._data, a._ag) for a in found]
