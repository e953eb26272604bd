"""Updates whose ``rescale_grad`` may be a number, which becomes a symbol then."""

from __future__ import annotations

from typing import Any

from regluon.ops.registry import OPERATORS
from regluon.symbol.creation import full
from regluon.symbol.functions import function_of
from regluon.symbol.symbol import Symbol

__all__ = ["adamw_update", "mp_adamw_update"]


def _updated(called: str, inputs: dict[str, Any], given: dict[str, Any]) -> Symbol:
    if not isinstance(inputs["rescale_grad"], Symbol):
        inputs["rescale_grad"] = full(shape=(1,), val=inputs["rescale_grad"])
    return function_of(OPERATORS[called], called)(**inputs, **given)


def adamw_update(
    weight: Symbol,
    grad: Symbol,
    mean: Symbol,
    var: Symbol,
    rescale_grad: Any,
    lr: float,
    eta: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-08,
    wd: float = 0,
    clip_gradient: float = -1,
    out: Any = None,
    name: str | None = None,
    **kwargs: Any,
) -> Symbol:
    """AdamW's new weight"""
    given = {"lr": lr, "eta": eta, "beta1": beta1, "beta2": beta2, "epsilon": epsilon, "wd": wd}
    inputs = {"weight": weight, "grad": grad, "mean": mean, "var": var, "rescale_grad": rescale_grad}
    return _updated(
        "_adamw_update", inputs, {**given, "clip_gradient": clip_gradient, "name": name, **kwargs}
    )


def mp_adamw_update(
    weight: Symbol,
    grad: Symbol,
    mean: Symbol,
    var: Symbol,
    weight32: Symbol,
    rescale_grad: Any,
    lr: float,
    eta: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-08,
    wd: float = 0,
    clip_gradient: float = -1,
    out: Any = None,
    name: str | None = None,
    **kwargs: Any,
) -> Symbol:
    """AdamW's new weight in half precision, with a copy in single precision"""
    given = {"lr": lr, "eta": eta, "beta1": beta1, "beta2": beta2, "epsilon": epsilon, "wd": wd}
    inputs = {"weight": weight, "grad": grad, "mean": mean, "var": var, "weight32": weight32}
    inputs["rescale_grad"] = rescale_grad
    rest = {**given, "clip_gradient": clip_gradient, "name": name, **kwargs}
    return _updated("_mp_adamw_update", inputs, rest)
