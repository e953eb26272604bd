"""Checkpoints: a symbol's JSON file, and a file of parameters for each epoch."""

from __future__ import annotations

import logging
from typing import Any

from regluon.context import cpu
from regluon.ndarray import NDArray, load, save
from regluon.symbol import Symbol
from regluon.symbol import load as load_symbol

__all__ = ["epoch_file", "load_checkpoint", "load_params", "named_parameters", "save_checkpoint"]

Arrays = dict[str, NDArray]


def save_checkpoint(
    prefix: str,
    epoch: int,
    symbol: Any,
    arg_params: Arrays,
    aux_params: Arrays,
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
    name = epoch_file(prefix, epoch, "params")
    save(name, named_parameters(arg_params, aux_params))
    logging.info('Saved checkpoint to "%s"', name)


def named_parameters(arg_params: Arrays, aux_params: Arrays) -> Arrays:
    """Both on the CPU, by names as a checkpoint has them: ``arg:fc_weight``, ``aux:bn_moving_mean``."""
    kinds = (("arg", arg_params), ("aux", aux_params))
    return {f"{kind}:{n}": v.as_in_context(cpu()) for kind, params in kinds for n, v in params.items()}


def load_params(prefix: str, epoch: int) -> tuple[Arrays, Arrays]:
    """The parameters of such a file, and the states that are none, by name."""
    name = epoch_file(prefix, epoch, "params")
    found: Any = load(name)
    params: dict[str, Arrays] = {"arg": {}, "aux": {}}
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


def load_checkpoint(prefix: str, epoch: int) -> tuple[Symbol, Arrays, Arrays]:
    """The symbol, the parameters and the states that :func:`save_checkpoint` has written."""
    symbol = load_symbol(f"{prefix}-symbol.json")
    return (symbol, *load_params(prefix, epoch))


def epoch_file(prefix: str, epoch: int, kind: str) -> str:
    """The name of a file of an epoch: ``prefix-0001.params``, or with the ``states`` of its optimizer."""
    return f"{prefix}-{epoch:04d}.{kind}"
