"""What :func:`regluon.lab.path` gives: the curves and the weights of all runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from regluon.lab.experiment import Experiment, Run
from regluon.lab.statistics import Best, best_value, medians, middle

__all__ = ["Path"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Path:
    """The runs of an experiment for every value and every seed.

    ``train_loss`` and ``test_loss`` are (values, seeds, epochs); ``parameters`` are (values, seeds, ...) by
    their place in the net, ``decayed`` the names of those that decayed. As text it is a table.
    """

    wd: tuple[float, ...]
    seeds: tuple[int, ...]
    train_loss: Array = field(repr=False)
    test_loss: Array = field(repr=False)
    parameters: dict[str, Array] = field(repr=False)
    decayed: tuple[str, ...]
    experiment: Experiment = field(repr=False)

    @property
    def weights(self) -> Array:
        """All elements of what decayed, (values, seeds, elements)."""
        shape = len(self.wd), len(self.seeds), -1
        return np.concatenate([self.parameters[name].reshape(shape) for name in self.decayed], axis=-1)

    @property
    def norm(self) -> Array:
        """‖w‖₂ of :attr:`weights`, (values, seeds)."""
        norms: Array = np.linalg.norm(self.weights.astype(np.float64), axis=-1)
        return norms

    def run(self, wd: float, seed: int) -> Run:
        """The run of one value and one seed, without a net.

        Raises
        ------
        KeyError
            If it is not among them.
        """
        if wd not in self.wd or seed not in self.seeds:
            raise KeyError(f"no run of wd={wd}, seed={seed}; there are wd={self.wd} and seeds={self.seeds}")
        at = self.wd.index(wd), self.seeds.index(seed)
        arrays = {name: array[at] for name, array in self.parameters.items()}
        return Run(float(wd), seed, self.train_loss[at], self.test_loss[at], arrays, self.decayed)

    def __iter__(self) -> Iterator[Run]:
        return (self.run(wd, seed) for wd in self.wd for seed in self.seeds)

    def __len__(self) -> int:
        return len(self.wd) * len(self.seeds)

    def best(self) -> Best:
        """The weight decay of the smallest test loss, with its interval over the seeds."""
        return best_value(self.wd, self.test_loss[..., -1])

    def __str__(self) -> str:
        lines = [f"{'wd':>10}{'train loss':>12}{'test loss':>12}{'of seeds, 10 % to 90 %':>26}{'‖w‖₂':>12}"]
        low, high = middle(self.test_loss[..., -1])
        columns = medians(self.train_loss[..., -1]), medians(self.test_loss[..., -1]), low, high
        for wd, *row in zip(self.wd, *columns, medians(self.norm), strict=True):
            widths = 12, 12, 14, 12, 12
            cells = (_shown(number).rjust(width) for number, width in zip(row, widths, strict=True))
            lines.append(f"{wd:10g}{''.join(cells)}")
        return "\n".join([*lines, f"best wd: {self.best()}"])


def _shown(number: float) -> str:
    return f"{number:.6f}" if abs(number) < 1e4 else f"{number:.3g}"
