"""Random numbers from distributions with one set of parameters, in a given shape or that of an array."""

from __future__ import annotations

import math

import torch

from regluon.base import MXNetError, dtype_name
from regluon.ops.registry import DType, Generator, Shape, Tensor, register

__all__ = ["demand", "floating"]

_FLOATING = (torch.float16, torch.float32, torch.float64)


def demand(kept: bool, name: str, value: object, rule: str) -> None:
    """Complains of a parameter that does not keep its rule."""
    if not kept:
        raise MXNetError(f"{name}={value!r} must be {rule}")


def floating(dtype: DType | None) -> DType:
    """The type of the result: float32 unless said otherwise."""
    if dtype is None:
        return torch.float32
    demand(dtype in _FLOATING, "dtype", dtype_name(dtype), "float16, float32 or float64")
    return dtype


def _extent(shape: Shape | None) -> Shape:
    if not shape:
        raise MXNetError("shape, of at least one axis, is required")
    demand(min(shape) >= 0, "shape", shape, "without negative numbers")
    return shape


@register("_random_uniform", aliases=("random_uniform", "uniform"))
def random_uniform(
    *,
    low: float = 0.0,
    high: float = 1.0,
    shape: Shape | None = None,
    dtype: DType | None = None,
    random: Generator,
) -> Tensor:
    """Uniform numbers x with low <= x < high"""
    demand(not high < low, "high", high, f"at least low={low!r}")
    return random.uniform(low, high, _extent(shape), floating(dtype))


@register("_random_normal", aliases=("random_normal", "normal"))
def random_normal(
    *,
    loc: float = 0.0,
    scale: float = 1.0,
    shape: Shape | None = None,
    dtype: DType | None = None,
    random: Generator,
) -> Tensor:
    """Normal numbers: p(x) ~ exp(-(x - loc)² / (2 scale²))"""
    demand(scale > 0, "scale", scale, "positive")
    return random.normal(loc, scale, _extent(shape), floating(dtype))


@register("_random_exponential", aliases=("random_exponential",))
def random_exponential(
    *, lam: float = 1.0, shape: Shape | None = None, dtype: DType | None = None, random: Generator
) -> Tensor:
    """Exponential numbers: p(x) = lam exp(-lam x), of mean 1 / lam"""
    demand(lam > 0, "lam", lam, "positive")
    return random.exponential(lam, _extent(shape), floating(dtype))


@register("_random_gamma", aliases=("random_gamma",))
def random_gamma(
    *,
    alpha: float = 1.0,
    beta: float = 1.0,
    shape: Shape | None = None,
    dtype: DType | None = None,
    random: Generator,
) -> Tensor:
    """Gamma numbers: p(x) ~ x^(alpha - 1) exp(-x / beta), of mean alpha beta"""
    demand(0 < alpha < math.inf, "alpha", alpha, "positive")
    demand(0 < beta < math.inf, "beta", beta, "positive")
    return random.gamma(alpha, beta, _extent(shape), floating(dtype))


@register("_random_poisson", aliases=("random_poisson",))
def random_poisson(
    *, lam: float = 1.0, shape: Shape | None = None, dtype: DType | None = None, random: Generator
) -> Tensor:
    """Poisson numbers: P(n) = lam^n exp(-lam) / n!, as floating point numbers"""
    demand(0 <= lam < math.inf, "lam", lam, "0 or more")
    return random.poisson(lam, _extent(shape), floating(dtype))


@register("_random_negative_binomial", aliases=("random_negative_binomial",))
def random_negative_binomial(
    *,
    k: int = 1,
    p: float = 1.0,
    shape: Shape | None = None,
    dtype: DType | None = None,
    random: Generator,
) -> Tensor:
    """Numbers of successes before the k-th failure, where each trial fails with probability p"""
    demand(k >= 0, "k", k, "0 or more")
    demand(0 < p <= 1, "p", p, "a probability above 0")
    return random.negative_binomial(float(k), p, _extent(shape), floating(dtype))


