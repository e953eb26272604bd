"""``mx.model``: checkpoints of parameters, and what callbacks are told at the end of a batch.

``FeedForward`` and ``load_checkpoint`` need symbols, which are still to come.
"""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from regluon.context import cpu
from regluon.ndarray import NDArray, load, save
from regluon.reference import absent

__all__ = ["BatchEndParam", "load_params", "save_checkpoint"]


class BatchEndParam(NamedTuple):
    """What a callback is told: where training is, its metric, and the variables of the loop."""

    epoch: int
    nbatch: int
    eval_metric: Any
    locals: Any


BatchEndParam.__name__ = BatchEndParam.__qualname__ = "BatchEndParams"  # as MXNet prints it
BatchEndParams = BatchEndParam  # where pickles look for it


def save_checkpoint(
    prefix: str,
    epoch: int,
    symbol: Any,
    arg_params: dict[str, NDArray],
    aux_params: dict[str, NDArray],
    remove_amp_cast: bool = True,
) -> None:
    """Writes ``prefix-symbol.json`` if there is a symbol, and ``prefix-0001.params`` for epoch 1.

    Parameters
    ----------
    arg_params, aux_params
        Parameters, and states that are no parameters, by name.
    remove_amp_cast
        Whether the symbol is written without the casts of automatic mixed precision.
    """
    if symbol is not None:
        symbol.save(f"{prefix}-symbol.json", remove_amp_cast=remove_amp_cast)
    kinds = (("arg", arg_params), ("aux", aux_params))
    arrays = {f"{kind}:{n}": v.as_in_context(cpu()) for kind, params in kinds for n, v in params.items()}
    name = _params_file(prefix, epoch)
    save(name, arrays)
    logging.info('Saved checkpoint to "%s"', name)


def load_params(prefix: str, epoch: int) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """The parameters of such a file, and the states that are none, by name."""
    name = _params_file(prefix, epoch)
    found: Any = load(name)
    params: dict[str, dict[str, NDArray]] = {"arg": {}, "aux": {}}
    if not found:
        logging.warning("Params file '%s' is empty", name)
        return params["arg"], params["aux"]
    if isinstance(found, list):
        raise ValueError(f"{name} holds arrays without names; a checkpoint's are called arg:... and aux:...")
    for key, value in found.items():
        kind, _, own = key.partition(":")
        if kind in params:
            params[kind][own] = value
    return params["arg"], params["aux"]


def _params_file(prefix: str, epoch: int) -> str:
    return f"{prefix}-{epoch:04d}.params"


__getattr__ = absent(__name__, "model")
