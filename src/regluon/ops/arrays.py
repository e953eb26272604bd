"""Tensors as NumPy's arrays: a call of NumPy costs a third of one of torch where arrays are small."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy.typing as npt
import torch
from torch import Tensor

__all__ = ["Array", "for_numpy"]

Array: TypeAlias = npt.NDArray[Any]


def for_numpy(*tensors: Tensor) -> bool:
    """Whether NumPy can compute with the tensors: on a CPU, in float32, and not watched by torch."""
    for x in tensors:
        if type(x) is not Tensor or not x.is_cpu or x.requires_grad or x.dtype is not torch.float32:
            return False
    return torch._C._get_tracing_state() is None  # what NumPy does would be constants of a trace
