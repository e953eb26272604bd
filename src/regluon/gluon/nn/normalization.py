"""Normalizations: over the batch, a sample, an axis or groups of channels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from regluon.base import DTypeLike, torch_dtype
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn.call import OperatorCall

__all__ = ["BatchNorm", "BatchNormReLU", "GroupNorm", "InstanceNorm", "LayerNorm", "_BatchNorm"]


def _described(block: HybridBlock, attributes: Mapping[str, Any], *more: str) -> str:
    parts = [f"{name}={value!r}" for name, value in attributes.items()]
    return f"{type(block).__name__}({', '.join([*parts, *more])})"


def _learned(block: HybridBlock, name: str, count: int, init: Any, wanted: bool, **options: Any) -> Any:
    """A factor or a shift of each channel, which is not learned if not ``wanted``."""
    return block.params.get(
        name,
        grad_req="write" if wanted else "null",
        shape=(count,),
        init=init,
        allow_deferred_init=True,
        **options,
    )


class _BatchNorm(HybridBlock):
    """What BatchNorm and BatchNormReLU have in common."""

    def __init__(
        self,
        axis: int = 1,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        use_global_stats: bool = False,
        fuse_relu: bool = False,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        running_mean_initializer: Any = "zeros",
        running_variance_initializer: Any = "ones",
        in_channels: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        attributes = {
            "axis": axis,
            "eps": epsilon,
            "momentum": momentum,
            "fix_gamma": not scale,
            "use_global_stats": use_global_stats,
        }
        self.fuse_relu = fuse_relu
        self._take("_contrib_BatchNormWithReLU" if fuse_relu else "BatchNorm", attributes)
        if in_channels != 0:
            self.in_channels = in_channels
        self.gamma = _learned(self, "gamma", in_channels, gamma_initializer, scale, differentiable=scale)
        self.beta = _learned(self, "beta", in_channels, beta_initializer, center, differentiable=center)
        self.running_mean = _learned(
            self, "running_mean", in_channels, running_mean_initializer, False, differentiable=False
        )
        self.running_var = _learned(
            self, "running_var", in_channels, running_variance_initializer, False, differentiable=False
        )

    def _take(self, operator: str, attributes: dict[str, Any]) -> None:
        self._call = OperatorCall(operator, attributes)
        self._kwargs = self._call.attributes

    def cast(self, dtype: DTypeLike) -> None:
        """Turns its parameters into another type; they stay float32 beside data of 16 bits."""
        half = torch_dtype(dtype) in (torch.float16, torch.bfloat16)
        super().cast("float32" if half else dtype)

    def hybrid_forward(
        self, F: Any, x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any
    ) -> Any:
        """x, normalized"""
        return self._call(F, x, gamma, beta, running_mean, running_var)

    def __repr__(self) -> str:
        channels = self.gamma.shape[0] or None
        return _described(self, self._kwargs, f"in_channels={channels}")


class BatchNorm(_BatchNorm):
    """y = (x - mean) / sqrt(var + epsilon) * gamma + beta, with the mean and the variance of each channel

    While training they are those of the batch, and the running ones move towards them:
    ``running = momentum running + (1 - momentum) batch``. Otherwise they are the running ones.
    Ioffe and Szegedy, "Batch Normalization", 2015.

    Parameters
    ----------
    axis
        That of the channels.
    momentum, epsilon
        See above.
    center
        Whether beta is learned.
    scale
        Whether gamma is learned; else it is 1.
    use_global_stats
        Whether to take the running statistics while training, too, and leave them as they are.
    in_channels
        How many channels there are; found out in the first forward pass if 0.

    Inputs
    ------
    x : (...), of extent in_channels along ``axis``

    Outputs
    -------
    y : like x
    """

    def __init__(
        self,
        axis: int = 1,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        use_global_stats: bool = False,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        running_mean_initializer: Any = "zeros",
        running_variance_initializer: Any = "ones",
        in_channels: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            axis,
            momentum,
            epsilon,
            center,
            scale,
            use_global_stats,
            False,
            beta_initializer,
            gamma_initializer,
            running_mean_initializer,
            running_variance_initializer,
            in_channels,
            **kwargs,
        )


class BatchNormReLU(_BatchNorm):
    """y = max(0, BatchNorm(x)), with the parameters of :class:`BatchNorm`"""

    def __init__(
        self,
        axis: int = 1,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        use_global_stats: bool = False,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        running_mean_initializer: Any = "zeros",
        running_variance_initializer: Any = "ones",
        in_channels: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            axis,
            momentum,
            epsilon,
            center,
            scale,
            use_global_stats,
            True,
            beta_initializer,
            gamma_initializer,
            running_mean_initializer,
            running_variance_initializer,
            in_channels,
            **kwargs,
        )


class InstanceNorm(HybridBlock):
    """y = (x - mean) / sqrt(var + epsilon) * gamma + beta, with statistics of each channel of each sample

    Ulyanov, Vedaldi and Lempitsky, "Instance Normalization", 2016.

    Parameters
    ----------
    axis
        That of the channels.
    epsilon
        See above.
    center, scale
        Whether beta and gamma are learned.
    in_channels
        How many channels there are; found out in the first forward pass if 0.

    Inputs
    ------
    x : (batch, ...), of three axes or more

    Outputs
    -------
    y : like x
    """

    def __init__(
        self,
        axis: int = 1,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = False,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        in_channels: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._kwargs = {"eps": epsilon, "axis": axis, "center": center, "scale": scale}
        self._axis, self._epsilon = axis, epsilon
        self._call = OperatorCall("InstanceNorm", {"eps": epsilon})
        self.gamma = _learned(self, "gamma", in_channels, gamma_initializer, scale)
        self.beta = _learned(self, "beta", in_channels, beta_initializer, center)

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any) -> Any:
        """x, normalized"""
        axis = self._axis
        if axis == 1:
            return self._call(F, x, gamma, beta)
        return self._call(F, x.swapaxes(1, axis), gamma, beta).swapaxes(1, axis)

    def __repr__(self) -> str:
        return _described(self, self._kwargs, f"in_channels={self.gamma.shape[0]}")


class LayerNorm(HybridBlock):
    """y = (x - mean) / sqrt(var + epsilon) * gamma + beta, with statistics along an axis

    Ba, Kiros and Hinton, "Layer Normalization", 2016.

    Parameters
    ----------
    axis
        Along which to normalize.
    epsilon
        See above.
    center, scale
        Whether beta and gamma are learned.
    in_channels
        The axis's extent; found out in the first forward pass if 0.

    Inputs
    ------
    data : (...), of extent in_channels along ``axis``

    Outputs
    -------
    y : like data
    """

    def __init__(
        self,
        axis: int = -1,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        in_channels: int = 0,
        prefix: str | None = None,
        params: Any = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        self._kwargs = {"eps": epsilon, "axis": axis, "center": center, "scale": scale}
        self._axis, self._epsilon, self._center, self._scale = axis, epsilon, center, scale
        self._call = OperatorCall("LayerNorm", {"axis": axis, "eps": epsilon}, name=None)
        self.gamma = _learned(self, "gamma", in_channels, gamma_initializer, scale)
        self.beta = _learned(self, "beta", in_channels, beta_initializer, center)

    def hybrid_forward(self, F: Any, data: Any, gamma: Any, beta: Any) -> Any:
        """data, normalized"""
        return self._call(F, data, gamma, beta)

    def __repr__(self) -> str:
        return _described(self, self._kwargs, f"in_channels={self.gamma.shape[0]}")


class GroupNorm(HybridBlock):
    """y = (x - mean) / sqrt(var + epsilon) * gamma + beta, with statistics of groups of channels

    They are those of each group in each sample. Wu and He, "Group Normalization", 2018; but gamma and beta
    have a number for each group.

    Parameters
    ----------
    num_groups
        How many groups the channels, axis 1, are split into.
    epsilon
        See above.
    center, scale
        Whether beta and gamma are learned.

    Inputs
    ------
    data : (batch, channels, ...)

    Outputs
    -------
    y : like data
    """

    def __init__(
        self,
        num_groups: int = 1,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        prefix: str | None = None,
        params: Any = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        self._kwargs = {"eps": epsilon, "num_groups": num_groups, "center": center, "scale": scale}
        self._num_groups, self._epsilon, self._center, self._scale = num_groups, epsilon, center, scale
        self._call = OperatorCall("GroupNorm", {"num_groups": num_groups, "eps": epsilon}, name=None)
        self.gamma = _learned(self, "gamma", num_groups, gamma_initializer, scale)
        self.beta = _learned(self, "beta", num_groups, beta_initializer, center)

    def hybrid_forward(self, F: Any, data: Any, gamma: Any, beta: Any) -> Any:
        """data, normalized"""
        return self._call(F, data, gamma, beta)

    def __repr__(self) -> str:
        return _described(self, self._kwargs)