@register("_random_generalized_negative_binomial", aliases=("random_generalized_negative_binomial",))
def random_generalized_negative_binomial(
    *,
    mu: float = 1.0,
    alpha: float = 1.0,
    shape: Shape | None = None,
    dtype: DType | None = None,
    random: Generator,
) -> Tensor:
    """Poisson numbers whose mean is itself a gamma number, of mean mu and variance alpha mu²"""
    demand(0 <= mu < math.inf, "mu", mu, "0 or more")
    demand(0 <= alpha < math.inf, "alpha", alpha, "0 or more")
    return random.generalized_negative_binomial(mu, alpha, _extent(shape), floating(dtype))


@register("_random_randint", aliases=("random_randint",))
def random_randint(
    *, low: int, high: int, shape: Shape | None = None, dtype: DType | None = None, random: Generator
) -> Tensor:
    """Integers n with low <= n < high, each as likely; of int32, or of int64"""
    kind = torch.int32 if dtype is None else dtype
    demand(kind in (torch.int32, torch.int64), "dtype", dtype_name(kind), "int32 or int64")
    for name, value in (("low", low), ("high", high)):
        demand(-(2**63) <= value < 2**63, name, value, "an integer of 64 bits")
    demand(low < high, "high", high, f"more than low={low!r}")
    return random.randint(low, high, _extent(shape), kind)


# In the shape and type of an array.


@register("_random_uniform_like")
def random_uniform_like(data: Tensor, *, low: float = 0.0, high: float = 1.0, random: Generator) -> Tensor:
    """Uniform numbers x with low <= x < high, as many as data has elements"""
    return random_uniform(low=low, high=high, shape=tuple(data.shape), dtype=data.dtype, random=random)


@register("_random_normal_like")
def random_normal_like(data: Tensor, *, loc: float = 0.0, scale: float = 1.0, random: Generator) -> Tensor:
    """Normal numbers, as many as data has elements"""
    return random_normal(loc=loc, scale=scale, shape=tuple(data.shape), dtype=data.dtype, random=random)


@register("_random_exponential_like")
def random_exponential_like(data: Tensor, *, lam: float = 1.0, random: Generator) -> Tensor:
    """Exponential numbers of mean 1 / lam, as many as data has elements"""
    return random_exponential(lam=lam, shape=tuple(data.shape), dtype=data.dtype, random=random)


@register("_random_gamma_like")
def random_gamma_like(data: Tensor, *, alpha: float = 1.0, beta: float = 1.0, random: Generator) -> Tensor:
    """Gamma numbers of mean alpha beta, as many as data has elements"""
    return random_gamma(alpha=alpha, beta=beta, shape=tuple(data.shape), dtype=data.dtype, random=random)


@register("_random_poisson_like")
def random_poisson_like(data: Tensor, *, lam: float = 1.0, random: Generator) -> Tensor:
    """Poisson numbers of mean lam, as many as data has elements"""
    return random_poisson(lam=lam, shape=tuple(data.shape), dtype=data.dtype, random=random)


@register("_random_negative_binomial_like")
def random_negative_binomial_like(data: Tensor, *, k: int = 1, p: float = 1.0, random: Generator) -> Tensor:
    """Numbers of successes before the k-th failure, as many as data has elements"""
    return random_negative_binomial(k=k, p=p, shape=tuple(data.shape), dtype=data.dtype, random=random)


@register("_random_generalized_negative_binomial_like")
def random_generalized_negative_binomial_like(
    data: Tensor, *, mu: float = 1.0, alpha: float = 1.0, random: Generator
) -> Tensor:
    """Poisson numbers of means that vary, as many as data has elements"""
    shape = tuple(data.shape)
    return random_generalized_negative_binomial(
        mu=mu, alpha=alpha, shape=shape, dtype=data.dtype, random=random
    )
