"""Blocks as programs of ``torch.export``."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.export import Dim, ExportedProgram

from regluon.gluon import HybridBlock
from regluon.interop.module import as_module
from regluon.interop.nested import put_together, take_apart
from regluon.ndarray import NDArray

__all__ = ["export_program"]


def export_program(
    block: HybridBlock, *examples: Any, batch_axis: int | None = 0, dynamic_shapes: Any = None
) -> ExportedProgram:
    """A hybrid block as a program of ``torch.export``, as it predicts

    ``torch.export.save`` writes it to a file, ``torch.export.load`` reads that without this library, and
    ``program.module()`` is called with tensors. Its parameters are named by their places:
    ``features.0.weight``.

    Parameters
    ----------
    block
        A hybrid block whose graph holds operators alone: no loops and branches of symbols.
    *examples
        Inputs, arrays or tensors, in lists where the block takes lists.
    batch_axis
        The axis of all inputs whose extent may vary, 1 or more; None for none.
    dynamic_shapes
        Instead of that, what ``torch.export.export`` takes by this name.

    Raises
    ------
    MXNetError
        If parameters are not initialized, or the block can't be traced.
    """
    arrays: list[Any] = []
    structure = take_apart(examples, (NDArray, Tensor), arrays)
    tensors = [a._data.detach() if isinstance(a, NDArray) else a for a in arrays]
    module = as_module(block, *put_together(structure, tensors)).eval()
    if dynamic_shapes is None and batch_axis is not None:
        # Of an extent of 1, torch takes it that it is always 1.
        tensors = [t.repeat_interleave(2, batch_axis) if t.shape[batch_axis] == 1 else t for t in tensors]
        batch = Dim("batch", min=1)
        dynamic_shapes = {"args": put_together(structure, [{batch_axis: batch} for _ in tensors])}
    with torch.no_grad():
        return torch.export.export(module, put_together(structure, tensors), dynamic_shapes=dynamic_shapes)
