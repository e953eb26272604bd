"""Deformable convolutions: a plain convolution finds out where the other one reads."""

from __future__ import annotations

from typing import Any

from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn import Activation
from regluon.gluon.parameter import ParameterDict

__all__ = ["DeformableConvolution", "ModulatedDeformableConvolution"]

Sizes = int | tuple[int, ...]


def _pair(sizes: Sizes) -> tuple[int, ...]:
    return (sizes, sizes) if isinstance(sizes, int) else tuple(sizes)


class DeformableConvolution(HybridBlock):
    """A 2D convolution that reads each pixel of its window at a place moved by an offset

    The offsets come from a plain convolution of the same input (Dai et al., "Deformable Convolutional
    Networks", 2017).

    Parameters
    ----------
    channels
        The number of output channels.
    kernel_size, strides, padding, dilation
        Of both convolutions, of rows and columns.
    groups
        Groups of channels that are convolved each on its own.
    num_deformable_group
        Groups of channels that have offsets of their own.
    layout
        ``"NCHW"``; MXNet names ``"NHWC"`` as well, but cannot compute it.
    use_bias, offset_use_bias
        Whether the two convolutions have biases.
    in_channels
        The number of input channels; found out in the first forward pass if 0.
    activation
        The name of a function applied to the result; none if None.
    weight_initializer, bias_initializer, offset_weight_initializer, offset_bias_initializer
        Those of the parameters.
    op_name, adj
        Kept for their place in the list.

    Inputs
    ------
    x : (batch, in_channels, height, width)

    Outputs
    -------
    y : (batch, channels, out_height, out_width), extents as of a plain convolution
    """

    deformable_conv_weight: Any
    deformable_conv_bias: Any
    _numbers = 2
    """What the plain convolution finds out for each pixel of a window."""

    def __init__(
        self,
        channels: int,
        kernel_size: Sizes = (1, 1),
        strides: Sizes = (1, 1),
        padding: Sizes = (0, 0),
        dilation: Sizes = (1, 1),
        groups: int = 1,
        num_deformable_group: int = 1,
        layout: str = "NCHW",
        use_bias: bool = True,
        in_channels: int = 0,
        activation: str | None = None,
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        offset_weight_initializer: Any = "zeros",
        offset_bias_initializer: Any = "zeros",
        offset_use_bias: bool = True,
        op_name: str = "DeformableConvolution",
        adj: Any = None,
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        if layout not in ("NCHW", "NHWC"):
            raise AssertionError("Only supports 'NCHW' and 'NHWC' layout for now")
        if adj:
            raise ValueError("adj is for transposed convolutions, which these are not")
        self._channels, self._in_channels, self._op_name = channels, in_channels, op_name
        kernel = _pair(kernel_size)
        common: dict[str, Any] = {
            "kernel": kernel,
            "stride": _pair(strides),
            "dilate": _pair(dilation),
            "pad": _pair(padding),
            "num_group": groups,
            "layout": layout,
        }
        numbers = num_deformable_group * self._numbers * kernel[0] * kernel[1]
        self._kwargs_offset = {**common, "num_filter": numbers, "no_bias": not offset_use_bias}
        self._kwargs_deformable_conv = {
            **common,
            "num_filter": channels,
            "num_deformable_group": num_deformable_group,
            "no_bias": not use_bias,
        }
        self.offset_split_index = 2 * numbers // self._numbers
        inputs = in_channels // groups
        window = (inputs, *kernel) if layout == "NCHW" else (*kernel, inputs)
        offset = {
            "offset_weight": ((numbers, *window), offset_weight_initializer),
            "offset_bias": ((numbers,), offset_bias_initializer) if offset_use_bias else None,
        }
        own = {
            "deformable_conv_weight": ((channels, 0, *kernel), weight_initializer),
            "deformable_conv_bias": ((channels,), bias_initializer) if use_bias else None,
        }
        with self.name_scope():
            for name, made in self._in_order(offset, own).items():
                setattr(self, name, made and self._parameter(name, *made))
            self.act = Activation(activation, prefix=activation + "_") if activation else None

    @staticmethod
    def _in_order(offset: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
        """The parameters in the order in which they are made and initialized."""
        return {**offset, **own}

    def _parameter(self, name: str, shape: tuple[int, ...], init: Any) -> Any:
        return self.params.get(name, shape=shape, init=init, allow_deferred_init=True)

    def hybrid_forward(
        self,
        F: Any,
        x: Any,
        offset_weight: Any,
        deformable_conv_weight: Any,
        offset_bias: Any = None,
        deformable_conv_bias: Any = None,
    ) -> Any:
        """The convolution at the places that the offsets say"""
        inputs = [x, offset_weight] if offset_bias is None else [x, offset_weight, offset_bias]
        offset = F.Convolution(*inputs, cudnn_off=True, **self._kwargs_offset)
        weights = [deformable_conv_weight]
        weights += [] if deformable_conv_bias is None else [deformable_conv_bias]
        out = self._deformed(F, x, offset, weights)
        return self.act(out) if self.act else out

    def _deformed(self, F: Any, x: Any, offset: Any, weights: list[Any]) -> Any:
        attributes = self._kwargs_deformable_conv
        return F.contrib.DeformableConvolution(x, offset, *weights, name="fwd", **attributes)

    def _alias(self) -> str:
        return "deformable_conv"

    def __repr__(self) -> str:
        of, weight = self._kwargs_deformable_conv, self.deformable_conv_weight
        parts = [f"{weight.shape[1] or None} -> {weight.shape[0]}", f"kernel_size={of['kernel']}"]
        parts += [f"stride={of['stride']}"]
        parts += [f"padding={of['pad']}"] if any(of["pad"]) else []
        parts += [f"dilation={of['dilate']}"] if of["dilate"] != (1, 1) else []
        parts += [f"groups={of['num_group']}"] if of["num_group"] != 1 else []
        parts += ["bias=False"] if self.deformable_conv_bias is None else []
        parts += [str(self.act)] if self.act else []
        return f"{type(self).__name__}({', '.join(parts)})"


class ModulatedDeformableConvolution(DeformableConvolution):
    """A deformable convolution that also weighs each pixel of its window, between 0 and 2

    After Zhu et al., "Deformable ConvNets v2", 2019. Parameters, inputs and outputs are those of
    :class:`DeformableConvolution`.
    """

    _numbers = 3

    def __init__(
        self,
        channels: int,
        kernel_size: Sizes = (1, 1),
        strides: Sizes = (1, 1),
        padding: Sizes = (0, 0),
        dilation: Sizes = (1, 1),
        groups: int = 1,
        num_deformable_group: int = 1,
        layout: str = "NCHW",
        use_bias: bool = True,
        in_channels: int = 0,
        activation: str | None = None,
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        offset_weight_initializer: Any = "zeros",
        offset_bias_initializer: Any = "zeros",
        offset_use_bias: bool = True,
        op_name: str = "ModulatedDeformableConvolution",
        adj: Any = None,
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        sizes = (channels, kernel_size, strides, padding, dilation, groups, num_deformable_group)
        initializers = (
            weight_initializer,
            bias_initializer,
            offset_weight_initializer,
            offset_bias_initializer,
        )
        kind = (layout, use_bias, in_channels, activation)
        super().__init__(
            *sizes, *kind, *initializers, offset_use_bias, op_name, adj, prefix=prefix, params=params
        )

    @staticmethod
    def _in_order(offset: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
        return {**own, **offset}

    def _deformed(self, F: Any, x: Any, offset: Any, weights: list[Any]) -> Any:
        split = self.offset_split_index
        moved = F.slice_axis(offset, axis=1, begin=0, end=split)
        mask = F.sigmoid(F.slice_axis(offset, axis=1, begin=split, end=None)) * 2
        attributes = self._kwargs_deformable_conv
        return F.contrib.ModulatedDeformableConvolution(x, moved, mask, *weights, name="fwd", **attributes)

    def _alias(self) -> str:
        return "modulated_deformable_conv"

    def __repr__(self) -> str:
        return HybridBlock.__repr__(self)
