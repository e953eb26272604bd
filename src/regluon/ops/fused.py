"""torch's kernels for whole steps of optimizers, which go through memory once: in MXNet's terms.

Each returns whether it was done: that is only for contiguous float32 and float64 tensors on a CPU, and not
with numbers that a kernel would have to divide by zero or lose digits of.
"""

from __future__ import annotations

import torch

from regluon.ops.many import Many

__all__ = ["fused_adam", "fused_descend", "fused_heavy_ball"]

_sgd, _adam = torch._fused_sgd_, torch._fused_adam_

_TYPES = (torch.float32, torch.float64)
_LEAST_SCALE, _LEAST_STEP = 1e-20, 1e-9
_LATE = torch.tensor(1e9)
"""A number of steps after which Adam's averages need no correction: there is none in MXNet's formula."""


def _fits(*lists: Many) -> bool:
    dtype = lists[0][0].dtype
    if dtype not in _TYPES:
        return False
    for tensors in lists:
        for x in tensors:
            if x.dtype is not dtype or not x.is_cpu or not x.is_contiguous():
                return False
    return True


def fused_descend(w: Many, g: Many, scale: float, lr: float, wd: float) -> bool:
    """``w -= lr * (scale * g + wd * w)``."""
    if not (scale > _LEAST_SCALE and _fits(w, g)):
        return False
    _sgd(
        w,
        g,
        [],
        weight_decay=wd / scale,
        momentum=0.0,
        lr=lr * scale,
        dampening=0.0,
        nesterov=False,
        maximize=False,
        is_first_step=False,
    )
    return True


def fused_heavy_ball(w: Many, g: Many, scale: float, m: Many, lr: float, wd: float, kept: float) -> bool:
    """``m = kept * m - lr * (scale * g + wd * w)``, ``w += m``.

    torch's is ``m = kept * m + (1 - dampening) * (g + weight_decay * w)``, ``w -= lr * m``; it keeps no
    momentum of 0.
    """
    if not (kept and scale > _LEAST_SCALE and lr * scale > _LEAST_STEP and _fits(w, g, m)):
        return False
    _sgd(
        w,
        g,
        m,
        weight_decay=wd / scale,
        momentum=kept,
        lr=-1.0,
        dampening=1 + lr * scale,
        nesterov=False,
        maximize=False,
        is_first_step=False,
    )
    return True


def fused_adam(
    w: Many, g: Many, m: Many, v: Many, lr: float, rest1: float, rest2: float, epsilon: float
) -> bool:
    """``m += rest1 * (g - m)``, ``v += rest2 * (g² - v)``, ``w -= lr * m / (sqrt(v) + epsilon)``."""
    if not (rest1 > 0 and rest2 > 0 and _fits(w, g, m, v)):
        return False
    _adam(
        w,
        g,
        m,
        v,
        [],
        [_LATE] * len(w),
        lr=lr,
        beta1=1 - rest1,
        beta2=1 - rest2,
        weight_decay=0.0,
        eps=epsilon,
        amsgrad=False,
        maximize=False,
    )
    return True
