"""Which operators compute in bfloat16, which in float32: MXNet 1.9.1's choice, beside that for float16."""

from __future__ import annotations

from regluon.contrib.amp.lists import symbol_fp16 as half

__all__ = [
    "BF16_FP32_FUNCS",
    "BF16_FUNCS",
    "BF16_USE_FP32_PARAMS",
    "CONDITIONAL_FP32_FUNCS",
    "FP32_FUNCS",
    "LOSS_OUTPUT_FUNCTIONS",
    "WIDEST_TYPE_CASTS",
]

BF16_FUNCS = """
    Convolution FullyConnected
""".split()
"""Compute in bfloat16."""

BF16_FP32_FUNCS = """
    abs _add BatchNorm BatchNormWithReLU clip Concat concat LRN Pooling relu shuffle _shuffle sqrt
    square tanh
""".split()
"""Compute in the type that their inputs have."""

# In the widest type for float16, and the other way round.
_TO_FP32 = ["broadcast_mul"]
_TO_WIDEST = ["_contrib_MultiBoxDetection", "_contrib_MultiBoxPrior", "_contrib_MultiBoxTarget"]
_IN_NO_LIST = """
    amp_cast amp_multicast CuDNNBatchNorm _TensorRT _contrib_interleaved_matmul_encdec_qk
    _contrib_interleaved_matmul_encdec_valatt _contrib_interleaved_matmul_selfatt_qk
    _contrib_interleaved_matmul_selfatt_valatt
""".split()
_ELSEWHERE = {*BF16_FUNCS, *BF16_FP32_FUNCS, *_TO_FP32, *_TO_WIDEST, *_IN_NO_LIST}


def _others(names: list[str]) -> list[str]:
    return [name for name in names if name not in _ELSEWHERE]


FP32_FUNCS = [
    *_others(half.FP16_FUNCS + half.FP16_FP32_FUNCS),
    *_TO_FP32,
    *_others(half.FP32_FUNCS),
]
"""Compute in float32."""

_PLACE = half.WIDEST_TYPE_CASTS.index("_contrib_MultiProposal")
WIDEST_TYPE_CASTS = [
    *_others(half.WIDEST_TYPE_CASTS[:_PLACE]),
    *_TO_WIDEST,
    *_others(half.WIDEST_TYPE_CASTS[_PLACE:]),
]
"""Compute in the widest type of their inputs."""

LOSS_OUTPUT_FUNCTIONS = half.LOSS_OUTPUT_FUNCTIONS.copy()
"""Make gradients themselves, which are scaled where they are made."""

CONDITIONAL_FP32_FUNCS = half.CONDITIONAL_FP32_FUNCS.copy()
"""Compute in float32 where the attribute has one of these values."""

_STATISTICS = ["", "gamma", "beta", "moving_mean", "moving_var"]
BF16_USE_FP32_PARAMS = {"BatchNormWithReLU": _STATISTICS, "BatchNorm": _STATISTICS}
"""Of operators in bfloat16: the inputs that stay in float32."""
