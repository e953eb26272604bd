"""Automatic mixed precision: what is safe in float16 or bfloat16 is computed so, the rest in float32.

https://mxnet.apache.org/versions/1.9.1/api/python/docs/tutorials/performance/backend/amp.html
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from regluon.base import numpy_dtype, torch_dtype
from regluon.contrib.amp import lists
from regluon.contrib.amp.arrays import exchange, scaled_outputs
from regluon.contrib.amp.loss_scaler import LossScaler
from regluon.contrib.amp.rules import rules_of
from regluon.contrib.amp.symbols import inserting
from regluon.gluon.trainer import Trainer
from regluon.optimizer import Optimizer
from regluon.symbol import functions

__all__ = [
    "init",
    "init_trainer",
    "list_conditional_fp32_ops",
    "list_fp32_ops",
    "list_loss_output_functions",
    "list_lp16_fp32_ops",
    "list_lp16_ops",
    "list_lp16_use_fp32_params",
    "list_widest_type_cast",
    "scale_loss",
    "unscale",
]

_bfloat16 = numpy_dtype(torch.bfloat16)
_amp_initialized = False
_amp_loss_scale_initialized = False
_loss_scaler: LossScaler | None = None


def init(
    target_dtype: Any = "float16",
    target_precision_ops: list[str] | None = None,
    conditional_fp32_ops: list[tuple[str, str, list[str]]] | None = None,
    fp32_ops: list[str] | None = None,
) -> None:
    """Turns mixed precision on, for good; to be called before a model is made. A second call does nothing.

    Parameters
    ----------
    target_dtype
        "float16" or "bfloat16".
    target_precision_ops
        The operators that compute in that type, instead of MXNet's choice.
    conditional_fp32_ops
        (operator, attribute, values): those that compute in float32 where the attribute is one of the values.
    fp32_ops
        The operators that compute in float32.

    Raises
    ------
    AssertionError
        For another type.
    """
    global _amp_initialized, _loss_scaler  # noqa: PLW0603 (MXNet's names, which programs look at)
    if _amp_initialized:
        return
    assert target_dtype in ("float16", np.float16, "bfloat16", _bfloat16), (
        f"AMP currently supports only float16 or bfloat16 as a target_dtype, not {target_dtype!r}"
    )
    _amp_initialized = True
    logging.info("Using AMP")
    target = torch_dtype(target_dtype)
    kind = numpy_dtype(target)
    rules = rules_of(
        target,
        list_lp16_ops(kind) if target_precision_ops is None else target_precision_ops,
        list_fp32_ops(kind) if fp32_ops is None else fp32_ops,
        list_conditional_fp32_ops(kind) if conditional_fp32_ops is None else conditional_fp32_ops,
        list_widest_type_cast(kind),
        list_lp16_use_fp32_params(kind),
    )
    _loss_scaler = scaler = LossScaler()
    exchange(rules, target)
    scaled_outputs(list_loss_output_functions(kind), lambda: scaler.loss_scale)
    functions.insert = inserting(rules, list_loss_output_functions(kind))


def init_trainer(optimizer_or_trainer: Trainer) -> None:
    """Has a trainer scale its losses, skip steps whose gradients overflowed, and adapt the scale.

    Raises
    ------
    AssertionError
        Before :func:`init`.
    TypeError
        For what is no ``gluon.Trainer``.
    """
    global _amp_loss_scale_initialized  # noqa: PLW0603
    assert _amp_initialized, "AMP not initialized, did you forget to call amp.init()?"
    _check_trainer(optimizer_or_trainer)
    scaler = LossScaler() if _amp_loss_scale_initialized else _loss_scaler
    _amp_loss_scale_initialized = True
    optimizer_or_trainer._amp_loss_scaler = scaler
    optimizer_or_trainer._amp_original_scale = optimizer_or_trainer._scale


def _check_trainer(given: Any) -> None:
    if isinstance(given, Trainer):
        return
    if isinstance(given, Optimizer):
        raise TypeError("AMP is currently only compatible with Gluon Trainer")
    raise TypeError(
        f"optimizer_or_trainer should be a Gluon Trainer or an optimizer, instead is {type(given)}"
    )


@contextmanager
def scale_loss(loss: Any, optimizer_or_trainer: Trainer) -> Iterator[Any]:
    """A loss, or several, times the scale, for a ``backward`` within the block.

    The trainer's next step divides the gradients by it.

    Raises
    ------
    AssertionError
        If :func:`init_trainer` was not called with the trainer.
    """
    scaler = optimizer_or_trainer._amp_loss_scaler
    assert scaler is not None, "Loss scaler is not initialized, did you forget to call amp.init_trainer()?"
    optimizer_or_trainer._scale = optimizer_or_trainer._amp_original_scale / scaler.loss_scale
    if isinstance(loss, (list, tuple)):
        yield [one * scaler.loss_scale for one in loss]
    else:
        yield scaler.loss_scale * loss


def unscale(optimizer_or_trainer: Trainer) -> None:
    """Divides the gradients by the scale at once, for those who look at them before the step.

    Raises
    ------
    TypeError
        For what is no ``gluon.Trainer``.
    """
    _check_trainer(optimizer_or_trainer)
    for parameter in optimizer_or_trainer._params:
        for grad in (parameter._grad or {}).values():
            grad[:] *= optimizer_or_trainer._scale
    optimizer_or_trainer._scale = 1.0


def _of(target_dtype: Any, name16: str, name_bf: str | None = None) -> Any:
    if target_dtype in ("float16", np.float16):
        return getattr(lists.symbol_fp16, name16)
    assert target_dtype == _bfloat16, "not supported type"
    return getattr(lists.symbol_bf16, name_bf or name16)


def list_lp16_ops(target_dtype: Any) -> list[str]:
    """The operators that compute in ``target_dtype``: float16, or bfloat16 as a NumPy type."""
    return _of(target_dtype, "FP16_FUNCS", "BF16_FUNCS")  # type: ignore[no-any-return]


def list_fp32_ops(target_dtype: Any) -> list[str]:
    """The operators that compute in float32."""
    return _of(target_dtype, "FP32_FUNCS")  # type: ignore[no-any-return]


def list_lp16_fp32_ops(target_dtype: Any) -> list[str]:
    """The operators that compute in the type that they are given."""
    return _of(target_dtype, "FP16_FP32_FUNCS", "BF16_FP32_FUNCS")  # type: ignore[no-any-return]


def list_conditional_fp32_ops(target_dtype: Any) -> Sequence[tuple[str, str, list[str]]]:
    """(operator, attribute, values): those in float32 where the attribute is one of the values."""
    return _of(target_dtype, "CONDITIONAL_FP32_FUNCS")  # type: ignore[no-any-return]


def list_widest_type_cast(target_dtype: Any) -> list[str]:
    """The operators that compute in the widest type of their inputs."""
    return _of(target_dtype, "WIDEST_TYPE_CASTS")  # type: ignore[no-any-return]


def list_loss_output_functions(target_dtype: Any) -> list[str]:
    """The operators that make gradients themselves."""
    return _of(target_dtype, "LOSS_OUTPUT_FUNCTIONS")  # type: ignore[no-any-return]


def list_lp16_use_fp32_params(target_dtype: Any) -> dict[str, list[str]] | None:
    """The inputs that stay in float32 where an operator computes in ``target_dtype``; None for float16."""
    if target_dtype in ("float16", np.float16):
        return None
    return _of(target_dtype, "", "BF16_USE_FP32_PARAMS")  # type: ignore[no-any-return]
