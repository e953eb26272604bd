"""Gradients of what many calls share, worked out together.

A weight that is used at every step of a loop has the gradient Σ Gₜᵀ Xₜ. The rows of all steps, one below the
other, make it a single product: for 30 steps of 8x128 and 8x48, 51 µs against 164 for products one by one
and their sum. So the gradient of one call is handed over as its factors where the receiver ``collects`` them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from regluon.ops.threads import product

__all__ = ["Factors", "Sum", "factored", "whole"]

# torch has a module-level __getattr__: looking a name up in it is slow.
_add, _cat, _sum = torch.add, torch.cat, torch.sum

_LIMIT = 2**15
"""Numbers that wait at most: beyond, adding a product to the sum costs no more than keeping its factors."""


class Factors(tuple[Tensor, "Tensor | None"]):
    """G and X for the gradient Gᵀ X of a matrix; G and None for that of a vector, the sum of G's rows."""

    __slots__ = ()

    def whole(self) -> Tensor:
        """The gradient itself."""
        rows, inputs = self
        if inputs is not None:
            return product(rows.t(), inputs)
        # A sum takes torch twice as long as a reshape.
        return rows.reshape(-1) if rows.shape[0] == 1 else _sum(rows, 0)


class Sum:
    """What arrives at one place: factors that wait to be multiplied out, and the sum of all others."""

    __slots__ = ("_inputs", "_own", "_rows", "_total", "_waiting")

    def __init__(self, first: Tensor | Factors) -> None:
        self._rows: list[Tensor] = []
        self._inputs: list[Tensor] = []
        self._waiting = 0
        self._total: Tensor | None = None
        self._own = False  # whether the total is nobody else's, so that it can be added to in place
        self.take(first)

    def take(self, part: Tensor | Factors) -> None:
        """Adds a gradient."""
        if type(part) is not Factors:
            self._add(part)  # type: ignore[arg-type]
            return
        rows, inputs = part
        self._rows.append(rows)
        self._waiting += rows.numel()
        if inputs is not None:
            self._inputs.append(inputs)
            self._waiting += inputs.numel()
        if self._waiting > _LIMIT:
            self._multiply_out()

    def _add(self, part: Tensor) -> None:
        if self._own:
            self._total.add_(part)  # type: ignore[union-attr]
            return
        self._own = self._total is not None
        self._total = part if self._total is None else _add(self._total, part)

    def _multiply_out(self) -> None:
        rows = _joined(self._rows)
        inputs = _joined(self._inputs) if self._inputs else None
        self._rows, self._inputs, self._waiting = [], [], 0
        if inputs is not None and self._own:
            self._total.addmm_(rows.t(), inputs)  # type: ignore[union-attr]
            return
        self._add(Factors((rows, inputs)).whole())
        # A single row is the sum of itself, and somebody else's.
        self._own = self._own or inputs is not None or rows.shape[0] > 1

    def whole(self) -> Tensor:
        """The sum."""
        if self._rows:
            self._multiply_out()
        assert self._total is not None
        return self._total


def _joined(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else _cat(parts)


def whole(gradient: Any) -> Any:
    """The tensor that a gradient, handed over as such or as factors, stands for."""
    kind = type(gradient)
    return gradient.whole() if kind is Factors or kind is Sum else gradient


def factored(entry: Any, rows: Tensor, inputs: Tensor | None = None) -> Any:
    """A gradient as :class:`Factors` if what takes it ``collects``, else whole; None if nothing takes it."""
    if not entry:
        return None
    factors = Factors((rows, inputs))
    return factors if getattr(entry, "collects", False) else factors.whole()
