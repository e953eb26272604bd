"""Random numbers from many distributions at once, outcomes of given probabilities, and random order."""

from __future__ import annotations

import math

import torch

from regluon.base import MXNetError, dtype_name
from regluon.ops.random import demand, floating
from regluon.ops.registry import DType, Generator, Shape, Tensor, register

__all__ = ["sample_multinomial", "shuffle"]

_OUTCOMES = (torch.int32, torch.uint8, torch.float16, torch.float32, torch.float64)


def _paired(first: Tensor, second: Tensor) -> None:
    if first.shape != second.shape:
        shapes = f"{tuple(first.shape)} and {tuple(second.shape)}"
        raise MXNetError(f"the arrays of parameters must be of one shape, but are of {shapes}")


@register("_sample_uniform", aliases=("sample_uniform",), same_type=True)
def sample_uniform(
    low: Tensor, high: Tensor, *, shape: Shape = (), dtype: DType | None = None, random: Generator
) -> Tensor:
    """For each low and high, ``shape`` uniform numbers x with low <= x < high

    Inputs
    ------
    low, high : (...)

    Outputs
    -------
    out : (..., *shape)
    """
    _paired(low, high)
    return random.uniform(low, high, shape, floating(dtype))


@register("_sample_normal", aliases=("sample_normal",), same_type=True)
def sample_normal(
    mu: Tensor, sigma: Tensor, *, shape: Shape = (), dtype: DType | None = None, random: Generator
) -> Tensor:
    """For each mean mu and standard deviation sigma, ``shape`` normal numbers

    Inputs
    ------
    mu, sigma : (...)

    Outputs
    -------
    out : (..., *shape)
    """
    _paired(mu, sigma)
    return random.normal(mu, sigma, shape, floating(dtype))


@register("_sample_exponential", aliases=("sample_exponential",))
def sample_exponential(
    lam: Tensor, *, shape: Shape = (), dtype: DType | None = None, random: Generator
) -> Tensor:
    """For each lam, ``shape`` exponential numbers of mean 1 / lam

    Inputs
    ------
    lam : (...)

    Outputs
    -------
    out : (..., *shape)
    """
    return random.exponential(lam, shape, floating(dtype))


@register("_sample_gamma", aliases=("sample_gamma",), same_type=True)
def sample_gamma(
    alpha: Tensor, beta: Tensor, *, shape: Shape = (), dtype: DType | None = None, random: Generator
) -> Tensor:
    """For each alpha and beta, ``shape`` gamma numbers of mean alpha beta

    Inputs
    ------
    alpha, beta : (...)

    Outputs
    -------
    out : (..., *shape)
    """
    _paired(alpha, beta)
    return random.gamma(alpha, beta, shape, floating(dtype))


@register("_sample_poisson", aliases=("sample_poisson",))
def sample_poisson(
    lam: Tensor, *, shape: Shape = (), dtype: DType | None = None, random: Generator
) -> Tensor:
    """For each lam, ``shape`` Poisson numbers of that mean, as floating point numbers

    Inputs
    ------
    lam : (...)

    Outputs
    -------
    out : (..., *shape)
    """
    return random.poisson(lam, shape, floating(dtype))


@register("_sample_negative_binomial", aliases=("sample_negative_binomial",), same_type=True)
def sample_negative_binomial(
    k: Tensor, p: Tensor, *, shape: Shape = (), dtype: DType | None = None, random: Generator
) -> Tensor:
    """For each k and p, ``shape`` numbers of successes before the k-th failure, of probability p each

    Inputs
    ------
    k, p : (...)

    Outputs
    -------
    out : (..., *shape)
    """
    _paired(k, p)
    return random.negative_binomial(k, p, shape, floating(dtype))


@register(
    "_sample_generalized_negative_binomial",
    aliases=("sample_generalized_negative_binomial",),
    same_type=True,
)
def sample_generalized_negative_binomial(
    mu: Tensor, alpha: Tensor, *, shape: Shape = (), dtype: DType | None = None, random: Generator
) -> Tensor:
    """For each mu and alpha, ``shape`` Poisson numbers whose mean is a gamma number of variance alpha mu²

    Inputs
    ------
    mu, alpha : (...)

    Outputs
    -------
    out : (..., *shape)
    """
    _paired(mu, alpha)
    return random.generalized_negative_binomial(mu, alpha, shape, floating(dtype))


@register("_sample_multinomial", aliases=("sample_multinomial",))
def sample_multinomial(
    data: Tensor,
    *,
    shape: Shape = (),
    get_prob: bool = False,
    dtype: DType = torch.int32,
    random: Generator,
) -> Tensor | tuple[Tensor, Tensor]:
    """For each row of probabilities, ``shape`` outcomes: i with probability data[..., i]

    Parameters
    ----------
    get_prob
        Whether to return, too, log data[..., i] of the outcomes i, through which gradients flow.
    dtype
        Of the outcomes: int32, uint8, float16, float32 or float64.

    Inputs
    ------
    data : (..., k), whose rows sum up to 1

    Outputs
    -------
    out : (..., *shape); for a vector and no shape (1,)
    log_probability : likewise
    """
    demand(dtype in _OUTCOMES, "dtype", dtype_name(dtype), "int32, uint8, float16, float32 or float64")
    demand(data.is_floating_point(), "data", dtype_name(data.dtype), "of floating point")
    outcomes = random.multinomial(data, math.prod(shape))
    result = (*data.shape[:-1], *shape) or (1,)
    drawn = outcomes.to(dtype).reshape(result)
    if not get_prob:
        return drawn
    return drawn, torch.log(torch.gather(data, -1, outcomes)).reshape(result)


@register("_shuffle", aliases=("shuffle",))
def shuffle(data: Tensor, *, random: Generator) -> Tensor:
    """data with its first axis in random order"""
    return random.shuffle(data)


@register("_sample_unique_zipfian")
def sample_unique_zipfian(
    *, range_max: int, shape: Shape | None = None, random: Generator
) -> tuple[Tensor, Tensor]:
    """Different whole numbers below range_max, of Zipf's distribution: k about as often as 1 / (k + 1)

    Parameters
    ----------
    shape
        (rows, n): for each row, ``n`` numbers that differ from each other.

    Outputs
    -------
    samples : (rows, n), int64
    tries : (rows,), int64, how many numbers were drawn until so many differed
    """
    if shape is None or len(shape) != 2:
        raise ValueError(f"shape={shape} must be (rows, n)")
    demand(
        shape[1] <= range_max, "range_max", range_max, f"at least the {shape[1]} numbers that are to differ"
    )
    return random.unique_zipfian(range_max, *shape)
