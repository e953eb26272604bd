"""``mx.onnx.mx2onnx``: symbols and their parameters as ONNX models."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from regluon.base import MXNetError
from regluon.lazy import optional
from regluon.ndarray import NDArray, load
from regluon.onnx.call import CONVERTERS
from regluon.onnx.conversion import Source, converted
from regluon.symbol import Symbol
from regluon.symbol import load as load_symbol
from regluon.symbol.graph import postorder

__all__ = ["export_model", "get_operator_support"]

_OPSET = 18
# Their labels are for training alone.
_LABELLED = frozenset(
    "SoftmaxOutput LinearRegressionOutput LogisticRegressionOutput MAERegressionOutput SVMOutput".split()
)


def export_model(
    sym: Symbol | str,
    params: Any,
    in_shapes: Sequence[tuple[Any, ...]] | None = None,
    in_types: Any = np.float32,
    onnx_file_path: str = "model.onnx",
    verbose: bool = False,
    dynamic: bool = False,
    dynamic_input_shapes: Sequence[tuple[Any, ...]] | None = None,
    run_shape_inference: bool = False,
    input_type: Any = None,
    input_shape: Any = None,
) -> str:
    """Writes a symbol and its parameters as an ONNX model of opset 18, as it predicts

    Inputs keep their names, but those of labels are left out; outputs have the names of their nodes.

    Parameters
    ----------
    sym, params
        The symbol, and a dictionary of arrays, whose names may begin with ``arg:`` and ``aux:``, or a list of
        such dictionaries; or the names of their files.
    in_shapes, in_types
        Shapes of the inputs, in the order of ``sym.list_inputs()``; one type for all or one for each. Where
        extents vary they are examples.
    dynamic, dynamic_input_shapes
        Whether extents may vary, and which: the shapes once more, with a name or None for such an extent. All
        of them if no shapes are given.
    run_shape_inference
        Whether ONNX is to add the shapes of what is in between.
    input_type, input_shape
        Other names of ``in_types`` and ``in_shapes``.

    Returns
    -------
    ``onnx_file_path``

    Raises
    ------
    MXNetError
        If an operator has no conversion, or its attributes, types or extents that vary can't be said in ONNX:
        the message has the operator, the values and the way out. If a parameter or shape is missing.
    ImportError
        If the library onnx is not there: ``pip install 'regluon[onnx]'``.
    """
    write = optional("regluon.onnx.writing:write", "onnx")
    symbol = sym if isinstance(sym, Symbol) else load_symbol(os.fspath(sym))
    arrays = _parameters(params)
    names = _inputs(symbol, arrays)
    shapes = _one_for_each("in_shapes", names, in_shapes if input_shape is None else input_shape)
    kinds = in_types if input_type is None else input_type
    types = _one_for_each(
        "in_types", names, kinds if isinstance(kinds, (list, tuple)) else [kinds] * len(names)
    )
    shown = shapes
    if dynamic:
        free = [(None,) * len(shape) for shape in shapes]
        shown = _one_for_each("dynamic_input_shapes", names, dynamic_input_shapes or free)
    examples, data = (dict(zip(names, map(_numbers, each), strict=True)) for each in (shapes, shown))
    source = Source(symbol, arrays, examples, data, dict(zip(names, types, strict=True)))
    graph, outputs = converted(source)
    used = {name for record in graph.records for name in record.inputs}
    inputs = [d for d in zip(names, shown, types, strict=True) if d[0] in used]
    results = [(name, [n or None for n in shape], dtype) for name, shape, dtype in outputs]
    write(onnx_file_path, graph, inputs, results, _OPSET, run_shape_inference)
    if verbose:
        logging.info("%d nodes of ONNX's opset %d written to %s", len(graph.records), _OPSET, onnx_file_path)
    return onnx_file_path


def _numbers(shape: Sequence[Any]) -> tuple[int, ...]:
    """A shape with 0 for what varies."""
    return tuple(n if isinstance(n, int) else 0 for n in shape)


def _parameters(given: Any) -> dict[str, NDArray]:
    """The parameters by their names alone."""
    if isinstance(given, (str, os.PathLike)):
        given = load(os.fspath(given))
    parts = given if isinstance(given, (list, tuple)) else [given]
    arrays = [array for part in parts if isinstance(part, dict) for array in part.values()]
    if not all(isinstance(part, dict) for part in parts) or not all(isinstance(a, NDArray) for a in arrays):
        raise MXNetError("onnx: the parameters must be a dictionary of arrays, or a file of one")
    return {n.removeprefix("arg:").removeprefix("aux:"): a for part in parts for n, a in part.items()}


def _inputs(symbol: Symbol, arrays: dict[str, NDArray]) -> list[str]:
    """The names of the inputs that predictions need."""
    uses: dict[str, list[bool]] = {}
    for node in postorder(symbol._heads):
        for position, entry in enumerate(node.inputs):
            labels = node.op is not None and node.op.name in _LABELLED and position == 1
            uses.setdefault(entry.node.name, []).append(labels)
    names = [name for name in symbol.list_inputs() if name not in arrays]
    return [name for name in names if not all(uses.get(name, [False]))]


def _one_for_each(what: str, names: list[str], given: Any) -> list[Any]:
    """What is given for each input; those of labels, which may come at the end, are left out."""
    if given is None or len(given) < len(names):
        raise MXNetError(
            f"onnx: the inputs are {', '.join(names)}, for which {what}={given!r} is not enough; if one "
            "of them is a parameter, its array is missing"
        )
    return list(given)[: len(names)]


def get_operator_support(opset_version: int | None = None) -> list[str]:
    """MXNet's names of the operators that :func:`export_model` can convert; the opset makes no difference."""
    return sorted(CONVERTERS)
