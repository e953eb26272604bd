"""MXNet's random streams of CPU contexts."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from regluon.random.engine import coin, deviates, factor, permutation
from regluon.random.mt import Lanes, Stream
from regluon.random.numbers import Numbers, integers, normals, rounded, uniforms, uniforms_of
from regluon.random.rejection import Distribution, Gamma, NegativeBinomial, Poisson, draw
from regluon.random.unique import unique_zipfian

__all__ = ["MXNetGenerator"]

Parameter = float | Tensor
Shape = tuple[int, ...]

_SEED_FACTOR = 127
_NUMPY: dict[torch.dtype, type[np.generic]] = {
    torch.float16: np.float16,
    torch.float32: np.float32,
    torch.float64: np.float64,
    torch.int32: np.int32,
    torch.int64: np.int64,
}


class MXNetGenerator:
    """Draws the numbers that MXNet 1.9.1 draws on a CPU from the same seed.

    There are two sources: the parallel sampler, from which most distributions and dropout draw, and one
    engine for ``multinomial``, ``shuffle`` and the single numbers of image operators. All CPU contexts
    share both.
    """

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._lanes = Lanes(_SEED_FACTOR * seed)
        self._stream = Stream(_SEED_FACTOR * seed)

    def seed(self, seed: int, own: bool = False) -> None:
        """Begin anew; ``own`` says that the seed was given for this context, not for all."""
        with self._lock:
            self._lanes.seed(_SEED_FACTOR * seed)
            self._stream.seed(seed if own else _SEED_FACTOR * seed)

    def expect(self, seeds: Sequence[int]) -> None:
        """Says that :meth:`seed` will be called with these, in this order, which then takes less time."""
        with self._lock:
            self._lanes.expect([_SEED_FACTOR * seed for seed in seeds])

    def uniform(self, low: Parameter, high: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        size, shape = _extent(low, shape)
        with self._lock:
            numbers = uniforms(self._lanes, size, dtype is not torch.float32)
        start, end = _parameter(low), _parameter(high)
        return _result(_placed(numbers, start, end - start), shape, dtype)

    def normal(self, loc: Parameter, scale: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        size, shape = _extent(loc, shape)
        with self._lock:
            numbers = normals(self._lanes, size, dtype is not torch.float32)
        return _result(_placed(numbers, _parameter(loc), _parameter(scale)), shape, dtype)

    def exponential(self, rate: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        size, shape = _extent(rate, shape)
        with self._lock:
            numbers = uniforms(self._lanes, size, dtype is not torch.float32)
        rates = np.negative(_parameter(rate))
        left = np.subtract(1.0, numbers, dtype=np.float64).reshape(rates.size, -1)
        np.log(left, out=left)
        left /= rates
        return _result(rounded(left, rates), shape, dtype)

    def randint(self, low: int, high: int, shape: Shape, dtype: torch.dtype) -> Tensor:
        with self._lock:
            numbers = integers(self._lanes, math.prod(shape), low, high)
        return _result(numbers, shape, dtype)

    def gamma(self, alpha: Parameter, beta: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        distribution = Gamma(_flat(alpha), _flat(beta), dtype is torch.float64)
        return self._draw(distribution, alpha, shape, dtype)

    def poisson(self, mean: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        return self._draw(Poisson(_flat(mean)), mean, shape, dtype)

    def negative_binomial(self, k: Parameter, p: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        failure = _flat(p)
        kept = rounded(1.0 - failure.astype(np.float64), failure).astype(np.float64)
        with np.errstate(divide="ignore"):
            odds = rounded(kept / failure, failure).astype(failure.dtype)
        mixed = NegativeBinomial(Gamma(_flat(k), odds, False), np.full(odds.size, np.nan))
        return self._draw(mixed, k, shape, dtype)

    def generalized_negative_binomial(
        self, mean: Parameter, dispersion: Parameter, shape: Shape, dtype: torch.dtype
    ) -> Tensor:
        mu, alpha = _flat(mean), _flat(dispersion)
        fixed = alpha == 0
        gamma = Gamma(1 / np.where(fixed, 1, alpha), alpha * mu, False)
        mixed = NegativeBinomial(gamma, np.where(fixed, mu, np.nan))
        return self._draw(mixed, mean, shape, dtype)

    def _draw(self, distribution: Distribution, like: Parameter, given: Shape, dtype: torch.dtype) -> Tensor:
        size, shape = _extent(like, given)
        batch = math.prod(given) if isinstance(like, Tensor) else size
        with self._lock:
            numbers = draw(self._lanes, size, distribution, batch)
        return _result(numbers, shape, dtype)

    def dropout(self, shape: Shape, p: float, dtype: torch.dtype, axes: Shape = ()) -> Tensor:
        """The mask of a dropout layer: 1 / (1 - p) where an element is kept, 0 where not.

        An element is kept where u <= 1 - p; where ``axes`` share one number, it must be less. The mask has
        length 1 along these axes.
        """
        shape = tuple(1 if i in axes else n for i, n in enumerate(shape))
        keep = np.float32(1) - np.float32(p)
        with self._lock:
            numbers = uniforms(self._lanes, math.prod(shape), dtype is not torch.float32)
        numbers = numbers.astype(np.float32, copy=False)
        kept = numbers < keep if axes else numbers <= keep
        with np.errstate(divide="ignore", invalid="ignore"):
            return _result(kept * (np.float32(1) / keep), shape, dtype)

    def multinomial(self, probabilities: Tensor, count: int) -> Tensor:
        """``count`` outcomes for each row: the first up to which the probabilities reach a uniform number."""
        total = np.cumsum(probabilities.detach().numpy(), axis=-1, dtype=_NUMPY[probabilities.dtype])
        rows = total.shape[:-1]
        with self._lock:
            words = self._stream.take(math.prod(rows) * count).astype(np.uint32)
        numbers = uniforms_of(words, False).astype(total.dtype).reshape(*rows, count)
        found = torch.searchsorted(_widened(total), _widened(numbers))
        return found.clamp_(max=total.shape[-1] - 1)

    def unique_zipfian(self, limit: int, rows: int, count: int) -> tuple[Tensor, Tensor]:
        """For each row ``count`` different numbers below ``limit``, and how many draws it took."""
        with self._lock:
            samples, tries = unique_zipfian(self._lanes, limit, rows, count)
        return torch.from_numpy(samples), torch.from_numpy(tries)

    def shuffle(self, data: Tensor) -> Tensor:
        """``data`` with its first axis in random order."""
        return data[torch.from_numpy(self.permutation(len(data), data.dim() == 1))]

    def permutation(self, size: int, flat: bool) -> NDArray[np.int64]:
        """Fisher and Yates' method, upwards for the elements of a vector, else downwards."""
        with self._lock:
            return permutation(self._stream, size, flat)

    def order(self, count: int) -> list[int]:
        """The numbers below ``count`` in random order."""
        return [int(i) for i in self.permutation(count, True)]

    def factor(self, low: float, high: float) -> float:
        """A number from ``low`` to ``high``."""
        with self._lock:
            return factor(self._stream, low, high)

    def coin(self) -> bool:
        """True or False, with equal probability."""
        with self._lock:
            return coin(self._stream)

    def deviates(self, count: int, scale: float) -> list[float]:
        """Normal numbers of mean 0 and standard deviation ``scale``."""
        with self._lock:
            return deviates(self._stream, count, scale)


