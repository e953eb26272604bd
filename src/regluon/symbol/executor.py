"""Executor: a symbol bound to arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from regluon import autograd
from regluon.base import MXNetError
from regluon.context import Context
from regluon.ndarray import NDArray, ones, zeros
from regluon.symbol.attached import Attached
from regluon.symbol.compiled import Compiled
from regluon.symbol.graph import Entry, Node
from regluon.symbol.inference import known, open_shapes, shapes_of
from regluon.symbol.running import LOSSES, run
from regluon.symbol.statistics import Statistics
from regluon.symbol.symbol import Symbol
from regluon.symbol.types import infer_types

__all__ = ["Executor"]

Arrays = list[Any]


class Executor:
    """A symbol bound to arrays: :meth:`forward` computes, :meth:`backward` gives gradients.

    Made by ``Symbol.bind`` and ``Symbol.simple_bind``.

    Parameters
    ----------
    arg_arrays, grad_arrays, aux_arrays
        In the order of the symbol's arguments and auxiliary states; a gradient may be None.
    grad_req
        What backward does to the gradients: a text for all, a list, or by name.
    """

    def __init__(
        self,
        symbol: Symbol,
        ctx: Context,
        arg_arrays: Arrays,
        grad_arrays: Arrays,
        aux_arrays: Arrays,
        grad_req: Any,
    ) -> None:
        self._symbol = symbol.__copy__()
        self._ctx, self._grad_req = ctx, grad_req
        self.arg_arrays, self.grad_arrays, self.aux_arrays = arg_arrays, grad_arrays, aux_arrays
        self._requests = _requests(grad_req, symbol.list_arguments())
        self._monitor: tuple[Callable[[str, NDArray], Any], bool] | None = None
        self._outputs: list[NDArray] | None = None
        self._recorded = False
        self._order = self._variables()
        self._made: dict[Node, tuple[int, ...]] | None = None
        self._compiled: Compiled | None = None
        self._attached: Attached | None = None
        self._statistics: Statistics | None = None
        self._ones: dict[Any, NDArray] = {}

    def _variables(self) -> list[tuple[Entry, bool, int]]:
        """Each variable, whether it is a state, and its place in the list of its kind."""
        variables, states = self._symbol._variables()
        counts = {True: 0, False: 0}
        found = []
        for node in variables:
            state = id(node) in states
            found.append((Entry(node, 0, 0), state, counts[state]))
            counts[state] += 1
        return found

    # Computing

    def forward(self, is_train: bool = False, **kwargs: Any) -> list[NDArray]:
        """The outputs, with the arrays that are bound

        Parameters
        ----------
        is_train
            Whether operators run for training, and a backward call follows.
        **kwargs
            New values for arguments, copied into their arrays.
        """
        own = self.arg_dict if kwargs else {}
        for name, value in kwargs.items():
            if not isinstance(value, (NDArray, np.ndarray)):
                raise ValueError("only accept keyword argument of NDArrays and numpy.ndarray")
            if name not in own:
                raise TypeError(f"Unknown argument {name}")
            if own[name].shape != value.shape:
                raise ValueError(
                    f"Shape not match! Argument {name}, need: {own[name].shape}, received: {value.shape}"
                )
            own[name][:] = value
        self._compute(is_train, recording=is_train)
        return self.outputs

    def _compute(self, training: bool, recording: bool) -> None:
        attached = self._attachment() if self._monitor is None else None
        if attached is None:
            self._outputs = self._node_by_node(training, recording)
        else:
            self._outputs = attached.compute(training, recording and attached.wanted)
        self._attached, self._recorded = attached, recording

    def _attachment(self) -> Attached | None:
        """The compiled graph bound to the arrays as they are now; None if it can't be."""
        arrays = self.arg_arrays, self.grad_arrays, self.aux_arrays
        if self._attached is not None and self._attached.holds(*arrays):
            return self._attached
        if self._compiled is None:
            self._compiled = Compiled(self._symbol, self._symbol.list_arguments()[:1])
        if not Attached.fits(self._compiled, [a for some in arrays for a in some]):
            return None
        return Attached(self._compiled, self._ctx, *arrays, self._requests)

    def _node_by_node(self, training: bool, recording: bool) -> list[NDArray]:
        leaves = [a if a is None or a.stype != "default" else a.detach() for a in self.arg_arrays]
        wanted = [
            i
            for i, grad in enumerate(self.grad_arrays)
            if grad is not None and self._requests[i] != "null" and recording
        ]
        if wanted:
            leaves = [a.copy() if i in wanted and a.stype != "default" else a for i, a in enumerate(leaves)]
            autograd.mark_variables(
                [leaves[i] for i in wanted],
                [self.grad_arrays[i] for i in wanted],
                [self._requests[i] for i in wanted],
            )
        names = self._symbol.list_arguments()
        self._statistics = Statistics(self._symbol, self.aux_arrays, [names[i] for i in wanted])
        states = self._statistics.arrays
        values = {
            (id(entry.node), 0): states[place] if state else leaves[place]
            for entry, state, place in self._order
        }
        scope = autograd.record(training) if wanted else autograd.pause(training)
        with scope, self._ctx:
            if self._made is None:
                self._made = open_shapes(self._symbol, {e.node.name: a.shape for e, a in self._bound()})
            return run(self._symbol._heads, values, self._monitor, self._made)

    def backward(self, out_grads: Any = None, is_train: bool = True) -> None:
        """Puts the gradients of the outputs, times ``out_grads``, into the arrays bound for them

        Parameters
        ----------
        out_grads
            An array or a list of them, or a dictionary by names of outputs; losses need none.
        is_train
            Whether operators that have not run for training yet are to run so.
        """
        if not self._recorded:
            self._compute(is_train, recording=True)
        heads, outputs = self._head_gradients(out_grads), self.outputs
        self._recorded = False
        pairs = [(o, h) for o, h in zip(outputs, heads, strict=True) if o._ag is not None]

        def go_back() -> None:
            if pairs:
                autograd.backward([o for o, _ in pairs], [h for _, h in pairs], train_mode=is_train)

        if self._attached is not None:
            self._attached.backward(go_back)
            return
        if self._statistics is not None:
            self._statistics.hand_over()
        for grad, request in zip(self.grad_arrays, self._requests, strict=True):
            if grad is not None and request == "write":
                grad[:] = 0
        go_back()

    def _head_gradients(self, given: Any) -> list[NDArray]:
        if isinstance(given, NDArray):
            given = [given]
        elif isinstance(given, dict):
            given = [given[name] for name in self._symbol.list_outputs()]
        given = list(given or ())
        if not all(isinstance(g, NDArray) for g in given):
            raise TypeError("inputs must be NDArray")
        heads = []
        for i, (head, output) in enumerate(zip(self._symbol._heads, self.outputs, strict=True)):
            if i < len(given):
                heads.append(given[i])
            elif head.node.op is not None and head.node.op.name in LOSSES:
                heads.append(self._one(output))
            else:
                raise MXNetError(
                    "Because the last operator is not Loss function, head_gradient is required when calling "
                    "backward. If you are attempting to minimize the output as an objective, please modify "
                    "your network and pass it through the make_loss symbol."
                )
        return heads

    def _one(self, output: NDArray) -> NDArray:
        """Ones like an output, made once."""
        key = output.shape, output.dtype
        if key not in self._ones:
            self._ones = {key: ones(output.shape, dtype=output.dtype, ctx=self._ctx)}
        return self._ones[key]

    @property
    def outputs(self) -> list[NDArray]:
        """The outputs of the last forward; zeros before the first."""
        if self._outputs is None:
            given = {e.node.name: a for e, a in self._bound()}
            found, _ = shapes_of(
                self._symbol,
                {n: a.shape for n, a in given.items()},
                {n: a.dtype for n, a in given.items()},
            )
            types = infer_types(self._symbol, {n: a.dtype for n, a in given.items()})
            keys = [(id(head.node), head.index) for head in self._symbol._heads]
            if not all(known(found.get(key, ())) for key in keys):
                return []
            self._outputs = [zeros(found[key], dtype=types.get(key), ctx=self._ctx) for key in keys]
        return self._outputs

    def _bound(self) -> list[tuple[Entry, Any]]:
        return [
            (entry, (self.aux_arrays if state else self.arg_arrays)[place])
            for entry, state, place in self._order
        ]

    def set_monitor_callback(
        self, callback: Callable[[str, NDArray], Any], monitor_all: bool = False
    ) -> None:
        """Has ``callback(name, array)`` called with each output of each node, and with inputs if wanted."""
        self._monitor = (callback, monitor_all)

    def get_optimized_symbol(self) -> Symbol:
        """The graph that is computed: the symbol as it is."""
        return self._symbol

    def debug_str(self) -> str:
        """The graph as lines of text."""
        return self._symbol.debug_str()

    # Arrays by name

    @property
    def arg_dict(self) -> dict[str, NDArray]:
        """The arrays of the arguments."""
        return _by_name(self._symbol.list_arguments(), self.arg_arrays)

    @property
    def grad_dict(self) -> dict[str, NDArray | None]:
        """The gradients."""
        return _by_name(self._symbol.list_arguments(), self.grad_arrays)

    @property
    def aux_dict(self) -> dict[str, NDArray]:
        """The auxiliary states."""
        return _by_name(self._symbol.list_auxiliary_states(), self.aux_arrays)

    @property
    def output_dict(self) -> dict[str, NDArray]:
        """The outputs."""
        return _by_name(self._symbol.list_outputs(), self.outputs)

    def copy_params_from(
        self,
        arg_params: dict[str, NDArray],
        aux_params: dict[str, NDArray] | None = None,
        allow_extra_params: bool = False,
    ) -> None:
        """Copies values into arguments and auxiliary states; others than there are only if allowed."""
        for given, own, kind in (
            (arg_params, self.arg_dict, "arguments"),
            (aux_params or {}, self.aux_dict, "auxiliary states"),
        ):
            for name, value in given.items():
                if name in own:
                    value.astype(own[name].dtype).copyto(own[name])
                elif not allow_extra_params:
                    raise ValueError(f'Find name "{name}" that is not in the {kind}')

    def reshape(
        self, partial_shaping: bool = False, allow_up_sizing: bool = False, **kwargs: tuple[int, ...]
    ) -> Executor:
        """An executor for other shapes that shares the memory of this one

        Parameters
        ----------
        partial_shaping
            Whether shapes of arguments that are not given may change.
        allow_up_sizing
            Whether arrays may grow: these are new ones then.
        **kwargs
            The new shapes of arguments.
        """
        shapes, _ = shapes_of(self._symbol, kwargs)
        new: dict[bool, Arrays] = {False: [], True: []}
        grads: Arrays = []
        for entry, state, place in self._order:
            name, shape = entry.node.name, shapes.get((id(entry.node), 0), ())
            own = (self.aux_arrays if state else self.arg_arrays)[place]
            if shape and name not in kwargs and shape != own.shape and not partial_shaping:
                raise MXNetError(
                    f"Shape of unspecifie arg: {name} changed. This can cause the new executor to not share "
                    "parameters with the old one. Please check for error in network. If this is intended, "
                    "set partial_shaping=True to suppress this warning."
                )
            new[state].append(_resized(name, own, shape, allow_up_sizing))
            if not state:
                grad = self.grad_arrays[place]
                grads.append(None if grad is None else _resized(name, grad, shape, allow_up_sizing))
        found = Executor(self._symbol, self._ctx, new[False], grads, new[True], self._grad_req)
        found._monitor, found._compiled = self._monitor, self._compiled
        return found


