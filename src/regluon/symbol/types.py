"""The types of a graph's variables and outputs, as far as they follow from some."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch

from regluon.base import DTYPE_OF_FLAG, MXNetError, torch_dtype
from regluon.ops.registry import Operator
from regluon.symbol.control.inference import TYPES_OF, completed
from regluon.symbol.custom import CUSTOM, types_of_custom
from regluon.symbol.graph import Entry, Node, postorder
from regluon.symbol.symbol import Symbol

__all__ = ["infer_types"]

Key = tuple[int, int]

# Operators whose outputs have a type of their own.
_RESULT = {
    "shape_array": torch.int64,
    "size_array": torch.int64,
    "_contrib_allclose": torch.uint8,
    "_contrib_dequantize": torch.float32,
    "_contrib_index_array": torch.int64,
    "_cvimread": torch.uint8,
    "all_finite": torch.float32,
    "multi_all_finite": torch.float32,
    "multi_sum_sq": torch.float32,
    "_image_to_tensor": torch.float32,
    "mp_lamb_update_phase1": torch.float32,
}

# Inputs of operators that take one type only.
_NEEDED = {
    ("_contrib_hawkesll", "marks"): torch.int32,
    ("_contrib_requantize", "data"): torch.int32,
    ("_contrib_dequantize", "data"): torch.int8,
    ("_contrib_quantized_conv", "data"): torch.uint8,
    ("_contrib_quantized_embedding", "data"): torch.float32,
}
_QUANTIZED = re.compile(r"data|lhs|rhs|weight|bias|arg\d+")

# Inputs, by operator, whose type is their own: indices, lengths, and labels.
_OWN = {
    "Embedding": ("data",),
    "take": ("indices",),
    "pick": ("index",),
    "one_hot": ("indices",),
    "gather_nd": ("indices",),
    "scatter_nd": ("indices",),
    "batch_take": ("indices",),
    "where": ("condition",),
    "SequenceMask": ("sequence_length",),
    "SequenceLast": ("sequence_length",),
    "SequenceReverse": ("sequence_length",),
    "softmax": ("length",),
    "_contrib_boolean_mask": ("index",),
    "_contrib_hawkesll": ("marks",),
}

# Operators that change the type of what they get: nothing follows from an output to an input.
_CHANGE = ("Cast", "amp_cast", "one_hot", "topk", "argsort", "softmax", "log_softmax", *_RESULT)

# Operators that want one type of all inputs, though the kernels would find out themselves.
_ONE_TYPE = frozenset(
    "Convolution Convolution_v1 Deconvolution FullyConnected dot batch_dot SoftmaxOutput BatchNorm".split()
)

# The types of mixed precision, the narrowest first.
_MIXED = (torch.float16, torch.bfloat16, torch.float32)

_STATISTICS = ("gamma", "beta", "moving_mean", "moving_var")


def infer_types(symbol: Symbol, given: dict[str, Any]) -> dict[Key, torch.dtype]:
    """The types that are known, by node and output."""
    nodes = postorder(symbol._heads)
    found: dict[Key, torch.dtype] = {}
    for node in nodes:
        if node.op is not None:
            continue
        if node.name in given:
            found[id(node), 0] = torch_dtype(given[node.name])
        elif node.attrs.get("__dtype__", "-1") != "-1":
            found[id(node), 0] = _declared(node)
    _spread(nodes, found)
    for node in nodes:
        if node.subgraphs and any((id(e.node), e.index) not in found for e in node.inputs):
            for entry in node.inputs:  # what a loop gets is float32 where nothing else follows
                found.setdefault((id(entry.node), entry.index), torch.float32)
            _spread(nodes, found)
    return found


def _spread(nodes: Sequence[Node], found: dict[Key, torch.dtype]) -> None:
    """Goes through the graph until nothing more is found out."""
    for _ in range(len(nodes) + 1):
        before = len(found)
        for node in nodes:
            if node.op is not None:
                _visit(node, node.op, found)
        if len(found) == before:
            break


def _declared(node: Node) -> torch.dtype:
    try:
        return DTYPE_OF_FLAG[int(node.attrs["__dtype__"])]
    except (KeyError, ValueError):
        raise MXNetError(f"{node.name}: there is no type {node.attrs['__dtype__']!r}") from None


def _look_inside(node: Node, found: dict[Key, torch.dtype]) -> None:
    """What the graphs of a loop or a branch, or a class in Python, tell of its inputs and outputs."""

    def infer(heads: Sequence[Entry], given: list[Any]) -> tuple[list[Any], list[Any]]:
        symbol = Symbol(heads)
        names = symbol.list_inputs()
        inner = infer_types(symbol, {n: t for n, t in zip(names, given, strict=True) if t is not None})
        variables = [inner.get((id(n), 0)) for n in symbol._variables()[0]]
        return variables, [inner.get((id(e.node), e.index)) for e in heads]

    keys = [(id(e.node), e.index) for e in node.inputs]
    known = [found.get(key) for key in keys]
    if node.op is CUSTOM:
        inputs, outputs = types_of_custom(node.attributes["signature"], known)
    else:
        inputs, outputs = completed(node, known, infer, TYPES_OF)
    places = [(id(node), i) for i in range(len(outputs))]
    for key, dtype in zip((*keys, *places), (*inputs, *outputs), strict=True):
        if dtype is not None:
            found.setdefault(key, dtype)


def _visit(node: Node, op: Operator, found: dict[Key, torch.dtype]) -> None:
    if node.interpreted:
        _look_inside(node, found)
        return
    _set_needed(node, op, found)
    if op.name.startswith("_contrib_quantized_"):
        return
    inputs = _alike(node, op)
    keys = [(id(node.inputs[i].node), node.inputs[i].index) for i in inputs]
    outputs = [(id(node), i) for i in range(node.shown)]
    result = _result(node, op)
    common = next((found[key] for key in keys if key in found), None)
    if op.name in ("Embedding", "_contrib_SparseEmbedding"):
        common, result = common or result, None
    elif common is not None and _depends_on_type(op.name, common):
        result = torch.int64 if common is torch.bool and op.name != "amp_cast" else common
    if common is None and result is None and op.name not in _CHANGE and op.inputs:
        common = next((found[key] for key in outputs if key in found), None)
    if common is not None:
        for i, key in zip(inputs, keys, strict=True):
            _check(node, op, i, common, found.setdefault(key, common))
        _keep_statistics(node, op, common, found)
    for key in outputs:
        dtype = _of_output(node, op, key[1], found) or result or common
        if dtype is not None:
            found.setdefault(key, dtype)


def _of_output(node: Node, op: Operator, place: int, found: dict[Key, torch.dtype]) -> torch.dtype | None:
    """The type of an output that does not have that of all: places, logarithms, types brought together."""
    types = [found.get((id(entry.node), entry.index)) for entry in node.inputs]
    if op.name == "amp_multicast" and types[place] in _MIXED:
        wanted = _MIXED if node.attributes["cast_narrow"] else _MIXED[-1:]
        return next((kind for kind in wanted if kind in types), types[0])
    if op.name == "topk" and place and node.attributes["ret_typ"] == "both":
        places: torch.dtype = node.attributes["dtype"]
        return places
    if op.name == "_sample_multinomial" and place:
        return types[0]
    return types[place] if op.name == "amp_multicast" else None


def _depends_on_type(name: str, dtype: torch.dtype) -> bool:
    """Whether a type is treated otherwise: bool beside a number is int64, and integers are not amp_cast."""
    if name == "amp_cast":
        return not dtype.is_floating_point
    return dtype is torch.bool and name.endswith("_scalar") and not name.startswith(("_slice", "_scatter"))


def _set_needed(node: Node, op: Operator, found: dict[Key, torch.dtype]) -> None:
    """Gives the inputs of quantized and a few other operators the only types that they can have."""
    for name, entry in zip(node.input_names, node.inputs, strict=False):
        dtype = _NEEDED.get((op.name, name))
        if dtype is None and op.name.startswith("_contrib_quantized_"):
            dtype = torch.int8 if _QUANTIZED.fullmatch(name) else torch.float32
        if dtype is not None:
            found.setdefault((id(entry.node), entry.index), dtype)


def _check(node: Node, op: Operator, position: int, expected: torch.dtype, got: torch.dtype) -> None:
    if expected is not got and (op.same_type or op.name in _ONE_TYPE):
        raise MXNetError(
            f"Error in operator {node.name}: Incompatible attr in node {node.name} at {position}-th input: "
            f"expected {expected}, got {got}"
        )


def _alike(node: Node, op: Operator) -> list[int]:
    """The positions of inputs that have one type."""
    own = _OWN.get(op.name, ()) + (_STATISTICS if "moving_mean" in op.inputs else ())
    if not own or op.variadic:
        return list(range(len(node.inputs)))
    return [i for i, name in enumerate(list(node.input_names)[: len(node.inputs)]) if name not in own]


def _keep_statistics(node: Node, op: Operator, dtype: torch.dtype, found: dict[Key, torch.dtype]) -> None:
    """Batch normalization of half-precision numbers has parameters in single precision."""
    if "moving_mean" in op.inputs:
        own = torch.float32 if dtype in (torch.float16, torch.bfloat16) else dtype
        for position, entry in enumerate(node.inputs[1:5], 1):
            _check(node, op, position, own, found.setdefault((id(entry.node), entry.index), own))


def _result(node: Node, op: Operator) -> torch.dtype | None:
    """The type of the outputs if it does not depend on the inputs."""
    dtype: Any = node.attributes.get("dtype") or node.attributes.get("out_dtype")
    if op.name == "topk" and node.attributes["ret_typ"] != "indices":
        return None
    return dtype if isinstance(dtype, torch.dtype) else _RESULT.get(op.name)
