"""Numbers in 8 bits: to them, from them, and the ranges for them.

A quantized array goes with the two ends of the range that its integers stand for, in arrays of shape (1,).
The larger absolute value of these is that of the integer 127 or 127½, 255 or 255½, 2³¹ - 1: MXNet's
operators differ in this.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch.nn.functional import pad

from regluon.base import dtype_name
from regluon.ops.constants import constant
from regluon.ops.masks import mask
from regluon.ops.registry import Tensor, register

__all__ = ["INTEGERS", "WHOLE", "largest", "largest_of", "require_type", "rounded"]

# The largest absolute number of each type, where it is not a whole one.
INTEGERS = {
    torch.int8: constant(127.5, torch.float32),
    torch.uint8: constant(255.5, torch.float32),
    torch.int32: constant(2147483647.0, torch.float32),
}
WHOLE = {torch.int8: constant(127.0, torch.float32), torch.uint8: constant(255.0, torch.float32)}
_LIMITS = {torch.int8: (-128, 127), torch.uint8: (0, 255)}
_NUMBERS = 2**16
_NAMES = {"int8": torch.int8, "uint8": torch.uint8}
Eight = Literal["int8", "uint8"]
EightOrAuto = Literal["auto", "int8", "uint8"]


def largest(low: Tensor, high: Tensor) -> Tensor:
    """The largest absolute number of a range."""
    if low.shape != (1,) or high.shape != (1,):
        raise ValueError("the ends of a range must have shape (1,)")
    return torch.maximum(torch.abs(low), torch.abs(high))


def largest_of(low: float, high: float, like: Tensor) -> Tensor:
    """The same of a range that is given by numbers."""
    return torch.full((1,), max(abs(low), abs(high)), dtype=torch.float32, device=like.device)


def rounded(x: Tensor, dtype: torch.dtype) -> Tensor:
    """The nearest integers, the even one of two; what lies outside of the type becomes its end."""
    low, high = _LIMITS[dtype]
    return torch.round(x).clamp_(low, high).to(dtype)


def require_type(data: Tensor, *dtypes: torch.dtype) -> None:
    """Complains of data of another type."""
    if data.dtype not in dtypes:
        kinds = " or ".join(map(dtype_name, dtypes))
        raise ValueError(f"it takes {kinds}, not {dtype_name(data.dtype)}")


@register("_contrib_quantize")
def quantize(
    data: Tensor, min_range: Tensor, max_range: Tensor, *, out_type: Eight = "uint8"
) -> tuple[Tensor, Tensor, Tensor]:
    """round(data s), with s = 127 / m for int8, 255 / m for uint8, m the largest absolute end of the range

    Inputs
    ------
    data : (...), float32
    min_range, max_range : (1,)

    Outputs
    -------
    out : like data, int8 or uint8
    min_range, max_range : (1,), what out stands for: -m and m for int8
    """
    require_type(data, torch.float32)
    dtype, size = _NAMES[out_type], largest(min_range, max_range)
    out = rounded(data * (WHOLE[dtype] / size), dtype)
    return (out, -size, size) if dtype is torch.int8 else (out, min_range.clone(), max_range.clone())


def _chosen(out_type: str, low: float | None) -> torch.dtype:
    """int8, or where it is left open uint8 for a range without negative numbers."""
    if out_type == "auto":
        return torch.uint8 if low is not None and low >= 0 else torch.int8
    return _NAMES[out_type]


@register("_contrib_quantize_v2")
def quantize_v2(
    data: Tensor,
    *,
    out_type: EightOrAuto = "int8",
    min_calib_range: float | None = None,
    max_calib_range: float | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """round(data s), with s = 127½ / m for int8, 255½ / m for uint8, and m the largest absolute number

    Parameters
    ----------
    out_type
        "auto" is uint8 if ``min_calib_range`` is given and not negative, else int8.
    min_calib_range, max_calib_range
        The range of the numbers; that of data if they are not given.

    Inputs
    ------
    data : (...), float32; integers of 8 bits remain as they are

    Outputs
    -------
    out : like data, int8 or uint8
    min_range, max_range : (1,), what out stands for: -m and m for int8
    """
    require_type(data, torch.float32, torch.int8, torch.uint8)
    dtype = _chosen(out_type, min_calib_range)
    low, high = _range(data, min_calib_range, max_calib_range)
    if data.dtype is not torch.float32:
        return data.to(dtype, copy=True), low, high
    size = largest(low, high)
    out = rounded(data * (INTEGERS[dtype] / size), dtype)
    return (out, -size, size) if dtype is torch.int8 else (out, low, high)


def _range(data: Tensor, low: float | None, high: float | None) -> tuple[Tensor, Tensor]:
    """The range that is given, or else that of data."""
    if low is not None and high is not None:
        ends = low, high
    elif data.dtype is torch.float32:
        least, most = torch.aminmax(data)
        return least.reshape(1), most.reshape(1)
    else:
        ends = (0.0, 255.5) if data.dtype is torch.uint8 else (-127.5, 127.5)
    first, last = (torch.full((1,), x, dtype=torch.float32, device=data.device) for x in ends)
    return first, last


@register("_contrib_dequantize")
def dequantize(
    data: Tensor, min_range: Tensor, max_range: Tensor, *, out_type: Literal["float32"] = "float32"
) -> Tensor:
    """data m / 127½ for int8, data m / 255½ for uint8, with m the largest absolute end of the range

    Inputs
    ------
    data : (...), int8 or uint8
    min_range, max_range : (1,)

    Outputs
    -------
    out : like data, float32
    """
    require_type(data, torch.int8, torch.uint8)
    return data * (largest(min_range, max_range) / INTEGERS[data.dtype])


@register("_contrib_requantize")
def requantize(
    data: Tensor,
    min_range: Tensor,
    max_range: Tensor,
    *,
    out_type: EightOrAuto = "int8",
    min_calib_range: float | None = None,
    max_calib_range: float | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Integers of 32 bits in 8: round(data m / (2³¹ - 1) · s), with s as in quantize

    Parameters
    ----------
    out_type
        "auto" is uint8 if ``min_calib_range`` is given and not negative, else int8.
    min_calib_range, max_calib_range
        The range of the numbers; if they are not given, up to the largest absolute one of data.

    Inputs
    ------
    data : (...), int32
    min_range, max_range : (1,), what data stands for; m is the largest absolute one of these

    Outputs
    -------
    out : like data, int8 or uint8
    min_range, max_range : (1,), what out stands for
    """
    require_type(data, torch.int32)
    dtype, step = _chosen(out_type, min_calib_range), largest(min_range, max_range) / INTEGERS[torch.int32]
    if min_calib_range is not None and max_calib_range is not None:
        size = largest_of(min_calib_range, max_calib_range, data)
    else:
        size = torch.amax(torch.abs(data.double())).float().reshape(1) * step
    out = rounded(data * (step * (WHOLE[dtype] / size)), dtype)
    return out, torch.zeros_like(size) if dtype is torch.uint8 else -size, size


