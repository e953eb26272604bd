"""Random numbers of torch's own generators: for GPU contexts, and for shapes alone on torch's meta device."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from regluon.random.unique import different

__all__ = ["TorchGenerator"]

Parameter = float | Tensor
Shape = tuple[int, ...]


class TorchGenerator:
    """The distributions of :class:`regluon.random.cpu.MXNetGenerator`, drawn by torch on its device.

    Equal seeds give equal numbers on devices of one kind; they are not MXNet's numbers.
    """

    def __init__(self, device: torch.device, seed: int = 0) -> None:
        self._device = device
        self._generator = None if device.type == "meta" else torch.Generator(device)
        self.seed(seed)

    def seed(self, seed: int, own: bool = False) -> None:
        """Begin anew; a seed for all contexts differs from device to device, an ``own`` one does not."""
        if self._generator is not None:
            self._generator.manual_seed(seed if own else seed * 127 + (self._device.index or 0))

    def uniform(self, low: Parameter, high: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        first, last = self._spread(low, shape, dtype), self._spread(high, shape, dtype)
        return (first + (last - first) * self._uniform(first)).to(dtype)

    def normal(self, loc: Parameter, scale: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        mean, width = self._spread(loc, shape, dtype), self._spread(scale, shape, dtype)
        drawn = torch.randn(mean.shape, generator=self._generator, device=self._device, dtype=mean.dtype)
        return (mean + width * drawn).to(dtype)

    def exponential(self, rate: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        rates = self._spread(rate, shape, dtype)
        return (-torch.log1p(-self._uniform(rates)) / rates).to(dtype)

    def randint(self, low: int, high: int, shape: Shape, dtype: torch.dtype) -> Tensor:
        return torch.randint(low, high, shape, generator=self._generator, device=self._device, dtype=dtype)

    def gamma(self, alpha: Parameter, beta: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        shapes, scales = self._spread(alpha, shape, dtype), self._spread(beta, shape, dtype)
        return (self._gamma(shapes) * scales).to(dtype)

    def poisson(self, mean: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        return torch.poisson(self._spread(mean, shape, dtype), generator=self._generator).to(dtype)

    def negative_binomial(self, k: Parameter, p: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        limit, failure = self._spread(k, shape, dtype), self._spread(p, shape, dtype)
        mean = self._gamma(limit) * ((1 - failure) / failure)
        return torch.poisson(mean, generator=self._generator).to(dtype)

    def generalized_negative_binomial(
        self, mean: Parameter, dispersion: Parameter, shape: Shape, dtype: torch.dtype
    ) -> Tensor:
        mu, alpha = self._spread(mean, shape, dtype), self._spread(dispersion, shape, dtype)
        fixed = alpha == 0
        means = torch.where(fixed, mu, self._gamma(1 / torch.where(fixed, 1, alpha)) * alpha * mu)
        return torch.poisson(means, generator=self._generator).to(dtype)

    def dropout(self, shape: Shape, p: float, dtype: torch.dtype, axes: Shape = ()) -> Tensor:
        """The mask of a dropout layer: 1 / (1 - p) where an element is kept, 0 where not."""
        shape = tuple([1 if i in axes else n for i, n in enumerate(shape)])
        mask = torch.empty(shape, dtype=dtype, device=self._device)
        return mask.bernoulli_(1 - p, generator=self._generator).mul_(1 / (1 - p) if p < 1 else float("nan"))

    def multinomial(self, probabilities: Tensor, count: int) -> Tensor:
        """``count`` outcomes for each row of probabilities."""
        rows = probabilities.reshape(-1, probabilities.shape[-1])
        drawn = torch.multinomial(rows, count, replacement=True, generator=self._generator)
        return drawn.reshape(*probabilities.shape[:-1], count)

    def unique_zipfian(self, limit: int, rows: int, count: int) -> tuple[Tensor, Tensor]:
        """For each row ``count`` different numbers below ``limit``, and how many draws it took."""
        if self._generator is None:
            empty = torch.empty((rows, count), dtype=torch.int64, device=self._device)
            return empty, torch.empty(rows, dtype=torch.int64, device=self._device)

        def uniforms(missing: int) -> np.ndarray:
            kind, device = torch.float64, self._device
            return torch.rand(missing, generator=self._generator, device=device, dtype=kind).cpu().numpy()

        found = different(lambda row: uniforms, limit, rows, count)
        return torch.from_numpy(found[0]).to(self._device), torch.from_numpy(found[1]).to(self._device)

    def shuffle(self, data: Tensor) -> Tensor:
        """``data`` with its first axis in random order."""
        return data[torch.randperm(len(data), generator=self._generator, device=self._device)]

    def order(self, count: int) -> list[int]:
        """The numbers below ``count`` in random order."""
        if self._generator is None:
            return list(range(count))
        return [int(i) for i in torch.randperm(count, generator=self._generator, device=self._device)]

    def factor(self, low: float, high: float) -> float:
        """A number from ``low`` to ``high``."""
        if self._generator is None:
            return low
        return low + (high - low) * torch.rand((), generator=self._generator, device=self._device).item()

    def coin(self) -> bool:
        """True or False, with equal probability."""
        return self.factor(0, 1) < 0.5

    def deviates(self, count: int, scale: float) -> list[float]:
        """Normal numbers of mean 0 and standard deviation ``scale``."""
        if self._generator is None:
            return [0.0] * count
        return (torch.randn(count, generator=self._generator, device=self._device) * scale).tolist()

    def _spread(self, value: Parameter, shape: Shape, dtype: torch.dtype) -> Tensor:
        """A parameter for each number that is drawn, in the type that is drawn in."""
        kind = torch.float64 if dtype is torch.float64 else torch.float32
        if not isinstance(value, Tensor):
            return torch.full(shape, value, dtype=kind, device=self._device)
        column = value.detach().to(kind).reshape(*value.shape, *[1] * len(shape))
        return column.expand(*value.shape, *shape)

    def _uniform(self, like: Tensor) -> Tensor:
        return torch.rand(like.shape, generator=self._generator, device=self._device, dtype=like.dtype)

    def _gamma(self, alpha: Tensor) -> Tensor:
        return torch._standard_gamma(alpha.contiguous(), generator=self._generator)
