"""Fourier transforms, and sketches of counts."""

from __future__ import annotations

import torch

from regluon.ops.registry import Tensor, register

__all__: list[str] = []


def _check(data: Tensor) -> None:
    if data.dim() not in (2, 4) or not data.dtype.is_floating_point:
        raise ValueError("data must have 2 or 4 axes and a floating type")


@register("_contrib_fft")
def fft(data: Tensor, *, compute_size: int = 128) -> Tensor:
    """Xₖ = Σₘ xₘ exp(-2πi k m / d) along the last axis, of real numbers

    Parameters
    ----------
    compute_size
        Changes nothing here.

    Inputs
    ------
    data : (n, d) or (n₁, n₂, n₃, d)

    Outputs
    -------
    out : (..., 2 d), each real part with its imaginary part behind it
    """
    _check(data)
    return torch.view_as_real(torch.fft.fft(data)).flatten(-2)


@register("_contrib_ifft")
def ifft(data: Tensor, *, compute_size: int = 128) -> Tensor:
    """The real part of Σₖ Xₖ exp(2πi k m / d) along the last axis: d times the inverse of fft

    Parameters
    ----------
    compute_size
        Changes nothing here.

    Inputs
    ------
    data : (n, 2 d) or (n₁, n₂, n₃, 2 d), each real part with its imaginary part behind it

    Outputs
    -------
    out : (..., d)
    """
    _check(data)
    if data.shape[-1] % 2:
        raise ValueError("the last axis must hold pairs of real and imaginary parts")
    numbers = torch.view_as_complex(data.reshape(*data.shape[:-1], -1, 2).contiguous())
    inverse: Tensor = torch.fft.ifft(numbers, norm="forward")
    return inverse.real.clone()


@register("_contrib_count_sketch", same_type=True)
def count_sketch(
    data: Tensor, h: Tensor, s: Tensor, *, out_dim: int, processing_batch_size: int = 32
) -> Tensor:
    """out[..., h[i]] += data[..., i] s[i], a sum for all i with the same h

    Parameters
    ----------
    out_dim
        The extent of the result's last axis.
    processing_batch_size
        Changes nothing here.

    Inputs
    ------
    data : (n, d) or (n₁, n₂, n₃, d)
    h : (1, d), whole numbers in 0...out_dim-1
    s : (1, d), signs

    Outputs
    -------
    out : (..., out_dim)
    """
    _check(data)
    wanted = (1, data.shape[-1])
    if h.shape != wanted or s.shape != wanted:
        raise ValueError(f"h and s must have shape {wanted}, not {tuple(h.shape)} and {tuple(s.shape)}")
    zeros = data.new_zeros(*data.shape[:-1], out_dim)
    sketch: Tensor = torch.index_add(zeros, -1, h[0].long(), data * s[0])
    return sketch
