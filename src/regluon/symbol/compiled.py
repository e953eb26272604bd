"""Compiled graphs: a symbol as a function of arrays that runs its operators in a straight line.

::

    compiled = Compiled(symbol, ["data"])
    call = compiled.bind({"fc_weight": w, "fc_bias": b})
    (out,) = call(x)

Under autograd, the whole call is one node of the tape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from threading import get_ident
from typing import Any, ClassVar

from torch import Tensor

from regluon.base import MXNetError
from regluon.context import Context
from regluon.ndarray import NDArray
from regluon.symbol.backends import BACKENDS, graphed
from regluon.symbol.direct import direct, passing
from regluon.symbol.entry import Entrance, entrance
from regluon.symbol.folding import written
from regluon.symbol.graph import Node, is_open, postorder
from regluon.symbol.inference import open_shapes
from regluon.symbol.laying import LAYING
from regluon.symbol.lines import Straight, write
from regluon.symbol.program import lower
from regluon.symbol.replay import recorded_gradients
from regluon.symbol.running import run
from regluon.symbol.sequences import joined
from regluon.symbol.shortcuts import FOR_COMPILERS, SHORTCUTS
from regluon.symbol.stepping import run_steps
from regluon.symbol.symbol import Symbol
from regluon.tape import Node as Recorded
from regluon.tape import Port, Traced, Way, keepers, recorders, state

__all__ = ["Bound", "Compiled"]

Shape = tuple[int, ...]


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
        self.plain = lower(symbol, self.data, plain=True)
        self.parameters = self.program.inputs[len(self.data) :]
        """The names of the other inputs: arguments and auxiliary states in the graph's order."""
        self.loops = any(node.interpreted for node in postorder(symbol._heads))
        """Whether there are loops, branches or operators in Python: they take arrays, not tensors."""
        self._bodies: dict[int, list[Callable[..., Any]]] = {}
        self.moded = any(step.op.mode for step in self.program.steps)
        """Whether training and prediction differ."""
        self.open = {s.name: s.attributes["shape"] for s in self.program.steps if is_open(s)}
        """What makes arrays whose shapes follow from others, with what is said of them."""

    def bodies(self, node: Any) -> list[Callable[..., Any]]:
        """The graphs of a loop or a branch, compiled: functions of arrays for all their variables."""
        found = self._bodies.get(id(node))
        if found is None:
            symbols = [Symbol(heads) for heads in node.subgraphs]
            compiled = [Compiled(symbol, symbol.list_inputs()) for symbol in symbols]
            found = self._bodies[id(node)] = [c.bind({}) if c.data else c.alone for c in compiled]
        return found

    def alone(self) -> list[NDArray]:
        """The arrays of a graph without variables."""
        return run(self.symbol._heads, {})

    def bind(self, parameters: Mapping[str, NDArray], ctx: Context | None = None, **options: Any) -> Bound:
        """The function of the data, with the parameters given by name

        Parameters
        ----------
        ctx
            Where all of it is; that of the parameters if None.
        **options
            Those of :class:`Bound`.

        Raises
        ------
        MXNetError
            If parameters are missing, or on different contexts.
        """
        missing = [name for name in self.parameters if name not in parameters]
        if missing:
            raise MXNetError(f"bind: there are no arrays for {', '.join(missing)}")
        arrays = [parameters[name] for name in self.parameters]
        return Bound(self, arrays, ctx, **options)


