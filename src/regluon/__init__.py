"""regluon: the Gluon system of Apache MXNet, executed by PyTorch's kernels."""

from __future__ import annotations

from regluon import autograd, base, context, gluon, ndarray
from regluon import ndarray as nd
from regluon.base import MXNetError
from regluon.context import (
    Context,
    cpu,
    cpu_pinned,
    cpu_shared,
    current_context,
    gpu,
    gpu_memory_info,
    num_gpus,
)

__version__ = "0.1.0"

__all__ = [
    "Context",
    "MXNetError",
    "autograd",
    "base",
    "context",
    "cpu",
    "cpu_pinned",
    "cpu_shared",
    "current_context",
    "gluon",
    "gpu",
    "gpu_memory_info",
    "nd",
    "ndarray",
    "num_gpus",
]