def _resized(name: str, own: NDArray, shape: tuple[int, ...], allow_up_sizing: bool) -> NDArray:
    """An array of that shape in the memory of ``own``, or a new one if that is too small."""
    if not shape or shape == own.shape:
        return own
    size = int(np.prod(shape))
    if size <= own.size:
        return own.reshape((-1,))[:size].reshape(shape)
    if not allow_up_sizing:
        raise MXNetError(
            f"New shape of arg: {name} is larger than original. First making a big executor and then down "
            "sizing it is more efficient than the reverse. If you really want to up size, set "
            "allow_up_sizing=True to enable allocation of new arrays."
        )
    return zeros(shape, dtype=own.dtype, ctx=own.ctx)


def _requests(grad_req: Any, names: Sequence[str]) -> list[str]:
    """What to do with the gradient of each argument.

    Raises
    ------
    ValueError
        For anything else than write, add and null.
    """
    if isinstance(grad_req, str):
        found = [grad_req] * len(names)
    elif isinstance(grad_req, dict):
        found = [grad_req.get(name, "null") for name in names]
    else:
        found = list(grad_req)
    for request in found:
        if request not in ("write", "add", "null"):
            raise ValueError(f"grad_req must be write, add or null, not {request!r}")
    return found


def _by_name(names: Sequence[str], arrays: Sequence[Any]) -> dict[str, Any]:
    if len(set(names)) < len(names):
        raise ValueError(f"Duplicate names detected, {names}")
    return dict(zip(names, arrays, strict=True))