class Bound:
    """A compiled graph with its parameters, called with arrays for the data.

    The first call of each kind (for training or not, recorded or not, by types) goes from operator to
    operator, with all their checks; the next ones go straight.

    Parameters
    ----------
    single
        Whether calls give the only array itself; else a list.
    structure
        Makes something else of the list.
    changes
        Something whose ``count`` changes when parameters may have got other arrays.
    other
        Called instead, with the same arguments, for other contexts or after such changes.
    backend
        One of ``BACKENDS``.
    static
        Whether predictions on a GPU are launched as CUDA graphs, one for each set of shapes.
    """

    LIMIT = 32
    """So many kinds of calls are kept."""

    def __init__(
        self,
        compiled: Compiled,
        parameters: list[NDArray],
        ctx: Context | None,
        single: bool = False,
        structure: Callable[[list[NDArray]], Any] | None = None,
        changes: Any = None,
        other: Callable[..., Any] | None = None,
        backend: str | None = None,
        static: bool = False,
    ) -> None:
        self._compiled, self._parameters = compiled, parameters
        self._ctx = parameters[0]._ctx if ctx is None and parameters else ctx
        self._structure = itemgetter(0) if single else structure
        self._count = len(compiled.data)
        self._seen: set[Any] = set()
        self._straight: dict[Any, Straight] = {}
        self._entrances: dict[Any, Callable[..., Any]] = {}
        self._shapes: dict[Any, dict[str, Shape]] = {}
        shapes = self._open_shapes if compiled.open else None
        self._backend, self._static = backend, static
        self._changes, self._other = changes, other or self.choose
        self.within = Entrance(
            ctx=self._ctx,
            parameters=parameters,
            other=self._other,
            failed=self._failed,
            shapes=shapes,
            moded=compiled.moded,
            single=single,
            structure=structure,
            changes=changes,
        )
        self.call: Callable[..., Any] = self.choose
        """The function of the last kind of call; it goes to :meth:`choose` for others."""

    @property
    def compiled(self) -> bool:
        """Whether there are straight-line functions already."""
        return bool(self._entrances)

    def __call__(self, *data: NDArray) -> Any:
        return self.call(*data)

    def choose(self, *data: NDArray) -> Any:
        """A call of any kind: finds its function, or makes it."""
        if len(data) != self._count:
            names = ", ".join(self._compiled.data)
            raise ValueError(f"the graph has {self._count} inputs ({names}), but {len(data)} were given")
        if self._changes is not None:
            self.within.stamp = self._changes.count
        arrays = [*data, *self._parameters]
        try:
            tensors = [a._data for a in arrays]
        except AttributeError:  # stored in another way than densely
            return self._failed(*data)
        ctx = self._checked(arrays)
        training, types = state.training, tuple([t.dtype for t in tensors[: self._count]])
        parents = self._parents(arrays) if get_ident() in recorders else None
        key: Any = (training and self._compiled.moded, types, parents, ctx)
        found = self._entrances.get(key)
        if found is None:
            results = any(isinstance(p._ag, Recorded | Port) for p in self._parameters)  # no variables
            if results or self._compiled.loops:
                return self._failed(*data)
            if key not in self._seen:
                first = self._failed(*data)
                self._seen.add(key)
                return first
            found = self._enter(key, tensors, ctx, training, parents)
        self.call = found
        return found(*data)

    def _parents(self, arrays: Sequence[NDArray]) -> tuple[Any, ...]:
        """Where the parameters came from, and of the data whether they came from anywhere."""
        found = [None if (e := a._ag) is None or e.gradient is None else e for a in arrays]
        return (*[None if e is None else True for e in found[: self._count]], *found[self._count :])

    def _enter(
        self, key: Any, tensors: Any, ctx: Context, training: bool, parents: Any
    ) -> Callable[..., Any]:
        mask = tuple([e is not None for e in parents or tensors[:0]]) or (False,) * len(tensors)
        straight = self._straight.get((key[0], key[1], mask, ctx))
        if straight is None:
            straight = self._made(tensors, ctx, training, mask, bool(key[0]))
            self._straight[key[0], key[1], mask, ctx] = straight
        back = Back.of(straight, ctx, parents or (), self._parameters)
        if len(self._entrances) >= self.LIMIT:
            self._entrances.clear()
        self.within.ctx = ctx
        found = entrance(self.within, straight, self._count, key[1], training, parents, back)
        self._entrances[key] = found
        return found

    def _made(
        self, tensors: Any, ctx: Context, training: bool, mask: Sequence[bool], trains: bool
    ) -> Straight:
        """The straight-line function for parameters as they are, the fastest there is."""
        fixed = dict(enumerate(tensors[self._count :], self._count))
        program = joined(self._compiled.program, fixed)
        if self._backend is not None:
            return BACKENDS[self._backend](write(program, ctx, fixed, mask, training, FOR_COMPILERS))
        straight = write(program, ctx, fixed, mask, training, _EMIT)
        if any(mask) or trains:
            return straight
        straight = written(program, ctx, fixed, _EMIT, straight)
        return graphed(straight, ctx) if self._static else straight

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

    def _failed(self, *data: NDArray) -> Any:
        """From operator to operator: tells which one refuses."""
        found = self._run([*data, *self._parameters])
        return found if self._structure is None else self._structure(found)

    def _run(self, arrays: Sequence[NDArray]) -> list[NDArray]:
        compiled = self._compiled
        with self._ctx or arrays[0]._ctx:
            if compiled.loops:
                made = self._open_nodes(arrays) if compiled.open else None
                values = self._by_variable(arrays)
                return run(compiled.symbol._heads, values, None, made, compiled.bodies)
            shapes = self._open_shapes(arrays[: self._count]) if compiled.open else {}
            try:
                return run_steps(compiled.program, arrays, shapes)
            except MXNetError:
                found = run_steps(compiled.plain, arrays, shapes)  # by MXNet's operators, with their errors
                compiled.program = compiled.plain
                return found

    def _by_variable(self, arrays: Sequence[NDArray]) -> dict[tuple[int, int], NDArray]:
        by_name = dict(zip(self._compiled.program.inputs, arrays, strict=True))
        return {(id(v), 0): by_name[v.name] for v in self._compiled.symbol._variables()[0]}

    # Shapes of what is made without inputs

    def _open_nodes(self, arrays: Sequence[NDArray]) -> dict[Node, Shape]:
        names = self._compiled.program.inputs
        given = {name: a.shape for name, a in zip(names, arrays, strict=True)}
        return open_shapes(self._compiled.symbol, given)

    def _open_shapes(self, data: Sequence[NDArray]) -> dict[str, Shape]:
        """What the open shapes are for data of these shapes."""
        key = tuple([a.shape for a in data])
        if key not in self._shapes:
            if len(self._shapes) > _KEPT_SHAPES:
                self._shapes.clear()
            found = self._open_nodes([*data, *self._parameters])
            self._shapes[key] = {**self._compiled.open, **{n.name: shape for n, shape in found.items()}}
        return self._shapes[key]


