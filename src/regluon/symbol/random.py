"""``sym.random``: random numbers as symbols. Parameters of a distribution are numbers, or symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.base import DTypeLike, numeric_types
from regluon.ndarray.namespace import functions
from regluon.ops.registry import OPERATORS
from regluon.reference import absent
from regluon.symbol.functions import create, function_of
from regluon.symbol.symbol import Symbol

__all__ = [
    "exponential",
    "gamma",
    "generalized_negative_binomial",
    "multinomial",
    "negative_binomial",
    "normal",
    "poisson",
    "randint",
    "randn",
    "shuffle",
    "uniform",
]

Shape = int | Sequence[int] | None
Parameter = float | Symbol


def _draw(kind: str, parameters: dict[str, Any], shape: Shape, dtype: DTypeLike, kwargs: Any) -> Symbol:
    """The operator of numbers or of symbols, as the parameters are."""
    symbols = isinstance(next(iter(parameters.values())), Symbol)
    kinds: Any = Symbol if symbols else numeric_types
    for value in parameters.values():
        if not isinstance(value, (Symbol, *numeric_types)):
            raise ValueError(
                f"Distribution parameters must be either Symbol or numbers, but got {type(value)}."
            )
        if not isinstance(value, kinds):
            raise AssertionError("Distribution parameters must all have the same type")
    name, attr = kwargs.pop("name", None), kwargs.pop("attr", None)
    kwargs.pop("ctx", None)
    called = f"_sample_{kind}" if symbols else f"_random_{kind}"
    op = OPERATORS[called]
    given = {"shape": shape, "dtype": dtype}
    attributes = {key: value for key, value in given.items() if value is not None} | kwargs
    names = op.inputs if symbols else list(op.attributes)
    values = dict(zip(names, parameters.values(), strict=False))
    return create(op, called, values if symbols else {}, attributes | ({} if symbols else values), name, attr)


def uniform(
    low: Parameter = 0, high: Parameter = 1, shape: Shape = None, dtype: DTypeLike = None, **kwargs: Any
) -> Symbol:
    """Uniform numbers x with low <= x < high"""
    return _draw("uniform", {"low": low, "high": high}, shape, dtype, kwargs)


def normal(
    loc: Parameter = 0, scale: Parameter = 1, shape: Shape = None, dtype: DTypeLike = None, **kwargs: Any
) -> Symbol:
    """Normal numbers of mean ``loc`` and standard deviation ``scale``"""
    return _draw("normal", {"loc": loc, "scale": scale}, shape, dtype, kwargs)


def randn(*shape: int, **kwargs: Any) -> Symbol:
    """Normal numbers in the shape that the arguments are the axes of: ``randn(2, 3)``"""
    loc, scale = kwargs.pop("loc", 0), kwargs.pop("scale", 1)
    return _draw("normal", {"loc": loc, "scale": scale}, shape, kwargs.pop("dtype", None), kwargs)


def exponential(scale: Any = 1, shape: Shape = None, dtype: DTypeLike = None, **kwargs: Any) -> Symbol:
    """Exponential numbers of mean ``scale``"""
    return _draw("exponential", {"lam": 1.0 / scale}, shape, dtype, kwargs)


def gamma(
    alpha: Parameter = 1, beta: Parameter = 1, shape: Shape = None, dtype: DTypeLike = None, **kwargs: Any
) -> Symbol:
    """Gamma numbers of shape ``alpha`` and scale ``beta``"""
    return _draw("gamma", {"alpha": alpha, "beta": beta}, shape, dtype, kwargs)


def poisson(lam: Parameter = 1, shape: Shape = None, dtype: DTypeLike = None, **kwargs: Any) -> Symbol:
    """Poisson numbers of mean ``lam``"""
    return _draw("poisson", {"lam": lam}, shape, dtype, kwargs)


def negative_binomial(
    k: Parameter = 1, p: Parameter = 1, shape: Shape = None, dtype: DTypeLike = None, **kwargs: Any
) -> Symbol:
    """Failures before the ``k``-th success of probability ``p``"""
    return _draw("negative_binomial", {"k": k, "p": p}, shape, dtype, kwargs)


def generalized_negative_binomial(
    mu: Parameter = 1, alpha: Parameter = 1, shape: Shape = None, dtype: DTypeLike = None, **kwargs: Any
) -> Symbol:
    """Negative binomial numbers of mean ``mu`` and dispersion ``alpha``"""
    return _draw("generalized_negative_binomial", {"mu": mu, "alpha": alpha}, shape, dtype, kwargs)


def randint(low: int, high: int, shape: Shape = None, dtype: DTypeLike = None, **kwargs: Any) -> Symbol:
    """Whole numbers x with low <= x < high"""
    return _draw("randint", {"low": low, "high": high}, shape, dtype, kwargs)


def multinomial(
    data: Symbol, shape: Shape = None, get_prob: bool = True, dtype: DTypeLike = "int32", **kwargs: Any
) -> Symbol:
    """Numbers of classes, drawn by their probabilities ``data``"""
    called, name, attr = "_sample_multinomial", kwargs.pop("name", None), kwargs.pop("attr", None)
    given = {} if shape is None else {"shape": shape}
    attributes = {**given, "get_prob": get_prob, "dtype": dtype, **kwargs}
    return create(OPERATORS[called], called, {"data": data}, attributes, name, attr)


def shuffle(data: Symbol, **kwargs: Any) -> Symbol:
    """The rows of ``data`` in a random order"""
    return function_of(OPERATORS["_shuffle"], "_shuffle")(data, **kwargs)


globals().update(functions("_random_", __name__, function_of))

__getattr__ = absent(__name__, "sym.random")
