"""Better lines than the general ones, for the operators that small nets are made of.

What operators check in each call is not checked again: the first call of a kind has been checked whole, and
parameters keep their shapes. What kernels refuse goes from operator to operator, which tells the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from regluon.ops.kernels import kernel
from regluon.ops.loss import LARGEST, at_classes, huber, log_softmax_back, of_logits
from regluon.ops.threads import SMALL
from regluon.symbol.laying import laying
from regluon.symbol.lines import Emit, Scope
from regluon.symbol.pieces import Piece
from regluon.symbol.program import Step
from regluon.tape import ones_like

__all__ = ["FOR_COMPILERS", "SHORTCUTS"]

_add, _addmm, _linear, _mm, _mul, _sum = (
    *(torch.add, torch.addmm, torch.nn.functional.linear, torch.mm, torch.mul, torch.sum),
)
_relu_back = kernel("threshold_backward")
_addmm_relu = torch._addmm_activation
_APPLY: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu_,
    "sigmoid": torch.sigmoid_,
    "tanh": torch.tanh_,
}
_BACK: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "sigmoid": kernel("sigmoid_backward"),
    "tanh": kernel("tanh_backward"),
}


def _alone() -> bool:
    """Whether there are no other threads, which small products should not wake."""
    return torch.get_num_threads() == 1 or not SMALL


def _on_few_threads(scope: Scope, x: str, other: int) -> list[str]:
    """A line that has products of the tensor ``x`` with ``other`` columns on one thread if they are small.

    It tells MKL only what changes: each time costs a tenth of such a product.
    """
    if _alone():
        return []
    width = max(other, 1)
    small = range(-(-SMALL.start // width), (SMALL.stop - 1) // width + 1)
    change = "one = not one; few_threads(ONE if one else ALL)"
    return [f"if ({x}.numel() in {scope.constant(small)}) is not one: {change}"]


def _rows(x: Tensor) -> Tensor:
    return x.flatten(1) if x.dim() > 1 else x.unsqueeze(1)


def connected(step: Step, scope: Scope) -> Piece | None:
    """FullyConnected, and it with its activation."""
    given, k = step.attributes, scope.number
    out, data, weight = (f"v{i}" for i in (step.outputs[0], *step.inputs[:2]))
    if step.inputs[1] not in scope.fixed or (step.inputs[0] not in scope.matrices and not given["flatten"]):
        return None
    if not scope.fixed[step.inputs[1]].is_floating_point():
        return None
    lines, rows = [], data
    if step.inputs[0] not in scope.matrices:
        rows = f"x{k}"
        lines.append(f"{rows} = {data} if {data}.dim() == 2 else {scope.constant(_rows)}({data})")
    width, depth = scope.fixed[step.inputs[1]].shape
    turned = scope.constant(scope.fixed[step.inputs[1]].t())
    lines += _on_few_threads(scope, rows, width)
    kind = given.get("act_type")
    together = kind == "relu" and len(step.inputs) > 2
    if len(step.inputs) > 2:
        add = scope.constant(_addmm_relu if together else _addmm)
        lines.append(f"{out} = {add}(v{step.inputs[2]}, {rows}, {turned})")
    else:
        lines.append(f"{out} = {scope.constant(_mm)}({rows}, {turned})")
    if kind is not None and not together:
        lines.append(f"{out} = {scope.constant(_APPLY[kind])}({out})")
    scope.matrices.add(step.outputs[0])
    back, g = [], f"g{step.outputs[0]}"
    if kind == "relu":
        back.append(f"{g} = {scope.constant(_relu_back)}({g}, {out}, 0.0)")
    elif kind is not None:
        back.append(f"{g} = {scope.constant(_BACK[kind])}({g}, {out})")
    wanted, grads, into = scope.wanted(step), {}, {}
    mm, mul, total = (scope.constant(f) for f in (_mm, _mul, _sum))
    back += _on_few_threads(scope, g, depth)
    if wanted[0]:
        reshaped = "" if rows == data else f".reshape({data}.shape)"
        grads[0] = f"{mm}({g}, {weight}){reshaped}"
    if wanted[1]:
        of_one = f"{mul}({g} if {g}.numel() == 1 else {g}.t(), {rows}"
        of_many = f"{mm}({g}.t(), {rows}"
        grads[1] = f"{of_many}) if {g}.size(0) > 1 else {of_one})"
        own = f", out=b{step.inputs[1]})"
        into[1] = f"{of_many}{own} if {g}.size(0) > 1 else {of_one}{own}"
    if len(wanted) > 2 and wanted[2]:
        # A sum takes torch twice as long as a view.
        grads[2] = f"{g}.reshape(-1) if {g}.size(0) == 1 else {total}({g}, 0)"
        into[2] = f"{total}({g}, 0, out=b{step.inputs[2]})"
    return Piece(lines, back, grads, sure=True, into=into)


_FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}
_SLOPES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "relu": lambda g, out: g * (out > 0),
    "sigmoid": lambda g, out: g * out * (1 - out),
    "tanh": lambda g, out: g * (1 - out * out),
}


def simply_connected(step: Step, scope: Scope) -> Piece | None:
    """FullyConnected for torch's compiler, which wants nothing but torch's functions."""
    given, k, wanted = step.attributes, scope.number, scope.wanted(step)
    flat, kind = given["flatten"], given.get("act_type")
    out, inputs = step.outputs[0], ", ".join(f"v{i}" for i in step.inputs)

    def forward(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        found = _linear(_rows(x) if flat else x, weight, bias)
        return found if kind is None else _FUNCTIONS[kind](found)

    def backward(g: Tensor, out: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Any:
        g = g if kind is None else _SLOPES[kind](g, out)
        rows, heads = (_rows(x) if flat else x).reshape(-1, weight.shape[1]), g.reshape(-1, weight.shape[0])
        of_data = _mm(heads, weight).reshape(x.shape) if wanted[0] else None
        return of_data, _mm(heads.t(), rows), _sum(heads, 0)

    lines = [f"v{out} = {scope.constant(forward)}({inputs})"]
    back = [f"d{k} = {scope.constant(backward)}(g{out}, v{out}, {inputs})"] if any(wanted) else []
    return Piece(lines, back, {i: f"d{k}[{i}]" for i, want in enumerate(wanted) if want}, sure=True)


_gather, _log_softmax, _neg = torch.gather, torch.log_softmax, torch.neg
_nll, _nll_back = kernel("nll_loss_forward"), kernel("nll_loss_backward")
_NO_CLASS = -(2**62)
"""A number that no label has: torch's kernel would leave out samples of that class."""
_FEW_CLASSES, _FEW = 16, 512
"""For less classes, torch's kernel for the logarithm's gradient takes longer than smaller ones, unless these
are only so few numbers in all."""


