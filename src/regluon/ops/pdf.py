"""Densities of random distributions.

The sample's first axes are those of the parameters: for each element of the parameters it holds any number of
points, whose densities come out in the sample's shape.
"""

from __future__ import annotations

import math

import torch

from regluon.ops.activation import require_floating
from regluon.ops.decompositions import at_least_one
from regluon.ops.registry import Tensor, register


def _matched(sample: Tensor, *parameters: Tensor, event: int = 0) -> list[Tensor]:
    """The parameters, stretched over the sample; the last ``event`` axes make one point."""
    require_floating(sample)
    shape = parameters[0].shape
    lead = len(shape) - event
    fits = shape == sample.shape[:lead] + sample.shape[sample.dim() - event :]
    if not fits or sample.dim() < len(shape) or any(p.shape != shape for p in parameters):
        found = " and ".join(str(tuple(p.shape)) for p in parameters)
        raise ValueError(
            f"a sample of shape {tuple(sample.shape)} needs parameters of the shape it begins with, "
            f"but they have {found}"
        )
    inserted = (1,) * (sample.dim() - len(shape))
    return [p.reshape(shape[:lead] + inserted + shape[lead:]) for p in parameters]


def _density(logarithm: Tensor, is_log: bool) -> Tensor:
    return logarithm if is_log else torch.exp(logarithm)


def _log(density: Tensor, is_log: bool) -> Tensor:
    return torch.log(density) if is_log else density


@register("_random_pdf_uniform", aliases=("random_pdf_uniform",), same_type=True)
def pdf_uniform(sample: Tensor, low: Tensor, high: Tensor, *, is_log: bool = False) -> Tensor:
    """1 / (high - low), wherever the sample lies

    Parameters
    ----------
    is_log
        Whether to return the logarithm.

    Inputs
    ------
    sample : (..., *points)
    low, high : (...)

    Outputs
    -------
    out : like sample
    """
    low, high = _matched(sample, low, high)
    return _log(torch.reciprocal(high - low), is_log).expand(sample.shape).contiguous()


@register("_random_pdf_normal", aliases=("random_pdf_normal",), same_type=True)
def pdf_normal(sample: Tensor, mu: Tensor, sigma: Tensor, *, is_log: bool = False) -> Tensor:
    """exp(-(x - mu)² / (2 sigma²)) / (sigma √(2π)); shapes and ``is_log`` as in random_pdf_uniform"""
    mu, sigma = _matched(sample, mu, sigma)
    exponent = torch.square((sample - mu) / sigma) / -2
    if is_log:
        return exponent - torch.log(math.sqrt(2 * math.pi) * sigma)
    return torch.exp(exponent) / (math.sqrt(2 * math.pi) * sigma)


@register("_random_pdf_gamma", aliases=("random_pdf_gamma",), same_type=True)
def pdf_gamma(sample: Tensor, alpha: Tensor, beta: Tensor, *, is_log: bool = False) -> Tensor:
    """beta^alpha x^(alpha - 1) exp(-beta x) / Γ(alpha); shapes and ``is_log`` as in random_pdf_uniform

    Here beta is the rate; for the numbers that random_gamma draws it is the scale.
    """
    alpha, beta = _matched(sample, alpha, beta)
    logarithm = (
        alpha * torch.log(beta) + (alpha - 1) * torch.log(sample) - beta * sample - torch.lgamma(alpha)
    )
    return _density(logarithm, is_log)


@register("_random_pdf_exponential", aliases=("random_pdf_exponential",), same_type=True)
def pdf_exponential(sample: Tensor, lam: Tensor, *, is_log: bool = False) -> Tensor:
    """lam exp(-lam x); shapes and ``is_log`` as in random_pdf_uniform"""
    (lam,) = _matched(sample, lam)
    if is_log:
        return torch.log(lam) - lam * sample
    return lam * torch.exp(-lam * sample)


@register("_random_pdf_poisson", aliases=("random_pdf_poisson",), same_type=True)
def pdf_poisson(sample: Tensor, lam: Tensor, *, is_log: bool = False) -> Tensor:
    """lam^n exp(-lam) / n!; shapes and ``is_log`` as in random_pdf_uniform. The sample has no gradient."""
    (lam,) = _matched(sample, lam)
    n = sample.detach()
    return _density(n * torch.log(lam) - lam - torch.lgamma(n + 1), is_log)


@register("_random_pdf_negative_binomial", aliases=("random_pdf_negative_binomial",), same_type=True)
def pdf_negative_binomial(sample: Tensor, k: Tensor, p: Tensor, *, is_log: bool = False) -> Tensor:
    """Γ(n + k) / (n! Γ(k)) p^k (1 - p)^n; shapes and ``is_log`` as in random_pdf_uniform

    The sample has no gradient.
    """
    k, p = _matched(sample, k, p)
    return _density(_log_negative_binomial(sample.detach(), k, p), is_log)


def _log_negative_binomial(n: Tensor, k: Tensor, p: Tensor) -> Tensor:
    ways = torch.lgamma(n + k) - torch.lgamma(n + 1) - torch.lgamma(k)
    return ways + k * torch.log(p) + n * torch.log(1 - p)


@register(
    "_random_pdf_generalized_negative_binomial",
    aliases=("random_pdf_generalized_negative_binomial",),
    same_type=True,
)
def pdf_generalized_negative_binomial(
    sample: Tensor, mu: Tensor, alpha: Tensor, *, is_log: bool = False
) -> Tensor:
    """The negative binomial probability with k = 1 / alpha and p = 1 / (1 + alpha mu)

    Shapes and ``is_log`` are those of random_pdf_uniform. The sample has no gradient.
    """
    mu, alpha = _matched(sample, mu, alpha)
    k, p = torch.reciprocal(alpha), torch.reciprocal(1 + alpha * mu)
    return _density(_log_negative_binomial(sample.detach(), k, p), is_log)


@register("_random_pdf_dirichlet", aliases=("random_pdf_dirichlet",), same_type=True)
def pdf_dirichlet(sample: Tensor, alpha: Tensor, *, is_log: bool = False) -> Tensor:
    """Γ(Σ alpha) / Π Γ(alpha) · Π x^(alpha - 1), over the last axis

    Parameters
    ----------
    is_log
        Whether to return the logarithm.

    Inputs
    ------
    sample : (..., *points, k), positive and of sum 1 along the last axis
    alpha : (..., k)

    Outputs
    -------
    out : (..., *points), for a single point (1,)
    """
    (alpha,) = _matched(sample, alpha, event=1)
    constant = torch.lgamma(torch.sum(alpha, -1)) - torch.sum(torch.lgamma(alpha), -1)
    return at_least_one(_density(torch.sum((alpha - 1) * torch.log(sample), -1) + constant, is_log))
