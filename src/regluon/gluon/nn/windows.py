"""What convolutions and poolings have in common: arguments with a number for each axis of space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regluon.base import numeric_types

__all__ = ["LAYOUTS", "check_layout", "extents", "spread"]

LAYOUTS = {1: ("NCW", "NWC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}


def spread(value: Any, count: int) -> Any:
    """A number as ``count`` of it; anything else as it is."""
    if not isinstance(value, numeric_types):
        return value
    return (value.item() if isinstance(value, np.generic) else value,) * count


def extents(layer: object, name: str, value: Any, count: int) -> Any:
    """:func:`spread`, and it must then be ``count`` numbers."""
    value = spread(value, count)
    if len(value) != count:
        raise AssertionError(
            f"{type(layer).__name__}: {name} must be a number or a list of {count} ints, not {value}"
        )
    return value


def check_layout(layer: object, layout: str, layouts: Sequence[str]) -> None:
    """Complains of a layout that is not among ``layouts``."""
    if layout not in layouts:
        allowed = " and ".join(map(repr, layouts))
        raise AssertionError(
            f"{type(layer).__name__} only supports {allowed} {'layouts' if len(layouts) > 1 else 'layout'}, "
            f"not {layout!r}"
        )
