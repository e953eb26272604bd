"""What symbols need to know of operators beside their records: names, numbers of outputs, states.

Most of it follows from the record; the tables hold what MXNet has otherwise.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from regluon.base import MXNetError
from regluon.ops.registry import OPERATORS, Operator
from regluon.symbol.control.operators import CONTROL
from regluon.symbol.custom import CUSTOM, attributes_of

__all__ = [
    "COUNTED",
    "HIDDEN",
    "auxiliary",
    "initial",
    "input_names",
    "operator_named",
    "output_names",
    "read",
    "shown",
    "total",
]

HIDDEN = ("ctx_group", "lr_mult", "wd_mult", "force_mirroring", "mirror_stage", "profiler_scope")
"""Attributes that are no operator's own; kept as ``__ctx_group__`` and so on."""

COUNTED = frozenset(
    "Concat add_n stack khatri_rao Crop UpSampling _rnn_param_concat _contrib_quantized_concat".split()
)
"""Operators of any number of inputs with an attribute ``num_args``, which need not be given."""

Attributes = dict[str, Any]

# Optional inputs, and when they are there: if not listed, unless ``no_bias``.
_WHEN: dict[tuple[str, str], Callable[[Attributes], bool]] = {
    ("LeakyReLU", "gamma"): lambda a: a["act_type"] == "prelu",
    ("CTCLoss", "data_lengths"): lambda a: a["use_data_lengths"],
    ("CTCLoss", "label_lengths"): lambda a: a["use_label_lengths"],
    ("_histogram", "bins"): lambda a: a["bin_cnt"] is None,
    ("softmax", "length"): lambda a: bool(a["use_length"]),
    ("_contrib_DeformablePSROIPooling", "trans"): lambda a: not a["no_trans"],
    ("RNN", "state_cell"): lambda a: a["mode"] == "lstm",
    ("RNN", "sequence_length"): lambda a: a["use_sequence_length"],
    ("_contrib_BilinearResize2D", "like"): lambda a: a["mode"] == "like",
    **dict.fromkeys(
        [(f"Sequence{kind}", "sequence_length") for kind in ("Mask", "Last", "Reverse")],
        lambda a: a["use_sequence_length"],
    ),
}

# Operators of any number of inputs: what numbers them, and their names.
_NUMBERED = {
    "amp_multicast": ("num_outputs", ("data_{}",)),
    "multi_all_finite": ("num_arrays", ("array_{}",)),
    "multi_sum_sq": ("num_arrays", ("array_{}",)),
    "reset_arrays": ("num_arrays", ("array_{}",)),
    "multi_sgd_update": ("num_weights", ("weight_{}", "grad_{}")),
    "multi_sgd_mom_update": ("num_weights", ("weight_{}", "grad_{}", "mom_{}")),
    "multi_mp_sgd_update": ("num_weights", ("weight_{}", "grad_{}", "weight32_{}")),
    "multi_mp_sgd_mom_update": ("num_weights", ("weight_{}", "grad_{}", "mom_{}", "weight32_{}")),
}

_NORMALIZED = ("BatchNorm", "BatchNorm_v1", "_contrib_SyncBatchNorm", "_contrib_BatchNormWithReLU")
_QUANTIZED = "act batch_norm concat conv elemwise_add elemwise_mul embedding flatten fully_connected pooling"

_OUTPUT_NAMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_NORMALIZED, ("output", "mean", "var")),
    **{f"_contrib_quantized_{name}": ("output", "min_output", "max_output") for name in _QUANTIZED.split()},
    "LayerNorm": ("output", "mean", "std"),
    "GroupNorm": ("output", "mean", "std"),
    "RNN": ("output", "state_output", "statecell_output"),
    "_contrib_hawkesll": ("output", "out_state"),
    "_contrib_MultiBoxTarget": ("loc_target", "loc_mask", "cls_target"),
    "_contrib_Proposal": ("output", "score"),
    "_contrib_MultiProposal": ("output", "score"),
    "_contrib_quantize_asym": ("output", "scale", "shift"),
    "_contrib_calibrate_entropy": ("threshold", "divergence"),
    "make_loss": ("loss",),
}

# Operators with hidden outputs, of which the only one to be seen is "output0".
_FROM_ZERO = ("_contrib_box_nms", "CTCLoss", "_linalg_det", "_linalg_slogdet", "sort", "topk")

# Outputs in all, where the function returns fewer or more.
_TOTAL: dict[str, int | Callable[[Attributes], int]] = {
    **dict.fromkeys(_NORMALIZED, 3),
    "_contrib_BatchNormWithReLU": 4,
    "Correlation": 3,
    "CTCLoss": 2,
    "Embedding": 1,
    "IdentityAttachKLSparseReg": 1,
    "L2Normalization": 2,
    "LRN": 2,
    "BilinearSampler": 2,
    "GridGenerator": 2,
    "ROIPooling": 2,
    "SpatialTransformer": 3,
    "_contrib_DeformablePSROIPooling": 2,
    "_contrib_SparseEmbedding": 1,
    "_linalg_det": 3,
    "_linalg_slogdet": 4,
    "sort": 2,
    "LeakyReLU": lambda a: 2 if a["act_type"] == "rrelu" else 1,
    "Pooling": lambda a: 2 if a["pool_type"] == "max" and a["kernel"] and str(a["layout"])[-1] != "C" else 1,
    "RNN": lambda a: 1 + a["state_outputs"] * (1 + (a["mode"] == "lstm")),
    "SliceChannel": lambda a: int(a["num_outputs"]),
    "_regluon_rnn": lambda a: 2 + (a["mode"] == "lstm"),
    "_contrib_quantized_elemwise_mul": lambda a: 1 if a["enable_float_output"] else 3,
    "_sample_multinomial": lambda a: 1 + a["get_prob"],
    "_split_v2": lambda a: int(a["sections"] or len(a["indices"])),
    "amp_multicast": lambda a: int(a["num_outputs"]),
    "topk": lambda a: 2 if a["ret_typ"] in ("both", "value") else 1,
}
_SHOWN: dict[str, Callable[[Attributes], int]] = {
    "LeakyReLU": lambda a: 1,
    "_linalg_slogdet": lambda a: 2,
    "topk": lambda a: 2 if a["ret_typ"] == "both" else 1,
}

