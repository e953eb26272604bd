"""Compiled graphs: a symbol as a function of arrays that runs its operators in a straight line.

::

    compiled = Compiled(symbol, ["data"])
    call = compiled.bind({"fc_weight": w, "fc_bias": b})
    (out,) = call(x)

Under autograd, the whole call is one node of the tape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import get_ident
from typing import Any

from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context
from regluon.ndarray import NDArray
from regluon.ndarray.dispatch import KERNEL_ERRORS
from regluon.ndarray.ndarray import wrap
from regluon.symbol.graph import postorder
from regluon.symbol.inference import known, shapes_of
from regluon.symbol.lines import Straight, write
from regluon.symbol.program import Step, lower
from regluon.symbol.replay import recorded_gradients
from regluon.symbol.running import run
from regluon.symbol.stepping import run_steps
from regluon.symbol.symbol import Symbol
from regluon.tape import Traced, node_of, ports_of, recorders, state

__all__ = ["Bound", "Compiled"]


class Compiled:
    """A graph to be run many times.

    Parameters
    ----------
    symbol
        The graph.
    data
        The names of the inputs that calls are given, in their order.
    """

    def __init__(self, symbol: Symbol, data: Sequence[str]) -> None:
        self.symbol, self.data = symbol, list(data)
        self.program = lower(symbol, self.data)
        self.parameters = self.program.inputs[len(self.data) :]
        """The names of the other inputs: arguments and auxiliary states in the graph's order."""
        self.loops = any(node.subgraphs for node in postorder(symbol._heads))
        """Whether there are graphs within the graph: they are run as MXNet's loops are."""
        self.open = [s for s in self.program.steps if not s.inputs and 0 in (s.attributes.get("shape") or ())]
        """What makes arrays whose shapes follow from others."""

    def bind(self, parameters: Mapping[str, NDArray], ctx: Context | None = None) -> Bound:
        """The function of the data, with the parameters given by name

        Parameters
        ----------
        ctx
            Where all of it is; that of the parameters if None.

        Raises
        ------
        MXNetError
            If parameters are missing, or on different contexts.
        """
        missing = [name for name in self.parameters if name not in parameters]
        if missing:
            raise MXNetError(f"bind: there are no arrays for {', '.join(missing)}")
        arrays = [parameters[name] for name in self.parameters]
        return Bound(self, arrays, ctx)


