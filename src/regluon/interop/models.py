"""Blocks as models of ONNX."""

from __future__ import annotations

import os
from typing import Any

from torch import Tensor

from regluon import onnx
from regluon.gluon import HybridBlock
from regluon.interop.graph import symbol_of
from regluon.interop.module import ready
from regluon.interop.nested import put_together, take_apart
from regluon.interop.tensors import as_array
from regluon.ndarray import NDArray

__all__ = ["export_onnx"]


def export_onnx(
    block: HybridBlock, path: str | os.PathLike[str], *examples: Any, batch_axis: int | None = 0
) -> str:
    """Writes a hybrid block as an ONNX model of opset 18, as it predicts

    Its inputs are called ``data``, or ``data0``, ``data1``, ... in the order of the arrays; its parameters
    have the names of ``collect_params()``. See :func:`mx.onnx.export_model`.

    Parameters
    ----------
    block
        A hybrid block, hybridized or not, of operators that have a conversion.
    *examples
        Inputs, arrays or tensors, in lists where the block takes lists.
    batch_axis
        The axis of all inputs whose extent may vary, called ``batch`` in the model; None for none.

    Returns
    -------
    The path.

    Raises
    ------
    MXNetError
        If it is no hybrid block, parameters are not initialized, or an operator has no conversion.
    ImportError
        If the library onnx is not there: ``pip install 'regluon[onnx]'``.
    """
    given: list[Any] = []
    structure = take_apart(examples, (NDArray, Tensor), given)
    arrays = [as_array(a.detach()) if isinstance(a, Tensor) else a for a in given]
    ready(block, put_together(structure, arrays))
    _, symbol, _, _ = symbol_of(block, structure, len(arrays))
    params = {p.name: p.list_data()[0] for p in block.collect_params().values()}
    shapes = [a.shape for a in arrays]
    varying = [tuple("batch" if i == batch_axis else n for i, n in enumerate(shape)) for shape in shapes]
    return onnx.export_model(
        symbol,
        params,
        shapes,
        [a.dtype for a in arrays],
        os.fspath(path),
        dynamic=batch_axis is not None,
        dynamic_input_shapes=varying,
    )
