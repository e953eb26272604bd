"""What augmenters of images with boxes have in common, and the simple ones."""

from __future__ import annotations

import json
import logging
import random
from typing import Any

from regluon.base import numeric_types
from regluon.image.augmenter import Augmenter, plain
from regluon.ndarray import NDArray, flip

__all__ = ["DetAugmenter", "DetBorrowAug", "DetHorizontalFlipAug", "DetRandomSelectAug", "as_range"]


class DetAugmenter:
    """Makes an image and its boxes of such. A subclass passes its parameters on, for ``dumps``."""

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = {name: plain(value) for name, value in kwargs.items()}

    def dumps(self) -> Any:
        """Its name and parameters as JSON."""
        return json.dumps([self.__class__.__name__.lower(), self._kwargs])

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        raise NotImplementedError("Must override implementation.")


class DetBorrowAug(DetAugmenter):
    """An augmenter of images alone, which leaves boxes where they are, as shares of the image."""

    def __init__(self, augmenter: Augmenter) -> None:
        if not isinstance(augmenter, Augmenter):
            raise TypeError(f"Borrowing from invalid Augmenter {augmenter!r}")
        super().__init__(augmenter=augmenter.dumps())
        self.augmenter = augmenter

    def dumps(self) -> Any:
        """Its name, and what its augmenter's ``dumps`` gives."""
        return [self.__class__.__name__.lower(), self.augmenter.dumps()]

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        return self.augmenter(src), label


class DetRandomSelectAug(DetAugmenter):
    """One of several augmenters, at random, or none with probability ``skip_prob``."""

    def __init__(self, aug_list: Any, skip_prob: float = 0) -> None:
        super().__init__(skip_prob=skip_prob)
        self.aug_list = list(aug_list) if isinstance(aug_list, tuple) else aug_list
        if not isinstance(self.aug_list, list):
            self.aug_list = [self.aug_list]
        if not all(isinstance(one, DetAugmenter) for one in self.aug_list):
            raise ValueError(f"Allow DetAugmenter in list only, not {aug_list!r}")
        self.skip_prob = skip_prob if self.aug_list else 1

    def dumps(self) -> Any:
        """Its name, and what its augmenters' ``dumps`` give."""
        return [self.__class__.__name__.lower(), [one.dumps() for one in self.aug_list]]

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        if random.random() < self.skip_prob:
            return src, label
        random.shuffle(self.aug_list)
        chosen: DetAugmenter = self.aug_list[0]
        return chosen(src, label)


class DetHorizontalFlipAug(DetAugmenter):
    """Mirrors left to right, with probability ``p``. The boxes are changed where they stand."""

    def __init__(self, p: float) -> None:
        super().__init__(p=p)
        self.p = p

    def __call__(self, src: NDArray, label: Any) -> tuple[NDArray, Any]:
        if random.random() < self.p:
            src = flip(src, axis=1)
            left = 1.0 - label[:, 1]
            label[:, 1] = 1.0 - label[:, 3]
            label[:, 3] = left
        return src, label


def as_range(what: str, value: Any, augmenter: DetAugmenter) -> Any:
    """A pair of limits, of a number for both."""
    if isinstance(value, (tuple, list)):
        return value
    if not isinstance(value, numeric_types):
        raise AssertionError(f"{what} must be a pair of numbers or a number, not {value!r}")
    logging.info("Using fixed %s: %s in %s", what, value, type(augmenter).__name__)
    return (value, value)
