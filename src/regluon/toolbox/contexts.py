"""Where a chapter's net is trained, and how its batches get there."""

from __future__ import annotations

from typing import Any

from regluon.context import Context, cpu, gpu, num_gpus
from regluon.gluon.utils import split_and_load

__all__ = ["_get_batch", "_make_list", "try_all_gpus", "try_gpu"]


def try_gpu() -> Context:
    """``gpu(0)`` if this machine has a GPU that torch can use, else ``cpu(0)``."""
    return gpu() if num_gpus() else cpu()


def try_all_gpus() -> list[Context]:
    """All GPUs that torch can use, or ``[cpu(0)]`` if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def _get_batch(batch: Any, ctx: Any) -> tuple[list[Any], list[Any], int]:
    """A batch cut over contexts.

    Parameters
    ----------
    batch : pair of NDArray
        Features and labels. Labels get the features' type.
    ctx : list of Context

    Outputs
    -------
    tuple
        The pieces of the features, those of the labels, and the number of examples.
    """
    features, labels = batch
    if labels.dtype != features.dtype:
        labels = labels.astype(features.dtype)
    return split_and_load(features, ctx), split_and_load(labels, ctx), features.shape[0]


def _make_list(obj: Any, default_values: Any = None) -> Any:
    """A list or tuple as it is, any other object in a list, and the default for None."""
    if obj is None:
        return default_values
    return obj if isinstance(obj, (list, tuple)) else [obj]
