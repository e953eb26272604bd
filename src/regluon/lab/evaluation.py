"""The losses of all runs after each epoch, for many epochs at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from regluon.lab.stacked import Runs, Stacked, spread
from regluon.ndarray import NDArray

__all__ = ["Evaluation"]

Array = np.ndarray[Any, Any]

_AT_ONCE = 1 << 24  # elements: of parameters that are kept, or of what a layer makes


class Evaluation:
    """Keeps the parameters after each epoch, and computes the losses of several epochs as those of more runs.

    Parameters
    ----------
    net, loss
        Of all runs.
    sets
        Inputs and labels to train and to test with, seed by seed.
    parameters
        The net's, which change in place.
    epochs
        After how many the losses are asked for.
    """

    def __init__(
        self,
        net: Stacked,
        loss: Callable[[Any, Any], Any],
        sets: Sequence[tuple[Tensor, Tensor]],
        parameters: Sequence[NDArray],
        epochs: int,
    ) -> None:
        self._net, self._loss, self._parameters = net, loss, parameters
        self._sets = sets
        widest = max((p._data.shape[2] for p in parameters if p._data.dim() > 2), default=1)
        rows = max(len(x) for x, _ in self._sets)
        largest = max(sum(p.size for p in parameters), rows * net.runs.values * widest, 1)
        self._limit = max(1, min(epochs, _AT_ONCE // largest))
        self._kept: list[list[Any]] = []
        self._found: list[tuple[Array, Array]] = []

    def keep(self) -> None:
        """An epoch has ended."""
        self._kept.append([p._data.clone() for p in self._parameters])
        if len(self._kept) == self._limit:
            self._compute()

    def losses(self) -> list[Array]:
        """The mean losses to train and to test with, (values, seeds, epochs) each."""
        if self._kept:
            self._compute()
        return [np.concatenate(part, axis=-1) for part in zip(*self._found, strict=True)]

    def _compute(self) -> None:
        kept, self._kept = self._kept, []
        (seeds, values), count = self._net.runs, len(kept)
        net = self._net.for_runs(Runs(seeds, count * values))
        parameters = [NDArray(torch.stack(part, 1).flatten(1, 2)) for part in zip(*kept, strict=True)]
        found = []
        for x, y in self._sets:
            each = self._loss(net(NDArray(x), parameters), NDArray(spread(y, net.runs)))
            means = each._data.view(seeds, count, values, -1).mean(-1)
            found.append(means.permute(2, 0, 1).numpy().astype(np.float64))
        self._found.append((found[0], found[1]))