# The initializers of variables that are made for an operator, as symbol files hold them.
_INITIAL = {
    "moving_mean": '["zero", {}]',
    "moving_var": '["one", {}]',
    "moving_avg": '["zero", {}]',
}


def operator_named(name: str) -> Operator:
    """The operator of that name.

    Raises
    ------
    MXNetError
        If there is none.
    """
    op = OPERATORS.get(name) or CONTROL.get(name) or (CUSTOM if name == "Custom" else None)
    if op is None:
        raise MXNetError(f"Operator {name} is not registered")
    return op


def read(op: Operator, attrs: dict[str, str]) -> Attributes:
    """The operator's attributes out of a node's texts, which hold others too."""
    own = {k: v for k, v in attrs.items() if not (k.startswith("__") and k.endswith("__"))}
    if op is CUSTOM:
        return attributes_of(own)
    if op.variadic and "num_args" not in op.attributes:
        own.pop("num_args", None)
    return op.read_all(own)


@cache
def _returned(op: Operator) -> int | None:
    hint = typing.get_type_hints(op.fn).get("return")
    parts = typing.get_args(hint)
    return None if Ellipsis in parts else len(parts) or 1


def total(op: Operator, attributes: Attributes) -> int:
    """How many outputs a node has, hidden ones included."""
    if op.name in CONTROL or op is CUSTOM:
        return shown(op, attributes)
    special = _TOTAL.get(op.name)
    if special is not None:
        return special(attributes) if callable(special) else special
    if op.single:
        return 1
    returned = _returned(op)
    if op.writes or returned is None:
        return shown(op, attributes)
    return returned


def shown(op: Operator, attributes: Attributes) -> int:
    """How many outputs a user sees."""
    if op is CUSTOM:
        return len(attributes["signature"].outputs)
    if op.name in _SHOWN:
        return _SHOWN[op.name](attributes)
    visible = op.shows(attributes)
    if visible is None:
        special = _TOTAL.get(op.name, _returned(op))
        visible = special(attributes) if callable(special) else special
    if visible is None:
        raise MXNetError(f"{op.name}: the number of its outputs is not known to symbols")
    return visible


def output_names(op: Operator, attributes: Attributes) -> list[str]:
    """The names of the outputs that a user sees, without that of the node."""
    if op is CUSTOM:
        return list(attributes["signature"].outputs)
    count = shown(op, attributes)
    names = _OUTPUT_NAMES.get(op.name)
    if names is not None:
        return list(names[:count])
    if count == 1 and op.name != "SliceChannel" and (op.name not in _FROM_ZERO or total(op, attributes) == 1):
        return ["output"]
    return [f"output{i}" for i in range(count)]


def input_names(op: Operator, attributes: Attributes, count: int) -> Sequence[str]:
    """The names of the inputs that an operator has with these attributes, ``count`` if it has any number."""
    if op is CUSTOM:
        return [*attributes["signature"].arguments, *attributes["signature"].states]
    if not op.variadic:
        if not op.optional:
            return ("data",) if op.name.startswith("_cv") and op.inputs else op.inputs
        first = len(op.inputs) - op.optional
        return [n for i, n in enumerate(op.inputs) if i < first or _present(op.name, n, attributes)]
    if op.name in _NUMBERED:
        key, texts = _NUMBERED[op.name]
        return [text.format(i) for i in range(attributes[key]) for text in texts]
    if op.name == "UpSampling" and attributes["sample_type"] == "bilinear":
        return ("data", "weight")
    if op.name == "_contrib_quantized_concat":
        try:
            count = int(attributes["num_args"])
        except (TypeError, ValueError):
            given = attributes["num_args"]
            raise MXNetError(f"{op.name}: num_args={given!r} must be the number of arrays") from None
        sides = [f"arg{i}_{side}" for i in range(count) for side in ("min", "max")]
        return [f"arg{i}" for i in range(count)] + sides
    return [f"arg{i}" for i in range(count)]


def _present(op: str, name: str, attributes: Attributes) -> bool:
    when = _WHEN.get((op, name))
    if when is not None:
        return when(attributes)
    return name not in ("bias", "min_bias", "max_bias") or not attributes.get("no_bias")


def auxiliary(op: Operator, count: int, attributes: Attributes | None = None) -> frozenset[int]:
    """The positions of inputs that are auxiliary states: those that the operator updates."""
    if op is CUSTOM and attributes is not None:
        first = len(attributes["signature"].arguments)
        return frozenset(range(first, first + len(attributes["signature"].states)))
    if op.name == "_contrib_quantized_batch_norm":
        return frozenset((3, 4))
    if not op.writes:
        return frozenset()
    updated = op.written(count)
    return frozenset(i for i in updated if op.variadic or op.inputs[i] != "gamma")


def initial(op: Operator, name: str, attributes: Attributes) -> str | None:
    """The initializer of the variable that is made for the input ``name``."""
    if op.name == "LeakyReLU" and name == "gamma":
        return '["Constant", {"value": 0.25}]'
    if op.name == "UpSampling" and name in ("weight", "arg1"):
        return '["bilinear", {}]'
    return _INITIAL.get(name) if op.writes else None