@register("_contrib_quantize_asym")
def quantize_asym(
    data: Tensor, *, min_calib_range: float | None = None, max_calib_range: float | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """round(data s + t) in uint8, with the scale s and the shift t that take the range to 0...255

    Parameters
    ----------
    min_calib_range, max_calib_range
        The range of the numbers; that of data if they are not given.

    Inputs
    ------
    data : (sequence, batch, features), float32

    Outputs
    -------
    out : like data, uint8
    scale, shift : (1,)
    """
    require_type(data, torch.float32)
    low, high = _range(data, min_calib_range, max_calib_range)
    scale = 255.0 / (high - low)
    shift = 255.0 - high * scale
    return rounded(data * scale + shift, torch.uint8), scale, shift


@register("_contrib_calibrate_entropy")
def calibrate_entropy(
    hist: Tensor, hist_edges: Tensor, *, num_quantized_bins: int = 255
) -> tuple[Tensor, Tensor]:
    """The threshold, and the divergence: of all ranges around 0 the one that loses least information

    For each symmetric range, the histogram with what lies outside put into its ends, P, is compared with the
    histogram of the range in ``num_quantized_bins`` bins, Q, by Σ P log(P / Q). See S. Migacz, 8-bit
    inference with TensorRT (GTC 2017).

    Inputs
    ------
    hist : (n,), float32, how many numbers are in each bin; n is odd
    hist_edges : (n + 1,), float32, the bins' ends

    Outputs
    -------
    threshold, divergence : (1,)
    """
    require_type(hist, torch.float32)
    require_type(hist_edges, torch.float32)
    count = hist.numel()
    if hist.dim() != 1 or hist_edges.shape != (count + 1,) or count < num_quantized_bins or count % 2 == 0:
        raise ValueError("it takes an odd number of bins, num_quantized_bins or more, and the bins' ends")
    middle, first = count // 2, num_quantized_bins // 2
    counts = hist.double()
    # In blocks of ranges of about the same extent.
    step = max(1, _NUMBERS // count)
    blocks = [range(start, min(start + step, middle + 1)) for start in range(first, middle + 1, step)]
    divergences = torch.cat([_divergences(counts, sides, num_quantized_bins) for sides in blocks])
    best = torch.argmin(divergences, keepdim=True)
    return hist_edges[best + (middle + first + 1)], divergences[best].to(hist.dtype)


def _divergences(hist: Tensor, sides: range, bins: int) -> Tensor:
    """How far ranges with so many bins on each side of the middle, merged to fewer, are from hist."""
    middle, most = hist.numel() // 2, sides[-1]
    side = torch.arange(sides[0], most + 1, device=hist.device).unsqueeze(1)
    start, stop = middle - side, middle + side + 1
    sums, filled = [pad(torch.cumsum(x, 0), (1, 0)) for x in (hist, (hist != 0).double())]
    place = torch.arange(middle - most, middle + most + 1, device=hist.device)
    inside = mask(torch.le, torch.abs(place - middle).double(), side.double())
    p = hist[place] * inside
    p.scatter_add_(1, most - side, sums[start])
    p.scatter_add_(1, most + side, sums[-1] - sums[stop])
    merged = (stop - start) // bins
    begins = start + merged * torch.arange(bins, device=hist.device)
    ends = begins + merged
    begins[:, 0] += 1  # MXNet leaves the first bin out of the merged ones
    ends[:, -1] = stop[:, 0]
    mean = (sums[ends] - sums[begins]) / (filled[ends] - filled[begins]).clamp_min(1)
    q = mean.gather(1, torch.div(place - start, merged, rounding_mode="floor").clamp_(0, bins - 1))
    there = mask(torch.ne, p, constant(0.0, p.dtype))
    q *= there
    p, q = _smoothed(p, there, inside), _smoothed(q, mask(torch.ne, q, constant(0.0, q.dtype)), inside)
    # Outside both are 1, of which the logarithm is 0: torch.xlogy() takes three times as long as a product.
    outside = 1 - inside
    p = p.div_(p.sum(1, keepdim=True)).add_(outside)
    q = q.div_(q.sum(1, keepdim=True)).add_(outside)
    divergence = torch.div(p, q, out=q).log_().mul_(p).sum(1)
    return torch.where(torch.isnan(divergence), torch.inf, divergence)


def _smoothed(x: Tensor, filled: Tensor, inside: Tensor) -> Tensor:
    """A little of what is not 0, given to what is; 0 outside."""
    extent, count = inside.sum(1, keepdim=True), filled.sum(1, keepdim=True)
    part = 1e-4 * (extent - count) / count.clamp_min(1)
    part = torch.where(part < 1, part, torch.nan)
    return x.add_(inside, alpha=1e-4).sub_(filled * (part + 1e-4))
