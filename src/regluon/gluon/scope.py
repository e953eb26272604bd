"""Prefixes: how blocks and their parameters get their names."""

from __future__ import annotations

import threading
from typing import Any

from regluon import name
from regluon.gluon.parameter import ParameterDict

__all__ = ["BlockScope"]


class _Current(threading.local):
    scope: BlockScope | None = None


_current = _Current()


class BlockScope:
    """The ``with`` block of ``Block.name_scope()``: blocks made within it carry the block's prefix."""

    def __init__(self, block: Any) -> None:
        self._block = block
        self._counter: dict[str, int] = {}
        self._before: list[tuple[BlockScope | None, name.NameManager]] = []

    @staticmethod
    def create(prefix: str | None, params: ParameterDict | None, hint: str) -> tuple[str, ParameterDict]:
        """The prefix and the parameter dictionary of a new block."""
        scope = _current.scope
        if scope is None:
            prefix = name.current().get(None, hint) + "_" if prefix is None else prefix
            own = ParameterDict(prefix) if params is None else ParameterDict(params.prefix, params)
            return prefix, own
        prefix = scope._next(hint) if prefix is None else prefix
        outer = scope._block
        if params is None:
            own = ParameterDict(outer.params.prefix + prefix, outer.params._shared)
        else:
            own = ParameterDict(params.prefix, params)
        return outer.prefix + prefix, own

    def _next(self, hint: str) -> str:
        number = self._counter.get(hint, 0)
        self._counter[hint] = number + 1
        return f"{hint}{number}_"

    def __enter__(self) -> BlockScope:
        if self._block._empty_prefix:
            return self
        names = name.Prefix(self._block.prefix)
        names.__enter__()
        self._before.append((_current.scope, names))
        _current.scope = self
        return self

    def __exit__(self, *exc: object) -> None:
        if self._block._empty_prefix:
            return
        _current.scope, names = self._before.pop()
        names.__exit__(*exc)
