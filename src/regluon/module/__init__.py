"""``mx.mod``: nets of symbols with their parameters and optimizers, to be trained and to predict."""

from __future__ import annotations

from regluon.module import (
    base_module,
    bucketing_module,
    executor_group,
    module,
    python_module,
    sequential_module,
)
from regluon.module.base_module import BaseModule
from regluon.module.bucketing_module import BucketingModule
from regluon.module.module import Module
from regluon.module.python_module import PythonLossModule, PythonModule
from regluon.module.sequential_module import SequentialModule
from regluon.reference import absent

__all__ = [
    "BaseModule",
    "BucketingModule",
    "Module",
    "PythonLossModule",
    "PythonModule",
    "SequentialModule",
    "base_module",
    "bucketing_module",
    "executor_group",
    "module",
    "python_module",
    "sequential_module",
]

__getattr__ = absent(__name__, "mod")
