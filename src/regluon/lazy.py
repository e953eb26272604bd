"""Names that are looked up when they are used, so that what they need is loaded, or missed, only then."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection
from typing import Any

__all__ = ["deferred", "optional", "parts", "resolve"]


def resolve(reference: str) -> Any:
    """The object that ``"module:attribute"`` names."""
    module, _, attribute = reference.partition(":")
    return getattr(importlib.import_module(module), attribute)


def parts(package: str, names: Collection[str], absent: Callable[[str], Any]) -> Callable[[str], Any]:
    """A package's ``__getattr__``: loads these modules when they are used; other names are ``absent``."""

    def load(name: str) -> Any:
        return importlib.import_module(f"{package}.{name}") if name in names else absent(name)

    return load


def optional(reference: str, extra: str) -> Any:
    """The object that ``reference`` names, in a library of regluon's extra of that name."""
    try:
        return resolve(reference)
    except ModuleNotFoundError as error:
        raise ImportError(f"{error.name} is missing: pip install 'regluon[{extra}]'") from error


def deferred(reference: str, doc: str) -> Callable[..., Any]:
    """A function that calls the one that `reference` names, whose module is loaded at the first call."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return resolve(reference)(*args, **kwargs)

    call.__name__ = call.__qualname__ = reference.partition(":")[2]
    call.__doc__ = doc
    return call
