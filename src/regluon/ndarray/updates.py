"""Updates of ``nd.contrib`` that take lists of arrays, or a number as ``rescale_grad``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from regluon.ndarray.functions import function_of
from regluon.ndarray.ndarray import NDArray
from regluon.ops.registry import OPERATORS

__all__ = [
    "adamw_update",
    "mp_adamw_update",
    "multi_adamw_update",
    "multi_lamb_update",
    "multi_mp_adamw_update",
    "multi_mp_lamb_update",
]

_adamw = function_of(OPERATORS["_adamw_update"])
_mp_adamw = function_of(OPERATORS["_mp_adamw_update"])
_multi_adamw = function_of(OPERATORS["_multi_adamw_update"])
_multi_mp_adamw = function_of(OPERATORS["_multi_mp_adamw_update"])
_multi_lamb = function_of(OPERATORS["_multi_lamb_update"])
_multi_mp_lamb = function_of(OPERATORS["_multi_mp_lamb_update"])

Arrays = Sequence[NDArray]


def _factor(rescale_grad: NDArray | float, like: NDArray, dtype: torch.dtype = torch.float32) -> NDArray:
    """``rescale_grad`` as an array beside ``like``."""
    if isinstance(rescale_grad, NDArray):
        return rescale_grad.as_in_context(like.context)
    return NDArray(torch.full((1,), rescale_grad, dtype=dtype, device=like._data.device), like.context)


def _interleaved(*lists: Arrays) -> list[NDArray]:
    """The arrays of the first weight, those of the second, and so on."""
    return [array for row in zip(*lists, strict=True) for array in row]


def adamw_update(
    weight: NDArray,
    grad: NDArray,
    mean: NDArray,
    var: NDArray,
    rescale_grad: NDArray | float,
    lr: float,
    eta: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    wd: float = 0,
    clip_gradient: float = -1,
    out: NDArray | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """weight - eta (lr mean / (√var + epsilon) + wd weight) (Loshchilov and Hutter, 2017)

    with mean and var, which are written, the moving averages of g and g², g = clip(rescale_grad grad). If
    ``rescale_grad``, a number or an array of one, is 0, infinite or not a number, nothing changes.
    """
    kwargs.update(beta1=beta1, beta2=beta2, epsilon=epsilon, wd=wd, clip_gradient=clip_gradient, out=out)
    updated: NDArray = _adamw(
        weight, grad, mean, var, _factor(rescale_grad, weight), lr=lr, eta=eta, **kwargs
    )
    return updated


def mp_adamw_update(
    weight: NDArray,
    grad: NDArray,
    mean: NDArray,
    var: NDArray,
    weight32: NDArray,
    rescale_grad: NDArray | float,
    lr: float,
    eta: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    wd: float = 0,
    clip_gradient: float = -1,
    out: NDArray | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> NDArray:
    """``adamw_update`` of the float32 copy ``weight32``, which is written, rounded to weight's type"""
    kwargs.update(beta1=beta1, beta2=beta2, epsilon=epsilon, wd=wd, clip_gradient=clip_gradient, out=out)
    updated: NDArray = _mp_adamw(
        weight, grad, mean, var, weight32, _factor(rescale_grad, weight), lr=lr, eta=eta, **kwargs
    )
    return updated


def multi_adamw_update(
    weights: Arrays,
    grads: Arrays,
    mean: Arrays,
    var: Arrays,
    rescale_grad: NDArray | float,
    lrs: Sequence[float],
    wds: Sequence[float],
    etas: Sequence[float],
    out: Any = None,
    name: str | None = None,
    size: int = 0,
    **kwargs: Any,
) -> Any:
    """``adamw_update`` of each weight, with its own learning rate, decay and eta"""
    factor = _factor(rescale_grad, weights[0], weights[0]._data.dtype)
    arrays = [*_interleaved(weights, grads, mean, var), factor]
    kwargs.update(lrs=tuple(lrs), wds=tuple(wds), etas=tuple(etas))
    return _multi_adamw(*arrays, num_weights=size or len(weights), out=out, **kwargs)


def multi_mp_adamw_update(
    weights: Arrays,
    grads: Arrays,
    mean: Arrays,
    var: Arrays,
    weights32: Arrays,
    rescale_grad: NDArray | float,
    lrs: Sequence[float],
    wds: Sequence[float],
    etas: Sequence[float],
    out: Any = None,
    name: str | None = None,
    size: int = 0,
    **kwargs: Any,
) -> Any:
    """``mp_adamw_update`` of each weight, with its own learning rate, decay and eta"""
    arrays = [*_interleaved(weights, grads, mean, var, weights32), _factor(rescale_grad, weights[0])]
    kwargs.update(lrs=tuple(lrs), wds=tuple(wds), etas=tuple(etas))
    return _multi_mp_adamw(*arrays, num_weights=size or len(weights), out=out, **kwargs)


def multi_lamb_update(
    weights: Arrays,
    grads: Arrays,
    mean: Arrays,
    var: Arrays,
    step_count: Sequence[int],
    lrs: Sequence[float],
    wds: Sequence[float],
    out: Any = None,
    num_tensors: int = 0,
    **kwargs: Any,
) -> Any:
    """LAMB's update of each weight, the ``step_count``-th, with its own learning rate and decay

    See ``lamb_update_phase1`` and ``lamb_update_phase2``, whose other attributes it takes.
    """
    kwargs.update(learning_rates=tuple(lrs), wds=tuple(wds), step_count=tuple(step_count))
    arrays = _interleaved(weights, grads, mean, var)
    return _multi_lamb(*arrays, num_tensors=num_tensors or len(weights), out=out, **kwargs)


def multi_mp_lamb_update(
    weights: Arrays,
    grads: Arrays,
    mean: Arrays,
    var: Arrays,
    weights32: Arrays,
    step_count: Sequence[int],
    lrs: Sequence[float],
    wds: Sequence[float],
    out: Any = None,
    num_tensors: int = 0,
    **kwargs: Any,
) -> Any:
    """``multi_lamb_update`` of the float32 copies ``weights32``, which are written, rounded"""
    kwargs.update(learning_rates=tuple(lrs), wds=tuple(wds), step_count=tuple(step_count))
    arrays = _interleaved(weights, grads, mean, var, weights32)
    return _multi_mp_lamb(*arrays, num_tensors=num_tensors or len(weights), out=out, **kwargs)
