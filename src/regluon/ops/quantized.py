"""Layers on numbers of 8 bits that give such numbers again; see :mod:`regluon.ops.quantization`.

What MXNet 1.9.1 can't compute on a CPU, or computes wrongly, is refused here.
"""

from __future__ import annotations

from typing import Literal

import torch

from regluon.ops.joining import concat
from regluon.ops.nn import row_numbers
from regluon.ops.pooling import pooling
from regluon.ops.quantization import INTEGERS, largest, largest_of, require_type, rounded
from regluon.ops.registry import DType, Shape, Tensor, register

Three = tuple[Tensor, Tensor, Tensor]
_EIGHT = (torch.int8, torch.uint8)
_RATIO = 127.5 / 255.5


def _step(dtype: torch.dtype, size: Tensor) -> Tensor:
    """What the integer 1 stands for."""
    return size / INTEGERS[dtype]


def _as_given(out: Tensor, low: Tensor, high: Tensor) -> Three:
    largest(low, high)
    return out, low.clone(), high.clone()


@register("_contrib_quantized_flatten")
def quantized_flatten(data: Tensor, min_data: Tensor, max_data: Tensor) -> Three:
    """All axes but the first in one, with the range as it is

    Inputs
    ------
    data : (n, ...)
    min_data, max_data : (1,)

    Outputs
    -------
    out : (n, ...), two axes
    min_data, max_data : (1,)
    """
    return _as_given(data.reshape(data.shape[0], -1).clone(), min_data, max_data)


@register("_contrib_quantized_act")
def quantized_act(
    data: Tensor,
    min_data: Tensor,
    max_data: Tensor,
    *,
    act_type: Literal["relu", "sigmoid", "softrelu", "softsign", "tanh"],
) -> Three:
    """max(data, 0), with the range as it is; ``act_type`` must be "relu"

    Inputs
    ------
    data : (...), int8; numbers of uint8 from 128 on wrap around
    min_data, max_data : (1,)

    Outputs
    -------
    out : like data, int8
    min_data, max_data : (1,)
    """
    require_type(data, *_EIGHT)
    if act_type != "relu":
        raise ValueError('it takes act_type="relu" alone')
    return _as_given(torch.clamp_min(data, 0).to(torch.int8), min_data, max_data)


@register("_contrib_quantized_pooling")
def quantized_pooling(
    data: Tensor,
    min_data: Tensor,
    max_data: Tensor,
    *,
    kernel: Shape = (),
    pool_type: Literal["avg", "lp", "max", "sum"] = "max",
    global_pool: bool = False,
    cudnn_off: bool = False,
    pooling_convention: Literal["full", "same", "valid"] = "valid",
    stride: Shape = (),
    pad: Shape = (),
    p_value: int | None = None,
    count_include_pad: bool | None = None,
    layout: Literal["NCDHW", "NCHW", "NCW", "NDHWC", "NHWC", "NWC"] | None = None,
) -> Three:
    """Pooling of integers, the mean rounded to the even one of two nearest; the range remains as it is

    The parameters are those of Pooling, with ``pool_type`` "max" or "avg".

    Inputs
    ------
    data : (n, channels, *space), int8 or uint8, with two or three axes of space
    min_data, max_data : (1,)

    Outputs
    -------
    out : (n, channels, *windows), in data's type
    min_data, max_data : (1,)
    """
    require_type(data, *_EIGHT)
    if pool_type not in ("max", "avg") or len(kernel) not in (2, 3):
        raise ValueError('it takes pool_type="max" or "avg", and a kernel of two or three axes')
    found, _ = pooling(
        data.float(),
        kernel=kernel,
        pool_type=pool_type,
        global_pool=global_pool,
        pooling_convention=pooling_convention,
        stride=stride,
        pad=pad,
        count_include_pad=count_include_pad,
        layout=layout,
        training=False,
    )
    return _as_given(rounded(found, data.dtype), min_data, max_data)


@register("_contrib_quantized_embedding")
def quantized_embedding(
    data: Tensor,
    weight: Tensor,
    min_weight: Tensor,
    max_weight: Tensor,
    *,
    input_dim: int,
    output_dim: int,
    dtype: DType = torch.float32,
    sparse_grad: bool = False,
) -> Three:
    """out[..., :] = weight[data[...], :], with the range as it is; see Embedding

    Inputs
    ------
    data : (...), indices of any type
    weight : (input_dim, output_dim), int8
    min_weight, max_weight : (1,)

    Outputs
    -------
    out : (..., output_dim), int8
    min_weight, max_weight : (1,)
    """
    require_type(weight, torch.int8)
    if weight.shape != (input_dim, output_dim):
        raise ValueError(f"the weight must have shape {(input_dim, output_dim)}")
    return _as_given(weight[row_numbers(data, input_dim)], min_weight, max_weight)