def cross_entropy(step: Step, scope: Scope) -> Piece | None:
    """The cross-entropy of rows and class numbers."""
    given, k, op = step.attributes, scope.number, step.op
    if len(step.inputs) != 2 or given["axis"] not in (-1, 1) or given["batch_axis"] != 0:
        return None
    plain, gradient = op.prepared(given), op.gradient
    weight, logits = given["weight"], given["from_logits"]
    alone = _alone()  # torch's kernels of this loss wake all threads for two rows already

    def forward(pred: Tensor, label: Tensor) -> tuple[Tensor, Any]:
        if pred.dim() != 2 or label.dim() != 1:
            found = plain(pred, label)
            return found[0], found
        logs, classes = pred if logits else _log_softmax(pred, 1), label.long()
        if alone or classes.numel() == 1:
            loss, total = _nll(logs, classes, None, 0, _NO_CLASS)
        else:
            loss, total = _neg(_gather(logs, 1, classes.view(-1, 1))).view(-1), None
        return loss if weight is None or weight == 1 else _mul(loss, weight), (logs, classes, total, loss)

    def backward(g: Tensor, saved: Any, pred: Tensor, label: Tensor) -> Tensor:
        if len(saved) == 3:
            return gradient(g, (True, None), saved, pred, label, **given)[0]  # type: ignore[return-value]
        logs, classes, total, _ = saved
        g = g if weight is None or weight == 1 else _mul(g, weight)
        if logits:
            return at_classes(logs, classes.view(-1, 1), g.view(-1, 1), 1)
        if total is None or (logs.size(1) < _FEW_CLASSES and logs.numel() > _FEW):
            return of_logits(logs, classes.view(-1, 1), g.view(-1, 1), 1)
        inner = _nll_back(g, logs, classes, None, 0, _NO_CLASS, total)
        return log_softmax_back(inner, logs, 1, logs.dtype)  # type: ignore[no-any-return]

    out, pred, label = (f"v{i}" for i in (step.outputs[0], *step.inputs))
    lines = [f"{out}, s{k} = {scope.constant(forward)}({pred}, {label})"]
    wanted = scope.wanted(step)
    back = [f"d{k}_0 = {scope.constant(backward)}(g{step.outputs[0]}, s{k}, {pred}, {label})"]
    grads = {0: f"d{k}_0"} | ({1: "None"} if wanted[1] else {})
    return Piece(lines, back, grads, sure=not wanted[1]) if wanted[0] else Piece(lines)


