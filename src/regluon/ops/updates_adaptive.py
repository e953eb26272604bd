"""Optimizers' updates of one weight whose steps adapt to the gradients so far; see :mod:`updates`."""

from __future__ import annotations

import torch

from regluon.ops.formulas import (
    adagrad,
    adam,
    decayed,
    ftml,
    ftrl,
    rmsprop,
    rmsprop_centered,
    scaled,
)
from regluon.ops.many import clamp_
from regluon.ops.registry import Tensor, register
from regluon.ops.updates import begin, bound

__all__ = [
    "adam_update",
    "ftml_update",
    "ftrl_update",
    "group_adagrad_update",
    "rmsprop_update",
    "rmspropalex_update",
    "sparse_adagrad_update",
]


@register(
    "adam_update",
    aliases=("_sparse_adam_update",),
    same_type=True,
    visible=1,
    writes={"mean": 1, "var": 2},
)
def adam_update(
    weight: Tensor,
    grad: Tensor,
    mean: Tensor,
    var: Tensor,
    *,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    lazy_update: bool = True,
) -> tuple[Tensor, Tensor, Tensor]:
    """weight - lr mean / (√var + epsilon) (Kingma and Ba, 2014)

    with mean and var the moving averages of g and g², g = clip(rescale_grad grad + wd weight). That the
    averages begin with 0 is made up for by the caller, in lr.

    Parameters
    ----------
    beta1, beta2
        How long mean and var remember: mean = beta1 mean + (1 - beta1) g, and so on.
    lazy_update
        For sparse gradients: whether only their rows are updated. Dense ones are not concerned.

    Inputs
    ------
    weight, grad, mean, var : of one shape and type; mean and var are written
    """
    w, m, v = begin(grad, weight, mean, var)
    g = decayed(w, [grad], wd, rescale_grad, bound(clip_gradient))
    adam(w, g, m, v, lr, beta1, beta2, epsilon)
    return w[0], m[0], v[0]


