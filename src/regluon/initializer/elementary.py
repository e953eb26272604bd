"""Initializers by one value or one distribution."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from regluon.initializer.initializer import Initializer, alias, register
from regluon.ndarray import NDArray, random

__all__ = ["Constant", "Normal", "One", "Uniform", "Zero"]


@register
@alias("zeros")
class Zero(Initializer):
    """0."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        arr[:] = 0


@register
@alias("ones")
class One(Initializer):
    """1."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        arr[:] = 1


@register
class Constant(Initializer):
    """The same value each time.

    Parameters
    ----------
    value
        A number, or an array whose shape fits the parameter's.
    """

    def __init__(self, value: Any) -> None:
        super().__init__(value=value)
        self.value = value

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        arr[:] = self.value

    def dumps(self) -> str:
        value = self.value.asnumpy() if isinstance(self.value, NDArray) else self.value
        plain = value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
        return json.dumps([type(self).__name__.lower(), {"value": plain}])


@register
class Uniform(Initializer):
    """Uniform in [-scale, scale).

    Parameters
    ----------
    scale
        The bound.
    """

    def __init__(self, scale: float = 0.07) -> None:
        super().__init__(scale=scale)
        self.scale = scale

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        random.uniform(-self.scale, self.scale, arr.shape, out=arr)


@register
class Normal(Initializer):
    """Normal with mean 0.

    Parameters
    ----------
    sigma
        The standard deviation.
    """

    def __init__(self, sigma: float = 0.01) -> None:
        super().__init__(sigma=sigma)
        self.sigma = sigma

    def _init_weight(self, desc: str, arr: NDArray) -> None:
        random.normal(0, self.sigma, arr.shape, out=arr)
