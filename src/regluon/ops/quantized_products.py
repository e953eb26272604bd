"""Products of numbers of 8 bits, exact in integers of 32 bits; see :mod:`regluon.ops.quantization`."""

from __future__ import annotations

from typing import Literal

import torch

from regluon.ops.convolution import convolution
from regluon.ops.quantization import INTEGERS, WHOLE, largest, largest_of, require_type
from regluon.ops.registry import Shape, Tensor, infer_shape, register

Three = tuple[Tensor, Tensor, Tensor]
_HALF = INTEGERS[torch.int8]


def _ends(inputs: tuple[Tensor | None, ...], with_bias: bool) -> tuple[Tensor | None, list[Tensor]]:
    """The bias, if any, and the ends of all ranges."""
    bias, rest = (inputs[0], inputs[1:]) if with_bias else (None, inputs)
    ends = [x for x in rest if x is not None]
    if len(ends) != (6 if with_bias else 4) or (with_bias and bias is None):
        raise ValueError(
            "it takes data, weight and, without no_bias=True, bias; then the two ends of the range of each"
        )
    return bias, ends


def _range(size: Tensor, weights: Tensor, dtype: torch.dtype = torch.int8) -> tuple[Tensor, Tensor]:
    """What the largest integers of 32 bits stand for, of a product with numbers of int8."""
    high = (size / WHOLE[dtype]) * (weights / WHOLE[torch.int8]) * INTEGERS[torch.int32]
    return -high, high


@register("_contrib_quantized_fully_connected")
def quantized_fully_connected(
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    min_data: Tensor | None = None,
    max_data: Tensor | None = None,
    min_weight: Tensor | None = None,
    max_weight: Tensor | None = None,
    min_bias: Tensor | None = None,
    max_bias: Tensor | None = None,
    *,
    num_hidden: int,
    no_bias: bool = False,
    flatten: bool = True,
) -> Three:
    """data weightᵀ + bias; the bias is brought from its range to that of the product

    Inputs
    ------
    data : (batch, ...), flattened to (batch, in); with ``flatten=False`` (..., in); int8 or uint8
    weight : (num_hidden, in), int8
    bias : (num_hidden,), int8; left out with ``no_bias=True``, the others moving up
    min_data, max_data, min_weight, max_weight, min_bias, max_bias : (1,); without a bias the first four

    Outputs
    -------
    out : (batch, num_hidden), int32
    min, max : (1,), what the least and the largest integer of 32 bits stand for
    """
    given = (bias, min_data, max_data, min_weight, max_weight, min_bias, max_bias)
    shift, ends = _ends(given, not no_bias)
    require_type(data, torch.int8, torch.uint8)
    require_type(weight, torch.int8)
    rows = data.reshape(data.shape[0], -1) if flatten else data
    if weight.shape != (num_hidden, rows.shape[-1]):
        raise ValueError(f"the weight must have shape {(num_hidden, rows.shape[-1])}")
    out = torch.matmul(rows.double(), weight.double().mT).to(torch.int32)
    size, weights = largest(*ends[:2]), largest(*ends[2:4])
    if shift is not None:
        require_type(shift, torch.int8)
        one = (size / INTEGERS[data.dtype]) * (weights / _HALF)
        factor = largest(*ends[4:]) / _HALF / one
        out = out + (shift * factor).to(torch.int32)
    return out, *_range(size, weights, data.dtype)


@infer_shape(quantized_fully_connected)
def _(data: tuple[int, ...], *others: object, num_hidden: int, no_bias: bool, flatten: bool) -> object:
    width = torch.Size(data[1:]).numel() if flatten else data[-1]
    shapes = [(num_hidden, width)] if no_bias else [(num_hidden, width), (num_hidden,)]
    return data, *shapes, *[(1,)] * (len(others) - len(shapes))


