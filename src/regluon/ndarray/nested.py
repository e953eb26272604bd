"""Flat lists of arrays or symbols in the form of the nested ones that they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

__all__ = ["regroup"]


def regroup(flat: Iterable[Any], form: Any) -> Any:
    """The values in their form: a list of forms for a list, n > 0 for a list of n, else 0 or -1 for one."""
    return _taken(iter(flat), form)


def _taken(values: Iterator[Any], form: Any) -> Any:
    if isinstance(form, list):
        return [_taken(values, part) for part in form]
    return next(values) if form <= 0 else list(islice(values, form))
