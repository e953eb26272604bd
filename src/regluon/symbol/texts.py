"""Attributes as the texts that symbol files hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from regluon.base import MXNetError, dtype_name, torch_dtype
from regluon.symbol.schema import HIDDEN

__all__ = ["stored_key", "text_of", "texts_of"]


def stored_key(key: str, value: str) -> str:
    """The key under which an attribute is kept: ``__lr_mult__`` for ``lr_mult``.

    Raises
    ------
    MXNetError
        For an attribute of an input, as in ``weight_lr_mult=2``: the variable itself takes it.
    """
    if key.startswith("__"):
        return key
    for hidden in HIDDEN:
        if key.startswith(hidden):
            return f"__{key}__"
        if key.endswith(hidden):
            variable = key.removesuffix(hidden).rstrip("_")
            raise MXNetError(
                f"setting variable attributes with {key} is deprecated. please instead use\n"
                f"w = Variable({hidden}={value})\nsym = YourSymbolName({variable}=w)"
            )
    return key


def text_of(value: Any) -> str:
    """``(3, 3)``, ``True``, ``0.001``: what Python prints, also for NumPy's numbers."""
    if isinstance(value, (tuple, list)):
        return str(type(value)(_plain(v) for v in value))
    return str(_plain(value))


def texts_of(attributes: dict[str, Any]) -> dict[str, str]:
    """An operator's attributes as they were given, by the keys under which they are kept."""
    found = {}
    for key, value in attributes.items():
        text = _type_name(value) if key == "dtype" else text_of(value)
        found[stored_key(key, text)] = text
    return found


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _type_name(value: Any) -> str:
    if isinstance(value, str) or value is None:
        return str(value)
    return dtype_name(torch_dtype(value))
