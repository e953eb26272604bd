"""What augmenters have in common, and several of them as one."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from regluon.ndarray import NDArray

__all__ = ["Augmenter", "RandomOrderAug", "SequentialAug", "plain"]


class Augmenter:
    """Makes an image of an image. A subclass passes its parameters on, for ``dumps``."""

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = {name: plain(value) for name, value in kwargs.items()}

    def dumps(self) -> Any:
        """Its name and parameters as JSON."""
        return json.dumps([self.__class__.__name__.lower(), self._kwargs])

    def __call__(self, src: NDArray) -> NDArray:
        raise NotImplementedError("Must override implementation.")


def plain(value: Any) -> Any:
    """Arrays as lists, anything else as it is."""
    array = value.asnumpy() if isinstance(value, NDArray) else value
    return array.tolist() if isinstance(array, np.ndarray) else array


class SequentialAug(Augmenter):
    """One augmenter after the other."""

    def __init__(self, ts: Sequence[Augmenter]) -> None:
        super().__init__()
        self.ts = ts

    def dumps(self) -> Any:
        """Its name, and what its augmenters' ``dumps`` give."""
        return [self.__class__.__name__.lower(), [one.dumps() for one in self.ts]]

    def __call__(self, src: NDArray) -> NDArray:
        for one in self.ts:
            src = one(src)
        return src


class RandomOrderAug(SequentialAug):
    """One augmenter after the other, each time in another order."""

    ts: list[Augmenter]

    def __call__(self, src: NDArray) -> NDArray:
        random.shuffle(self.ts)
        return super().__call__(src)
