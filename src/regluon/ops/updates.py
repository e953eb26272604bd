"""Optimizers' updates of one weight: gradient descent, and what follows the sign of the gradient.

An update returns the new weight; the caller writes it where ``out`` says, mostly into the weight itself. The
states are always written. ``clip_gradient`` below 0 cuts nothing. Names that begin with ``mp_`` take a weight
of 16 bits together with a float32 copy, which is updated and rounded.
"""

from __future__ import annotations

import torch

from regluon.ops.attributes import describe_value
from regluon.ops.formulas import descend, heavy_ball, nesterov, scaled, signsgd, signum
from regluon.ops.many import Many
from regluon.ops.registry import Tensor, register

__all__ = [
    "begin",
    "begin_master",
    "bound",
    "mp_nag_mom_update",
    "mp_sgd_mom_update",
    "mp_sgd_update",
    "nag_mom_update",
    "sgd_mom_update",
    "sgd_update",
    "signsgd_update",
    "signum_update",
]


def bound(clip: float) -> float | None:
    """An attribute that cuts numbers, or None where it is below 0 and cuts nothing."""
    return None if clip < 0 else clip


def begin(grad: Tensor, *written: Tensor) -> list[Many]:
    """Copies of what an update writes, in the form that formulas take.

    Raises
    ------
    ValueError
        If their shapes differ, or they are of no floating type.
    """
    for x in written:
        if x.shape != grad.shape:
            raise ValueError(
                "the weight, its gradient and its states must be of one shape, "
                f"but there are {tuple(grad.shape)} and {tuple(x.shape)}"
            )
    if not grad.is_floating_point():
        raise ValueError("only numbers of floating types can be updated")
    return [[x.clone()] for x in written]


def begin_master(weight: Tensor, grad: Tensor, *written: Tensor) -> list[Many]:
    """:func:`begin` where ``written`` are the float32 copy of the weight and states of its type."""
    if weight.dtype is not grad.dtype or weight.shape != grad.shape:
        raise ValueError(
            f"the weight is {describe_value(weight)}, but its gradient is {describe_value(grad)}"
        )
    for x in written:
        if x.dtype is not torch.float32:
            raise ValueError(
                f"the copy of the weight and the states must be float32, but one is {describe_value(x)}"
            )
    return begin(grad, *written)


@register("sgd_update", aliases=("_sparse_sgd_update",), same_type=True)
def sgd_update(
    weight: Tensor,
    grad: Tensor,
    *,
    lr: float,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    lazy_update: bool = True,
) -> Tensor:
    """weight - lr (clip(rescale_grad grad) + wd weight)

    Parameters
    ----------
    lazy_update
        For sparse gradients: whether only their rows are updated. Dense ones are not concerned.

    Inputs
    ------
    weight, grad : of one shape and type
    """
    (w,) = begin(grad, weight)
    descend(w, *scaled([grad], rescale_grad, bound(clip_gradient)), lr, wd)
    return w[0]


@register(
    "sgd_mom_update",
    aliases=("_sparse_sgd_mom_update",),
    same_type=True,
    visible=1,
    writes={"mom": 1},
)
def sgd_mom_update(
    weight: Tensor,
    grad: Tensor,
    mom: Tensor,
    *,
    lr: float,
    momentum: float = 0.0,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    lazy_update: bool = True,
) -> tuple[Tensor, Tensor]:
    """weight + mom, with mom = momentum mom - lr (clip(rescale_grad grad) + wd weight)

    Parameters
    ----------
    lazy_update
        As in ``sgd_update``.

    Inputs
    ------
    weight, grad, mom : of one shape and type; mom is written
    """
    w, m = begin(grad, weight, mom)
    heavy_ball(w, *scaled([grad], rescale_grad, bound(clip_gradient)), m, lr, wd, momentum)
    return w[0], m[0]


@register("mp_sgd_update", visible=1, writes={"weight32": 1})
def mp_sgd_update(
    weight: Tensor,
    grad: Tensor,
    weight32: Tensor,
    *,
    lr: float,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    lazy_update: bool = True,
) -> tuple[Tensor, Tensor]:
    """weight32 = weight32 - lr (clip(rescale_grad grad) + wd weight32), rounded to weight's type

    Parameters
    ----------
    lazy_update
        As in ``sgd_update``.

    Inputs
    ------
    weight, grad : of one shape and type
    weight32 : of the same shape, float32; it is written
    """
    (w,) = begin_master(weight, grad, weight32)
    descend(w, *scaled([grad.float()], rescale_grad, bound(clip_gradient)), lr, wd)
    return w[0].to(weight.dtype), w[0]