@register("ftml_update", same_type=True, visible=1, writes={"d": 1, "v": 2, "z": 3})
def ftml_update(
    weight: Tensor,
    grad: Tensor,
    d: Tensor,
    v: Tensor,
    z: Tensor,
    *,
    lr: float,
    beta1: float = 0.6,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    t: int,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_grad: float = -1.0,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """-z / d: follow the moving leader (Zheng and Kwok, 2017)

    With g = clip(rescale_grad grad + wd weight)::

        v = beta2 v + (1 - beta2) g²
        e = (1 - beta1ᵗ) / lr (√(v / (1 - beta2ᵗ)) + epsilon)
        z = beta1 z + (1 - beta1) g - (e - beta1 d) weight
        d = e

    Parameters
    ----------
    t
        The number of this update, beginning with 1.

    Inputs
    ------
    weight, grad, d, v, z : of one shape and type; d, v and z are written
    """
    if t < 1:
        raise ValueError(f"t is the number of this update, 1 or more, but it is {t}")
    w, d_, v_, z_ = begin(grad, weight, d, v, z)
    g = decayed(w, [grad], wd, rescale_grad, bound(clip_grad))
    ftml(w, g, d_, v_, z_, lr, beta1, beta2, epsilon, t)
    return w[0], d_[0], v_[0], z_[0]


@register(
    "ftrl_update",
    aliases=("_sparse_ftrl_update",),
    same_type=True,
    visible=1,
    writes={"z": 1, "n": 2},
)
def ftrl_update(
    weight: Tensor,
    grad: Tensor,
    z: Tensor,
    n: Tensor,
    *,
    lr: float,
    lamda1: float = 0.01,
    beta: float = 1.0,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """(sign(z) lamda1 - z) / ((beta + √n) / lr + wd) where abs(z) > lamda1, else 0 (McMahan and others, 2013)

    With g = clip(rescale_grad grad)::

        z = z + g - (√(n + g²) - √n) / lr weight
        n = n + g²

    Parameters
    ----------
    lamda1
        The L1 penalty, which makes weights 0.
    beta
        Makes the first steps smaller.

    Inputs
    ------
    weight, grad, z, n : of one shape and type; z and n are written
    """
    w, z_, n_ = begin(grad, weight, z, n)
    g = decayed(w, [grad], 0.0, rescale_grad, bound(clip_gradient))
    ftrl(w, g, z_, n_, lr, wd, lamda1, beta)
    return w[0], z_[0], n_[0]


@register("rmsprop_update", same_type=True, visible=1, writes={"n": 1})
def rmsprop_update(
    weight: Tensor,
    grad: Tensor,
    n: Tensor,
    *,
    lr: float,
    gamma1: float = 0.95,
    epsilon: float = 1e-8,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    clip_weights: float = -1.0,
) -> tuple[Tensor, Tensor]:
    """weight - lr g / √(n + epsilon), with n = gamma1 n + (1 - gamma1) g² (Tieleman and Hinton, 2012)

    where g = clip(rescale_grad grad + wd weight).

    Parameters
    ----------
    clip_weights
        The new weight is cut to [-clip_weights, clip_weights], if it is not below 0.

    Inputs
    ------
    weight, grad, n : of one shape and type; n is written
    """
    w, n_ = begin(grad, weight, n)
    rmsprop(w, decayed(w, [grad], wd, rescale_grad, bound(clip_gradient)), n_, lr, gamma1, epsilon)
    if clip_weights >= 0:
        clamp_(w, clip_weights)
    return w[0], n_[0]


@register("rmspropalex_update", same_type=True, visible=1, writes={"n": 1, "g": 2, "delta": 3})
def rmspropalex_update(
    weight: Tensor,
    grad: Tensor,
    n: Tensor,
    g: Tensor,
    delta: Tensor,
    *,
    lr: float,
    gamma1: float = 0.95,
    gamma2: float = 0.9,
    epsilon: float = 1e-8,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    clip_weights: float = -1.0,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """weight + delta, with delta = gamma2 delta - lr x / √(n - g² + epsilon) (Graves, 2013)

    where x = clip(rescale_grad grad + wd weight), n = gamma1 n + (1 - gamma1) x² and
    g = gamma1 g + (1 - gamma1) x.

    Parameters
    ----------
    clip_weights
        As in ``rmsprop_update``.

    Inputs
    ------
    weight, grad, n, g, delta : of one shape and type; n, g and delta are written
    """
    w, n_, g_, d = begin(grad, weight, n, g, delta)
    x = decayed(w, [grad], wd, rescale_grad, bound(clip_gradient))
    rmsprop_centered(w, x, n_, g_, d, lr, gamma1, gamma2, epsilon)
    if clip_weights >= 0:
        clamp_(w, clip_weights)
    return w[0], n_[0], g_[0], d[0]


@register("_sparse_adagrad_update", same_type=True, visible=1, writes={"history": 1})
def sparse_adagrad_update(
    weight: Tensor,
    grad: Tensor,
    history: Tensor,
    *,
    lr: float,
    epsilon: float = 1e-7,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
) -> tuple[Tensor, Tensor]:
    """weight - lr g / √(history + epsilon), with history = history + g² (Duchi, Hazan and Singer, 2011)

    where g = clip(rescale_grad grad). As in MXNet, ``wd`` must be 0.

    Inputs
    ------
    weight, grad, history : of one shape and type; history is written
    """
    if wd:
        raise ValueError("it knows no weight decay: wd must be 0")
    w, h = begin(grad, weight, history)
    adagrad(w, *scaled([grad], rescale_grad, bound(clip_gradient)), h, lr, 0.0, epsilon)
    return w[0], h[0]


@register("_contrib_group_adagrad_update", same_type=True, visible=1, writes={"history": 1})
def group_adagrad_update(
    weight: Tensor,
    grad: Tensor,
    history: Tensor,
    *,
    lr: float,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    epsilon: float = 1e-5,
) -> tuple[Tensor, Tensor]:
    """weight - lr g / √(history + epsilon), with history = history + the mean of g² in each row

    where g = clip(rescale_grad grad), and a row is all that has one index on the first axis.

    Inputs
    ------
    weight, grad : of one shape (n, ...) and type
    history : of the same type and n elements; it is written
    """
    (w,) = begin(grad, weight)
    if not weight.dim() or history.dim() not in (1, 2) or history.numel() != weight.shape[0]:
        raise ValueError(
            f"a weight of shape {tuple(weight.shape)} needs a history with one number for each row, "
            f"but it has shape {tuple(history.shape)}"
        )
    (g,) = decayed(w, [grad], 0.0, rescale_grad, bound(clip_gradient))
    mean = torch.mean(torch.square(g.flatten(1)), 1) if g.dim() > 1 else torch.square(g)
    h = history + mean.reshape(history.shape)
    root = torch.sqrt(h + epsilon).reshape(-1, *[1] * (weight.dim() - 1))
    return w[0].addcdiv_(g, root, value=-lr), h
