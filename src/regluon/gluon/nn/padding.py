"""Padding as a layer."""

from __future__ import annotations

from typing import Any

from regluon.base import numeric_types
from regluon.gluon.hybrid_block import HybridBlock

__all__ = ["ReflectionPad2D"]


class ReflectionPad2D(HybridBlock):
    """x with rows and columns around it that mirror those inside, about the outermost ones.

    Parameters
    ----------
    padding
        How many on each side; or eight numbers, before and after each axis, of which the first four are 0.

    Inputs
    ------
    x : (batch, channels, height, width), both greater than ``padding``

    Outputs
    -------
    y : (batch, channels, height + 2 padding, width + 2 padding)
    """

    def __init__(self, padding: Any = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(padding, numeric_types):
            padding = (0,) * 4 + (padding,) * 4
        if len(padding) != 8:
            raise AssertionError(f"ReflectionPad2D: padding must be a number or 8 numbers, not {padding}")
        self._padding = padding

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with its mirror images around it"""
        return F.pad(x, mode="reflect", pad_width=self._padding)
