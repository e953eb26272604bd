"""``mx.nd.random``: arrays of random numbers.

Parameters of a distribution are numbers, and the result has the shape asked for; or they are arrays of one
shape, and the result has, for each of their elements, as many numbers as were asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.base import DTypeLike, MXNetError, is_number
from regluon.context import Context
from regluon.ndarray.dispatch import create, invoke
from regluon.ndarray.namespace import functions
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS
from regluon.reference import absent

__all__ = [
    "exponential",
    "exponential_like",
    "gamma",
    "gamma_like",
    "generalized_negative_binomial",
    "generalized_negative_binomial_like",
    "multinomial",
    "negative_binomial",
    "negative_binomial_like",
    "normal",
    "normal_like",
    "poisson",
    "poisson_like",
    "randint",
    "randn",
    "shuffle",
    "uniform",
    "uniform_like",
]

Shape = int | Sequence[int] | None
Parameter = float | NDArray


def uniform(
    low: Parameter = 0,
    high: Parameter = 1,
    shape: Shape = None,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Uniform numbers x with low <= x < high

    Parameters
    ----------
    low, high
        Numbers, or arrays of one shape.
    shape
        Of the result, by default (1,); with arrays, of what is drawn for each of their elements.
    dtype
        float16, float32 (the default) or float64.
    ctx
        Where the result is made, by default the current context; arrays decide for themselves.
    out
        An array to be filled; its shape and type are then the defaults.

    Raises
    ------
    AssertionError
        If numbers and arrays are mixed.
    ValueError
        If parameters are neither.
    """
    return _draw("uniform", {"low": low, "high": high}, shape, dtype, ctx, out, kwargs)


