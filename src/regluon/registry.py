"""Classes by name: what lets ``init="xavier"`` and the JSON of ``dumps()`` stand for an object."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["get_alias_func", "get_create_func", "get_register_func", "get_registry"]

T = TypeVar("T", bound=type)

_registries: dict[type, dict[str, type]] = {}


def get_registry(base_class: type) -> dict[str, type]:
    """A copy of the registered subclasses of ``base_class``, by their lower-case names."""
    return dict(_registries.setdefault(base_class, {}))


def get_register_func(base_class: type, nickname: str) -> Callable[..., Any]:
    """The function ``register(klass, name=None)`` of one kind of class; also a decorator."""
    known = _registries.setdefault(base_class, {})

    def register(klass: T, name: str | None = None) -> T:
        if not issubclass(klass, base_class):
            raise AssertionError(f"Can only register subclass of {base_class.__name__}, not {klass!r}")
        key = (name or klass.__name__).lower()
        before = known.get(key)
        if before is not None:
            warnings.warn(
                f"{nickname} {key!r}: {klass.__module__}.{klass.__name__} takes the place of "
                f"{before.__module__}.{before.__name__}",
                UserWarning,
                stacklevel=2,
            )
        known[key] = klass
        return klass

    return register


def get_alias_func(base_class: type, nickname: str) -> Callable[..., Callable[[Any], Any]]:
    """The decorator ``alias(*names)``, which registers a class under more names."""
    register = get_register_func(base_class, nickname)

    def alias(*aliases: str) -> Callable[[Any], Any]:
        def decorate(klass: Any) -> Any:
            for name in aliases:
                register(klass, name)
            return klass

        return decorate

    return alias


def get_create_func(base_class: type, nickname: str) -> Callable[..., Any]:
    """The function ``create(name, *args, **kwargs)`` of one kind of class.

    The name may also be an instance, which is returned as it is, a dict of the name (under ``nickname``) and
    the arguments, or such a dict or ``[name, arguments]`` as JSON.
    """
    known = _registries.setdefault(base_class, {})

    def create(*args: Any, **kwargs: Any) -> Any:
        name, *rest = args or (kwargs.pop(nickname),)
        if isinstance(name, dict):
            return create(**name)
        if not isinstance(name, str):
            return _instance(name, base_class, nickname, bool(rest or kwargs))
        if name[:1] in ("[", "{"):
            return _from_json(create, name, nickname, bool(rest or kwargs))
        if name.lower() not in known:
            raise AssertionError(
                f"{name} is not registered. Please register with {nickname}.register first; there are "
                f"{', '.join(sorted(known))}"
            )
        return known[name.lower()](*rest, **kwargs)

    return create


def _instance(value: Any, base_class: type, nickname: str, more: bool) -> Any:
    if not isinstance(value, base_class):
        raise AssertionError(f"{nickname} must be of string type or a {base_class.__name__}, not {value!r}")
    if more:
        raise AssertionError(f"{nickname} is already an instance. Additional arguments are invalid")
    return value


def _from_json(create: Callable[..., Any], text: str, nickname: str, more: bool) -> Any:
    if more:
        raise AssertionError(f"{nickname} {text} holds its arguments already; additional ones are invalid")
    value = json.loads(text)
    if isinstance(value, dict):
        return create(**value)
    name, arguments = value
    return create(name, **arguments)
