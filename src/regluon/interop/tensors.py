"""Arrays as tensors and tensors as arrays, in the same memory."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from regluon.base import DTYPE_OF_FLAG, MXNetError, dtype_name
from regluon.context import Context
from regluon.ndarray import NDArray

__all__ = ["as_array", "as_tensor", "context_of_device"]


def as_tensor(array: NDArray) -> Tensor:
    """A tensor in the memory of an array: what is written into the one is seen in the other.

    The tensor is a constant: gradients go from torch to a net by :func:`as_module`, not by this. It has the
    array's type and device, ``cpu(1)`` being the CPU.

    Raises
    ------
    TypeError
        If it is no array, or a sparse one; ``array.tostype("default")`` is a dense copy.
    """
    if not isinstance(array, NDArray):
        raise TypeError(f"as_tensor takes an NDArray, not {type(array).__name__}")
    if array.stype != "default":
        raise TypeError(
            f"as_tensor: an array stored as {array.stype} has no dense memory to share; "
            'array.tostype("default") makes a dense copy'
        )
    return array._data.detach()


def as_array(tensor: Tensor, ctx: Context | None = None, copy: bool | None = None) -> NDArray:
    """An array in the memory of a tensor: what is written into the one is seen in the other.

    Parameters
    ----------
    ctx
        The array's context, if it is to be another of the same device: ``cpu(1)``.
    copy
        False: never, which is an error for a tensor that is not contiguous, since an array is; None: such a
        tensor is copied; True: always.

    Raises
    ------
    TypeError
        If it is no tensor, is sparse, or of a type that arrays do not have (``complex64``, ``int16``).
    ValueError
        If it carries torch's graph, which an array can't (``tensor.detach()``), or would have to be copied.
    MXNetError
        If no context stands for its device, or ``ctx`` is elsewhere.
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"as_array takes a torch.Tensor, not {type(tensor).__name__}")
    if tensor.layout is not torch.strided:
        raise TypeError(
            f"as_array: the tensor is stored as {tensor.layout}; tensor.to_dense() makes it dense"
        )
    if tensor.dtype not in DTYPE_OF_FLAG.values():
        known = ", ".join(map(dtype_name, DTYPE_OF_FLAG.values()))
        raise TypeError(f"as_array: there are no arrays of {tensor.dtype}; there are {known}")
    if tensor.requires_grad:
        raise ValueError(
            "as_array: the tensor requires a gradient, which does not pass into an array: detach() it, or "
            "use as_block(module) and as_module(block), through which gradients pass"
        )
    return NDArray(_compact(tensor, copy), _checked(ctx, tensor.device))


def _compact(tensor: Tensor, copy: bool | None) -> Tensor:
    if copy:
        return tensor.clone(memory_format=torch.contiguous_format)
    if tensor.is_contiguous() and not tensor.is_neg():
        return tensor.detach()
    if copy is False:
        raise ValueError(
            f"as_array(copy=False): a tensor of shape {tuple(tensor.shape)} and strides {tensor.stride()} is "
            "not contiguous, as arrays are; leave copy out for a copy"
        )
    return tensor.resolve_neg().contiguous()


def _checked(ctx: Context | None, device: torch.device) -> Context:
    found = context_of_device(device)
    if ctx is None:
        return found
    if ctx.torch_device != device:
        raise MXNetError(f"as_array: the tensor is on {device}, not on {ctx}; tensor.to() moves it")
    return ctx


def context_of_device(device: torch.device) -> Context:
    """The context that stands for a torch device

    Raises
    ------
    MXNetError
        If there is none: MXNet knows CPUs and CUDA devices.
    """
    if device.type == "cpu":
        return Context("cpu", 0)
    if device.type == "cuda":
        return Context("gpu", device.index)
    raise MXNetError(f"no context stands for the torch device {device}: there are CPUs and CUDA devices")


def shared(tensor: Any, array: NDArray) -> bool:
    """Whether a tensor and an array are the same memory."""
    return bool(tensor.data_ptr() == array._data.data_ptr() and tensor.numel() == array._data.numel())
