"""Weights that are updated together: NDArrays sorted by type and device, as lists of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from regluon.base import MXNetError, torch_dtype
from regluon.context import Context, cpu, gpu
from regluon.ndarray.ndarray import NDArray
from regluon.ops.attributes import describe_value
from regluon.ops.many import Many

__all__ = ["Batch", "arrays_of", "as_lists", "context_of", "gather", "is_half", "pick", "zeros_like"]


class Batch:
    """Weights of one type on one device, with their gradients and states.

    ``weights`` are the float32 copies where the true weights, kept in ``halves``, are of 16 bits; then
    :meth:`load` and :meth:`store` go around an update.
    """

    __slots__ = ("grads", "half_grads", "halves", "indices", "single", "states", "weights")

    def __init__(self) -> None:
        self.indices: list[Any] = []
        self.single: Any = None  # the index, where there is one only
        self.weights: Many = []
        self.grads: Many = []
        self.states: tuple[Many, ...] = ()
        self.halves: Many = []
        self.half_grads: Many = []

    def load(self) -> None:
        """Brings the gradients to float32."""
        self.grads = [g.float() for g in self.half_grads]

    def store(self) -> None:
        """Rounds the new weights to 16 bits."""
        torch._foreach_copy_(self.halves, self.weights)

    def part(self, positions: Sequence[int]) -> tuple[Many, Many, list[Many]]:
        """The weights, gradients and states at some positions."""
        return (
            pick(self.weights, positions),
            pick(self.grads, positions),
            [pick(s, positions) for s in self.states],
        )


def pick(tensors: Many, positions: Sequence[int]) -> Many:
    """The tensors at some positions."""
    return [tensors[i] for i in positions]


def is_half(weight: NDArray) -> bool:
    """Whether its elements have 16 bits."""
    return torch_dtype(weight.dtype) in (torch.float16, torch.bfloat16)


def context_of(tensor: Tensor) -> Context:
    """Where a tensor is; all CPU contexts are one here."""
    return cpu() if tensor.device.type == "cpu" else gpu(tensor.device.index)


def zeros_like(weight: NDArray) -> NDArray:
    """A state of zeros of the shape, type and storage of a weight, on its context."""
    if weight.stype != "default":
        return weight._empty()  # type: ignore[attr-defined, no-any-return]
    return NDArray(torch.zeros_like(weight._data), weight.context)


def arrays_of(state: Any) -> list[NDArray]:
    """The arrays of a state: None, an array, or nested tuples and lists of these."""
    if isinstance(state, NDArray):
        return [state]
    if isinstance(state, (tuple, list)):
        return [array for inner in state for array in arrays_of(inner)]
    return []


def as_lists(index: Any, weight: Any, grad: Any, state: Any) -> tuple[Any, Any, Any, Any]:
    """The arguments of an update as lists, also if they are of one weight only."""
    if isinstance(index, (list, tuple)):
        return index, weight, grad, state
    return [index], [weight], [grad], [state]


def gather(
    indices: Sequence[Any],
    weights: Sequence[NDArray],
    grads: Sequence[NDArray],
    states: Sequence[Any],
    masters: Sequence[NDArray | None] | None = None,
) -> list[Batch]:
    """Batches of weights, in the order in which their types and devices come first.

    Raises
    ------
    MXNetError
        If a gradient or a state does not fit its weight.
    """
    batches: dict[Any, Batch] = {}
    rows: dict[Any, list[Many]] = {}
    for n, (index, weight, grad) in enumerate(zip(indices, weights, grads, strict=True)):
        w, g = weight._data, grad._data
        if w.shape != g.shape or w.dtype is not g.dtype:
            raise MXNetError(
                f"update of weight {index!r}: it is {describe_value(w)}, but its gradient is "
                f"{describe_value(g)}"
            )
        master = masters[n] if masters else None
        updated = w if master is None else master._data
        row = [a._data for a in arrays_of(states[n])]
        _check_states(index, updated, row)
        key = (w.dtype, updated.dtype, w.device)
        batch = batches.setdefault(key, Batch())
        batch.indices.append(index)
        batch.weights.append(updated)
        rows.setdefault(key, []).append(row)
        (batch.grads if master is None else batch.half_grads).append(g)
        if master is not None:
            batch.halves.append(w)
    for key, batch in batches.items():
        batch.states = _columns(rows[key])
        batch.single = batch.indices[0] if len(batch.indices) == 1 else None
    return list(batches.values())


def _check_states(index: Any, weight: Tensor, states: Many) -> None:
    for state in states:
        if state.dtype is not weight.dtype or state.device != weight.device:
            raise MXNetError(
                f"update of weight {index!r}: it is {describe_value(weight)}, but the optimizer's state of "
                f"it is {describe_value(state)}; after a cast, start with a new Trainer"
            )


def _columns(rows: list[Many]) -> tuple[Many, ...]:
    counts = {len(row) for row in rows}
    if len(counts) > 1:
        raise MXNetError(f"update: the weights have states of {counts} arrays; they must all have as many")
    return tuple(list(column) for column in zip(*rows, strict=True))
