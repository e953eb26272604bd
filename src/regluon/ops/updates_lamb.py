"""Optimizers' updates of one weight for large batches: LAMB, AdamW, LARS; see :mod:`updates`."""

from __future__ import annotations

import math

import torch

from regluon.base import dtype_name
from regluon.ops.attributes import describe_value
from regluon.ops.formulas import adamw, decayed, lamb_direction, lamb_step
from regluon.ops.many import Many
from regluon.ops.registry import Tensor, register
from regluon.ops.updates import begin, begin_master, bound

__all__ = [
    "adamw_update",
    "lamb_update_phase1",
    "lamb_update_phase2",
    "mp_adamw_update",
    "mp_lamb_update_phase1",
    "mp_lamb_update_phase2",
    "multi_lars",
    "rescaled",
    "unless_skipped",
]


@register("lamb_update_phase1", same_type=True, visible=1, writes={"mean": 1, "var": 2})
def lamb_update_phase1(
    weight: Tensor,
    grad: Tensor,
    mean: Tensor,
    var: Tensor,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-6,
    t: int,
    bias_correction: bool = True,
    wd: float,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """mean / (√var + epsilon) + wd weight: the direction of LAMB's step (You and others, 2019)

    with mean and var the moving averages of g and g², g = clip(rescale_grad grad).

    Parameters
    ----------
    t, bias_correction
        With ``bias_correction``, mean and var are divided by 1 - beta1ᵗ and 1 - beta2ᵗ, as they begin with 0;
        t is the number of this update, beginning with 1.

    Inputs
    ------
    weight, grad, mean, var : of one shape and type; mean and var are written
    """
    w, m, v = begin(grad, weight, mean, var)
    g = decayed(w, [grad], 0.0, rescale_grad, bound(clip_gradient))
    (u,) = lamb_direction(w, g, m, v, wd, beta1, beta2, epsilon, t if bias_correction else None)
    return u, m[0], v[0]


@register("mp_lamb_update_phase1", visible=1, writes={"mean": 1, "var": 2})
def mp_lamb_update_phase1(
    weight: Tensor,
    grad: Tensor,
    mean: Tensor,
    var: Tensor,
    weight32: Tensor,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-6,
    t: int,
    bias_correction: bool = True,
    wd: float,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """``lamb_update_phase1`` for weight32

    Inputs
    ------
    weight, grad : of one shape and type
    mean, var, weight32 : of the same shape, float32; mean and var are written

    Outputs
    -------
    out : the direction, float32
    """
    m, v, w = begin_master(weight, grad, mean, var, weight32)
    g = decayed(w, [grad.float()], 0.0, rescale_grad, bound(clip_gradient))
    (u,) = lamb_direction(w, g, m, v, wd, beta1, beta2, epsilon, t if bias_correction else None)
    return u, m[0], v[0]


@register("lamb_update_phase2", same_type=True)
def lamb_update_phase2(
    weight: Tensor,
    g: Tensor,
    r1: Tensor,
    r2: Tensor,
    *,
    lr: float,
    lower_bound: float = -1.0,
    upper_bound: float = -1.0,
) -> Tensor:
    """weight - lr r1 / r2 g: LAMB's step

    without the quotient where r1 or r2 is 0.

    Parameters
    ----------
    lower_bound, upper_bound
        r1 is moved to be within; none where they are below 0.

    Inputs
    ------
    weight, g : of one shape; g comes from ``lamb_update_phase1``
    r1, r2 : (1,), the norms of weight and g
    """
    (w,) = begin(g, weight)
    _step(w[0], g, r1, r2, lr, lower_bound, upper_bound)
    return w[0]


@register("mp_lamb_update_phase2")
def mp_lamb_update_phase2(
    weight: Tensor,
    g: Tensor,
    r1: Tensor,
    r2: Tensor,
    weight32: Tensor,
    *,
    lr: float,
    lower_bound: float = -1.0,
    upper_bound: float = -1.0,
) -> Tensor:
    """``lamb_update_phase2`` of weight32, rounded to weight's type

    As in MXNet, weight32 itself stays as it is.

    Inputs
    ------
    weight, g, weight32 : of one shape; all but weight are float32
    r1, r2 : (1,), the norms of weight32 and g; float32
    """
    begin(g, weight)
    (w,) = begin_master(g, g, weight32)
    _step(w[0], g, r1, r2, lr, lower_bound, upper_bound)
    return w[0].to(weight.dtype)


def _step(w: Tensor, u: Tensor, r1: Tensor, r2: Tensor, lr: float, lower: float, upper: float) -> None:
    for name, norm in (("r1", r1), ("r2", r2)):
        if norm.numel() != 1 or norm.dtype is not u.dtype:
            raise ValueError(f"{name} must be one number of g's type, but it has shape {tuple(norm.shape)}")
    lamb_step(w, u, r1, r2, lr, bound(lower), bound(upper))


def rescaled(grad: Tensor, rescale: Tensor, clip: float, dtype: torch.dtype = torch.float32) -> Tensor:
    """``clip(rescale * grad)``, with a factor that is computed on the device and is of type ``dtype``."""
    if rescale.dtype is not dtype or not rescale.numel():
        raise ValueError(
            f"rescale_grad must be one {dtype_name(dtype)} number, not {describe_value(rescale)}"
        )
    g = grad * rescale.reshape(-1)[0].to(grad.dtype)
    return g if clip < 0 else g.clamp_(-clip, clip)


def unless_skipped(rescale: Tensor, new: Many, old: Many) -> Many:
    """``new``, but ``old`` where ``rescale`` is 0, infinite or not a number: then the gradients are void."""
    first = rescale.reshape(-1)[0]
    if first.is_cpu:
        factor = first.item()
        return new if factor and math.isfinite(factor) else [x.clone() for x in old]
    usable = torch.isfinite(first) & (first != 0)  # the device need not be waited for
    return [torch.where(usable, n, o) for n, o in zip(new, old, strict=True)]


@register("_adamw_update", visible=1, writes={"mean": 1, "var": 2})
def adamw_update(
    weight: Tensor,
    grad: Tensor,
    mean: Tensor,
    var: Tensor,
    rescale_grad: Tensor,
    *,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    wd: float = 0.0,
    eta: float,
    clip_gradient: float = -1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """weight - eta (lr mean / (√var + epsilon) + wd weight) (Loshchilov and Hutter, 2017)

    with mean and var the moving averages of g and g², g = clip(rescale_grad grad). If rescale_grad is 0,
    infinite or not a number, as dynamic loss scaling makes it, nothing changes.

    Parameters
    ----------
    eta
        A factor on the whole step, from a schedule.

    Inputs
    ------
    weight, grad, mean, var : of one shape and type; mean and var are written
    rescale_grad : (1,), float32
    """
    if not weight.dtype is grad.dtype is mean.dtype is var.dtype:
        raise ValueError("the weight, its gradient, mean and var must be of one type")
    w, m, v = begin(grad, weight, mean, var)
    adamw(w, [rescaled(grad, rescale_grad, clip_gradient)], m, v, lr, wd, eta, beta1, beta2, epsilon)
    new, new_mean, new_var = unless_skipped(rescale_grad, [*w, *m, *v], [weight, mean, var])
    return new, new_mean, new_var


@register("_mp_adamw_update", visible=1, writes={"mean": 1, "var": 2, "weight32": 3})
def mp_adamw_update(
    weight: Tensor,
    grad: Tensor,
    mean: Tensor,
    var: Tensor,
    weight32: Tensor,
    rescale_grad: Tensor,
    *,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    wd: float = 0.0,
    eta: float,
    clip_gradient: float = -1.0,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """``_adamw_update`` of weight32, rounded to weight's type

    Inputs
    ------
    weight, grad : of one shape and type
    mean, var, weight32 : of the same shape, float32; they are written
    rescale_grad : (1,), float32
    """
    m, v, w = begin_master(weight, grad, mean, var, weight32)
    g = rescaled(grad.float(), rescale_grad, clip_gradient)
    adamw(w, [g], m, v, lr, wd, eta, beta1, beta2, epsilon)
    new, new_mean, new_var, new32 = unless_skipped(
        rescale_grad, [w[0].to(weight.dtype), *m, *v, *w], [weight, mean, var, weight32]
    )
    return new, new_mean, new_var, new32


@register("multi_lars")
def multi_lars(
    lrs: Tensor,
    weights_sum_sq: Tensor,
    grads_sum_sq: Tensor,
    wds: Tensor,
    *,
    eta: float,
    eps: float,
    rescale_grad: float = 1.0,
) -> Tensor:
    """lrs eta √weights_sum_sq / (rescale_grad √grads_sum_sq + wds √weights_sum_sq + eps): LARS (You, 2017)

    and lrs where one of the sums is 0.

    Inputs
    ------
    lrs, weights_sum_sq, grads_sum_sq, wds : of one shape, float32, a number for each weight: its learning
        rate, the sums of its squares and of those of its gradient (``multi_sum_sq``), its decay
    """
    for x in (lrs, weights_sum_sq, grads_sum_sq, wds):
        if x.shape != lrs.shape or x.dtype is not torch.float32:
            raise ValueError("the four inputs must be float32 and of one shape")
    norm = torch.sqrt(weights_sum_sq)
    slope = torch.sqrt(grads_sum_sq)
    adapted = lrs * (eta * norm / (rescale_grad * slope + wds * norm + eps))
    return torch.where((norm > 0) & (slope > 0), adapted, lrs)
