"""``mx.contrib.amp``: automatic mixed precision."""

from __future__ import annotations

from regluon.contrib.amp import amp, lists, loss_scaler
from regluon.contrib.amp.amp import (
    init,
    init_trainer,
    list_conditional_fp32_ops,
    list_fp32_ops,
    list_loss_output_functions,
    list_lp16_fp32_ops,
    list_lp16_ops,
    list_lp16_use_fp32_params,
    list_widest_type_cast,
    scale_loss,
    unscale,
)
from regluon.contrib.amp.models import (
    convert_bucketing_module,
    convert_hybrid_block,
    convert_model,
    convert_symbol,
)

__all__ = [
    "amp",
    "convert_hybrid_block",
    "convert_model",
    "convert_symbol",
    "init",
    "init_trainer",
    "list_conditional_fp32_ops",
    "list_fp32_ops",
    "list_loss_output_functions",
    "list_lp16_fp32_ops",
    "list_lp16_ops",
    "list_lp16_use_fp32_params",
    "list_widest_type_cast",
    "lists",
    "loss_scaler",
    "scale_loss",
    "unscale",
]

# MXNet has them in that module as well, this one in it alone.
for _function in (convert_bucketing_module, convert_hybrid_block, convert_model, convert_symbol):
    setattr(amp, _function.__name__, _function)
del convert_bucketing_module, _function
