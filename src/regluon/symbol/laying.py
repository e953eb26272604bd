"""Channels last within compiled graphs: the operators of ``ops.layouts``, as calls of arrays have them.

Values that come out of such operators may lie so; other operators get them in order, and give gradients in
order, as they give results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from regluon.ops.layouts import RULES, STARTS
from regluon.ops.memory import is_last, laid
from regluon.symbol.lines import Scope
from regluon.symbol.pieces import Piece
from regluon.symbol.program import Step

__all__ = ["LAYING", "laying"]


def laying(step: Step, scope: Scope) -> Piece | None:
    """An operator that has a rule for layouts."""
    op, k, given = step.op, scope.number, scope.given(step)
    if len(step.outputs) != 1 or scope.ctx.torch_device.type != "cpu":
        return None
    if op.name not in STARTS and scope.laid.isdisjoint(step.inputs):
        return None
    wanted = scope.wanted(step)
    forward, backward = _calls(step, given, wanted, [i in scope.laid for i in step.inputs], scope)
    out, inputs = f"v{step.outputs[0]}", ", ".join(f"v{i}" for i in step.inputs)
    scope.laid.add(step.outputs[0])
    lines = [f"{out}, s{k} = {scope.constant(forward)}({inputs})"]
    if op.generator:
        lines.append(f"r{k} = s{k}[0]")
    for position, index in op.written(len(step.inputs)).items():
        new, old = f"s{k}[0][{index}]", f"v{step.inputs[position]}"
        lines.append(f"if {new} is not None and {new} is not {old}: {old}.copy_({new})")
    if not any(wanted):
        return Piece(lines)
    back = [f"d{k} = {scope.constant(backward)}(g{step.outputs[0]}, s{k})"]
    return Piece(lines, back, {i: f"d{k}[{i}]" for i, want in enumerate(wanted) if want}, sure=True)


def _calls(
    step: Step, given: dict[str, Any], wanted: list[bool], from_laid: list[bool], scope: Scope
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    op, rule, uses = step.op, RULES[step.op.name], step.op.needs(step.attributes)
    compute = op.compute if op.supplied else op.prepared(given)
    more = given if op.supplied else {}
    need = tuple([True if want else None for want in wanted])
    # Gradients of values that are in order are in order, those of parameters lie as they come.
    in_order = [want and not last for want, last in zip(wanted, from_laid, strict=True)]
    in_order = [o and i not in scope.fixed for o, i in zip(in_order, step.inputs, strict=True)]
    gradient = op.gradient

    def forward(*inputs: Tensor) -> tuple[Tensor, Any]:
        found = rule(list(inputs), step.attributes)
        if found is None:
            found = [x.contiguous() if is_last(x) else x for x in inputs]
        results = compute(*found, **more)
        out = results if type(results) is Tensor else results[0]
        kept = None if uses == "inputs" and not op.writes else results
        return out, (kept, (out,) if uses == "out" else found, is_last(out))

    def backward(g: Tensor, saved: Any) -> list[Any]:
        results, inputs, last = saved
        found = gradient(laid(g, last), need, results, *inputs, **given)
        return [
            d.contiguous() if order and d is not None else d
            for d, order in zip(found, in_order, strict=False)
        ]

    return forward, backward


LAYING = dict.fromkeys(RULES, laying)
