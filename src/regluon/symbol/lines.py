"""Straight-line functions: the text of a forward and of its backward, out of a program's steps.

The text holds nothing but names of its own making; operators, attributes and parameters are bound to names.
Values are called ``v7``, gradients ``g7``; a parameter is a global name, so that calls do not pass it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import torch
from torch import Tensor

from regluon.context import Context
from regluon.ndarray.dispatch import supply
from regluon.ops.registry import torch_gradient
from regluon.ops.threads import ALL, ONE, few_threads
from regluon.symbol.graph import is_open
from regluon.symbol.pieces import NAME, Piece, backward_lines, function, reached_at_once
from regluon.symbol.program import Program, Step
from regluon.tape import ones_like

__all__ = ["Emit", "Scope", "Straight", "given_to", "write"]


class Scope:
    """What a step's lines are written for: its number, what is wanted, and names for constants."""

    def __init__(
        self, program: Program, ctx: Context, active: set[int], training: bool, fixed: dict[int, Tensor]
    ) -> None:
        self.program, self.ctx, self.active, self.training = program, ctx, active, training
        self.fixed = fixed
        """The tensors of parameters, by their numbers."""
        self.matrices = {i for i, x in fixed.items() if x.dim() == 2}
        """Values of two axes, as far as they are known."""
        self.laid: set[int] = set()
        """Values whose channels may be last in memory."""
        self.names: dict[str, Any] = {
            "ALL": ALL,
            "ONE": ONE,
            "few_threads": few_threads,
            "heads": heads,
            "plus": plus,
            "own": own,
            "add": torch.add,
            "differ": differ,
            "ones_like": ones_like,
            "zeros_like": torch.zeros_like,
        }
        self._kept: dict[int, str] = {}
        self.number = 0
        self.uses = program.users()

    def constant(self, value: Any) -> str:
        """A name for a value that does not change."""
        name = self._kept.get(id(value))
        if name is None:
            name = self._kept[id(value)] = f"k{len(self._kept)}"
            self.names[name] = value
        return name

    def wanted(self, step: Step) -> list[bool]:
        """Which inputs need a gradient."""
        return [value in self.active for value in step.inputs]

    def given(self, step: Step) -> dict[str, Any]:
        """The attributes with the mode, the generator and the device."""
        return given_to(step, self.ctx, self.training)


def given_to(step: Step, ctx: Context, training: bool) -> dict[str, Any]:
    """A step's attributes with the mode, the generator and the device."""
    op = step.op
    if not op.supplied:
        return step.attributes
    given = supply(op, step.attributes, ctx)
    if op.mode is not None:
        given[op.mode] = training
    return given


def heads(gs: Sequence[Tensor | None], outs: Any) -> Any:
    """Head gradients for all outputs, zeros where none came; that of a single one as it is."""
    if isinstance(outs, Tensor):
        return gs[0]
    padded = [*gs, *[None] * (len(outs) - len(gs))]
    return [torch.zeros_like(o) if g is None else g for g, o in zip(padded, outs, strict=True)]


