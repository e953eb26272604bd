"""A piece of the tape as one function of ``torch.autograd``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from regluon import tape
from regluon.tape import Entry, Leaf, Traced

__all__ = ["Passage", "leaf", "through"]


def leaf() -> Leaf:
    """A variable whose gradient is fetched, not written."""
    return Leaf(None, "null")


class Passage(NamedTuple):
    """What was recorded: where each input's gradient comes out (None: nowhere), and the results."""

    entries: list[Entry | None]
    results: list[Traced | None]


def through(passage: Passage, inputs: Sequence[Tensor]) -> list[Any]:
    """The results as tensors that torch differentiates with respect to ``inputs``, to any order."""
    # What was recorded is kept by a saved tensor, since torch lets go of these after a backward pass and
    # gives no other sign that they are not needed any more.
    keeper: Any = torch.empty(0)
    keeper.passage = passage
    return list(_Through.apply(keeper, *inputs))  # type: ignore[no-untyped-call]


class _Through(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, keeper: Any, *inputs: Tensor) -> Any:
        ctx.save_for_backward(keeper, *inputs)
        ctx.set_materialize_grads(False)
        results = [None if r is None else r.tensor.detach() for r in keeper.passage.results]
        constants = [
            t
            for t, r in zip(results, keeper.passage.results, strict=True)
            if t is not None and (r.entry is None or not t.is_floating_point())
        ]
        ctx.mark_non_differentiable(*constants)
        return tuple(results)

    @staticmethod
    def backward(ctx: Any, *gs: Tensor | None) -> Any:
        keeper, *inputs = ctx.saved_tensors
        passage: Passage = keeper.passage
        wanted = [i for i, e in enumerate(passage.entries) if e is not None and ctx.needs_input_grad[i + 1]]
        targets = [passage.entries[i] for i in wanted]
        heads = [
            (g, r.entry)
            for g, r in zip(gs, passage.results, strict=True)
            if g is not None and r is not None and r.entry is not None
        ]
        grads: list[Any] = [None] * len(inputs)
        if heads and targets:
            found = _recorded(inputs, passage, heads, targets) if torch.is_grad_enabled() else None
            if found is None:
                plain = [(g.contiguous(), entry) for g, entry in heads]
                found = tape.backward(plain, True, targets)  # type: ignore[arg-type]
            for i, grad in zip(wanted, found, strict=True):
                grads[i] = grad
        return None, *grads


def _recorded(inputs: list[Tensor], passage: Passage, heads: Any, targets: Any) -> list[Any]:
    """The gradients with a graph of their own, for derivatives of a higher order."""
    leaves = [leaf() for _ in heads]
    traced = [
        (Traced(g.detach().contiguous(), own), entry) for (g, entry), own in zip(heads, leaves, strict=True)
    ]
    found = tape.backward_recorded(traced, targets)
    return through(Passage([*passage.entries, *leaves], found), [*inputs, *[g for g, _ in heads]])
