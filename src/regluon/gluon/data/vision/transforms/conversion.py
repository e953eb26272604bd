"""Transforms of types and scales, and of other transforms."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import torch

from regluon.gluon.block import Block
from regluon.gluon.data.vision.transforms.geometry import (
    CropResize,
    RandomFlipLeftRight,
    RandomFlipTopBottom,
    Resize,
)
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn import HybridSequential, Sequential
from regluon.ndarray import NDArray
from regluon.ndarray.ndarray import wrap
from regluon.ops import opencv
from regluon.ops.image import tensor_of_bytes

__all__ = ["Cast", "Compose", "Normalize", "RandomApply", "ToTensor"]

_KEEP_BYTES = (CropResize, RandomFlipLeftRight, RandomFlipTopBottom, Resize)


class _Together(HybridSequential):
    """Transforms one after the other; of an image of bytes ToTensor and Normalize are one table."""

    def _alias(self) -> str:
        return HybridSequential.__name__.lower()

    def __repr__(self) -> str:
        return super().__repr__().replace(type(self).__name__, HybridSequential.__name__, 1)

    def forward(self, x: Any, *args: Any) -> Any:
        """The image after all of them."""
        blocks = list(self._children.values())
        if args or type(x) is not NDArray or x._data.dtype != torch.uint8 or not _table_does(blocks, x):
            return super().forward(x, *args)
        for block in blocks[:-2]:
            x = block(x)
        last: Any = blocks[-1]
        return wrap(tensor_of_bytes(x._data, _tuple(last._mean), _tuple(last._std)), x.context, None)


def _tuple(value: Any) -> tuple[float, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _table_does(blocks: list[Any], x: NDArray) -> bool:
    """Whether they end in ToTensor and Normalize, before which the image stays one of bytes."""
    if len(blocks) < 2:
        return False
    *before, tensor, last = blocks
    if (
        type(tensor) is not ToTensor
        or type(last) is not Normalize
        or any(type(block) not in _KEEP_BYTES for block in before)
    ):
        return False
    channels = x.shape[-1]
    fits = {len(_tuple(last._mean)), len(_tuple(last._std))} <= {1, channels}
    plain = not any(block._forward_hooks or block._forward_pre_hooks for block in blocks)
    return (
        x.ndim == 3 and channels in (1, 3) and fits and plain and not x._data.is_cuda and opencv.available()
    )


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
            together = _Together()
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
