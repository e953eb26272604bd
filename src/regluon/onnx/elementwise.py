"""Operators that work element by element."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from regluon.base import dtype_name
from regluon.onnx.call import Call, converts

__all__: list[str] = []

_SAME = {
    "reciprocal": "Reciprocal",
    "sqrt": "Sqrt",
    "exp": "Exp",
    "log": "Log",
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
    "softsign": "Softsign",
}
"""Operators that ONNX has with the same meaning, for floating-point numbers."""

_SAME_OF_WHOLE = {
    "abs": "Abs",
    "sign": "Sign",
    **dict.fromkeys(
        "_copy BlockGrad MakeLoss make_loss".split()
        + "LinearRegressionOutput MAERegressionOutput SVMOutput".split(),
        "Identity",
    ),
}
"""Those that have it for whole numbers, too; operators of training as what they are in prediction."""

_ROUNDED = {"ceil": "Ceil", "floor": "Floor"}

# Sums, products and so on: MXNet's names, with and without broadcasting, and of an array and a number.
_BINARY: dict[str, str] = {
    "elemwise_add broadcast_add _grad_add _plus_scalar": "Add",
    "elemwise_sub broadcast_sub _minus_scalar": "Sub",
    "elemwise_mul broadcast_mul _mul_scalar": "Mul",
    "elemwise_div broadcast_div _div_scalar": "Div",
    "_maximum broadcast_maximum _maximum_scalar": "Max",
    "_minimum broadcast_minimum _minimum_scalar": "Min",
}
_REVERSED = {"_rminus_scalar": "Sub", "_rdiv_scalar": "Div"}
_COMPARED = {"equal": "Equal", "greater": "Greater", "greater_equal": "GreaterOrEqual"}
_COMPARED |= {"lesser": "Less", "lesser_equal": "LessOrEqual", "not_equal": "Equal"}
_LOGICAL = {"logical_and": "And", "logical_or": "Or", "logical_xor": "Xor"}


def _unary(kind: str) -> Callable[[Call], str]:
    return lambda call: call.emit(kind, call.inputs[0])


def _with_number(call: Call) -> Call:
    """The call as MXNet computes it: bool beside a number as int64."""
    return call.of(np.int64) if "scalar" in call.node.attributes and call.dtype.kind == "b" else call


def _pair(call: Call) -> tuple[str, str]:
    """The two sides: arrays, or an array and the number ``scalar``."""
    if len(call.inputs) == 2:
        return call.inputs[0], call.inputs[1]
    return call.inputs[0], call.constant(call["scalar"])


def _binary(kind: str, turned: bool = False) -> Callable[[Call], str]:
    def convert(given: Call) -> str:
        call = _with_number(given)
        left, right = _pair(call)
        return call.emit(kind, *((right, left) if turned else (left, right)))

    return convert


def _power(turned: bool) -> Callable[[Call], str]:
    def convert(given: Call) -> str:
        """Of whole numbers by way of float64, and around where their type ends."""
        call = _with_number(given)
        left, right = _pair(call)
        if call.dtype.kind == "f":
            return call.emit("Pow", *((right, left) if turned else (left, right)))
        sides = [call.cast(side, np.float64) for side in ((right, left) if turned else (left, right))]
        return call.cast(call.cast(call.emit("Pow", *sides), np.int64), call.dtype)

    return convert


def _compared(kind: str, negated: bool) -> Callable[[Call], str]:
    def convert(given: Call) -> str:
        call = _with_number(given)
        dtype = call.dtype
        call = call.of(np.int32) if dtype.kind == "b" else call  # which ONNX does not order
        found = call.emit(kind, *_pair(call))
        return call.cast(call.emit("Not", found) if negated else found, dtype)

    return convert


def _logical(kind: str) -> Callable[[Call], str]:
    def convert(given: Call) -> str:
        call = _with_number(given)
        sides = [call.cast(side, np.bool_) for side in _pair(call)]
        return call.cast(call.emit(kind, *sides), call.dtype)

    return convert


def _all_forms(name: str, convert: Callable[[Call], str]) -> None:
    """Of an array and an array, with and without broadcasting, and of an array and a number."""
    converts(f"broadcast_{name}", f"_{name}", f"_{name}_scalar", whole=True)(convert)


for _name, _kind in _SAME.items():
    converts(_name)(_unary(_kind))
for _name, _kind in _SAME_OF_WHOLE.items():
    converts(_name, whole=True)(_unary(_kind))
for _names, _kind in _BINARY.items():
    converts(*_names.split(), whole=True)(_binary(_kind))
for _name, _kind in _REVERSED.items():
    converts(_name, whole=True)(_binary(_kind, turned=True))
converts("_power", "broadcast_power", "_power_scalar", whole=True)(_power(turned=False))
converts("_rpower_scalar", whole=True)(_power(turned=True))
for _name, _kind in _COMPARED.items():
    _all_forms(_name, _compared(_kind, _name == "not_equal"))
for _name, _kind in _LOGICAL.items():
    _all_forms(_name, _logical(_kind))


@converts("Dropout", whole=True)
def _dropout(call: Call) -> str:
    call.need(
        call["mode"] != "always",
        "mode='always', which drops in prediction too, is not converted; mode='training' drops nothing there",
    )
    return call.emit("Identity", call.inputs[0])


@converts("negative", whole=True)
def _negative(call: Call) -> str:
    if call.dtype.kind == "u":  # around, which ONNX has for differences alone
        return call.emit("Sub", call.constant(0), call.inputs[0])
    return call.emit("Neg", call.inputs[0])


@converts("relu", whole=True)
def _relu(call: Call) -> str:
    return call.emit("Identity" if call.dtype.kind == "u" else "Relu", call.inputs[0])


def _whole_part(call: Call) -> str:
    """sign(x) ⌊|x|⌋"""
    x = call.inputs[0]
    return call.emit("Mul", call.emit("Sign", x), call.emit("Floor", call.emit("Abs", x)))


@converts("ceil", "floor", "trunc", "fix", "round", "rint", whole=True)
def _rounded(call: Call) -> str:
    """Halves go away from 0 in round, and down in rint: compared, as x ± 0.5 may be rounded itself."""
    x, name, half = call.inputs[0], call.operator, 0.5
    if call.dtype.kind in "iu":
        return call.emit("Identity", x)
    if name in _ROUNDED:
        return call.emit(_ROUNDED[name], x)
    if name == "rint":
        below, above = call.emit("Floor", x), call.emit("Ceil", x)
        sizes = call.emit("Sub", x, below), call.emit("Sub", above, x)
        return call.emit("Where", call.emit("LessOrEqual", *sizes), below, above)
    whole = _whole_part(call)
    if name != "round":
        return whole
    rest = call.emit("Abs", call.emit("Sub", x, whole))
    further = call.emit("Add", whole, call.emit("Sign", x))
    return call.emit("Where", call.emit("Less", rest, call.constant(half)), whole, further)


@converts("cbrt")
def _cube_root(call: Call) -> str:
    x = call.inputs[0]
    size = call.emit("Pow", call.emit("Abs", x), call.constant(1 / 3))
    return call.emit("Mul", call.emit("Sign", x), size)


@converts("rcbrt")
def _inverse_cube_root(call: Call) -> str:
    return call.emit("Reciprocal", _cube_root(call))


@converts("square", whole=True)
def _square(call: Call) -> str:
    return call.emit("Mul", call.inputs[0], call.inputs[0])


@converts("rsqrt")
def _inverse_root(call: Call) -> str:
    return call.emit("Reciprocal", call.emit("Sqrt", call.inputs[0]))


@converts("log10", "log2", "degrees", "radians")
def _scaled(call: Call) -> str:
    """What is another function, or a number, away."""
    x, name = call.inputs[0], call.operator
    factors = {"log10": 1 / math.log(10), "log2": 1 / math.log(2), "degrees": 180 / math.pi}
    inner = call.emit("Log", x) if name.startswith("log") else x
    return call.emit("Mul", inner, call.constant(factors.get(name, math.pi / 180)))


@converts("log1p", "expm1")
def _near_zero(call: Call) -> str:
    """log(1 + x) and exp(x) - 1, exact also near 0, where what 1 + x or exp(x) was rounded by is made good

    Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 1.14.1.
    """
    x, one = call.inputs[0], call.constant(1)
    if call.operator == "log1p":
        u = call.emit("Add", x, one)
        log, rest = call.emit("Log", u), call.emit("Sub", u, one)
        plain, good = log, call.emit("Div", call.emit("Mul", x, log), rest)
    else:
        u = call.emit("Exp", x)
        log, plain = call.emit("Log", u), call.emit("Sub", u, one)
        good = call.emit("Div", call.emit("Mul", plain, x), log)
    near = call.emit("Less", call.emit("Abs", x), call.constant(0.5))
    return call.emit("Where", call.emit("Equal", u, one), x, call.emit("Where", near, good, plain))


@converts("logical_not", whole=True)
def _not(call: Call) -> str:
    return call.cast(call.emit("Equal", call.inputs[0], call.constant(0)), call.dtype)


@converts("_hypot", "broadcast_hypot", "_hypot_scalar", whole=True)
def _hypotenuse(given: Call) -> str:
    """√(x² + y²) as the larger size times √(1 + ratio²): squares alone may leave the type's range."""
    call = _with_number(given)
    dtype, (left, right) = call.dtype, _pair(call)
    if dtype.kind != "f":
        left, right = call.cast(left, np.float64), call.cast(right, np.float64)
    kind = dtype if dtype.kind == "f" else np.float64
    sizes = call.emit("Abs", left), call.emit("Abs", right)
    most, least = call.emit("Max", *sizes), call.emit("Min", *sizes)
    ratio = call.emit("Div", least, most)
    root = call.emit("Sqrt", call.emit("Add", call.emit("Mul", ratio, ratio), call.constant(1, kind)))
    both_0 = call.emit("Equal", most, call.constant(0, kind))
    found = call.emit("Where", both_0, most, call.emit("Mul", most, root))
    return found if dtype.kind == "f" else call.cast(found, dtype)


