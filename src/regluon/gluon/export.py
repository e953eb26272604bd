"""Hybrid blocks as symbols, and their files."""

from __future__ import annotations

import warnings
from typing import Any

from regluon.gluon.cached import trace
from regluon.gluon.nested import flatten
from regluon.ndarray.saveload import save

__all__ = ["export", "infer_types"]


def export(block: Any, path: str, epoch: int, remove_amp_cast: bool) -> None:
    """Writes ``path-symbol.json`` and ``path-0000.params``, where 0000 is the epoch.

    Raises
    ------
    RuntimeError
        If the block has not been hybridized and called.
    """
    graph = block._get_graph()
    if not graph:
        raise RuntimeError(
            "Please first call block.hybridize() and then run forward with this block at least once before "
            "calling export."
        )
    inputs, symbol = graph
    parameters = block.collect_params()
    named = _by_role(symbol, {variable.name for variable in inputs}, parameters)
    arrays = {key: parameter._reduce() for key, parameter in named.items()}
    save(f"{path}-{epoch:04d}.params", arrays)
    symbol.save(f"{path}-symbol.json", remove_amp_cast=remove_amp_cast)


def _by_role(symbol: Any, inputs: set[str], parameters: Any) -> dict[str, Any]:
    """The symbol's parameters, in its order, by ``arg:`` or ``aux:`` and their names."""
    states = set(symbol.list_auxiliary_states())
    found = {}
    for name in symbol.list_inputs():
        if name in parameters:
            found[("aux:" if name in states else "arg:") + name] = parameters[name]
        elif name not in inputs:
            raise AssertionError(f"Unknown input to HybridBlock: {name}")
    return found


def infer_types(block: Any, args: tuple[Any, ...]) -> None:
    """Gives a block's parameters the types that follow from those of arrays.

    Raises
    ------
    ValueError
        If some do not follow.
    MXNetError
        If a parameter has a type already that does not fit.
    """
    flat, form = flatten(list(args), "input")
    variables, symbol, _ = trace(block, form)
    given = [value for value in flat if value is not None]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kinds = {v.name: value.dtype for v, value in zip(variables, given, strict=True)}
        arguments, _, states = symbol.infer_type(**kinds)
    if arguments is None:
        raise ValueError(str(caught[0].message))
    types = dict(zip(symbol.list_arguments(), arguments, strict=True))
    types |= dict(zip(symbol.list_auxiliary_states(), states, strict=True))
    for parameter in block.collect_params().values():
        parameter.dtype = types[parameter.name]
