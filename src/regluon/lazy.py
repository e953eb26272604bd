"""Names that are looked up when they are used, so that what they need is loaded, or missed, only then."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

__all__ = ["deferred", "resolve"]


def resolve(reference: str) -> Any:
    """The object that ``"module:attribute"`` names."""
    module, _, attribute = reference.partition(":")
    return getattr(importlib.import_module(module), attribute)


def deferred(reference: str, doc: str) -> Callable[..., Any]:
    """A function that calls the one that `reference` names, whose module is loaded at the first call."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return resolve(reference)(*args, **kwargs)

    call.__name__ = call.__qualname__ = reference.partition(":")[2]
    call.__doc__ = doc
    return call