@register("_contrib_quantized_conv")
def quantized_conv(
    data: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    min_data: Tensor | None = None,
    max_data: Tensor | None = None,
    min_weight: Tensor | None = None,
    max_weight: Tensor | None = None,
    min_bias: Tensor | None = None,
    max_bias: Tensor | None = None,
    *,
    kernel: Shape,
    stride: Shape = (),
    dilate: Shape = (),
    pad: Shape = (),
    num_filter: int,
    num_group: int = 1,
    workspace: int = 1024,
    no_bias: bool = False,
    cudnn_tune: Literal["fastest", "limited_workspace", "off"] | None = None,
    cudnn_off: bool = False,
    layout: Literal["NCDHW", "NCHW", "NCW", "NDHWC", "NHWC"] | None = None,
) -> Three:
    """Convolution of integers, in two or three dimensions; the integers of the bias are added as they are

    The parameters are those of Convolution, with ``num_group`` 1 and the channels on axis 1. The range is
    that of data of int8, though they are of uint8.

    Inputs
    ------
    data : (n, channels, *space), uint8
    weight : (num_filter, channels, *kernel), int8
    bias : (num_filter,), int8; left out with ``no_bias=True``, the others moving up
    min_data, max_data, min_weight, max_weight, min_bias, max_bias : (1,); without a bias the first four

    Outputs
    -------
    out : (n, num_filter, *windows), int32
    min, max : (1,), what the least and the largest integer of 32 bits stand for
    """
    given = (bias, min_data, max_data, min_weight, max_weight, min_bias, max_bias)
    shift, ends = _ends(given, not no_bias)
    require_type(data, torch.uint8)
    require_type(weight, torch.int8)
    if num_group != 1 or layout not in (None, "NCHW", "NCDHW") or len(kernel) == 1:
        raise ValueError("it takes num_group=1, and two or three axes of space behind the channels")
    if shift is not None:
        require_type(shift, torch.int8)
        shift = shift.double()
    out = convolution(
        data.double(),
        weight.double(),
        shift,
        kernel=kernel,
        stride=stride,
        dilate=dilate,
        pad=pad,
        num_filter=num_filter,
        no_bias=no_bias,
    )
    return out.to(torch.int32), *_range(largest(*ends[:2]), largest(*ends[2:4]))


@register("_contrib_quantized_elemwise_mul")
def quantized_elemwise_mul(
    lhs: Tensor,
    rhs: Tensor,
    lhs_min: Tensor,
    lhs_max: Tensor,
    rhs_min: Tensor,
    rhs_max: Tensor,
    *,
    min_calib_range: float | None = None,
    max_calib_range: float | None = None,
    enable_float_output: bool = False,
) -> Tensor | Three:
    """lhs rhs, elementwise: in 32 bits, in 8 if the result's range is given, or in float32

    Parameters
    ----------
    min_calib_range, max_calib_range
        The range of the result in 8 bits; fractions are cut off, what lies outside wraps around.
    enable_float_output
        Whether to return numbers of float32, and no range.

    Inputs
    ------
    lhs, rhs : (...), int8
    lhs_min, lhs_max, rhs_min, rhs_max : (1,)

    Outputs
    -------
    out : like lhs
    min, max : (1,), what out stands for
    """
    require_type(lhs, torch.int8)
    require_type(rhs, torch.int8)
    if lhs.shape != rhs.shape:
        raise ValueError("both must be of one shape")
    sizes = largest(lhs_min, lhs_max), largest(rhs_min, rhs_max)
    product, one = lhs.to(torch.int32) * rhs, (sizes[0] / _HALF) * (sizes[1] / _HALF)
    if enable_float_output:
        return product * one
    if min_calib_range is None or max_calib_range is None:
        return product, *_range(*sizes)
    size = largest_of(min_calib_range, max_calib_range, lhs)
    out = (product * (one / (size / _HALF))).to(torch.int32).to(torch.int8)
    return out, torch.full_like(size, min_calib_range), torch.full_like(size, max_calib_range)
