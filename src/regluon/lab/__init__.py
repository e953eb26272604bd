"""Experiments over values of a hyperparameter: described once, run one by one or all at once.

::

    fit = lab.Experiment(
        net, gluon.loss.L2Loss(), data, optimizer_params={"learning_rate": 0.003}, init=init.Normal(1)
    )
    fit(wd=5, seed=0)  # one run, with Gluon's Trainer and DataLoader
    lab.path(fit, wd=[0, 0.3, 1, 3, 10], seeds=20)  # a hundred runs as one batched computation

What stands below is loaded when it is first used, so that a notebook that only reports waits for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regluon.lab.reports import report
from regluon.lazy import resolve

if TYPE_CHECKING:
    from regluon.lab.batched import path
    from regluon.lab.experiment import Experiment, Run
    from regluon.lab.paths import Path
    from regluon.lab.seeds import some_seeds
    from regluon.lab.statistics import Best, best_value

__all__ = ["Best", "Experiment", "Path", "Run", "best_value", "path", "report", "some_seeds"]

_PLACES = {
    "Best": "statistics",
    "Experiment": "experiment",
    "Path": "paths",
    "Run": "experiment",
    "best_value": "statistics",
    "path": "batched",
    "some_seeds": "seeds",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'regluon.lab' has no attribute {name!r}", name=name)
    found = globals()[name] = resolve(f"regluon.lab.{_PLACES[name]}:{name}")
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