def normal(
    loc: Parameter = 0,
    scale: Parameter = 1,
    shape: Shape = None,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Normal numbers of mean ``loc`` and standard deviation ``scale``. See :func:`uniform`."""
    return _draw("normal", {"loc": loc, "scale": scale}, shape, dtype, ctx, out, kwargs)


def randn(
    *shape: int,
    loc: Parameter = 0,
    scale: Parameter = 1,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Normal numbers in the shape that the arguments are the axes of: ``randn(2, 3)``."""
    return _draw("normal", {"loc": loc, "scale": scale}, shape, dtype, ctx, out, kwargs)


def exponential(
    scale: Parameter = 1,
    shape: Shape = None,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Exponential numbers of mean ``scale``: p(x) ~ exp(-x / scale). See :func:`uniform`."""
    return _draw("exponential", {"lam": 1.0 / scale}, shape, dtype, ctx, out, kwargs)


def gamma(
    alpha: Parameter = 1,
    beta: Parameter = 1,
    shape: Shape = None,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Gamma numbers: p(x) ~ x^(alpha - 1) exp(-x / beta). See :func:`uniform`."""
    return _draw("gamma", {"alpha": alpha, "beta": beta}, shape, dtype, ctx, out, kwargs)


def poisson(
    lam: Parameter = 1,
    shape: Shape = None,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Poisson numbers of mean ``lam``, as floating point numbers. See :func:`uniform`."""
    return _draw("poisson", {"lam": lam}, shape, dtype, ctx, out, kwargs)


def negative_binomial(
    k: int | NDArray = 1,
    p: Parameter = 1,
    shape: Shape = None,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Numbers of successes before the ``k``-th failure, of probability ``p`` each. See :func:`uniform`."""
    return _draw("negative_binomial", {"k": k, "p": p}, shape, dtype, ctx, out, kwargs)


def generalized_negative_binomial(
    mu: Parameter = 1,
    alpha: Parameter = 1,
    shape: Shape = None,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Poisson numbers whose mean is a gamma number of variance ``alpha mu²``. See :func:`uniform`."""
    return _draw("generalized_negative_binomial", {"mu": mu, "alpha": alpha}, shape, dtype, ctx, out, kwargs)


def randint(
    low: int,
    high: int,
    shape: Shape = None,
    dtype: DTypeLike = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
    **kwargs: Any,
) -> NDArray:
    """Integers n with low <= n < high, of int32 or, if asked, int64. See :func:`uniform`."""
    return _draw("randint", {"low": low, "high": high}, shape, dtype, ctx, out, kwargs)


def multinomial(
    data: NDArray,
    shape: Shape = None,
    get_prob: bool = False,
    out: NDArray | None = None,
    dtype: DTypeLike = "int32",
    **kwargs: Any,
) -> NDArray | list[NDArray]:
    """Outcomes i of probability ``data[..., i]``

    Parameters
    ----------
    data : (..., k)
        Rows of probabilities.
    shape
        Of what is drawn for each row, by default one outcome: the result has the shape ``(..., *shape)``.
    get_prob
        Whether to return, too, the logarithm of each outcome's probability. Its gradient flows to data,
        for policy gradients.
    dtype
        Of the outcomes: int32, uint8, float16, float32 or float64.
    """
    op = OPERATORS["_sample_multinomial"]
    wanted = {"shape": () if shape is None else shape, "get_prob": get_prob, "dtype": dtype}
    return invoke(op, [data], op.read_all({**wanted, **_rest("multinomial", kwargs)}), out)  # type: ignore[no-any-return]


def shuffle(data: NDArray, out: NDArray | None = None, **kwargs: Any) -> NDArray:
    """``data`` with its first axis in random order."""
    _rest("shuffle", kwargs)
    return invoke(OPERATORS["_shuffle"], [data], {}, out)  # type: ignore[no-any-return]


def _rest(name: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Complains of arguments that there are not."""
    unknown = [n for n in kwargs if n != "name" and not (n.startswith("__") and n.endswith("__"))]
    if unknown:
        raise MXNetError(f"random.{name} has no argument {', '.join(sorted(unknown))}")
    return {}


def _draw(
    name: str,
    parameters: dict[str, Any],
    shape: Any,
    dtype: Any,
    ctx: Context | None,
    out: NDArray | None,
    kwargs: dict[str, Any],
) -> NDArray:
    _rest(name, kwargs)
    if dtype is None and out is not None:
        dtype = out.dtype
    given: dict[str, Any] = {} if dtype is None else {"dtype": dtype}
    if _are_arrays(name, parameters):
        if name == "randint":
            raise TypeError(
                "random.randint: low and high must be numbers; there is none with arrays of bounds"
            )
        op = OPERATORS[f"_sample_{name}"]
        attributes = op.read_all({**given, "shape": () if shape is None else shape})
        return invoke(op, list(parameters.values()), attributes, out)  # type: ignore[no-any-return]
    op = OPERATORS[f"_random_{name}"]
    if shape is None:
        shape = (1,) if out is None else out.shape
    return create(op, op.read_all({**parameters, **given, "shape": shape}), ctx, out)  # type: ignore[no-any-return]


def _are_arrays(name: str, parameters: dict[str, Any]) -> bool:
    """Whether the parameters are arrays; complains if some are and some are not, or if any is neither."""
    arrays = [isinstance(value, NDArray) for value in parameters.values()]
    if all(arrays):
        return True
    shown = ", ".join(f"{key}={value!r}" for key, value in parameters.items())
    if any(arrays):
        raise AssertionError(f"random.{name}: parameters must all be numbers or all be arrays, not {shown}")
    if not all(map(is_number, parameters.values())):
        raise ValueError(f"random.{name}: parameters must be numbers or NDArrays, not {shown}")
    return False


_LIKE = functions("_random_", __name__)
exponential_like = _LIKE["exponential_like"]
gamma_like = _LIKE["gamma_like"]
generalized_negative_binomial_like = _LIKE["generalized_negative_binomial_like"]
negative_binomial_like = _LIKE["negative_binomial_like"]
normal_like = _LIKE["normal_like"]
poisson_like = _LIKE["poisson_like"]
uniform_like = _LIKE["uniform_like"]

__getattr__ = absent(__name__, "nd.random")
