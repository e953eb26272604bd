"""Batch normalization, and the operators that are it under other conditions.

Moving statistics are written where the operator runs for training. The gradient of a channel comes from
torch's kernels; its numbers are moved where torch is slow, which depends on the length of a channel's runs.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import torch

from regluon.ops.constants import constant
from regluon.ops.kernels import kernel
from regluon.ops.memory import is_last
from regluon.ops.outlines import outline
from regluon.ops.registry import Mode, Shape, Tensor, gradient, infer_shape, register

_normalize = torch.native_batch_norm
_backward = kernel("native_batch_norm_backward")

Parts: TypeAlias = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]

_WRITES = {"gamma": 3, "moving_mean": 4, "moving_var": 5}
_HALF = (torch.float16, torch.bfloat16)
# Below, torch's kernels for runs are slow on a CPU, and above, those that sum over them.
_SHORT, _LONG, _MANY = 8, 16, 8192


def _shown(attributes: dict[str, Any]) -> int:
    return 3 if attributes["output_mean_var"] else 1


@register("BatchNorm", visible=_shown, writes=_WRITES)
def batch_norm(
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    moving_mean: Tensor,
    moving_var: Tensor,
    *,
    eps: float = 1e-3,
    momentum: float = 0.9,
    fix_gamma: bool = True,
    use_global_stats: bool = False,
    output_mean_var: bool = False,
    axis: int = 1,
    cudnn_off: bool = False,
    min_calib_range: float | None = None,
    max_calib_range: float | None = None,
    training: Mode,
) -> Parts:
    """(data - mean) / sqrt(var + eps) * gamma + beta, with the mean and the variance of each channel

    For training they are those of the batch, and ``moving = momentum moving + (1 - momentum) batch``, of the
    mean and of the variance (divided by the count, not by one less); otherwise they are the moving ones.
    Ioffe and Szegedy, "Batch Normalization", 2015.

    Parameters
    ----------
    fix_gamma
        Takes 1 for gamma, writes 1 into it, and gives it no gradient.
    use_global_stats
        Takes the moving statistics for training, too, and leaves them as they are.
    output_mean_var
        Shows the mean and the scale as well. No gradient passes through them.
    axis
        That of the channels.
    cudnn_off, min_calib_range, max_calib_range
        Without effect.

    Inputs
    ------
    data : (...), of extent c along ``axis``
    gamma, beta, moving_mean, moving_var : (c,), of data's type, but float32 beside float16

    Outputs
    -------
    out : like data
    mean, scale : (c,), if ``output_mean_var``; the scale is 1 / sqrt(var + eps)
    """
    inputs = (data, gamma, beta, moving_mean, moving_var)
    batch = training and not use_global_stats
    out, mean, _, scale, *new = _compute(inputs, axis, eps, momentum, fix_gamma, batch)
    if output_mean_var and not batch:
        mean, scale = mean.clone(), torch.rsqrt(torch.add(moving_var, eps))
    return out, mean, scale, *new, scale  # type: ignore[return-value]


def _compute(
    inputs: Any, axis: int, eps: float, momentum: float, fix_gamma: bool, batch: bool
) -> tuple[Tensor, ...]:
    """The result, the mean, the variance, the scale; and the new gamma, moving mean, moving variance.

    The scale is that of a batch only.
    """
    data, gamma, beta, moving_mean, moving_var = inputs
    _check(inputs, axis)
    if data.is_meta:
        each = [outline(gamma, gamma.shape) for _ in range(6)]
        known = each if batch else (moving_mean, moving_var, moving_var, each[3], moving_mean, moving_var)
        return outline(data, data.shape), *known
    weight = torch.ones_like(gamma) if fix_gamma else gamma
    x, shape = _arrange(data, axis)
    if not batch:
        out = _normalize(x, weight, beta, moving_mean, moving_var, False, 0.0, eps)[0]
        return (_restore(out, data, shape), moving_mean, moving_var, moving_var, weight, *inputs[3:])
    if _sums_itself(x, shape):
        mean, var = _statistics(x)
        out = _normalize(x, weight, beta, mean, var, False, 0.0, eps)[0]
        scale = torch.rsqrt(torch.add(var, eps))
    else:
        out, mean, scale = _normalize(x, weight, beta, None, None, True, 0.0, eps)
        var = torch.sub(torch.pow(scale, -2), constant(eps, scale.dtype))
    new = [torch.lerp(old, value, 1 - momentum) for old, value in ((moving_mean, mean), (moving_var, var))]
    return _restore(out, data, shape), mean, var, scale, weight, *new


def _check(inputs: Any, axis: int) -> None:
    data, *parameters = inputs
    if not -data.dim() <= axis < data.dim():
        raise ValueError(f"axis={axis} is out of range for {data.dim()} axes")
    count, kind = data.size(axis), torch.float32 if data.dtype in _HALF else data.dtype
    for name, x in zip(("gamma", "beta", "moving_mean", "moving_var"), parameters, strict=True):
        if x.shape != (count,):
            raise ValueError(
                f"{name} must have shape {(count,)}, the extent of axis {axis}, but it has {tuple(x.shape)}"
            )
        if x.dtype is not kind:
            raise ValueError(f"beside data of {data.dtype}, {name} must be of {kind}; astype() gives it")


def _arrange(x: Tensor, axis: int) -> tuple[Tensor, Shape | None]:
    """Channels on axis 1, last where their runs are short; and the shape in between, if they were moved."""
    axis %= x.dim()
    if axis == 1 and is_last(x):
        return x, None
    run = 1
    for n in x.shape[axis + 1 :]:
        run *= n
    count = x.shape[axis]
    if run == 1:
        return (x if axis == 1 and x.dim() == 2 else x.reshape(-1, count)), None
    if run < _SHORT and x.numel() >= _MANY and not x.is_cuda:
        runs = x.reshape(-1, count, run)
        return runs.transpose(1, 2).reshape(-1, count), (runs.shape[0], run, count)
    return (x if axis == 1 else x.reshape(-1, count, run)), None


def _restore(x: Tensor, data: Tensor, shape: Shape | None) -> Tensor:
    if shape is not None:
        x = x.reshape(shape).transpose(1, 2).contiguous()
    return x if x.shape == data.shape else x.reshape(data.shape)


def _sums_itself(x: Tensor, shape: Shape | None) -> bool:
    """Whether sums over long runs, which torch's kernel adds up one by one, are worth more calls."""
    if x.dim() < 3 or is_last(x) or x.numel() < _MANY or not x.is_cpu or x.requires_grad or x.dtype in _HALF:
        return False
    return x.numel() >= _LONG * x.shape[0] * x.shape[1]