class Bound:
    """A compiled graph with its parameters: called with arrays for the data, gives a list of arrays.

    The first call of each kind (for training or not, recorded or not, by types) goes from operator to
    operator, with all their checks.
    """

    def __init__(self, compiled: Compiled, parameters: list[NDArray], ctx: Context | None) -> None:
        self._compiled, self._parameters = compiled, parameters
        self._ctx = parameters[0]._ctx if ctx is None and parameters else ctx
        self._seen: set[Any] = set()
        self._functions: dict[Any, Straight] = {}
        self._shapes: dict[Any, dict[Step, tuple[int, ...]]] = {}
        self._count = len(compiled.data)

    @property
    def compiled(self) -> bool:
        """Whether there are straight-line functions already."""
        return bool(self._functions)

    def __call__(self, *data: NDArray) -> list[NDArray]:
        if len(data) != self._count:
            names = ", ".join(self._compiled.data)
            raise ValueError(f"the graph has {self._count} inputs ({names}), but {len(data)} were given")
        arrays = [*data, *self._parameters]
        try:
            tensors = [a._data for a in arrays]
        except AttributeError:  # stored in another way than densely
            return self._run(arrays)
        ctx = self._checked(arrays)
        parents: list[Any] | None = None
        if get_ident() in recorders:
            parents = [None if (e := a._ag) is None or e.gradient is None else e for a in arrays]
            if parents.count(None) == len(parents):
                parents = None
        mask = None if parents is None else tuple([p is not None for p in parents])
        key = (ctx, state.training, mask, *[t.dtype for t in tensors])
        function = self._functions.get(key)
        if function is None:
            if key not in self._seen or self._compiled.loops:
                results = self._run(arrays)
                self._seen.add(key)
                return results
            function = self._functions[key] = self._write(ctx, tensors, mask or (False,) * len(arrays))
        shapes = self._open_shapes(arrays) if self._compiled.open else None
        try:
            found = function.forward(shapes, *tensors[: self._count])
        except KERNEL_ERRORS:
            return self._run(arrays)  # tells which operator it was
        if parents is None:
            return [wrap(t, ctx, None) for t in found]
        return _recorded(self, function, found, tensors, parents, ctx)

    def _write(self, ctx: Context, tensors: list[Tensor], mask: Sequence[bool]) -> Straight:
        count = self._count
        parameters = dict(enumerate(tensors[count:], count))
        return write(self._compiled.program, ctx, parameters, mask, state.training, {})

    def _checked(self, arrays: Sequence[NDArray]) -> Context:
        """The one context of all arrays."""
        ctx = self._ctx or arrays[0]._ctx
        for name, a in zip(self._compiled.program.inputs, arrays, strict=True):
            if a._ctx is not ctx:
                raise MXNetError(
                    f"a compiled graph needs all its inputs on one context, but {name} is on {a._ctx}, not "
                    f"on {ctx}; as_in_context() brings it there"
                )
        return ctx

    def _run(self, arrays: Sequence[NDArray]) -> list[NDArray]:
        """From operator to operator."""
        compiled = self._compiled
        ctx = self._ctx or arrays[0]._ctx
        with ctx:
            if compiled.loops:
                variables = compiled.symbol._variables()[0]
                by_name = dict(zip(compiled.program.inputs, arrays, strict=True))
                made = self._open_nodes(arrays) if compiled.open else None
                return run(
                    compiled.symbol._heads, {(id(v), 0): by_name[v.name] for v in variables}, None, made
                )
            return run_steps(compiled.program, arrays, self._open_shapes(arrays) if compiled.open else {})

    def _open_nodes(self, arrays: Sequence[NDArray]) -> dict[int, tuple[int, ...]]:
        found = self._found_shapes(arrays)
        nodes = [n for n in postorder(self._compiled.symbol._heads) if n.op is not None and not n.inputs]
        return {id(n): found[id(n), 0] for n in nodes if known(found.get((id(n), 0), ()))}

    def _found_shapes(self, arrays: Sequence[NDArray]) -> Any:
        names = self._compiled.program.inputs
        given = {name: a.shape for name, a in zip(names, arrays, strict=True)}
        return shapes_of(self._compiled.symbol, given)[0]

    def _open_shapes(self, arrays: Sequence[NDArray]) -> dict[Step, tuple[int, ...]]:
        """What the open shapes are for data of these shapes."""
        key = tuple([a.shape for a in arrays[: self._count]])
        if key not in self._shapes:
            if len(self._shapes) > _KEPT_SHAPES:
                self._shapes.clear()
            found = self._found_shapes(arrays)
            by_name = {n.name: found.get((id(n), 0), ()) for n in postorder(self._compiled.symbol._heads)}
            self._shapes[key] = {s: by_name[s.name] for s in self._compiled.open}
        return self._shapes[key]


_KEPT_SHAPES = 256


def _recorded(
    bound: Bound,
    function: Straight,
    found: Any,
    tensors: list[Tensor],
    parents: list[Any],
    ctx: Context,
) -> list[NDArray]:
    """Wraps results and makes the node behind them."""
    results, saved = found
    reached = [p if r else None for p, r in zip(parents, function.reached, strict=True)]
    back = _Back(bound, function, saved, tensors, reached, ctx)
    if len(results) == 1:
        return [wrap(results[0], ctx, node_of(None, back, tensors, {}, results[0], reached))]
    node = node_of(None, back, tensors, {}, results, reached)
    return [wrap(t, ctx, port) for t, port in zip(results, ports_of(node, len(results)), strict=True)]


class _Back:
    """The way back through a call."""

    __slots__ = ("_bound", "_ctx", "_function", "_parents", "_saved", "_tensors")

    def __init__(
        self,
        bound: Bound,
        function: Straight,
        saved: Any,
        tensors: list[Tensor],
        parents: list[Any],
        ctx: Context,
    ) -> None:
        self._bound, self._function, self._saved = bound, function, saved
        self._tensors, self._parents, self._ctx = tensors, parents, ctx

    def __call__(self, g: Any, need: Any, out: Any, *inputs: Tensor) -> Any:
        backward: Callable[..., Any] = self._function.backward  # type: ignore[assignment]
        return backward(self._saved, g) if isinstance(g, Tensor) else backward(self._saved, *g)

    def recorded(self, gs: Sequence[Traced]) -> list[Traced]:
        """The same while recording, so that it can be differentiated again."""
        drawn = {k: self._saved[place] for k, place in self._function.drawn.items()}
        program, training = self._bound._compiled.program, self._function.training
        return recorded_gradients(program, self._ctx, training, self._tensors, self._parents, drawn, gs)
