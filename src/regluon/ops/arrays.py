"""Tensors as NumPy's arrays: a call of NumPy costs a third of one of torch where arrays are small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.autograd import forward_ad

__all__ = ["Array", "by_numpy", "for_numpy", "rounded_away"]

Array: TypeAlias = npt.NDArray[Any]


_transforms = torch._C._functorch.peek_interpreter_stack


def rounded_away(x: Array) -> Array:
    """To the nearest whole number, halves away from zero."""
    whole = np.trunc(x)
    whole += np.copysign(np.abs(x - whole) >= 0.5, x)
    return whole


def for_numpy(*tensors: Tensor) -> bool:
    """Whether NumPy can compute with the tensors: on a CPU, in float32, and not watched by torch."""
    for x in tensors:
        if type(x) is not Tensor or not x.is_cpu or x.requires_grad or x.dtype is not torch.float32:
            return False
    # What NumPy does would be constants of a trace, and have no tangents.
    watched = _transforms() is not None or forward_ad._current_level >= 0
    return not watched and torch._C._get_tracing_state() is None


def by_numpy(fn: Callable[..., Any], *tensors: Tensor | None, **given: Any) -> Any:
    """What ``fn`` makes of the tensors as arrays, as tensors again.

    None if it gives None, or if they are not :func:`for_numpy`.
    """
    if not for_numpy(*[x for x in tensors if x is not None]):
        return None
    with np.errstate(all="ignore"):
        found = fn(*[None if x is None else x.numpy() for x in tensors], **given)
    if found is None:
        return None
    return tuple(map(torch.from_numpy, found)) if type(found) is tuple else torch.from_numpy(found)