def plus(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    """The sum of two gradients, of which each may be missing."""
    if a is None or b is None:
        return b if a is None else a
    return torch.add(a, b)


def by_torch(fn: Callable[..., Any], wanted: Sequence[bool], given: dict[str, Any]) -> Callable[..., Any]:
    """A call that torch records by itself: the result, the leaves, and the result with torch's graph."""

    def call(*inputs: Tensor) -> tuple[Any, list[Tensor], Any]:
        with torch.enable_grad():
            leaves = [
                x.detach().requires_grad_() if want and x.is_floating_point() else x
                for x, want in zip(inputs, wanted, strict=True)
            ]
            graph = fn(*leaves, **given)
        if isinstance(graph, Tensor):
            return graph.detach(), leaves, graph
        return tuple([o.detach() for o in graph]), leaves, graph

    return call


def generic(step: Step, scope: Scope) -> Piece:
    """The lines of any operator."""
    op, k, given = step.op, scope.number, scope.given(step)
    inputs = [f"v{i}" for i in step.inputs]
    wanted = scope.wanted(step)
    recorded = any(wanted)
    r = _result(step, k)
    if recorded and op.by_torch:
        call = scope.constant(by_torch(op.fn, wanted, given))
        lines = [f"{r}, l{k}, t{k} = {call}({', '.join(inputs)})"]
    else:
        call = scope.constant(partial(op.fn, **given) if op.view or op.supplied else op.prepared(given))
        if is_open(step):
            inputs = [f"shape=shapes[{scope.constant(step.name)}]"]
        lines = [f"{r} = {call}({', '.join(inputs)})"]
    if not op.single:
        lines += [f"v{v} = {_part(k, i)}" for i, v in enumerate(step.outputs) if scope.uses[v]]
    for position, index in op.written(len(step.inputs)).items():
        new, old = f"r{k}[{index}]", f"v{step.inputs[position]}"
        lines.append(f"if {new} is not None and {new} is not {old}: {old}.copy_({new})")
    if not recorded:
        return Piece(lines)
    need = scope.constant(tuple([True if want else None for want in wanted]))
    uses = op.needs(step.attributes)
    g = f"g{step.outputs[0]}"
    if not op.single and not (len(step.outputs) == 1 and op.visible is not None):
        g = f"heads(({', '.join(f'g{v}' for v in step.outputs)},), r{k})"
    if op.by_torch:
        back = [f"d{k} = {scope.constant(torch_gradient)}({g}, {need}, t{k}, *l{k})"]
    else:
        pull = scope.constant(partial(op.gradient, **given) if given else op.gradient)
        kept = inputs if uses != "out" else [f"v{step.outputs[0]}"]
        back = [f"d{k} = {pull}({', '.join([g, need, 'None' if uses == 'inputs' else r, *kept])})"]
    return Piece(lines, back, {i: f"d{k}[{i}]" for i, want in enumerate(wanted) if want})


def _result(step: Step, k: int) -> str:
    """The name of all that comes out of a step."""
    return f"v{step.outputs[0]}" if step.op.single else f"r{k}"


def _part(k: int, index: int) -> str:
    """The expression of one of several outputs."""
    return f"r{k} if type(r{k}) is Tensor else r{k}[{index}]" if index == 0 else f"r{k}[{index}]"


@dataclass(slots=True, eq=False)
class Straight:
    """The functions made: ``forward(shapes, *data)`` and, if recorded, ``backward(saved, *heads)``.

    The forward gives the results; recorded, the results and what the backward needs.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any] | None
    into: Callable[..., Any] | None
    """``into(saved, head, *buffers)`` goes back and writes the buffers of the parameters that are reached."""
    reached: list[bool]
    """For each input whether a gradient comes to it."""
    drawn: dict[int, int]
    """Steps that draw random numbers, and where among what is saved their results are."""
    training: bool
    heads: int
    """How many results there are."""
    program: Program
    text: str
    ones: bool
    """Whether the head's gradient may be None, for ones."""


Emit = Callable[[Step, Scope], Piece | None]


def write(
    program: Program,
    ctx: Context,
    parameters: dict[int, Any],
    wanted: Sequence[bool],
    training: bool,
    shortcuts: dict[str, Emit],
) -> Straight:
    """The straight-line functions of a program.

    Parameters
    ----------
    parameters
        Inputs that stay, by their numbers: their tensors.
    wanted
        For each input whether its gradient is wanted.
    shortcuts
        By operator, what writes better lines than :func:`generic`, or gives None.
    """
    active = _active(program, wanted)
    scope = Scope(program, ctx, active, training, parameters)
    scope.names.update({f"v{i}": tensor for i, tensor in parameters.items()}, Tensor=Tensor)
    pieces = _pieces(program, scope, shortcuts)
    lines = [line for piece in pieces for line in piece.forward]
    lines += _owned(program, scope.laid)
    back, reached = backward_lines(program, pieces, active)
    into = reached_at_once(program, pieces, reached, parameters)
    data = [f"v{i}" for i in range(len(program.inputs)) if i not in parameters]
    results = ", ".join(f"v{v}" for v in program.heads)
    made = {name for line in lines for name in NAME.findall(line)} | set(data)
    made -= scope.names.keys()
    saved = sorted(made.intersection(name for line in back for name in NAME.findall(line)))
    random = {k: _result(s, k) for k, s in enumerate(program.steps) if s.op.generator}
    saved = list(dict.fromkeys([*saved, *random.values()]))
    drawn = {k: saved.index(name) for k, name in random.items()}
    result = f"return ({results},)" + (f", ({''.join(f'{s}, ' for s in saved)})" if any(wanted) else "")
    text = function(f"forward(shapes, {''.join(f'{d}, ' for d in data)})", [*lines, result], data)
    unpack = [f"({''.join(f'{s}, ' for s in saved)}) = saved.pop()"] if saved else []
    if any(wanted):
        grads = [f"g{i}, " if reached[i] else "None, " for i in range(len(program.inputs))]
        heads = "".join(f"h{i}, " for i in range(len(program.heads)))
        text += function(f"backward(saved, {heads})", [*unpack, *back, f"return ({''.join(grads)})"])
    if into:
        buffers = "".join(f"b{i}, " for i in into)
        back = backward_lines(program, pieces, active, into)[0]
        text += function(f"into(saved, h0, {buffers})", [*unpack, *back])
    source = "\n".join(text)
    exec(compile(source, "<straight-line>", "exec"), scope.names)  # noqa: S102 (text of our own names alone)
    return Straight(
        scope.names["forward"],
        scope.names.get("backward"),
        scope.names.get("into"),
        reached,
        drawn,
        training,
        len(program.heads),
        program,
        source,
        len(program.heads) == 1,
    )


def _pieces(program: Program, scope: Scope, shortcuts: dict[str, Emit]) -> list[Piece]:
    """The lines of all steps."""
    pieces = []
    for k, step in enumerate(program.steps):
        scope.number = k
        emit = shortcuts.get(step.op.name)
        piece = emit and emit(step, scope)
        pieces.append(piece or _in_order(generic(step, scope), step, scope))
    return pieces


def _active(program: Program, wanted: Sequence[bool]) -> set[int]:
    """The values that a wanted gradient goes through."""
    active = {i for i, want in enumerate(wanted) if want}
    for step in program.steps:
        if not active.isdisjoint(step.inputs):
            active.update(step.outputs)
    return active


def _in_order(piece: Piece, step: Step, scope: Scope) -> Piece:
    """The piece, with its inputs in the order of their axes."""
    for value in step.inputs:
        if value in scope.laid:
            piece.forward.insert(0, f"v{value} = v{value}.contiguous()")
            scope.laid.discard(value)
    return piece


def _owned(program: Program, laid: set[int]) -> list[str]:
    """Lines that give results memory of their own, where they may be views."""
    makers, inputs = program.makers(), len(program.inputs)
    lines = []
    for v in dict.fromkeys(program.heads):
        others, pending = [], [v]
        while pending:
            step = makers.get(pending.pop())
            if step is not None and step.op.view:
                pending += step.inputs
                others += [i for i in step.inputs if i < inputs or i in program.heads]
        if v in laid:
            lines.append(f"v{v} = v{v}.contiguous()")
        elif v in makers and makers[v].op.view:
            same = "".join(f" or v{v} is v{i}" for i in dict.fromkeys(others))
            lines.append(f"if v{v}._is_view() or not v{v}.is_contiguous(){same}: v{v} = own(v{v})")
    return lines


def differ() -> NoReturn:
    """Two shapes that are to be one are not."""
    raise ValueError("the shapes differ")


def own(x: Tensor) -> Tensor:
    """A contiguous copy."""
    return x.clone(memory_format=torch.contiguous_format)
