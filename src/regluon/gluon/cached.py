"""The graph of a hybridized block: traced in the first call, then run as a straight-line function."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from regluon import autograd
from regluon.base import MXNetError
from regluon.context import SHAPES, Context
from regluon.gluon.inference import context_of, outline, outlined
from regluon.gluon.nested import flatten, regroup
from regluon.gluon.parameter import DeferredInitializationError, Parameter, changes, shape_is_known
from regluon.gluon.symbolic import forward_symbols, with_symbols
from regluon.lazy import resolve
from regluon.ndarray import NDArray
from regluon.ops.shape_mode import ShapeMode

__all__ = ["CachedGraph", "trace"]


def trace(block: Any, form: Any) -> tuple[list[Any], Any, Any]:
    """The variables, the symbol and the output's form of a block called with arrays in ``form``.

    A single input is called "data", several ones "data0", "data1", ...
    """
    count = _count(form)
    names = ["data"] if count == 1 else [f"data{i}" for i in range(count)]
    variables = [resolve("regluon.symbol:var")(name) for name in names]
    given = regroup(_filled(form, iter(variables)), form)
    symbols, out_form = flatten(forward_symbols(block, given), "output")
    group = resolve("regluon.symbol:Group")(symbols) if len(symbols) != 1 else symbols[0]
    if group is None:
        raise TypeError("Expected a list of symbols as input")
    return variables, group, out_form


def _count(form: Any) -> int:
    """How many arrays a form has."""
    return sum(map(_count, form)) if isinstance(form, list) else int(form >= 0)


def _filled(form: Any, variables: Any) -> list[Any]:
    """A flat list of variables, and of None where the form has it."""
    if isinstance(form, list):
        return [value for part in form for value in _filled(part, variables)]
    return [None if form < 0 else next(variables)]


class CachedGraph:
    """What a hybridized block is called through.

    Parameters
    ----------
    block
        The block. What its ``hybrid_forward`` makes of symbols in the first call stays, whatever changes in
        the block's attributes; hybridizing it again makes another graph.
    flags
        Those of ``hybridize``.
    """

    def __init__(self, block: Any, flags: dict[str, Any]) -> None:
        self._block, self._flags = block, flags
        self._form: Any = None
        self._out_form: Any = None
        self.graph: tuple[list[Any], Any] | None = None
        """The variables and the symbol, once traced."""
        self._compiled: Any = None
        self._parameters: list[Parameter] = []
        self._asks = False
        self._bound: dict[Context, tuple[list[NDArray], Any]] = {}
        self.call: Callable[..., Any] = self.choose
        """The function of the last kind of call; it goes to :meth:`choose` for others."""

    def choose(self, *args: Any) -> Any:
        """A call of any kind."""
        flat, form = flatten(list(args), "input")
        arrays = [value for value in flat if value is not None]
        ctx = context_of(args) if not with_symbols(args) else None
        if ctx is None or ctx is SHAPES:
            return self._block._forward_plain(*args)
        if self._compiled is None:
            self._build(args, form, arrays)
        elif form != self._form:
            raise ValueError(
                "The argument structure of HybridBlock does not match the cached version. Stored format = "
                f"{self._form}, input format = {form}; hybridize() again to have another one"
            )
        bound = self._bound_to(ctx, args, arrays)
        found = bound.choose(*arrays)
        if not self._asks and all(part == 0 for part in form):
            self.call = self.choose if bound.call == bound.choose else bound.call
        return found

    def prepare(self, *args: Any) -> None:
        """Traces the block for arrays like these, and initializes what waits for its shape."""
        flat, form = flatten(list(args), "input")
        self._build(args, form, [value for value in flat if value is not None])

    def _build(self, args: Any, form: Any, arrays: Sequence[NDArray]) -> None:
        if self._flags["static_shape"] and not self._flags["static_alloc"]:
            raise MXNetError("static_alloc must be True when static_shape is True")
        variables, symbol, out_form = trace(self._block, form)
        names = [variable.name for variable in variables]
        known = dict(self._block.collect_params().items())
        compiled = resolve("regluon.symbol.compiled:Compiled")(symbol, names)
        for name in compiled.parameters:
            if name not in known:
                raise AssertionError(f"Unknown input to HybridBlock: {name}")
        _tell_unused(names, known, set(symbol.list_inputs()))
        self._parameters = [known[name] for name in compiled.parameters]
        self._asks = any(type(p).data is not Parameter.data for p in self._parameters)
        self._compiled = compiled
        try:
            if any(p._deferred_init for p in self._parameters):
                self._initialize(dict(zip(names, arrays, strict=True)), args)
        except Exception:
            self._compiled = None  # the next call may be a better one
            raise
        self.graph, self._form, self._out_form = (variables, symbol), form, out_form

    def _initialize(self, given: dict[str, NDArray], args: Any) -> None:
        """Gives parameters their shapes, and then their values, in the order of the graph."""
        deferred = [p for p in self._parameters if p._deferred_init]
        if any(not shape_is_known(p.shape) for p in deferred):
            found = self._outlined(given) or self._shapes(given)
            for p in deferred:
                if shape_is_known(found.get(p.name)):
                    p.shape = found[p.name]
        if any(not shape_is_known(p.shape) for p in deferred):
            self._block._deferred_infer_shape(*args)  # or says what is missing
        for p in deferred:
            p._finish_deferred_init()

    def _outlined(self, given: dict[str, NDArray]) -> dict[str, Any]:
        """The shapes of parameters by one way through the graph; none where that is not enough."""
        if self._compiled.open or self._compiled.loops:
            return {}
        arrays = {
            **{n: outlined(a) for n, a in given.items()},
            **{p.name: outline(p) for p in self._parameters},
        }
        run = resolve("regluon.symbol.stepping:run_steps")
        for program in (self._compiled.program, self._compiled.plain):
            try:
                with autograd.pause(autograd.is_training()), SHAPES, ShapeMode():
                    run(program, [arrays[name] for name in program.inputs], {})
            except MXNetError:
                continue
            return {name: a.shape for name, a in arrays.items()}
        return {}

    def _shapes(self, given: dict[str, NDArray]) -> dict[str, Any]:
        """The shapes of variables, as far as they follow in any direction."""
        shapes = {name: a.shape for name, a in given.items()}
        types = {name: a.dtype for name, a in given.items()}
        try:
            found, nodes = resolve("regluon.symbol.inference:shapes_of")(self._compiled.symbol, shapes, types)
        except MXNetError:
            return {}  # the block's own inference tells what is wrong
        return {node.name: found.get((id(node), 0), ()) for node in nodes if node.op is None}

    def _bound_to(self, ctx: Context, args: Any, given: Sequence[NDArray]) -> Any:
        """The function with the parameters on a context, as they are now."""
        try:
            arrays = [p.data(ctx) for p in self._parameters]
        except DeferredInitializationError:  # initialized anew
            self._initialize(dict(zip(self._compiled.data, given, strict=True)), args)
            arrays = [p.data(ctx) for p in self._parameters]
        before, bound = self._bound.get(ctx, (None, None))
        if before is None or any(a is not b for a, b in zip(arrays, before, strict=True)):
            by_name = dict(zip(self._compiled.parameters, arrays, strict=True))
            bound = self._compiled.bind(by_name, ctx, changes=changes, other=self.choose, **self._output())
            self._bound[ctx] = arrays, bound
        return bound

    def _output(self) -> dict[str, Any]:
        """How results are handed out."""
        form = self._out_form
        flat = not isinstance(form, list) or all(part == 0 for part in form)
        flags = self._flags
        return {
            "single": form == 0,
            "structure": None if flat else partial(regroup, form=form),
            "backend": flags.get("backend"),
            "static": flags["static_alloc"] and flags["static_shape"],
        }


def _tell_unused(inputs: Sequence[str], parameters: dict[str, Parameter], used: set[str]) -> None:
    unused = [i for i, name in enumerate(inputs) if name not in used]
    if unused:
        places = ", ".join(f"{i}-th" for i in unused)
        warnings.warn(
            f"The {places} input to HybridBlock is not used by any computation. Is this intended?",
            stacklevel=6,
        )
    for name in parameters:
        if name not in used:
            warnings.warn(f"Parameter {name} is not used by any computation. Is this intended?", stacklevel=6)
