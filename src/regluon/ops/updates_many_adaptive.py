"""AdamW and LAMB for many weights in one call; see :mod:`updates_many`."""

from __future__ import annotations

from typing import Any

from regluon.ops.formulas import adamw, decayed, lamb_direction, lamb_steps
from regluon.ops.registry import Tensor, register
from regluon.ops.updates import bound
from regluon.ops.updates_lamb import rescaled, unless_skipped
from regluon.ops.updates_many import alike, columns, many_weights, pick, rounded, written

__all__ = [
    "multi_adamw_update",
    "multi_lamb_update",
    "multi_mp_adamw_update",
    "multi_mp_lamb_update",
]


@register("_multi_adamw_update", visible=many_weights, writes=written(4, 1))
def multi_adamw_update(
    *data: Tensor,
    lrs: tuple[float, ...],
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    wds: tuple[float, ...],
    etas: tuple[float, ...],
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``_adamw_update`` of each weight, with its own of ``lrs``, ``wds`` and ``etas``

    Inputs
    ------
    data : weight, grad, mean, var; for each of the ``num_weights``; then rescale_grad, of the same type
    """
    *arrays, rescale = data
    weights, g, (w, m, v) = columns(arrays, 4, num_weights, lrs, wds, etas)
    for (lr, wd, eta), at in alike(lrs, wds, etas):
        some, grads, means, vars_ = pick(at, w, g, m, v)
        grads = [rescaled(x, rescale, clip_gradient, x.dtype) for x in grads]
        adamw(some, grads, means, vars_, lr, wd, eta, beta1, beta2, epsilon)
    old = [*weights, *arrays[2::4], *arrays[3::4]]
    return tuple(unless_skipped(rescale, [*w, *m, *v], old))


@register("_multi_mp_adamw_update", visible=many_weights, writes=written(5, 1))
def multi_mp_adamw_update(
    *data: Tensor,
    lrs: tuple[float, ...],
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    wds: tuple[float, ...],
    etas: tuple[float, ...],
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``_mp_adamw_update`` of each weight, with its own of ``lrs``, ``wds`` and ``etas``

    Inputs
    ------
    data : weight, grad, mean, var, weight32; for each of the ``num_weights``; then rescale_grad, float32
    """
    *arrays, rescale = data
    weights, g, (m, v, w) = columns(arrays, 5, num_weights, lrs, wds, etas, mp=True)
    for (lr, wd, eta), at in alike(lrs, wds, etas):
        some, grads, means, vars_ = pick(at, w, g, m, v)
        grads = [rescaled(x, rescale, clip_gradient) for x in grads]
        adamw(some, grads, means, vars_, lr, wd, eta, beta1, beta2, epsilon)
    old = [*weights, *arrays[2::5], *arrays[3::5], *arrays[4::5]]
    return tuple(unless_skipped(rescale, [*rounded(w, weights), *m, *v, *w], old))


def many_tensors(attributes: dict[str, Any]) -> int:
    """How many outputs the caller sees."""
    return attributes["num_tensors"]  # type: ignore[no-any-return]


@register("_multi_lamb_update", same_type=True, visible=many_tensors, writes=written(4))
def multi_lamb_update(
    *data: Tensor,
    learning_rates: tuple[float, ...],
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-6,
    wds: tuple[float, ...],
    rescale_grad: float = 1.0,
    lower_bound: float = -1.0,
    upper_bound: float = -1.0,
    clip_gradient: float = -1.0,
    bias_correction: bool = True,
    step_count: tuple[int, ...],
    num_tensors: int = 1,
) -> tuple[Tensor, ...]:
    """Both phases of LAMB for each weight, with its own of ``learning_rates``, ``wds`` and ``step_count``

    See ``lamb_update_phase1`` and ``lamb_update_phase2``.

    Inputs
    ------
    data : weight, grad, mean, var; for each of the ``num_tensors``
    """
    _, g, (w, m, v) = columns(data, 4, num_tensors, learning_rates, wds, step_count)
    g = decayed(w, g, 0.0, rescale_grad, bound(clip_gradient))
    for (lr, wd, t), at in alike(learning_rates, wds, step_count):
        some, grads, means, vars_ = pick(at, w, g, m, v)
        steps = t if bias_correction else None
        u = lamb_direction(some, grads, means, vars_, wd, beta1, beta2, epsilon, steps)
        lamb_steps(some, u, some, lr, bound(lower_bound), bound(upper_bound))
    return (*w, *m, *v)


@register("_multi_mp_lamb_update", visible=many_tensors, writes=written(5))
def multi_mp_lamb_update(
    *data: Tensor,
    learning_rates: tuple[float, ...],
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-6,
    wds: tuple[float, ...],
    rescale_grad: float = 1.0,
    lower_bound: float = -1.0,
    upper_bound: float = -1.0,
    clip_gradient: float = -1.0,
    bias_correction: bool = True,
    step_count: tuple[int, ...],
    num_tensors: int = 1,
) -> tuple[Tensor, ...]:
    """``_multi_lamb_update`` of float32 copies, rounded to the weights' type; the norms are the weights'

    Inputs
    ------
    data : weight, grad, mean, var, weight32; for each of the ``num_tensors``
    """
    weights, g, (m, v, w) = columns(data, 5, num_tensors, learning_rates, wds, step_count, mp=True)
    g = decayed(w, g, 0.0, rescale_grad, bound(clip_gradient))
    for (lr, wd, t), at in alike(learning_rates, wds, step_count):
        some, grads, means, vars_, halves = pick(at, w, g, m, v, weights)
        steps = t if bias_correction else None
        u = lamb_direction(some, grads, means, vars_, wd, beta1, beta2, epsilon, steps)
        lamb_steps(some, u, [x.float() for x in halves], lr, bound(lower_bound), bound(upper_bound))
    return (*rounded(w, weights), *m, *v, *w)
