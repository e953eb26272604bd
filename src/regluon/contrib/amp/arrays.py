"""Mixed precision of arrays: the functions, methods and layers are exchanged for ones that cast first.

Nothing looks for it while it is off. Exchanged are the functions of ``nd`` under their names, where programs
and ``hybrid_forward`` look them up, the methods and Python operators of NDArray, and how layers prepare the
calls of their operators.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import torch

from regluon import ndarray
from regluon.contrib.amp.rules import WIDEST, Rule, apply
from regluon.gluon.nn import call
from regluon.ndarray.arithmetic import BINARY
from regluon.ndarray.methods import OPERATOR_METHODS, PYTHON_METHODS
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS, Operator

__all__ = ["exchange", "scaled_outputs"]

_PREFIXES: dict[str, ModuleType] = {
    "_contrib_": ndarray.contrib,
    "_linalg_": ndarray.linalg,
    "_image_": ndarray.image,
    "_random_": ndarray.random,
    "_sparse_": ndarray.sparse,
}
_Function = Callable[..., Any]


def exchange(rules: Mapping[str, Rule], target: torch.dtype) -> None:
    """From here on, operators on arrays compute in the types that the rules say."""
    for name, rule in rules.items():
        for module, short in _places(name):
            if hasattr(module, short):
                setattr(module, short, _casting(getattr(module, short), rule, target))
    for method, name in OPERATOR_METHODS.items():
        if OPERATORS[name].name in rules:
            setattr(NDArray, method, _casting(getattr(NDArray, method), rules[OPERATORS[name].name], target))
    for name, binary in BINARY.items():
        if rules.get(OPERATORS[binary.both].name) == WIDEST:
            setattr(ndarray, name, _casting(getattr(ndarray, name), WIDEST, target))
            for method in PYTHON_METHODS.get(name, ()):
                setattr(NDArray, method, _casting(getattr(NDArray, method), WIDEST, target))
    call.adapt = functools.partial(_layer, rules, target)


def _places(name: str) -> list[tuple[ModuleType, str]]:
    """Where the function of an operator is to be found, and under which name."""
    for prefix, module in _PREFIXES.items():
        if name.startswith(prefix) and (prefix != "_random_" or name.endswith("_like")):
            return [(module, name.removeprefix(prefix))]
    if name.startswith("_"):
        return [(ndarray._internal, name)]
    return [(ndarray, name), (ndarray.op, name)]


def _casting(function: _Function, rule: Rule, target: torch.dtype) -> _Function:
    operator: Operator | None = getattr(function, "operator", None)
    inputs = operator.inputs if operator is not None and not operator.variadic else ()

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not rule.holds(kwargs):
            return function(*args, **kwargs)
        keys = [key for key in kwargs if key != "out"]
        names = [inputs[i] if i < len(inputs) else "" for i in range(len(args))] + keys
        values = apply(rule, [*args, *[kwargs[key] for key in keys]], names, target)
        named = dict(zip(keys, values[len(args) :], strict=True))
        return function(*values[: len(args)], **{**kwargs, **named})

    return call


def _layer(
    rules: Mapping[str, Rule], target: torch.dtype, op: Operator, attributes: Any, prepared: _Function
) -> _Function:
    """A layer's prepared call."""
    rule = rules.get(op.name)
    if rule is None or not rule.holds(attributes):
        return prepared

    def call(*arrays: Any) -> Any:
        names = ("",) * len(arrays) if op.variadic else op.inputs[: len(arrays)]
        return prepared(*apply(rule, arrays, names, target))

    return call


def scaled_outputs(names: list[str], scale: Callable[[], float]) -> None:
    """Multiplies the gradients that these operators make themselves by the loss scale."""
    for name in names:
        for module in (ndarray, ndarray.op):
            if hasattr(module, name):
                setattr(module, name, _scaling(getattr(module, name), scale))


def _scaling(function: _Function, scale: Callable[[], float]) -> _Function:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **{**kwargs, "grad_scale": kwargs.get("grad_scale", 1.0) * scale()})

    return call
