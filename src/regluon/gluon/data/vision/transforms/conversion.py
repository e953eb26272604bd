"""Transforms of types and scales, and of other transforms."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from regluon.gluon.block import Block, HybridBlock
from regluon.gluon.nn import HybridSequential, Sequential

__all__ = ["Cast", "Compose", "Normalize", "RandomApply", "ToTensor"]


class Compose(Sequential):
    """Transforms one after the other.

    Neighbours that are hybrid blocks become one HybridSequential, which is hybridized.

    Parameters
    ----------
    transforms : list of Block
    """

    def __init__(self, transforms: Iterable[Block]) -> None:
        super().__init__()
        for hybrid, group in groupby(transforms, lambda block: isinstance(block, HybridBlock)):
            blocks = list(group)
            if not hybrid or len(blocks) == 1:
                self.add(*blocks)
                continue
            together = HybridSequential()
            together.add(*blocks)
            together.hybridize()
            self.add(together)


class Cast(HybridBlock):
    """The image in another type.

    Parameters
    ----------
    dtype : str or type
    """

    def __init__(self, dtype: Any = "float32") -> None:
        super().__init__()
        self._dtype = dtype

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image in that type."""
        return F.cast(x, self._dtype)


class ToTensor(HybridBlock):
    """x / 255 as float32, the channels first

    Inputs
    ------
    x : (height, width, channels) or (batch, height, width, channels)

    Outputs
    -------
    out : (channels, height, width) or (batch, channels, height, width)
    """

    def __init__(self) -> None:
        super().__init__()

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image as numbers from 0 to 1."""
        return F.image.to_tensor(x)


class Normalize(HybridBlock):
    """(x - mean) / std, for each channel

    Parameters
    ----------
    mean, std : float or tuple of float
        One for all channels, or one for each.

    Inputs
    ------
    x : (channels, height, width) or (batch, channels, height, width), float
    """

    def __init__(self, mean: Any = 0.0, std: Any = 1.0) -> None:
        super().__init__()
        self._mean = mean
        self._std = std

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The image with other moments."""
        return F.image.normalize(x, self._mean, self._std)


class RandomApply(Sequential):
    """A transform with probability ``p``, else nothing.

    Parameters
    ----------
    transforms : Block
        One transform, such as a Compose.
    p : float
    """

    def __init__(self, transforms: Any, p: float = 0.5) -> None:
        super().__init__()
        self.transforms = transforms
        self.p = p

    def forward(self, x: Any) -> Any:
        """The image, transformed or not."""
        return x if self.p < random.random() else self.transforms(x)