@converts("_mod", "broadcast_mod", "_mod_scalar", "_rmod_scalar", whole=True)
def _modulo(given: Call) -> str:
    """The remainder with the divisor's sign; 0 where the divisor is 0."""
    call = _with_number(given)
    x, y = _pair(call)
    if call.operator == "_rmod_scalar":
        x, y = y, x
    zero = call.constant(0)
    by_0 = call.emit("Equal", y, zero)
    if call.dtype.kind != "f":
        return call.emit("Mod", x, call.emit("Where", by_0, call.constant(1), y))
    rest = call.emit("Mod", x, y, fmod=1)  # with the sign of x
    below = call.emit("Less", rest, zero), call.emit("Less", y, zero)
    other = call.emit("And", call.emit("Xor", *below), call.emit("Not", call.emit("Equal", rest, zero)))
    found = call.emit("Where", other, call.emit("Add", rest, y), rest)
    return call.emit("Where", by_0, zero, found)


@converts("add_n", whole=True)
def _sum_of_all(call: Call) -> str:
    first, *others = call.inputs
    if call.dtype.kind == "f":
        return call.emit("Sum", first, *others)
    for other in others:
        first = call.emit("Add", first, other)
    return first if others else call.emit("Identity", first)


@converts("hard_sigmoid")
def _hard_sigmoid(call: Call) -> str:
    return call.emit("HardSigmoid", call.inputs[0], alpha=call["alpha"], beta=call["beta"])


