"""What a module is told of its inputs: names and shapes, checked against its symbol."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from regluon.io import DataDesc
from regluon.io.batch import described
from regluon.module.guards import require
from regluon.symbol import Symbol

__all__ = ["check_input_names", "like", "parse_descriptions", "shapes_of"]

Names = Sequence[str] | None
_LEARNED = ("_weight", "_bias", "_gamma", "_beta")


def check_input_names(symbol: Symbol, data: Names, label: Names, state: Names, fixed_param: Names) -> None:
    """Raises a ValueError for a name that is no argument of the symbol; for one of labels it warns."""
    for kind, names in (("data", data), ("label", label), ("state", state), ("fixed_param", fixed_param)):
        _check_input_names(symbol, list(names or ()), kind, throw=kind != "label")


def _check_input_names(symbol: Symbol, names: Sequence[str], kind: str, throw: bool) -> None:
    arguments = symbol.list_arguments()
    for name in names:
        if name in arguments:
            continue
        candidates = "\n\t".join(a for a in arguments if not a.endswith(_LEARNED))
        message = (
            f"\033[91mYou created Module with Module(..., {kind}_names={names}) but input with name '{name}' "
            f"is not found in symbol.list_arguments(). Did you mean one of:\n\t{candidates}\033[0m"
        )
        if throw:
            raise ValueError(message)
        warnings.warn(message, stacklevel=4)


def parse_descriptions(
    data_names: Sequence[str], label_names: Sequence[str], data_shapes: Any, label_shapes: Any
) -> tuple[list[DataDesc], list[DataDesc] | None]:
    """The descriptions of data and labels, whose names must be those that the module has

    Raises
    ------
    ValueError
        If those of the data are others; of labels it is a warning.
    """
    data = described(data_shapes)
    _check_match(data_names, data, "data", True)
    if label_shapes is None:
        _check_match(label_names, [], "label", False)
        return data, None
    labels = described(label_shapes)
    _check_match(label_names, labels, "label", False)
    return data, labels


def _check_match(names: Sequence[str], shapes: list[DataDesc], kind: str, throw: bool) -> None:
    if sorted(names) == sorted(shape[0] for shape in shapes):
        return
    message = (
        f"Data provided by {kind}_shapes don't match names specified by {kind}_names ({shapes} vs. {names})"
    )
    if throw:
        raise ValueError(message)
    warnings.warn(message, stacklevel=5)


def shapes_of(batch: Any) -> list[tuple[int, ...]]:
    """The shapes of a batch; of a list of them, one for each context, those of all together."""
    if not isinstance(batch, list):
        return [a.shape for a in batch.data]
    shapes = [[a.shape for a in one.data] for one in batch]
    require(
        all(s == shapes[0] for s in shapes),
        f"All data batches in a list need to have the same shape, not {shapes}",
    )
    return [(len(batch) * shape[0], *shape[1:]) for shape in shapes[0]]


def like(descriptions: Sequence[DataDesc], shapes: Sequence[tuple[int, ...]]) -> list[DataDesc]:
    """The same descriptions with other shapes."""
    return [DataDesc(d.name, s, d.dtype, d.layout) for d, s in zip(descriptions, shapes, strict=True)]
