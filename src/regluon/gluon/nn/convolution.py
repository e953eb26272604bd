"""Convolutions in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

from regluon.base import MXNetError
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn.activations import Activation
from regluon.gluon.nn.call import OperatorCall
from regluon.gluon.nn.windows import LAYOUTS, check_layout, extents, spread
from regluon.ops.registry import OPERATORS

__all__ = ["Conv1D", "Conv2D", "Conv3D", "_Conv"]


class _Conv(HybridBlock):
    """What all convolutions are: one operator with a weight, a bias and an activation after it."""

    def __init__(
        self,
        channels: int,
        kernel_size: Any,
        strides: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        layout: str,
        in_channels: int = 0,
        activation: str | None = None,
        use_bias: bool = True,
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        op_name: str = "Convolution",
        adj: Any = None,
        prefix: str | None = None,
        params: Any = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        self._channels, self._in_channels, self._op_name = channels, in_channels, op_name
        count = len(kernel_size)
        attributes = {
            "kernel": kernel_size,
            "stride": spread(strides, count),
            "dilate": spread(dilation, count),
            "pad": spread(padding, count),
            "num_filter": channels,
            "num_group": groups,
            "no_bias": not use_bias,
            "layout": layout,
        }
        if adj is not None:
            attributes["adj"] = adj
        self._convolution = OperatorCall(op_name, attributes)
        self._kwargs = self._convolution.attributes
        of_weight, of_bias = self._shapes()
        with self.name_scope():
            self.weight = self.params.get(
                "weight", shape=of_weight, init=weight_initializer, allow_deferred_init=True
            )
            self.bias = (
                self.params.get("bias", shape=of_bias, init=bias_initializer, allow_deferred_init=True)
                if use_bias
                else None
            )
            self.act = None if activation is None else Activation(activation, prefix=activation + "_")

    def _shapes(self) -> Any:
        """The shapes of weight and bias, with 0 for what depends on the input."""
        if self._op_name not in OPERATORS:
            raise MXNetError(f"{self.name}: there is no operator {self._op_name!r}")
        op = OPERATORS[self._op_name]
        attributes, channels = op.read_all(self._kwargs), self._in_channels
        groups, layout = attributes["num_group"], attributes["layout"]
        windows = {name: attributes[name] for name in ("kernel", "stride", "dilate")}
        wrong = [n for n, v in windows.items() if len(v) != len(windows["kernel"]) or min(v) < 1]
        if wrong or len(attributes["pad"]) != len(windows["kernel"]) or min(attributes["pad"]) < 0:
            raise MXNetError(
                f"{self.name}: kernel, stride and dilate must be positive and pad must not be negative, a "
                f"number for each axis of {layout}'s space; {windows}, pad={attributes['pad']}"
            )
        if self._channels < 1 or groups < 1 or self._channels % groups or channels % groups:
            raise MXNetError(
                f"{self.name}: channels={self._channels} must be positive, and groups={groups} must divide "
                f"it and in_channels={channels}"
            )
        data = [1 if axis == "N" else channels if axis == "C" else 0 for axis in layout]
        return op.infer(data, None, None, **attributes)[1:]  # type: ignore[misc]

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        """The convolution and its activation"""
        call, act = self._convolution, self.act
        out = call(F, x, weight) if bias is None else call(F, x, weight, bias)
        return out if act is None else act(out)

    def _alias(self) -> str:
        return "conv"

    def __repr__(self) -> str:
        of = self._kwargs
        count = len(of["kernel"])
        filters, inputs = self.weight.shape[:2]  # type: ignore[index]
        parts = [f"{inputs or None} -> {filters}", f"kernel_size={of['kernel']}", f"stride={of['stride']}"]
        if of["pad"] != (0,) * count:
            parts.append(f"padding={of['pad']}")
        if of["dilate"] != (1,) * count:
            parts.append(f"dilation={of['dilate']}")
        if of["num_group"] != 1:
            parts.append(f"groups={of['num_group']}")
        if self.bias is None:
            parts.append("bias=False")
        if self.act:
            parts.append(repr(self.act))
        return f"{type(self).__name__}({', '.join(parts)})"


class Conv1D(_Conv):
    """out[f, p] = f(bias[f] + Σ data[c, p·strides + k·dilation - padding] weight[f, c, k]), over c and k

    Parameters
    ----------
    channels
        How many channels come out.
    kernel_size, strides, padding, dilation
        The window's extent, its step, the zeros on both sides of data, and the step between the window's
        elements.
    groups
        Into how many groups the channels are split: each group of filters sees one group of channels.
    layout
        The order of the axes.
    activation
        The name of f; none if None.
    use_bias
        Whether there is a bias.
    in_channels
        How many channels come in; found out in the first forward pass if 0.

    Inputs
    ------
    x : (batch, in_channels, width)

    Outputs
    -------
    y : (batch, channels, places), with ⌊(width + 2 padding - dilation (kernel_size - 1) - 1) / strides⌋ + 1
    """

    def __init__(
        self,
        channels: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        layout: str = "NCW",
        activation: str | None = None,
        use_bias: bool = True,
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        in_channels: int = 0,
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[1][:1])
        super().__init__(
            channels,
            extents(self, "kernel_size", kernel_size, 1),
            strides,
            padding,
            dilation,
            groups,
            layout,
            in_channels,
            activation,
            use_bias,
            weight_initializer,
            bias_initializer,
            **kwargs,
        )


class Conv2D(_Conv):
    """:class:`Conv1D` over two axes of space, height and width.

    ``kernel_size``, ``strides``, ``padding`` and ``dilation`` are a number for each axis, or one for all.

    Inputs
    ------
    x : (batch, in_channels, height, width), in the order that ``layout`` says: "NCHW" or "NHWC"

    Outputs
    -------
    y : (batch, channels, *places), in the same order
    """

    def __init__(
        self,
        channels: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: Any = (0, 0),
        dilation: Any = (1, 1),
        groups: int = 1,
        layout: str = "NCHW",
        activation: str | None = None,
        use_bias: bool = True,
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        in_channels: int = 0,
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[2])
        super().__init__(
            channels,
            extents(self, "kernel_size", kernel_size, 2),
            strides,
            padding,
            dilation,
            groups,
            layout,
            in_channels,
            activation,
            use_bias,
            weight_initializer,
            bias_initializer,
            **kwargs,
        )


class Conv3D(_Conv):
    """:class:`Conv1D` over three axes of space, depth, height and width.

    ``kernel_size``, ``strides``, ``padding`` and ``dilation`` are a number for each axis, or one for all.

    Inputs
    ------
    x : (batch, in_channels, depth, height, width), in the order that ``layout`` says: "NCDHW" or "NDHWC"

    Outputs
    -------
    y : (batch, channels, *places), in the same order
    """

    def __init__(
        self,
        channels: int,
        kernel_size: Any,
        strides: Any = (1, 1, 1),
        padding: Any = (0, 0, 0),
        dilation: Any = (1, 1, 1),
        groups: int = 1,
        layout: str = "NCDHW",
        activation: str | None = None,
        use_bias: bool = True,
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        in_channels: int = 0,
        **kwargs: Any,
    ) -> None:
        check_layout(self, layout, LAYOUTS[3])
        super().__init__(
            channels,
            extents(self, "kernel_size", kernel_size, 3),
            strides,
            padding,
            dilation,
            groups,
            layout,
            in_channels,
            activation,
            use_bias,
            weight_initializer,
            bias_initializer,
            **kwargs,
        )
