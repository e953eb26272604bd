"""Shapes by arithmetic for all functions of torch that operators call, while there are no values.

torch finds many shapes by code that serves its compiler as well, and loads the compiler for it, whose
libraries take one to three seconds: for a sum, a product or a tanh. A net's first call should not wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["ShapeMode"]

Found = Tensor | tuple[Tensor, ...] | None
_TRUTHS = frozenset(
    "eq ne lt le gt ge isnan isinf isfinite signbit logical_and logical_or logical_xor logical_not".split()
)
# Of whole numbers, these alone give whole numbers of the same type for sure.
_WHOLE = frozenset(
    "add sub mul neg abs clamp maximum minimum where bitwise_and bitwise_or bitwise_not".split()
)


class ShapeMode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """A context in which functions of tensors on the ``meta`` device do not load torch's compiler.

    What is not known here goes to torch.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """The result of a function without values."""
        given = kwargs or {}
        result = _found(func, args, given)
        return func(*args, **given) if result is None else result

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """torch would load its compiler only to have it pass over this class."""
        return False


def _found(func: Any, args: tuple[Any, ...], given: dict[str, Any]) -> Found:
    name, rule = func.overloadpacket.__name__, _RULES.get(func.overloadpacket.__name__)
    several = bool(args) and isinstance(args[0], list)
    tensors = [a for a in (args[0] if several else args) if isinstance(a, Tensor)]
    if not any(map(_is_empty, tensors)) or any(t.dim() and not _is_empty(t) for t in tensors):
        return None
    if rule is not None:
        return rule(*args, **given) if given.keys() <= {"dim", "keepdim"} else None
    if name.endswith("_like") and not given.get("device"):
        return _meta(tensors[0].shape, given.get("dtype") or tensors[0].dtype)
    if torch.Tag.pointwise in func.tags and given.keys() <= {"alpha", "out"}:
        return _elementwise(name, tensors, any(isinstance(a, float) for a in args), given.get("out"))
    return None


def _is_empty(tensor: Tensor) -> bool:
    return tensor.device.type == "meta"


def _elementwise(name: str, tensors: list[Tensor], fraction: bool, out: Tensor | None) -> Tensor | None:
    try:
        shape = np.broadcast_shapes(*[t.shape for t in tensors])
    except ValueError:  # torch says what is wrong
        return None
    if name.endswith("_"):
        return tensors[0] if tensors[0].shape == shape else None
    if out is not None:
        return out if out.shape == shape else None if out.numel() else out.resize_(shape)
    with_values = tensors[1:] if name == "where" else tensors
    like = next((t for t in with_values if t.dim()), with_values[0])
    if name in _TRUTHS:
        return _meta(shape, torch.bool)
    others = [t for t in with_values if t.dtype is not like.dtype]
    if others and (not like.is_floating_point() or any(t.dim() == like.dim() or t.dim() for t in others)):
        return None  # a mixture of types, other than of fractions and a number
    whole = name in _WHOLE and not fraction
    return _meta(shape, like.dtype) if like.is_floating_point() or whole else None


def _meta(shape: Sequence[int], dtype: torch.dtype) -> Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


def _joined(tensors: Sequence[Tensor], dim: int = 0) -> Found:
    first = tensors[0]
    if not -first.dim() <= dim < first.dim() or any(t.dim() != first.dim() for t in tensors):
        return None
    axis = dim % first.dim()
    if len({(t.dtype, t.shape[:axis], t.shape[axis + 1 :]) for t in tensors}) > 1:
        return None
    extent = sum(t.shape[axis] for t in tensors)
    return first.new_empty((*first.shape[:axis], extent, *first.shape[axis + 1 :]))


def _stacked(tensors: Sequence[Tensor], dim: int = 0) -> Found:
    first = tensors[0]
    axis = dim % (first.dim() + 1)
    if len({(t.dtype, t.shape) for t in tensors}) > 1:
        return None
    return first.new_empty((*first.shape[:axis], len(tensors), *first.shape[axis:]))


def _reduced(x: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor | None:
    axes = [dim] if isinstance(dim, int) else dim or range(x.dim())
    if not x.is_floating_point() or not all(-x.dim() <= a < x.dim() for a in axes):
        return None
    gone = {a % x.dim() for a in axes}
    return x.new_empty([1 if i in gone else n for i, n in enumerate(x.shape) if keepdim or i not in gone])


def _position(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Found:
    found = _reduced(x, dim, keepdim)
    return None if found is None else found.to(torch.int64)


def _kept(x: Tensor, dim: int, half_to_float: bool) -> Found:
    return None if half_to_float or not x.is_floating_point() else x.new_empty(x.shape)


def _layer_norm(x: Tensor, extents: Sequence[int], *rest: Any) -> Found:
    if tuple(x.shape[-len(extents) :]) != tuple(extents) or not _of_one_type(x, *rest):
        return None
    moments = (*x.shape[: -len(extents)], *[1] * len(extents))
    return x.new_empty(x.shape), x.new_empty(moments), x.new_empty(moments)


def _group_norm(
    x: Tensor, weight: Tensor, bias: Tensor, n: int, c: int, m: int, groups: int, *_: Any
) -> Found:
    if n * c * m != x.numel() or not _of_one_type(x, weight, bias):
        return None
    return x.new_empty(x.shape), x.new_empty((n, groups)), x.new_empty((n, groups))


def _of_one_type(x: Tensor, *others: Any) -> bool:
    return all(t.dtype is x.dtype for t in others if isinstance(t, Tensor))


def _product(a: Tensor, b: Tensor) -> Found:
    if a.dtype is not b.dtype or a.shape[:-2] != b.shape[:-2] or a.shape[-1] != b.shape[-2]:
        return None
    return a.new_empty((*a.shape[:-1], b.shape[-1]))


_RULES: dict[str, Callable[..., Found]] = {
    "_log_softmax": _kept,
    "_softmax": _kept,
    "amax": _reduced,
    "amin": _reduced,
    "argmax": _position,
    "argmin": _position,
    "bmm": _product,
    "cat": _joined,
    "mean": _reduced,
    "mm": _product,
    "native_group_norm": _group_norm,
    "native_layer_norm": _layer_norm,
    "prod": _reduced,
    "stack": _stacked,
    "sum": _reduced,
}
