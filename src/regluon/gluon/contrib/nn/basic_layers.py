"""The layers of ``gluon.contrib.nn``."""

from __future__ import annotations

import warnings
from typing import Any

from regluon import context, ndarray
from regluon.base import DTypeLike
from regluon.gluon.block import Block
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn import BatchNorm, HybridSequential, Sequential
from regluon.gluon.nn.call import OperatorCall

__all__ = [
    "Concurrent",
    "HybridConcurrent",
    "Identity",
    "PixelShuffle1D",
    "PixelShuffle2D",
    "PixelShuffle3D",
    "SparseEmbedding",
    "SyncBatchNorm",
]


class Concurrent(Sequential):
    """Blocks side by side: each gets x, and their results are joined.

    Parameters
    ----------
    axis
        Along which they are joined.
    """

    def __init__(self, axis: int = -1, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self.axis = axis

    def forward(self, x: Any) -> Any:
        """The blocks' results in one array."""
        return ndarray.concat(*[block(x) for block in self._children.values()], dim=self.axis)


class HybridConcurrent(HybridSequential):
    """Hybrid blocks side by side: each gets x, and their results are joined.

    Parameters
    ----------
    axis
        Along which they are joined.
    """

    def __init__(self, axis: int = -1, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self.axis = axis

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """The blocks' results in one array."""
        return F.concat(*[block(x) for block in self._children.values()], dim=self.axis)


class Identity(HybridBlock):
    """y = x: the branch of a :class:`HybridConcurrent` that goes straight on."""

    def __init__(self, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x"""
        return x


class SparseEmbedding(Block):
    """Rows of a table that is stored by rows, as its gradient is: for a Trainer that moves only those in use.

    Parameters
    ----------
    input_dim
        The number of rows.
    output_dim
        Their width.

    Inputs
    ------
    x : any shape, row numbers

    Outputs
    -------
    y : (\\*x.shape, output_dim)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        dtype: DTypeLike = "float32",
        weight_initializer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        attributes = {"input_dim": input_dim, "output_dim": output_dim, "dtype": dtype, "sparse_grad": True}
        self._embedding = OperatorCall("Embedding", attributes)
        self._kwargs = self._embedding.attributes
        self.weight = self.params.get(
            "weight",
            shape=(input_dim, output_dim),
            init=weight_initializer,
            dtype=dtype,
            grad_stype="row_sparse",
            stype="row_sparse",
        )

    def forward(self, x: Any) -> Any:
        """The rows that ``x`` names"""
        return self._embedding(ndarray, x, self.weight.row_sparse_data(x))

    def __repr__(self) -> str:
        of = self._kwargs
        return f"{type(self).__name__}({of['input_dim']} -> {of['output_dim']}, {of['dtype']})"


class SyncBatchNorm(BatchNorm):
    """:class:`BatchNorm` along axis 1 with the statistics of several devices; here those of one.

    Parameters
    ----------
    in_channels
        How many channels there are; found out in the first forward pass if 0.
    num_devices
        How many devices share the statistics: all GPUs if None. More than one is an error.
    momentum, epsilon, center, scale, use_global_stats
        As of :class:`BatchNorm`.
    """

    def __init__(
        self,
        in_channels: int = 0,
        num_devices: int | None = None,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        use_global_stats: bool = False,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        running_mean_initializer: Any = "zeros",
        running_variance_initializer: Any = "ones",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            1,
            momentum,
            epsilon,
            center,
            scale,
            use_global_stats,
            beta_initializer,
            gamma_initializer,
            running_mean_initializer,
            running_variance_initializer,
            in_channels,
            **kwargs,
        )
        attributes = {
            "eps": epsilon,
            "momentum": momentum,
            "fix_gamma": not scale,
            "use_global_stats": use_global_stats,
            "ndev": self._get_num_devices() if num_devices is None else num_devices,
            "key": self.prefix,
        }
        self._take("_contrib_SyncBatchNorm", attributes)

    def _get_num_devices(self) -> int:
        warnings.warn(
            "SyncBatchNorm takes all GPUs for devices that share their statistics; where they are not, set "
            "num_devices",
            UserWarning,
            stacklevel=3,
        )
        return max(context.num_gpus(), 1)


class _PixelShuffle(HybridBlock):
    """Channels become pixels, axis by axis, from the last on.

    One transposition for each axis, since MXNet's knows no more than six axes.
    """

    _count = 0

    def __init__(self, factor: Any) -> None:
        super().__init__()
        try:
            self._factors = (int(factor),) * self._count
        except TypeError:
            self._factors = tuple(int(f) for f in factor)
            if len(self._factors) != self._count:
                raise AssertionError(
                    f"{type(self).__name__}: factor must be a number or {self._count} of them, not {factor}"
                ) from None

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """x with fewer channels and more pixels"""
        count = self._count
        for axis, factor in reversed(list(enumerate(self._factors))):
            x = F.reshape(x, (0, -4, -1, factor) + (0,) * count)
            order = [0, 1, *range(3, axis + 4), 2, *range(axis + 4, count + 3)]
            x = F.transpose(x, order)
            x = F.reshape(x, (0,) * (axis + 2) + (-3,) + (0,) * (count - axis - 1))
        return x

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._factors})"


class PixelShuffle1D(_PixelShuffle):
    """y[c, w f + i] = x[c f + i, w]

    Parameters
    ----------
    factor
        The f, by which the axis grows.

    Inputs
    ------
    x : (batch, channels f, width)

    Outputs
    -------
    y : (batch, channels, width f)
    """

    _count = 1

    def __init__(self, factor: int) -> None:
        super().__init__(int(factor))
        self._factor = self._factors[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._factor})"


class PixelShuffle2D(_PixelShuffle):
    """y[c, h f + i, w g + j] = x[(c f + i) g + j, h, w]

    Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
    Neural Network", 2016.

    Parameters
    ----------
    factor
        f and g, by which the axes grow, or a number for both.

    Inputs
    ------
    x : (batch, channels f g, height, width)

    Outputs
    -------
    y : (batch, channels, height f, width g)
    """

    _count = 2


class PixelShuffle3D(_PixelShuffle):
    """:class:`PixelShuffle2D` for three axes of space.

    Parameters
    ----------
    factor
        By which the axes grow: three numbers, or one for all.

    Inputs
    ------
    x : (batch, channels f g h, depth, height, width)

    Outputs
    -------
    y : (batch, channels, depth f, height g, width h)
    """

    _count = 3
