"""A call computed and recorded; head gradients of ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from regluon.ops.registry import torch_gradient
from regluon.tape.nodes import Entry, Node

__all__ = ["ones_like", "record", "torch_leaf"]


def record(
    fn: Callable[..., Any],
    gradient: Callable[..., Sequence[Tensor | None]] | None,
    compute: Callable[..., Any],
    inputs: Sequence[Any],
    attributes: dict[str, Any],
    parents: Sequence[Entry | None],
    drawn: bool = False,
) -> tuple[Any, Node]:
    """Computes and makes the node. Without a gradient, torch differentiates ``fn`` alone.

    An operator that has ``drawn`` random numbers is not computed again for a second derivative: it would
    draw others.
    """
    if gradient is not None:
        out = compute(*inputs, **attributes)
        again = (lambda *inputs, **attributes: out) if drawn else fn
        return out, Node(again, gradient, inputs, attributes, out, parents)
    with torch.enable_grad():
        leaves = [torch_leaf(x) if p is not None else x for x, p in zip(inputs, parents, strict=True)]
        graph = fn(*leaves, **attributes)
        node = Node(fn, torch_gradient, leaves, attributes, graph, parents)
    if isinstance(graph, Tensor):
        return _own(graph), node
    return tuple([_own(o) for o in graph]), node


def _own(graph: Tensor) -> Tensor:
    plain = graph.detach()
    return plain.clone(memory_format=torch.contiguous_format) if graph._is_view() or graph.is_leaf else plain


def torch_leaf(x: Tensor) -> Tensor:
    """The same numbers as a variable of torch's, if they are such that have derivatives."""
    return x.detach().requires_grad_() if x.is_floating_point() else x


_ONES_LIMIT = 1024
_ones: dict[tuple[torch.Size, torch.dtype, torch.device], Tensor] = {}


def ones_like(x: Tensor) -> Tensor:
    """Ones of ``x``'s shape, only to be read: those of small shapes are kept."""
    key = (x.shape, x.dtype, x.device)
    found = _ones.get(key)
    if found is None:
        found = torch.ones_like(x)
        if x.numel() <= _ONES_LIMIT and len(_ones) < _ONES_LIMIT:
            _ones[key] = found
    return found
