"""Loaded values for parameters: all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from regluon.gluon.parameter.parameter import Parameter
from regluon.ndarray import NDArray

__all__ = ["brief", "check_places", "take_over"]


def take_over(
    pairs: Iterable[tuple[Parameter, NDArray]], ctx: Any, cast_dtype: bool, dtype_source: str
) -> None:
    """Gives parameters their loaded values, after every pair has been found to fit."""
    pairs = list(pairs)
    for parameter, value in pairs:
        parameter._check_load(value, ctx, cast_dtype, dtype_source)
    for parameter, value in pairs:
        parameter._load_init(value, ctx, cast_dtype, dtype_source)


def check_places(
    params: dict[str, Parameter],
    loaded: Collection[str],
    filename: str,
    allow_missing: bool,
    ignore_extra: bool,
) -> None:
    """Compares the places of parameters in a net with those in a file.

    Raises
    ------
    AssertionError
        If the file has none of the places of a parameter.
    ValueError
        If it has a place that the net does not have.
    """
    there = {parameter for place, parameter in params.items() if place in loaded}
    missing = [place for place, parameter in params.items() if parameter not in there]
    if missing and not allow_missing:
        raise AssertionError(
            f"Parameter '{missing[0]}' is missing in file '{filename}', which contains parameters: "
            f"{brief(loaded)}. Set allow_missing=True to ignore missing parameters."
        )
    extra = [place for place in loaded if place not in params]
    if extra and not ignore_extra:
        raise ValueError(
            f"Parameter '{extra[0]}' loaded from file '{filename}' is not present in ParameterDict, which "
            f"contains parameters {brief(params)}. Set ignore_extra=True to ignore."
        )


def brief(names: Collection[str], limit: int = 7) -> str:
    """Names for an error, the first and the last of many."""
    quoted = [f"'{name}'" for name in names]
    if len(quoted) > limit:
        quoted = [*quoted[: limit // 2], "...", *quoted[-(limit // 2 + 1) :]]
    return ", ".join(quoted)
