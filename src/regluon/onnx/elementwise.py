"""Operators that work element by element, and reductions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import CONVERTERS, Call, converts

__all__: list[str] = []

_SAME = {
    "abs": "Abs",
    "ceil": "Ceil",
    "floor": "Floor",
    "negative": "Neg",
    "reciprocal": "Reciprocal",
    "sqrt": "Sqrt",
    "exp": "Exp",
    "log": "Log",
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "LogisticRegressionOutput": "Sigmoid",
    "tanh": "Tanh",
    "sin": "Sin",
    "cos": "Cos",
    "tan": "Tan",
    "arcsin": "Asin",
    "arccos": "Acos",
    "arctan": "Atan",
    "sinh": "Sinh",
    "cosh": "Cosh",
    "arcsinh": "Asinh",
    "arccosh": "Acosh",
    "arctanh": "Atanh",
    "erf": "Erf",
    "sign": "Sign",
    "softsign": "Softsign",
    **dict.fromkeys(
        "_copy BlockGrad MakeLoss make_loss LinearRegressionOutput MAERegressionOutput Dropout".split(),
        "Identity",
    ),
}
"""Operators that ONNX has with the same meaning, those of training as what they are in prediction."""

# Sums, products and so on: MXNet's names, with and without broadcasting, and of an array and a number.
_BINARY: dict[str, str] = {
    "elemwise_add broadcast_add _grad_add _plus_scalar": "Add",
    "elemwise_sub broadcast_sub _minus_scalar": "Sub",
    "elemwise_mul broadcast_mul _mul_scalar": "Mul",
    "elemwise_div broadcast_div _div_scalar": "Div",
    "_power broadcast_power _power_scalar": "Pow",
    "_maximum broadcast_maximum _maximum_scalar": "Max",
    "_minimum broadcast_minimum _minimum_scalar": "Min",
}
_REVERSED = {"_rminus_scalar": "Sub", "_rdiv_scalar": "Div", "_rpower_scalar": "Pow"}
_COMPARED = {"equal": "Equal", "greater": "Greater", "greater_equal": "GreaterOrEqual"}
_COMPARED |= {"lesser": "Less", "lesser_equal": "LessOrEqual", "not_equal": "Equal"}
_LOGICAL = {"logical_and": "And", "logical_or": "Or", "logical_xor": "Xor"}


def _unary(kind: str) -> Callable[[Call], str]:
    return lambda call: call.emit(kind, call.inputs[0])


def _pair(call: Call) -> tuple[str, str]:
    """The two sides: arrays, or an array and the number ``scalar``."""
    if len(call.inputs) == 2:
        return call.inputs[0], call.inputs[1]
    return call.inputs[0], call.constant(call["scalar"])


def _binary(kind: str, turned: bool = False) -> Callable[[Call], str]:
    def convert(call: Call) -> str:
        left, right = _pair(call)
        return call.emit(kind, *((right, left) if turned else (left, right)))

    return convert


def _compared(kind: str, negated: bool) -> Callable[[Call], str]:
    def convert(call: Call) -> str:
        found = call.emit(kind, *_pair(call))
        return call.cast(call.emit("Not", found) if negated else found, call.dtype)

    return convert


def _logical(kind: str) -> Callable[[Call], str]:
    def convert(call: Call) -> str:
        sides = [call.cast(side, np.bool_) for side in _pair(call)]
        return call.cast(call.emit(kind, *sides), call.dtype)

    return convert


CONVERTERS.update({name: _unary(kind) for name, kind in _SAME.items()})
CONVERTERS.update({name: _binary(kind) for names, kind in _BINARY.items() for name in names.split()})
CONVERTERS.update({name: _binary(kind, turned=True) for name, kind in _REVERSED.items()})
for _name, _kind in _COMPARED.items():
    for _form in (f"broadcast_{_name}", f"_{_name}", f"_{_name}_scalar"):
        CONVERTERS[_form] = _compared(_kind, _name == "not_equal")
for _name, _kind in _LOGICAL.items():
    for _form in (f"broadcast_{_name}", f"_{_name}", f"_{_name}_scalar"):
        CONVERTERS[_form] = _logical(_kind)


def _signed(call: Call, of_size: Callable[[str], str]) -> str:
    """sign(x) f(|x|)"""
    x = call.inputs[0]
    return call.emit("Mul", call.emit("Sign", x), of_size(call.emit("Abs", x)))


@converts("trunc", "fix")
def _truncated(call: Call) -> str:
    return _signed(call, lambda x: call.emit("Floor", x))


@converts("round")
def _rounded(call: Call) -> str:
    """Halves go away from 0."""
    return _signed(call, lambda x: call.emit("Floor", call.emit("Add", x, call.constant(0.5))))


@converts("rint")
def _to_int(call: Call) -> str:
    """Halves go down."""
    return call.emit("Ceil", call.emit("Sub", call.inputs[0], call.constant(0.5)))


@converts("cbrt")
def _cube_root(call: Call) -> str:
    return _signed(call, lambda x: call.emit("Pow", x, call.constant(1 / 3)))


@converts("rcbrt")
def _inverse_cube_root(call: Call) -> str:
    return call.emit("Reciprocal", _cube_root(call))


@converts("square")
def _square(call: Call) -> str:
    return call.emit("Mul", call.inputs[0], call.inputs[0])


@converts("rsqrt")
def _inverse_root(call: Call) -> str:
    return call.emit("Reciprocal", call.emit("Sqrt", call.inputs[0]))


@converts("log10", "log2", "log1p", "expm1", "degrees", "radians")
def _scaled(call: Call) -> str:
    """What is another function, or a number, away."""
    x, name = call.inputs[0], call.operator
    if name == "log1p":
        return call.emit("Log", call.emit("Add", x, call.constant(1)))
    if name == "expm1":
        return call.emit("Sub", call.emit("Exp", x), call.constant(1))
    factors = {"log10": 1 / math.log(10), "log2": 1 / math.log(2), "degrees": 180 / math.pi}
    inner = call.emit("Log", x) if name.startswith("log") else x
    return call.emit("Mul", inner, call.constant(factors.get(name, math.pi / 180)))


@converts("logical_not")
def _not(call: Call) -> str:
    return call.cast(call.emit("Equal", call.inputs[0], call.constant(0)), call.dtype)


@converts("_hypot", "broadcast_hypot", "_hypot_scalar")
def _hypotenuse(call: Call) -> str:
    left, right = _pair(call)
    squares = call.emit("Mul", left, left), call.emit("Mul", right, right)
    return call.emit("Sqrt", call.emit("Add", *squares))


@converts("_mod", "broadcast_mod", "_mod_scalar", "_rmod_scalar")
def _modulo(call: Call) -> str:
    """x - y ⌊x / y⌋"""
    x, y = _pair(call)
    if call.operator == "_rmod_scalar":
        x, y = y, x
    if np.issubdtype(call.dtype, np.integer):  # which have no Floor
        return call.emit("Mod", x, y)
    whole = call.emit("Floor", call.emit("Div", x, y))
    return call.emit("Sub", x, call.emit("Mul", y, whole))


@converts("add_n")
def _sum_of_all(call: Call) -> str:
    return call.emit("Sum", *call.inputs)


@converts("hard_sigmoid")
def _hard_sigmoid(call: Call) -> str:
    return call.emit("HardSigmoid", call.inputs[0], alpha=call["alpha"], beta=call["beta"])


@converts("clip")
def _clip(call: Call) -> str:
    bounds = call.constant(call["a_min"]), call.constant(call["a_max"])
    return call.emit("Clip", call.inputs[0], *bounds)


@converts("smooth_l1")
def _smooth_l1(call: Call) -> str:
    """(s x)² / 2 where |x| < 1 / s², |x| - 1 / (2 s²) elsewhere"""
    x, s2 = call.inputs[0], call["scalar"] ** 2
    size = call.emit("Abs", x)
    near = call.emit("Mul", call.emit("Mul", x, x), call.constant(s2 / 2))
    far = call.emit("Sub", size, call.constant(0.5 / s2))
    return call.emit("Where", call.emit("Less", size, call.constant(1 / s2)), near, far)


@converts("where")
def _where(call: Call) -> str:
    condition = call.cast(call.inputs[0], np.bool_)
    if call.shapes[0] and call.shapes[1] and len(call.shapes[0]) < len(call.shapes[1]):  # one for each sample
        condition = call.reshape(condition, -1, *[1] * (call.rank(1) - 1))
    return call.emit("Where", condition, *call.inputs[1:])


@converts("Cast", "amp_cast")
def _cast(call: Call) -> str:
    return call.cast(call.inputs[0], dtype_name(call["dtype"]))


# Reductions

_REDUCED = {"sum": "ReduceSum", "mean": "ReduceMean", "prod": "ReduceProd", "max": "ReduceMax"}
_REDUCED |= {"min": "ReduceMin", "norm": ""}


@converts(*_REDUCED)
def _reduced(call: Call) -> str:
    """Of all axes, the result has shape (1,), as in MXNet."""
    kind, keep = _REDUCED[call.operator], call["keepdims"]
    if not kind:
        call.need(call["ord"] in (1, 2), f"ord={call['ord']} is not converted; there are 1 and 2")
        kind = f"ReduceL{call['ord']}"
    axes = _axes(call)
    if not axes and not keep:
        flat = call.reshape(call.inputs[0], -1)
        return call.emit(kind, flat, call.ints(0), keepdims=1)
    given = [call.ints(*axes)] if axes else []
    return call.emit(kind, call.inputs[0], *given, keepdims=int(keep))


def _axes(call: Call) -> list[int]:
    """The axes that are reduced; none for all."""
    axis = call["axis"]
    axes = [] if axis is None else [axis] if isinstance(axis, int) else list(axis)
    if call.node.attributes.get("exclude"):
        rank = call.rank()
        axes = [a for a in range(rank) if a not in {x % rank for x in axes}]
    if call.shapes[0] and len({a % call.rank() for a in axes}) == call.rank():
        return []
    return axes


@converts("argmax", "argmin")
def _arg(call: Call) -> str:
    kind = {"argmax": "ArgMax", "argmin": "ArgMin"}[call.operator]
    if call["axis"] is None:
        found = call.emit(kind, call.reshape(call.inputs[0], -1), axis=0, keepdims=1)
    else:
        keep = call["keepdims"] or (call.shapes[0] and call.rank() == 1)
        found = call.emit(kind, call.inputs[0], axis=int(call["axis"]), keepdims=int(bool(keep)))
    return call.cast(found, np.float32)


@converts("argmax_channel")
def _argmax_channel(call: Call) -> str:
    return call.cast(call.emit("ArgMax", call.inputs[0], axis=1, keepdims=0), np.float32)
