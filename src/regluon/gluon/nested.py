"""Nested lists of arrays or symbols as flat lists with their form, and back.

A form is 0 for one value, -1 for None, n for a symbol of n outputs, and a list of forms for a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regluon.ndarray import NDArray

__all__ = ["flatten", "regroup"]


def flatten(value: Any, what: str) -> tuple[list[Any], Any]:
    """The values in order, and their form.

    Parameters
    ----------
    what
        "input" or "output", for the error.

    Raises
    ------
    ValueError
        For what is no array, no symbol, and no list of them.
    """
    if isinstance(value, NDArray):
        return [value], 0
    if value is None:
        return [None], -1
    if isinstance(value, (list, tuple)):
        flat, forms = [], []
        for part in value:
            found, form = flatten(part, what)
            flat += found
            forms.append(form)
        return flat, forms
    if hasattr(value, "list_outputs"):  # a symbol; their module need not be loaded
        count = len(value.list_outputs())
        return [value], count if count > 1 else 0
    raise ValueError(
        f"When hybridized, the input of HybridBlock {what} must be (nested) list of Symbol or NDArray, "
        f"but got {value} of type {type(value)}"
    )


def regroup(flat: Sequence[Any], form: Any) -> Any:
    """The values of a flat list in their form."""
    return _taken(list(flat), form)[0]


def _taken(flat: list[Any], form: Any) -> tuple[Any, list[Any]]:
    """The first values in a form, and those that are left."""
    if isinstance(form, list):
        grouped = []
        for part in form:
            found, flat = _taken(flat, part)
            grouped.append(found)
        return grouped, flat
    if form <= 0:
        return flat[0], flat[1:]
    return flat[:form], flat[form:]