@converts("clip", whole=True)
def _clip(call: Call) -> str:
    least, most = call["a_min"], call["a_max"]
    if call.dtype.kind in "iu":  # bounds that the type does not have bound nothing
        held = np.iinfo(call.dtype)
        least, most = max(math.trunc(least), held.min), min(math.trunc(most), held.max)
    if least <= most:
        return call.emit("Clip", call.inputs[0], call.constant(least), call.constant(most))
    above = call.emit("Greater", call.inputs[0], call.constant(most))
    return call.emit(
        "Where", above, call.constant(most), call.emit("Clip", call.inputs[0], call.constant(least))
    )


@converts("smooth_l1")
def _smooth_l1(call: Call) -> str:
    """(s x)² / 2 where |x| < 1 / s², |x| - 1 / (2 s²) elsewhere"""
    x, s2 = call.inputs[0], call["scalar"] ** 2
    size, bound = call.emit("Abs", x), 1 / s2 if s2 else math.inf
    near = call.emit("Mul", call.emit("Mul", x, x), call.constant(s2 / 2))
    far = call.emit("Sub", size, call.constant(bound / 2))
    return call.emit("Where", call.emit("Less", size, call.constant(bound)), near, far)


@converts("where", whole=True)
def _where(call: Call) -> str:
    condition = call.cast(call.inputs[0], np.bool_)
    if call.shapes[0] and call.shapes[1] and len(call.shapes[0]) < len(call.shapes[1]):  # one for each sample
        condition = call.reshape(condition, -1, *[1] * (call.rank(1) - 1))
    return call.emit("Where", condition, *call.inputs[1:])


_MIXED = ("float16", "float32")


@converts("amp_multicast", whole=True)
def _multicast(call: Call) -> list[str]:
    """Those of mixed precision in the widest, or the narrowest, of their types."""
    types = [dtype.name for dtype in call.dtypes]
    wanted = _MIXED if call["cast_narrow"] else _MIXED[-1:]
    dtype = next((kind for kind in wanted if kind in types), types[0])
    return [
        call.cast(x, dtype) if kind in _MIXED and kind != dtype else call.emit("Identity", x)
        for x, kind in zip(call.inputs, types, strict=True)
    ]


@converts("Cast", "amp_cast", whole=True)
def _cast(call: Call) -> str:
    if call.operator == "amp_cast" and call.dtype.kind != "f":  # floating-point numbers alone
        return call.emit("Identity", call.inputs[0])
    return call.cast(call.inputs[0], dtype_name(call["dtype"]))