_sub = torch.sub


def squared(step: Step, scope: Scope) -> Piece | None:
    """½ (pred - label)² of a column of predictions, one for each sample."""
    given, k, op = step.attributes, scope.number, step.op
    if len(step.inputs) != 2 or given["batch_axis"] != 0 or given["weight"] not in (1, None):
        return None
    out, pred, label = (f"v{i}" for i in (step.outputs[0], *step.inputs))
    half_square, plain, largest = (scope.constant(x) for x in (huber, op.prepared(given), LARGEST))
    half = f"{half_square}({pred}, {label}, 0, {largest}[{pred}.dtype])"
    lines = [
        f"s{k} = {pred}.shape",
        f"f{k} = {label}.shape == s{k} and {pred}.numel() == s{k}[0]",
        f"r{k} = {half} if f{k} else {plain}({pred}, {label})",
        f"{out} = r{k}.view(s{k}[0])",
    ]
    wanted = scope.wanted(step)
    if wanted[1]:
        return None
    if not wanted[0]:
        return Piece(lines)
    gradient = op.gradient

    def backward(g: Tensor | None, fits: bool, out: Tensor, pred: Tensor, label: Tensor) -> Tensor:
        if not fits:
            g = ones_like(out) if g is None else g
            return gradient(g, (True, None), out, pred, label, **given)[0]  # type: ignore[return-value]
        assert g is not None
        return _mul(_sub(pred, label), g if g.numel() == 1 else g.view(pred.shape))

    g, back = f"g{step.outputs[0]}", scope.constant(backward)
    given_ones = f"{scope.constant(_sub)}({pred}, {label}) if {g} is None and f{k}"
    grads = {0: f"{given_ones} else {back}({g}, f{k}, {out}, {pred}, {label})"}
    return Piece(lines, [], grads, sure=True, ones=True)


def together(kind: Callable[..., Any]) -> Emit:
    """A sum or a product of two arrays of one shape."""

    def emit(step: Step, scope: Scope) -> Piece | None:
        k, out, (a, b) = scope.number, step.outputs[0], step.inputs
        if not scope.laid.isdisjoint(step.inputs):
            return laying(step, scope) if kind is _add else None
        lines = [f"v{out} = {scope.constant(kind)}(v{a}, v{b})", f"v{a}.shape == v{b}.shape or differ()"]
        wanted = scope.wanted(step)
        parts = (f"g{out}", f"g{out}") if kind is _add else (f"{{}}(g{out}, v{b})", f"{{}}(g{out}, v{a})")
        mul = scope.constant(_mul)
        back = [f"d{k}_{i} = {parts[i].format(mul)}" for i in (0, 1) if wanted[i]]
        return Piece(lines, back, {i: f"d{k}_{i}" for i in (0, 1) if wanted[i]}, sure=True)

    return emit


FOR_COMPILERS: dict[str, Emit] = dict.fromkeys(("FullyConnected", "_regluon_dense"), simply_connected)

SHORTCUTS: dict[str, Emit] = {
    "FullyConnected": connected,
    "_regluon_dense": connected,
    "_regluon_l2_loss": squared,
    "_regluon_softmax_ce_loss": cross_entropy,
    "elemwise_add": together(_add),
    "elemwise_mul": together(_mul),
}