@register("mp_sgd_mom_update", visible=1, writes={"mom": 1, "weight32": 2})
def mp_sgd_mom_update(
    weight: Tensor,
    grad: Tensor,
    mom: Tensor,
    weight32: Tensor,
    *,
    lr: float,
    momentum: float = 0.0,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    lazy_update: bool = True,
) -> tuple[Tensor, Tensor, Tensor]:
    """weight32 = weight32 + mom, rounded to weight's type; mom as in ``sgd_mom_update``

    Inputs
    ------
    weight, grad : of one shape and type
    mom, weight32 : of the same shape, float32; they are written
    """
    m, w = begin_master(weight, grad, mom, weight32)
    heavy_ball(w, *scaled([grad.float()], rescale_grad, bound(clip_gradient)), m, lr, wd, momentum)
    return w[0].to(weight.dtype), m[0], w[0]


@register("nag_mom_update", same_type=True, visible=1, writes={"mom": 1})
def nag_mom_update(
    weight: Tensor,
    grad: Tensor,
    mom: Tensor,
    *,
    lr: float,
    momentum: float = 0.0,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
) -> tuple[Tensor, Tensor]:
    """weight + momentum mom - lr (g + wd weight), with mom = momentum mom - lr (g + wd weight)

    where g = clip(rescale_grad grad): Nesterov's accelerated gradient. The mom that is kept is then made with
    the new weight, as MXNet does it when the weight is ``out``.

    Inputs
    ------
    weight, grad, mom : of one shape and type; mom is written
    """
    w, m = begin(grad, weight, mom)
    nesterov(w, *scaled([grad], rescale_grad, bound(clip_gradient)), m, lr, wd, momentum)
    return w[0], m[0]


@register("mp_nag_mom_update", visible=1, writes={"mom": 1, "weight32": 2})
def mp_nag_mom_update(
    weight: Tensor,
    grad: Tensor,
    mom: Tensor,
    weight32: Tensor,
    *,
    lr: float,
    momentum: float = 0.0,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """``nag_mom_update`` of weight32, rounded to weight's type

    Inputs
    ------
    weight, grad : of one shape and type
    mom, weight32 : of the same shape, float32; they are written
    """
    m, w = begin_master(weight, grad, mom, weight32)
    nesterov(w, *scaled([grad.float()], rescale_grad, bound(clip_gradient)), m, lr, wd, momentum)
    return w[0].to(weight.dtype), m[0], w[0]


@register("signsgd_update", same_type=True)
def signsgd_update(
    weight: Tensor,
    grad: Tensor,
    *,
    lr: float,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
) -> Tensor:
    """(1 - lr wd) weight - lr sign(grad) (Bernstein and others, 2018)

    Parameters
    ----------
    rescale_grad, clip_gradient
        Not used, as in MXNet.

    Inputs
    ------
    weight, grad : of one shape and type
    """
    (w,) = begin(grad, weight)
    signsgd(w, [grad], lr, wd)
    return w[0]


@register("signum_update", same_type=True, visible=1, writes={"mom": 1})
def signum_update(
    weight: Tensor,
    grad: Tensor,
    mom: Tensor,
    *,
    lr: float,
    momentum: float = 0.0,
    wd: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    wd_lh: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """(1 - lr wd_lh) weight + lr sign(mom) (Bernstein and others, 2018)

    with mom = momentum mom - (1 - momentum) (clip(rescale_grad grad) + wd weight).

    Parameters
    ----------
    wd_lh
        A decay of the weight beside its gradient (Loshchilov and Hutter, 2017).

    Inputs
    ------
    weight, grad, mom : of one shape and type; mom is written
    """
    w, m = begin(grad, weight, mom)
    signum(w, *scaled([grad], rescale_grad, bound(clip_gradient)), m, lr, wd, momentum, wd_lh)
    return w[0], m[0]