_KEPT_SHAPES = 256
_EMIT = {**LAYING, **SHORTCUTS}


class Back(Way):
    """The way back through a call; :meth:`of` makes a class of those of one function, for an entrance."""

    __slots__ = ("saved",)
    saved: Any
    straight: ClassVar[Straight]
    ctx: ClassVar[Context]
    backward: ClassVar[Callable[..., Any]]

    @classmethod
    def of(
        cls, straight: Straight, ctx: Context, parents: Sequence[Any], parameters: Sequence[NDArray]
    ) -> type[Back]:
        """Those of a function, for data and parameters that came from ``parents``."""
        own: dict[str, Any] = {"straight": straight, "ctx": ctx, "__slots__": ()}
        if straight.backward:
            own["backward"] = staticmethod(straight.backward)
            count = len(parents) - len(parameters)
            own["through"], own["passing"] = passing(straight, parents, count)
            write = direct(straight, parents, parameters, count)
            own["direct"] = write and staticmethod(write)
        return type("Back", (cls if straight.heads == 1 else _BackOfSeveral,), own)

    def __call__(self, g: Any, need: Any, out: Any, *inputs: Tensor) -> Any:
        # What was saved is handed over, so that the way back can let go of it bit by bit, unless it is kept.
        saved = [self.saved]
        if get_ident() not in keepers:
            self.saved = None
        return self.backward(saved, g)

    def recorded(self, gs: Sequence[Traced], node: Recorded) -> list[Traced]:
        """The same for its node while recording, so that it can be differentiated again."""
        straight = self.straight
        drawn = {k: self.saved[place] for k, place in straight.drawn.items()}
        return recorded_gradients(
            straight.program, self.ctx, straight.training, node.inputs, node.parents, drawn, gs
        )


class _BackOfSeveral(Back):
    __slots__ = ()

    def __call__(self, g: Any, need: Any, out: Any, *inputs: Tensor) -> Any:
        saved = [self.saved]
        if get_ident() not in keepers:
            self.saved = None
        return self.backward(saved, *g)