@register("_contrib_quantized_concat")
def quantized_concat(*data: Tensor, num_args: int | None = None, dim: int = 1) -> Three:
    """The arrays one behind the other along ``dim``, in the widest of their ranges

    Inputs
    ------
    data : ``num_args`` arrays of int8 or uint8, then for each in turn the two ends of its range

    Outputs
    -------
    out : uint8 if all arrays are, else int8
    min, max : (1,), the least and the largest of the ends
    """
    count = len(data) // 3
    if len(data) % 3 or not count or num_args not in (None, count):
        raise ValueError("it takes num_args arrays, and then the two ends of the range of each")
    arrays, lows, highs = data[:count], data[count::2], data[count + 1 :: 2]
    for x in arrays:
        require_type(x, *_EIGHT)
    low, high = torch.amin(torch.stack(lows), 0), torch.amax(torch.stack(highs), 0)
    dtype = torch.uint8 if all(x.dtype is torch.uint8 for x in arrays) else torch.int8
    step = _step(dtype, largest(low, high))
    parts = [
        rounded(x * (_step(x.dtype, largest(a, b)) / step), dtype)
        for x, a, b in zip(arrays, lows, highs, strict=True)
    ]
    return concat(*parts, dim=dim), low, high


@register("_contrib_quantized_elemwise_add")
def quantized_elemwise_add(
    lhs: Tensor,
    rhs: Tensor,
    lhs_min: Tensor,
    lhs_max: Tensor,
    rhs_min: Tensor,
    rhs_max: Tensor,
    *,
    min_calib_range: float | None = None,
    max_calib_range: float | None = None,
) -> Three:
    """lhs + rhs, of one type and shape: in 32 bits, or in 8 if the result's range is given

    Parameters
    ----------
    min_calib_range, max_calib_range
        The range of the result; without it, the sum of the larger absolute ends of both.

    Inputs
    ------
    lhs, rhs : (...), both int8 or both uint8
    lhs_min, lhs_max, rhs_min, rhs_max : (1,)

    Outputs
    -------
    out : like lhs; int32 without a range
    min, max : (1,), what out stands for
    """
    require_type(lhs, *_EIGHT)
    if lhs.dtype is not rhs.dtype or lhs.shape != rhs.shape:
        raise ValueError("both must be of one type and shape")
    sizes = largest(lhs_min, lhs_max), largest(rhs_min, rhs_max)
    calibrated = min_calib_range is not None and max_calib_range is not None
    if min_calib_range is not None and max_calib_range is not None:
        dtype, size = lhs.dtype, largest_of(min_calib_range, max_calib_range, lhs)
        low, high = torch.full_like(size, min_calib_range), torch.full_like(size, max_calib_range)
    else:
        dtype, size = torch.int32, sizes[0] + sizes[1]
        low, high = -size, size
    first, second = [_step(lhs.dtype, s) / _step(dtype, size) for s in sizes]
    total = lhs * first + rhs * second
    return (rounded(total, dtype) if calibrated else total.to(dtype)), low, high


@register("_contrib_quantized_batch_norm")
def quantized_batch_norm(
    data: Tensor,
    gamma: Tensor,
    beta: Tensor,
    moving_mean: Tensor,
    moving_var: Tensor,
    min_data: Tensor,
    max_data: Tensor,
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
) -> Three:
    """(data / √(1 + eps) - moving_mean) / √(moving_var + eps) gamma + beta, along axis 1

    Parameters
    ----------
    min_calib_range, max_calib_range
        The range of the result; both are needed.
    fix_gamma, momentum, use_global_stats, output_mean_var
        They change nothing: gamma is always used, and the statistics as they are.

    Inputs
    ------
    data : (n, channels, ...), int8 or uint8
    gamma, beta, moving_mean, moving_var : (channels,)
    min_data, max_data : (1,)

    Outputs
    -------
    out : like data, int8
    min, max : (1,), the range given
    """
    require_type(data, *_EIGHT)
    if min_calib_range is None or max_calib_range is None:
        raise ValueError("it needs min_calib_range and max_calib_range")
    if axis != 1 or data.dim() < 2:
        raise ValueError("it takes channels on axis 1 alone")
    shape = (-1, *[1] * (data.dim() - 2))
    size = largest_of(min_calib_range, max_calib_range, data)
    integers = data if data.dtype is torch.int8 else torch.round(data * _RATIO)
    scale = gamma / torch.sqrt(moving_var + eps)
    shift = (beta - moving_mean * scale).reshape(shape)
    # MXNet's kernel normalizes once more, by a variance of 1.
    slope = (scale / (1 + eps) ** 0.5).reshape(shape)
    numbers = integers * _step(torch.int8, largest(min_data, max_data)) * slope + shift
    low, high = torch.full_like(size, min_calib_range), torch.full_like(size, max_calib_range)
    return rounded(numbers / _step(torch.int8, size), torch.int8), low, high
