"""Variables: the places in a graph that get values later."""

from __future__ import annotations

from typing import Any

from regluon import attribute
from regluon.base import FLAG_OF_DTYPE, DTypeLike, torch_dtype
from regluon.symbol.graph import Entry, Node
from regluon.symbol.symbol import Symbol

__all__ = ["STORAGE", "Variable", "var"]

STORAGE = {"undefined": -1, "default": 0, "row_sparse": 1, "csr": 2}


def var(
    name: str,
    attr: dict[str, str] | None = None,
    shape: tuple[int, ...] | None = None,
    lr_mult: float | None = None,
    wd_mult: float | None = None,
    dtype: DTypeLike = None,
    init: Any = None,
    stype: str | None = None,
    **kwargs: Any,
) -> Symbol:
    """A variable of that name

    Parameters
    ----------
    attr
        Attributes, all of them texts.
    shape
        Its shape, with 0 for unknown extents.
    lr_mult, wd_mult
        Factors on the learning rate and the weight decay of what is trained here.
    dtype, stype
        Its type, and how it is stored.
    init
        Its own initializer, or what that one's ``dumps()`` gives.
    **kwargs
        Further attributes, whose names begin and end with two underscores.
    """
    if not isinstance(name, str):
        raise TypeError("Expect a string for variable `name`")
    attrs = dict(attribute.current().get(attr))
    if shape is not None:
        attrs["__shape__"] = str(shape)
    if lr_mult is not None:
        attrs["__lr_mult__"] = str(lr_mult)
    if wd_mult is not None:
        attrs["__wd_mult__"] = str(wd_mult)
    if dtype is not None:
        attrs["__dtype__"] = str(FLAG_OF_DTYPE[torch_dtype(dtype)])
    if init is not None:
        attrs["__init__"] = init if isinstance(init, str) else init.dumps()
    if stype is not None:
        attrs["__storage_type__"] = str(STORAGE[stype])
    for key, value in kwargs.items():
        if not (key.startswith("__") and key.endswith("__")):
            raise ValueError(
                f"Attribute name={key} is not supported. Additional attributes must start and end with "
                "double underscores, e.g, __yourattr__"
            )
        attrs[key] = str(value)
    found = Symbol([Entry(Node(None, name, {}), 0, 0)])
    found._set_attr(**attrs)
    return found


Variable = var