def _statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    axes = [0, *range(2, x.dim())]
    mean = torch.mean(x, axes, keepdim=True)
    return mean.reshape(-1), torch.mean(torch.sub(x, mean).square_(), axes)


def _pull(
    g: Any, need: Any, out: Any, inputs: Any, training: bool, given: dict[str, Any], positive: bool = False
) -> list[Tensor | None]:
    """The gradients of data, gamma and beta; with ``positive`` where the result is."""
    data, gamma, beta, moving_mean, moving_var = inputs
    if not data.numel():  # torch's kernel divides by the number of channels
        return [
            torch.zeros_like(x) if n else None for x, n in zip((data, gamma, beta), need, strict=False)
        ] + [None, None]
    batch, axis = training and not given["use_global_stats"], given.get("axis", 1)
    g = g[0] if given["output_mean_var"] else g
    if positive:
        g = torch.mul(g, torch.gt(out[0], 0))
    (x, shape), (head, _) = _arrange(data, axis), _arrange(g, axis)
    moving = (None, None) if batch else (moving_mean, moving_var)
    wanted = [need[0] is not None, need[1] is not None and not given["fix_gamma"], need[2] is not None]
    found = _backward(head, x, out[3], *moving, out[1], out[6], batch, given["eps"], wanted)
    grads = [grad if want else None for grad, want in zip(found, wanted, strict=True)]
    if grads[0] is not None:
        grads[0] = _restore(grads[0], data, shape)
    return [*grads, None, None]


