"""Optimizers' formulas, in place over lists of tensors: of the update operators and of ``mx.optimizer``.

Everywhere ``w`` are the weights and ``g`` their gradients, which stay as they are; ``lr`` is the learning
rate and ``wd`` the weight decay. Where a formula takes a ``scale``, the gradients are ``scale * g``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from regluon.ops.fused import fused_adam, fused_descend, fused_heavy_ball
from regluon.ops.many import (
    Many,
    add_,
    addcdiv_,
    addcmul_,
    clamp_,
    complement,
    copy_,
    div_,
    lerp_,
    mul,
    mul_,
    plus,
    rest_of_power,
    shift_,
    sign,
    sqrt,
    sqrt_,
)

__all__ = [
    "adagrad",
    "adam",
    "adamw",
    "decayed",
    "descend",
    "ftml",
    "ftrl",
    "lamb_direction",
    "lamb_step",
    "lamb_steps",
    "heavy_ball",
    "nesterov",
    "rmsprop",
    "rmsprop_centered",
    "scaled",
    "signsgd",
    "signum",
]


def scaled(g: Many, rescale: float, clip: float | None) -> tuple[Many, float]:
    """``clip(rescale * g)`` as a product of tensors and a number; ``clip=None`` cuts nothing."""
    if clip is None:
        return g, rescale
    g = mul(g, rescale)
    clamp_(g, clip)
    return g, 1.0


def decayed(w: Many, g: Many, wd: float, rescale: float, clip: float | None) -> Many:
    """``clip(rescale * g + wd * w)``."""
    if not wd and clip is None and rescale == 1:
        return g
    g = mul(g, rescale)
    if wd:
        add_(g, w, wd)
    if clip is not None:
        clamp_(g, clip)
    return g


_SMALL = 2**12
"""Fewer numbers are sooner gone through twice than a kernel of many arguments is called."""


def descend(w: Many, g: Many, scale: float, lr: float, wd: float) -> None:
    """``w -= lr * (g + wd * w)``."""
    if len(w) == 1 and (not wd or w[0].numel() < _SMALL):
        weight = w[0]
        if wd:
            weight.add_(weight, alpha=-lr * wd)
        weight.add_(g[0], alpha=-lr * scale)
        return
    if fused_descend(w, g, scale, lr, wd):
        return
    if wd:
        add_(w, w, -lr * wd)
    add_(w, g, -lr * scale)


def heavy_ball(w: Many, g: Many, scale: float, m: Many, lr: float, wd: float, kept: float) -> None:
    """Descent with momentum: ``m = kept * m - lr * (g + wd * w)``, ``w += m``."""
    if fused_heavy_ball(w, g, scale, m, lr, wd, kept):
        return
    mul_(m, kept)
    if wd:
        add_(m, w, -lr * wd)
    add_(m, g, -lr * scale)
    add_(w, m)


def nesterov(w: Many, g: Many, scale: float, m: Many, lr: float, wd: float, kept: float) -> None:
    """``m = kept * m - lr * (g + wd * w)``, ``w += kept * m - lr * (g + wd * w)``.

    As in MXNet, the momentum that is kept is then made with the new ``w``.
    """
    ahead = 1 + kept
    mul_(m, kept)
    if wd:
        add_(w, w, -ahead * lr * wd)
    add_(w, m, kept)
    add_(w, g, -ahead * lr * scale)
    if wd:
        add_(m, w, -lr * wd)
    add_(m, g, -lr * scale)


def signsgd(w: Many, g: Many, lr: float, wd: float) -> None:
    """``w = (1 - lr * wd) * w - lr * sign(g)``."""
    if wd:
        add_(w, w, -lr * wd)
    add_(w, sign(g), -lr)


def signum(w: Many, g: Many, scale: float, m: Many, lr: float, wd: float, kept: float, wd_lh: float) -> None:
    """``m = kept * m - (1 - kept) * (g + wd * w)``, ``w = (1 - lr * wd_lh) * w + lr * sign(m)``."""
    rest = complement(kept)
    mul_(m, kept)
    if wd:
        add_(m, w, -rest * wd)
    add_(m, g, -rest * scale)
    if wd_lh:
        add_(w, w, -lr * wd_lh)
    add_(w, sign(m), lr)


def _moments(g: Many, m: Many, v: Many, beta1: float, beta2: float) -> None:
    """``m = beta1 * m + (1 - beta1) * g``, ``v = beta2 * v + (1 - beta2) * g ** 2``."""
    lerp_(m, g, complement(beta1))
    mul_(v, beta2)
    addcmul_(v, g, g, complement(beta2))


def adam(w: Many, g: Many, m: Many, v: Many, lr: float, beta1: float, beta2: float, epsilon: float) -> None:
    """``w -= lr * m / (sqrt(v) + epsilon)``, with the moving averages m of g and v of g²."""
    if fused_adam(w, g, m, v, lr, complement(beta1), complement(beta2), epsilon):
        return
    _moments(g, m, v, beta1, beta2)
    root = sqrt(v)
    shift_(root, epsilon)
    addcdiv_(w, m, root, -lr)


def adamw(
    w: Many,
    g: Many,
    m: Many,
    v: Many,
    lr: float,
    wd: float,
    eta: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> None:
    """``w -= eta * (lr * m / (sqrt(v) + epsilon) + wd * w)``, with Adam's averages m and v."""
    if wd:
        add_(w, w, -eta * wd)
    adam(w, g, m, v, eta * lr, beta1, beta2, epsilon)


