"""torch's kernels that have no function in ``torch``: mostly those of gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

__all__ = ["arranged", "kernel", "onednn", "tanh"]

_tanh = torch.tanh
_FEW = 2**14 if torch.backends.mkldnn.is_available() else 2**63  # type: ignore[no-untyped-call]


def kernel(name: str) -> Callable[..., Any]:
    """The kernel ``aten::name``, differentiable as the functions of torch are.

    What ``torch.ops`` gives is an object around it whose call, in Python, takes 0.3 µs.
    """
    packet = getattr(torch.ops.aten, name).default
    return getattr(packet, "_op", packet)  # type: ignore[no-any-return]


def onednn(name: str, overload: str = "default") -> Any:
    """The kernel ``mkldnn::name``; None in a torch without oneDNN, such as that for Macs."""
    return getattr(getattr(torch.ops.mkldnn, name, None), overload, None)


def arranged(
    weight: Tensor, pad: list[int], stride: list[int], dilate: list[int], groups: int, size: Sequence[int]
) -> Any:
    """A convolution's weight as oneDNN wants it for data of that size.

    Of other sizes it may have to rearrange it in every call, which can take longer than the convolution.
    """
    dense = weight.contiguous().to_mkldnn()
    reorder: Any = torch._C._nn.mkldnn_reorder_conv2d_weight
    return reorder(dense, pad, stride, dilate, groups, list(size))


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent: of many numbers by oneDNN, in a third of the time (off by 8e-8 at most)."""
    if x.numel() < _FEW or x.dtype is not torch.float32 or x.requires_grad or not x.is_cpu or x.dim() > 5:
        return _tanh(x)
    return _tanh(x.to_mkldnn()).to_dense()
