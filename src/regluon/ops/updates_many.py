"""Optimizers' updates of many weights in one call.

The arrays of the first weight come first, then those of the second, and so on: weight, gradient, states, and
a float32 copy where the name has ``mp_``. The new weights are the outputs; states and copies are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regluon.ops.formulas import descend, heavy_ball, scaled
from regluon.ops.many import Many
from regluon.ops.registry import Tensor, register
from regluon.ops.updates import begin, begin_master, bound

__all__ = [
    "alike",
    "columns",
    "many_weights",
    "multi_mp_sgd_mom_update",
    "multi_mp_sgd_update",
    "multi_sgd_mom_update",
    "multi_sgd_update",
    "pick",
    "rounded",
    "written",
]


def many_weights(attributes: dict[str, Any]) -> int:
    """How many outputs the caller sees."""
    return attributes["num_weights"]  # type: ignore[no-any-return]


def written(stride: int, extra: int = 0) -> Callable[[int], dict[int, int]]:
    """Which inputs are updated by which outputs, if a weight has ``stride`` arrays and ``extra`` ones follow.

    The outputs are all weights, then all of the first state, and so on.
    """

    def of(count: int) -> dict[int, int]:
        n = (count - extra) // stride
        return {i * stride + column: (column - 1) * n + i for i in range(n) for column in range(2, stride)}

    return of


def columns(
    data: Sequence[Tensor], stride: int, count: int, *rates: Sequence[Any], mp: bool = False
) -> tuple[Many, Many, list[Many]]:
    """The weights, their gradients, and copies of what is written: the weights or, with ``mp``, the rest.

    Raises
    ------
    ValueError
        If there are not as many arrays or rates as there should be, or those of a weight do not fit.
    """
    if count < 1 or len(data) != count * stride:
        raise ValueError(f"for {count} weights it needs {count * stride} arrays, but it got {len(data)}")
    if any(len(r) != count for r in rates):
        raise ValueError(f"for {count} weights it needs {count} rates of each kind")
    if len({t.dtype for t in data[::stride]}) > 1:
        raise ValueError("the weights must be of one type")
    started: list[list[Many]] = []
    for i in range(0, len(data), stride):
        weight, grad, *states = data[i : i + stride]
        if mp:
            started.append(begin_master(weight, grad, *states))
        elif any(s.dtype is not weight.dtype for s in (grad, *states)):
            raise ValueError("a weight, its gradient and its states must be of one type")
        else:
            started.append(begin(grad, weight, *states))
    grads = list(data[1::stride])
    fresh = [[m[0] for m in column] for column in zip(*started, strict=True)]
    return list(data[::stride]), [g.float() for g in grads] if mp else grads, fresh


def alike(*rates: Sequence[Any]) -> list[tuple[tuple[Any, ...], list[int]]]:
    """Weights to be updated together: rates, and the positions of the weights that have them."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for i, rate in enumerate(zip(*rates, strict=True)):
        found.setdefault(rate, []).append(i)
    return list(found.items())


def pick(at: Sequence[int], *lists: Many) -> list[Many]:
    """Of each list, what is at these positions."""
    return [[many[i] for i in at] for many in lists]


def rounded(masters: Many, weights: Many) -> Many:
    """The updated copies in the weights' type."""
    return [m.to(w.dtype) for m, w in zip(masters, weights, strict=True)]


@register("multi_sgd_update", same_type=True, visible=many_weights)
def multi_sgd_update(
    *data: Tensor,
    lrs: tuple[float, ...],
    wds: tuple[float, ...],
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``sgd_update`` of each weight, with its own of ``lrs`` and ``wds``

    Inputs
    ------
    data : weight, grad; for each of the ``num_weights``
    """
    _, g, (w,) = columns(data, 2, num_weights, lrs, wds)
    for (lr, wd), at in alike(lrs, wds):
        some, grads = pick(at, w, g)
        descend(some, *scaled(grads, rescale_grad, bound(clip_gradient)), lr, wd)
    return tuple(w)


@register("multi_sgd_mom_update", same_type=True, visible=many_weights, writes=written(3))
def multi_sgd_mom_update(
    *data: Tensor,
    lrs: tuple[float, ...],
    wds: tuple[float, ...],
    momentum: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``sgd_mom_update`` of each weight, with its own of ``lrs`` and ``wds``

    Inputs
    ------
    data : weight, grad, mom; for each of the ``num_weights``
    """
    _, g, (w, m) = columns(data, 3, num_weights, lrs, wds)
    for (lr, wd), at in alike(lrs, wds):
        some, grads, moms = pick(at, w, g, m)
        grads, scale = scaled(grads, rescale_grad, bound(clip_gradient))
        heavy_ball(some, grads, scale, moms, lr, wd, momentum)
    return (*w, *m)


@register("multi_mp_sgd_update", visible=many_weights, writes=written(3))
def multi_mp_sgd_update(
    *data: Tensor,
    lrs: tuple[float, ...],
    wds: tuple[float, ...],
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``mp_sgd_update`` of each weight, with its own of ``lrs`` and ``wds``

    Inputs
    ------
    data : weight, grad, weight32; for each of the ``num_weights``
    """
    weights, g, (w,) = columns(data, 3, num_weights, lrs, wds, mp=True)
    for (lr, wd), at in alike(lrs, wds):
        some, grads = pick(at, w, g)
        descend(some, *scaled(grads, rescale_grad, bound(clip_gradient)), lr, wd)
    return (*rounded(w, weights), *w)


@register("multi_mp_sgd_mom_update", visible=many_weights, writes=written(4))
def multi_mp_sgd_mom_update(
    *data: Tensor,
    lrs: tuple[float, ...],
    wds: tuple[float, ...],
    momentum: float = 0.0,
    rescale_grad: float = 1.0,
    clip_gradient: float = -1.0,
    num_weights: int = 1,
) -> tuple[Tensor, ...]:
    """``mp_sgd_mom_update`` of each weight, with its own of ``lrs`` and ``wds``

    Inputs
    ------
    data : weight, grad, mom, weight32; for each of the ``num_weights``
    """
    weights, g, (m, w) = columns(data, 4, num_weights, lrs, wds, mp=True)
    for (lr, wd), at in alike(lrs, wds):
        some, grads, moms = pick(at, w, g, m)
        grads, scale = scaled(grads, rescale_grad, bound(clip_gradient))
        heavy_ball(some, grads, scale, moms, lr, wd, momentum)
    return (*rounded(w, weights), *m, *w)
