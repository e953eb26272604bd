"""A sweep of a ``lab.Experiment`` over weight decays, as one batched computation."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from regluon.base import MXNetError
from regluon.lab.reports import plain
from regluon.lazy import deferred
from regluon.sweep.functions import Function
from regluon.sweep.grid import Task, value_of
from regluon.sweep.programs import Program
from regluon.sweep.store import Store

__all__ = ["run_batched"]

_path = deferred("regluon.lab:path", "All values and seeds of an experiment at once.")


def run_batched(
    program: Program, store: Store, tasks: Sequence[Task], told: Callable[[Task, str], None]
) -> str | None:
    """Runs all tasks at once and keeps them; or says why that cannot be done: "" if nothing suggests it."""
    experiments = sys.modules.get("regluon.lab.experiment")  # without it there is no experiment
    if experiments is None or not isinstance(program, Function):
        return ""
    fit = program.load()
    values = {dict(task.values).get("wd"): None for task in tasks}
    if not isinstance(fit, experiments.Experiment) or any(len(task.values) != 1 for task in tasks):
        return ""
    decays = {source: value_of(source) for source in values if source is not None}
    if len(decays) < len(values) or not all(isinstance(v, (int, float)) for v in decays.values()):
        return ""
    start = time.monotonic()
    try:
        path = _path(fit, wd=decays.values(), seeds=dict.fromkeys(task.seed for task in tasks))
    except (MXNetError, ValueError) as error:
        return str(error)
    seconds = (time.monotonic() - start) / len(path)
    for task in tasks:
        run = path.run(float(decays[task.values[0][1]]), task.seed)
        store.save(task, plain(run, program.title), seconds)
        told(task, "")
    return None