def adagrad(w: Many, g: Many, scale: float, h: Many, lr: float, wd: float, epsilon: float) -> None:
    """``h += g ** 2``, ``w -= lr * (g / sqrt(h + epsilon) + wd * w)``."""
    addcmul_(h, g, g, scale * scale)
    if wd:
        add_(w, w, -lr * wd)
    root = plus(h, epsilon)
    sqrt_(root)
    addcdiv_(w, g, root, -lr * scale)


def rmsprop(w: Many, g: Many, n: Many, lr: float, gamma1: float, epsilon: float) -> None:
    """``n = gamma1 * n + (1 - gamma1) * g ** 2``, ``w -= lr * g / sqrt(n + epsilon)``."""
    mul_(n, gamma1)
    addcmul_(n, g, g, complement(gamma1))
    root = plus(n, epsilon)
    sqrt_(root)
    addcdiv_(w, g, root, -lr)


def rmsprop_centered(
    w: Many, g: Many, n: Many, b: Many, d: Many, lr: float, gamma1: float, gamma2: float, epsilon: float
) -> None:
    """``d = gamma2 * d - lr * g / sqrt(n - b ** 2 + epsilon)``, ``w += d``; b and n average g and g²."""
    mul_(n, gamma1)
    addcmul_(n, g, g, complement(gamma1))
    root = plus(n, epsilon)
    lerp_(b, g, complement(gamma1))
    addcmul_(root, b, b, -1.0)
    sqrt_(root)
    mul_(d, gamma2)
    addcdiv_(d, g, root, -lr)
    add_(w, d)


def _inverse(lr: float) -> float:
    """``1 / lr``, infinite for 0 as in arrays."""
    return 1 / lr if lr else math.inf


def ftml(
    w: Many,
    g: Many,
    d: Many,
    v: Many,
    z: Many,
    lr: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    t: int,
) -> None:
    """``w = -z / d``::

    v = beta2 * v + (1 - beta2) * g ** 2
    e = (1 - beta1 ** t) / lr * (sqrt(v / (1 - beta2 ** t)) + epsilon)
    z = beta1 * z + (1 - beta1) * g - (e - beta1 * d) * w
    d = e
    """
    mul_(v, beta2)
    addcmul_(v, g, g, complement(beta2))
    e = mul(v, 1 / rest_of_power(beta2, t))
    sqrt_(e)
    shift_(e, epsilon)
    mul_(e, rest_of_power(beta1, t) * _inverse(lr))
    mul_(z, beta1)
    add_(z, g, complement(beta1))
    mul_(d, -beta1)
    add_(d, e)
    addcmul_(z, d, w, -1.0)
    copy_(d, e)
    copy_(w, z)
    div_(w, d)
    mul_(w, -1.0)


def ftrl(w: Many, g: Many, z: Many, n: Many, lr: float, wd: float, lamda1: float, beta: float) -> None:
    """``w = -shrink(z, lamda1) / ((beta + sqrt(n)) / lr + wd)``::

    z += g - (sqrt(n + g ** 2) - sqrt(n)) / lr * w
    n += g ** 2

    where shrink moves z by lamda1 towards 0, and those within lamda1 of it onto it.
    """
    change = sqrt(n)
    addcmul_(n, g, g)
    root = sqrt(n)
    add_(change, root, -1.0)
    add_(z, g)
    addcmul_(z, change, w, _inverse(lr))
    copy_(w, z)
    clamp_(w, lamda1)
    add_(w, z, -1.0)
    shift_(root, beta)
    mul_(root, _inverse(lr))
    shift_(root, wd)
    div_(w, root)


def lamb_direction(
    w: Many,
    g: Many,
    m: Many,
    v: Many,
    wd: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    t: int | None,
) -> Many:
    """``m / (sqrt(v) + epsilon) + wd * w``, with Adam's averages m and v.

    With a number of steps ``t`` they are divided by ``1 - beta1 ** t`` and ``1 - beta2 ** t``: both begin
    with 0.
    """
    _moments(g, m, v, beta1, beta2)
    u = mul(m, 1.0 if t is None else 1 / rest_of_power(beta1, t))
    root = mul(v, 1.0 if t is None else 1 / rest_of_power(beta2, t))
    sqrt_(root)
    shift_(root, epsilon)
    div_(u, root)
    if wd:
        add_(u, w, wd)
    return u


def lamb_step(
    w: Tensor, u: Tensor, r1: Tensor, r2: Tensor, lr: float, lower: float | None, upper: float | None
) -> None:
    """``w -= lr * r1 / r2 * u``: r1 within ``lower`` and ``upper``; without the quotient if one is 0."""
    if lower is not None or upper is not None:
        r1 = torch.clamp(r1, lower, upper)
    if not r1.is_cpu:  # the device need not be waited for
        ratio = torch.where((r1 == 0) | (r2 == 0), torch.ones_like(r1), r1 / r2)
        w.addcmul_(u, ratio, value=-lr)
    elif r1.item() and r2.item():
        w.addcmul_(u, r1 / r2, value=-lr)
    else:
        w.add_(u, alpha=-lr)


def lamb_steps(w: Many, u: Many, measured: Many, lr: float, lower: float | None, upper: float | None) -> None:
    """:func:`lamb_step` of each weight, with the norms of ``measured`` and u."""
    norms = zip(torch._foreach_norm(measured), torch._foreach_norm(u), strict=True)
    for weight, direction, (r1, r2) in zip(w, u, norms, strict=True):
        lamb_step(weight, direction, r1, r2, lr, lower, upper)