@gradient(batch_norm)
def _(g: Any, need: Any, out: Any, *inputs: Tensor, training: bool, **given: Any) -> Any:
    return _pull(g, need, out, inputs, training, given)


@register("_contrib_BatchNormWithReLU", visible=_shown, writes=_WRITES)
def batch_norm_relu(
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    moving_mean: Tensor,
    moving_var: Tensor,
    *,
    eps: float = 1e-3,
    momentum: float = 0.9,
    fix_gamma: bool = True,
    use_global_stats: bool = False,
    output_mean_var: bool = False,
    axis: int = 1,
    cudnn_off: bool = False,
    min_calib_range: float | None = None,
    max_calib_range: float | None = None,
    training: Mode,
) -> Parts:
    """max(0, BatchNorm(data, ...)), with the parameters of BatchNorm"""
    inputs = (data, gamma, beta, moving_mean, moving_var)
    batch = training and not use_global_stats
    out, mean, _, scale, *new = _compute(inputs, axis, eps, momentum, fix_gamma, batch)
    if output_mean_var and not batch:
        mean, scale = mean.clone(), torch.rsqrt(torch.add(moving_var, eps))
    return torch.relu(out), mean, scale, *new, scale  # type: ignore[return-value]


@gradient(batch_norm_relu)
def _(g: Any, need: Any, out: Any, *inputs: Tensor, training: bool, **given: Any) -> Any:
    return _pull(g, need, out, inputs, training, given, positive=True)


@register("BatchNorm_v1", visible=_shown, writes=_WRITES)
def batch_norm_v1(
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    moving_mean: Tensor,
    moving_var: Tensor,
    *,
    eps: float = 1e-3,
    momentum: float = 0.9,
    fix_gamma: bool = True,
    use_global_stats: bool = False,
    output_mean_var: bool = False,
    training: Mode,
) -> Parts:
    """BatchNorm of old: along axis 1, and ``output_mean_var`` shows the variance itself, not the scale"""
    inputs = (data, gamma, beta, moving_mean, moving_var)
    return _older(inputs, eps, momentum, fix_gamma, output_mean_var, training and not use_global_stats)


@register("_contrib_SyncBatchNorm", visible=_shown, writes=_WRITES)
def sync_batch_norm(
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    moving_mean: Tensor,
    moving_var: Tensor,
    *,
    eps: float = 1e-3,
    momentum: float = 0.9,
    fix_gamma: bool = True,
    use_global_stats: bool = False,
    output_mean_var: bool = False,
    ndev: int = 1,
    key: str,
    training: Mode,
) -> Parts:
    """BatchNorm along axis 1, with the statistics of one device: ``output_mean_var`` shows the variance

    Parameters
    ----------
    ndev, key
        The number of devices that share statistics, and the name that they do it under; only 1 is possible.
    """
    if ndev != 1:
        raise ValueError(f"ndev={ndev}: statistics of several devices in one program can't be joined; 1 can")
    inputs = (data, gamma, beta, moving_mean, moving_var)
    return _older(inputs, eps, momentum, fix_gamma, output_mean_var, training and not use_global_stats)


def _older(
    inputs: Any, eps: float, momentum: float, fix_gamma: bool, output_mean_var: bool, batch: bool
) -> Parts:
    out, mean, var, scale, *new = _compute(inputs, 1, eps, momentum, fix_gamma, batch)
    if output_mean_var and not batch:
        mean, var = mean.clone(), var.clone()
    return out, mean, var, *new, scale  # type: ignore[return-value]


@gradient(batch_norm_v1)
@gradient(sync_batch_norm)
def _(g: Any, need: Any, out: Any, *inputs: Tensor, training: bool, **given: Any) -> Any:
    return _pull(g, need, out, inputs, training, given)


@infer_shape(batch_norm)
@infer_shape(batch_norm_relu)
@infer_shape(batch_norm_v1)
@infer_shape(sync_batch_norm)
def _(data: Any, *parameters: Any, axis: int = 1, **attributes: Any) -> Any:
    return data, *[(data[axis],)] * 4