def _parameter(value: Parameter) -> Any:
    """A number as MXNet holds it, in float32, or a column of the elements of an array."""
    if not isinstance(value, Tensor):
        return np.float32(value)
    column = value.detach().numpy().reshape(-1, 1)
    return column if value.is_floating_point() else column.astype(np.int64)


def _flat(value: Parameter) -> Numbers:
    return np.atleast_1d(_parameter(value)).ravel()


def _extent(like: Parameter, shape: Shape) -> tuple[int, Shape]:
    """How many numbers, and their shape: that of a parameter's array comes before the one asked for."""
    if isinstance(like, Tensor):
        shape = (*like.shape, *shape)
    return math.prod(shape), shape


def _placed(numbers: Numbers, loc: Any, scale: Any) -> Any:
    """scale * number + loc, rounded as C++ does for the parameters' type."""
    if isinstance(loc, np.float32):
        return numbers if loc == 0 and scale == 1 else numbers * scale + loc
    rows = numbers.reshape(len(loc), -1)
    if loc.dtype == np.float16:
        return rounded(scale.astype(np.float32) * rows.astype(np.float32), loc) + loc
    if loc.dtype == np.int64:
        loc, scale = loc.astype(rows.dtype), scale.astype(rows.dtype)
    return rows * scale + loc


def _result(numbers: NDArray[Any], shape: Shape, dtype: torch.dtype) -> Tensor:
    kind = _NUMPY[dtype]
    if numbers.dtype != kind:
        with np.errstate(over="ignore"):
            # C++ rounds to float16 by way of float32.
            numbers = (numbers.astype(np.float32) if kind is np.float16 else numbers).astype(kind)
    return torch.from_numpy(numbers.reshape(shape))


def _widened(numbers: NDArray[Any]) -> Tensor:
    return torch.from_numpy(numbers.astype(np.float32) if numbers.dtype == np.float16 else numbers)
