"""Results of sweeps that nobody ran, for tests of tables, figures and pages."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.sweep.grid import Grid, Task
from regluon.sweep.results import Results

VALUES = (0.0, 0.3, 1.0, 3.0)


def record(task: Task, generator: np.random.Generator) -> dict[str, Any]:
    """A run whose losses are best at wd=1, and whose weights are shorter for larger wd."""
    wd = float(dict(task.values)["wd"])
    lr = float(dict(task.values).get("lr", 1))
    epochs = np.arange(1, 6)
    train = np.exp(-epochs) * (1 + wd) * lr * generator.uniform(0.9, 1.1)
    test = 0.1 + (np.log(wd + 0.1) ** 2) * np.exp(-epochs / 9) * generator.uniform(0.9, 1.1)
    weights = generator.normal(size=12) / (1 + wd)
    return {
        "values": dict(task.values),
        "seed": task.seed,
        "seconds": 0.5,
        "numbers": {"bias": round(float(generator.normal()), 4)},
        "curves": {"train_loss": train.round(6).tolist(), "test_loss": test.round(6).tolist()},
        "weights": weights.round(6).tolist(),
    }


def results(*settings: str, seeds: tuple[int, ...] = (0, 10, 20), **options: Any) -> Results:
    """All runs of a grid."""
    grid = Grid.of(settings or ("wd=0,0.3,1,3",), seeds)
    generator = np.random.default_rng(5)
    return Results(grid, {task: record(task, generator) for task in grid.tasks()}, **options)


def diverging(highest: bool = False) -> Results:
    """Of five seeds, at wd=3 one run failed and one diverged, at wd=10 three diverged after two epochs."""
    whole = results("wd=0,0.3,1,3,10", seeds=(0, 10, 20, 30, 40))
    records = dict(whole.records)
    for task, one in whole.records.items():
        where = dict(task.values)["wd"], task.seed
        if where == ("3", 20):
            del records[task]
        elif where == ("3", 10) or (where[0] == "10" and where[1] < 30):
            curves = {name: [*curve[:2], None, None, None] for name, curve in one["curves"].items()}
            records[task] = {**one, "curves": curves, "weights": [None, *one["weights"][1:]]}
    return Results(whole.grid, records, highest=highest)
