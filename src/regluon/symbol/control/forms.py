"""Nested lists of symbols as flat lists with their form, and back."""

from __future__ import annotations

from typing import Any

from regluon.ndarray.nested import regroup
from regluon.symbol.symbol import Symbol

__all__ = ["flatten", "regroup"]


def flatten(value: Any, role: str) -> tuple[list[Symbol], Any]:
    """The symbols in order, and their form: 0 for a symbol, n for one of n outputs, a list for a list.

    Raises
    ------
    AssertionError
        For what is no symbol, and no list of them.
    """
    if isinstance(value, Symbol):
        return [value], len(value) if len(value) > 1 else 0
    if not isinstance(value, (list, tuple)):
        raise AssertionError(f"{role} must be (nested) list of Symbol, but got {value} of type {type(value)}")
    flat, forms = [], []
    for part in value:
        found, form = flatten(part, role)
        flat += found
        forms.append(form)
    return flat, forms
