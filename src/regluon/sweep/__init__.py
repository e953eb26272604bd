"""Programs and notebooks run for many values and seeds: ``regluon sweep``."""

from __future__ import annotations

from regluon.sweep.errors import SweepError
from regluon.sweep.grid import Grid, Task
from regluon.sweep.store import Store

__all__ = ["Grid", "Store", "SweepError", "Task"]
