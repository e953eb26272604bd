"""Updates of many weights whose rates are arrays; see :mod:`updates_many`.

The rates stay on the device, so that a GPU need not wait for them.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from regluon.ops.formulas import scaled
from regluon.ops.many import Many, add_, mul_, times_
from regluon.ops.registry import Tensor, register
from regluon.ops.updates import bound
from regluon.ops.updates_many import columns, many_weights, rounded, written

__all__ = [
    "preloaded_multi_mp_sgd_mom_update",
    "preloaded_multi_mp_sgd_update",
    "preloaded_multi_sgd_mom_update",
    "preloaded_multi_sgd_update",
    "reset_arrays",
]


def _rates(data: Sequence[Tensor], count: int) -> tuple[Sequence[Tensor], Many, Many]:
    """The arrays of the weights, the learning rates and the decays."""
    *arrays, lrs, wds = data if len(data) > 1 else (*data, *data)
    for name, rates in (("learning rates", lrs), ("weight decays", wds)):
        if rates.dtype is not torch.float32 or rates.numel() != count:
            raise ValueError(
                f"the {name} of {count} weights must be float32 numbers, as many as there are weights, "
                f"but their shape is {tuple(rates.shape)}"
            )
    return arrays, list(lrs.flatten()), list(wds.flatten())


def _steps(w: Many, g: Many, scale: float, lrs: Many, wds: Many) -> Many:
    """``lr * (g + wd * w)`` for each weight."""
    steps = [torch.mul(x, wd.to(x.dtype)) for x, wd in zip(w, wds, strict=True)]
    add_(steps, g, scale)
    times_(steps, [lr.to(x.dtype) for x, lr in zip(w, lrs, strict=True)])
    return steps


@register("preloaded_multi_sgd_update", visible=many_weights)
def preloaded_multi_sgd_update(
    *data: Tensor,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``multi_sgd_update``, with the rates as arrays

    Inputs
    ------
    data : weight, grad; for each of the ``num_weights``; then all learning rates in one array of float32, and
        all weight decays in another
    """
    arrays, lrs, wds = _rates(data, num_weights)
    _, g, (w,) = columns(arrays, 2, num_weights)
    add_(w, _steps(w, *scaled(g, rescale_grad, bound(clip_gradient)), lrs, wds), -1.0)
    return tuple(w)


@register("preloaded_multi_sgd_mom_update", visible=many_weights, writes=written(3, 2))
def preloaded_multi_sgd_mom_update(
    *data: Tensor,
    momentum: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``multi_sgd_mom_update``, with the rates as arrays

    Inputs
    ------
    data : weight, grad, mom; for each of the ``num_weights``; then the rates as in
        ``preloaded_multi_sgd_update``
    """
    arrays, lrs, wds = _rates(data, num_weights)
    _, g, (w, m) = columns(arrays, 3, num_weights)
    mul_(m, momentum)
    add_(m, _steps(w, *scaled(g, rescale_grad, bound(clip_gradient)), lrs, wds), -1.0)
    add_(w, m)
    return (*w, *m)


@register("preloaded_multi_mp_sgd_update", visible=many_weights, writes=written(3, 2))
def preloaded_multi_mp_sgd_update(
    *data: Tensor,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``multi_mp_sgd_update``, with the rates as arrays

    Inputs
    ------
    data : weight, grad, weight32; for each of the ``num_weights``; then the rates as in
        ``preloaded_multi_sgd_update``
    """
    arrays, lrs, wds = _rates(data, num_weights)
    weights, g, (w,) = columns(arrays, 3, num_weights, mp=True)
    add_(w, _steps(w, *scaled(g, rescale_grad, bound(clip_gradient)), lrs, wds), -1.0)
    return (*rounded(w, weights), *w)


@register("preloaded_multi_mp_sgd_mom_update", visible=many_weights, writes=written(4, 2))
def preloaded_multi_mp_sgd_mom_update(
    *data: Tensor,
    momentum: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``multi_mp_sgd_mom_update``, with the rates as arrays

    Inputs
    ------
    data : weight, grad, mom, weight32; for each of the ``num_weights``; then the rates as in
        ``preloaded_multi_sgd_update``
    """
    arrays, lrs, wds = _rates(data, num_weights)
    weights, g, (m, w) = columns(arrays, 4, num_weights, mp=True)
    mul_(m, momentum)
    add_(m, _steps(w, *scaled(g, rescale_grad, bound(clip_gradient)), lrs, wds), -1.0)
    add_(w, m)
    return (*rounded(w, weights), *m, *w)


@register("reset_arrays", visible=0, writes=lambda count: {i: i for i in range(count)})
def reset_arrays(*data: Tensor, num_arrays: int) -> tuple[Tensor, ...]:
    """Writes 0 into all the arrays, ``num_arrays`` of them; there is no output"""
    if len(data) != num_arrays:
        raise ValueError(f"num_arrays={num_arrays}, but there are {len(data)} arrays")
    return tuple([torch.zeros_like(x) for x in data])
