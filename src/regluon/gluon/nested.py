"""Nested lists of arrays or symbols as flat lists with their form, and back.

A form is 0 for one value, -1 for None, n for a symbol of n outputs, and a list of forms for a list.
"""

from __future__ import annotations

from typing import Any

from regluon.ndarray import NDArray
from regluon.ndarray.nested import regroup

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
