"""``mx.error``: classes of errors by name."""

from __future__ import annotations

from regluon.base import MXNetError, register_error

__all__ = ["InternalError", "MXNetError", "register"]

register = register_error


@register_error
class InternalError(MXNetError):
    """An error that is the library's own fault, not the program's."""

    def __init__(self, msg: str) -> None:
        hint = "MXNet hint: You hit an internal error. Please report it, with the program that leads to it."
        super().__init__(msg if "MXNet hint:" in msg else f"{msg}\n{hint}")


for _kind in (ValueError, TypeError, AttributeError, IndexError, NotImplementedError):
    register_error(_kind.__name__, _kind)
