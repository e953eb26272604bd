"""Names of MXNet looked up in regluon."""

from __future__ import annotations

import importlib
from typing import Any

import regluon

__all__ = ["ABSENT", "find"]

ABSENT = object()


def find(name: str) -> Any:
    """What regluon has under a name of MXNet (``gluon.nn.Dense.forward``), or ABSENT."""
    found: Any = regluon
    for part in filter(None, name.split(".")):
        module = found.__name__ if isinstance(found, type(importlib)) else None
        try:
            found = getattr(found, part)
        except AttributeError:
            if module is None:
                return ABSENT
            try:
                found = importlib.import_module(f"{module}.{part}")
            except ModuleNotFoundError:
                return ABSENT
    return found
