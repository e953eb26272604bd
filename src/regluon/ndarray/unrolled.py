"""Calls of a given number of arrays, written out: no loop over the arrays, and no step that a call has not.

After kernels that have emptied the processor's caches every object that a call touches takes its time, lists,
loops and tuples of arguments above all. So the source of a call is put together, once for all operators whose
calls take the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from threading import get_ident
from typing import Any, NamedTuple

from regluon.ndarray.dispatch import KERNEL_ERRORS, explain, finish, invoke, put, supplied, wrapped
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import Operator, Tensor
from regluon.tape import Node, node_of, recorders

__all__ = ["MOST", "Rest", "node_for", "unrolled"]

MOST = 10
"""More arrays are gone through in a loop."""


@dataclass(slots=True, eq=False)
class Rest:
    """What a call needs when it is recorded, or fails.

    In one object: every variable of a closure takes its time in each call, whether it is read or not.
    """

    op: Operator
    attributes: dict[str, Any]
    keeps_out: bool
    fn: Callable[..., Any] = field(init=False)
    gradient: Callable[..., Any] = field(init=False)
    by_torch: bool = field(init=False)

    def __post_init__(self) -> None:
        self.fn, self.gradient = self.op.fn, self.op.gradient
        self.by_torch = self.op.by_torch or self.op.generator is not None


def node_for(
    rest: Rest, arrays: Sequence[Any], tensors: Sequence[Any], given: dict[str, Any], results: Any
) -> Node | None:
    """The node of a call, if an array is part of a graph."""
    parents = [None if (e := a._ag) is None or e.gradient is None else e for a in arrays]
    if parents.count(None) == len(parents):
        return None
    kept = results if rest.keeps_out else None
    return node_of(rest.fn, rest.gradient, tensors, given, kept, parents)


class _Steps(NamedTuple):
    """What a call on so many arrays consists of.

    ``together`` takes them as one tuple, ``placed`` also the array that the result goes to.
    """

    arrays: int
    together: bool
    same_type: bool
    gives: bool
    written: tuple[tuple[int, int], ...]
    shown: int | None
    outputs: int | None
    single: bool
    placed: bool


def unrolled(
    op: Operator,
    attributes: dict[str, Any],
    count: int,
    shown: int | None,
    together: bool,
    placed: bool = False,
) -> Callable[..., Any]:
    """The call of an operator on so many arrays, which shows so many outputs; if ``placed``, in ``out``."""
    give = supplied(op, attributes)
    written = tuple(op.written(count).items())
    one_type, gives = op.same_type and count > 1, give is not None
    steps = _Steps(count, together, one_type, gives, written, shown, op.outputs, op.single, placed)
    compute = op.prepared(attributes) if give is None else None
    # Of several results, the way back counts them.
    rest = Rest(op, attributes, shown != 1 or op.needs(attributes) != "inputs")
    call: Callable[..., Any] = _maker(steps)(compute, give, rest)
    return call


@cache
def _maker(steps: _Steps) -> Callable[..., Callable[..., Any]]:
    made: dict[str, Callable[..., Callable[..., Any]]] = {}
    exec(compile(_source(steps), "<call>", "exec"), _NAMES, made)  # noqa: S102 (text of our own names alone)
    return made["make"]


_NAMES: dict[str, Any] = {
    "KERNEL_ERRORS": KERNEL_ERRORS,
    "NDArray": NDArray,
    "Tensor": Tensor,
    "explain": explain,
    "finish": finish,
    "get_ident": get_ident,
    "invoke": invoke,
    "new": object.__new__,
    "node_for": node_for,
    "put": put,
    "recorders": recorders,
    "wrapped": wrapped,
}


def _source(steps: _Steps) -> str:
    a, x = ([f"{letter}{i}" for i in range(steps.arrays)] for letter in "ax")
    arrays = "arrays" if steps.together else f"({', '.join(a)},)"
    tensors, given = f"({', '.join(x)},)", "given" if steps.gives else "rest.attributes"
    alike = [] if steps.arrays == 1 else [["context", *[f"{array}._ctx" for array in a[1:]]]]
    alike += [[f"{tensor}.dtype" for tensor in x]] if steps.same_type else []
    takes, out = ("arrays" if steps.together else ", ".join(a)), ", out" * steps.placed
    leaves = " or ".join(["not usual", "recording" if steps.placed else "(recording and rest.by_torch)"])
    lines = [
        "def make(compute, give, rest):",
        f" def call({takes}{out}):",
        "  try:",
        *([f"   {', '.join(a)}, = arrays"] if steps.together else []),
        "   context = a0._ctx",
        *[f"   {tensor} = {array}._data" for tensor, array in zip(x, a, strict=True)],
        f"   usual = {' and '.join([' is '.join(values) for values in alike]) or True}",
        "  except AttributeError:",
        "   usual = False",
        "  recording = recorders and get_ident() in recorders",
        f"  if {leaves}: return invoke(rest.op, {arrays}, rest.attributes{out})",
        *(["  compute, given = give(context)"] if steps.gives else []),
        "  try:",
        f"   results = compute{tensors}",
        "  except KERNEL_ERRORS as error:",
        f"   explain(rest.op, {tensors}, {given}, error)",
        *(_placing(steps, arrays, given) if steps.placed else _returning(steps, arrays, tensors, given)),
        " return call",
    ]
    return "\n".join(lines)


def _placing(steps: _Steps, arrays: str, given: str) -> list[str]:
    """The results go to ``out``."""
    if steps.shown != 1:
        return [f"  return finish(rest.op, results, {arrays}, {given}, context, out, None)"]
    first = [] if steps.single else ["  if type(results) is not Tensor: results = results[0]"]
    return [*_updating(steps), *first, f"  return put(rest.op, results, {arrays}, context, out)"]


def _returning(steps: _Steps, arrays: str, tensors: str, given: str) -> list[str]:
    """The results are arrays of their own."""
    node = f"  node = node_for(rest, {arrays}, {tensors}, {given}, results) if recording else None"
    return [node, *_updating(steps), *_shown(steps)]


def _updating(steps: _Steps) -> list[str]:
    return [line for pair in steps.written for line in _writing(*pair)]


def _writing(position: int, index: int) -> list[str]:
    """One of the inputs gets its new value."""
    changed = f"  if value is not None and value is not x{position}: x{position}.copy_(value)"
    return [f"  value = results[{index}]", changed]


def _shown(steps: _Steps) -> list[str]:
    """What the caller sees of the results, wrapped."""
    one = [*_wrapping("array", "results"), "  return array"]
    if steps.single:
        return one
    if steps.shown == 1:
        return ["  if type(results) is not Tensor: results = results[0]", *one]
    visible = "results" if steps.shown is None else f"results[:{steps.shown}]"
    count = steps.shown or steps.outputs
    if steps.outputs is None or count is None or count > MOST:
        return [f"  if type(results) is not Tensor: return wrapped({visible}, context, node)", *one]
    arrays = [line for i in range(count) for line in _wrapping(f"y{i}", f"results[{i}]")]
    listed = f"  return [{', '.join([f'y{i}' for i in range(count)])}]"
    return [f"  if node is not None: return wrapped({visible}, context, node)", *arrays, listed]


def _wrapping(array: str, result: str) -> list[str]:
    values = {"data": result, "ctx": "context", "ag": "node"}
    return [f"  {array} = new(NDArray)", *[f"  {array}._{name} = {value}" for name, value in values.items()]]
