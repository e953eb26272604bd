"""Transposed convolutions in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

from regluon.gluon.nn.convolution import _Conv
from regluon.gluon.nn.windows import LAYOUTS, check_layout, extents

__all__ = ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"]


class Conv1DTranspose(_Conv):
    """The transpose of :class:`Conv1D`: what goes back through it as its gradient goes forward through this.

    The parameters are those of :class:`Conv1D`, as of the convolution that is turned around: ``padding`` is
    cut off. What is more:

    Parameters
    ----------
    output_padding
        How much is added at the end, less than ``strides``: to tell apart the widths that a convolution of
        more than one step maps to the same width.

    Inputs
    ------
    x : (batch, in_channels, width)

    Outputs
    -------
    y : (batch, channels, places), with
        (width - 1) strides - 2 padding + dilation (kernel_size - 1) + output_padding + 1
    """

    def __init__(
        self,
        channels: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
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
        self.outpad = extents(self, "output_padding", output_padding, 1)
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
            **{"op_name": "Deconvolution", **kwargs},
            adj=self.outpad,
        )


class Conv2DTranspose(_Conv):
    """:class:`Conv1DTranspose` over two axes of space, height and width.

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
        output_padding: Any = (0, 0),
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
        self.outpad = extents(self, "output_padding", output_padding, 2)
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
            **{"op_name": "Deconvolution", **kwargs},
            adj=self.outpad,
        )


class Conv3DTranspose(_Conv):
    """:class:`Conv1DTranspose` over three axes of space, depth, height and width.

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
        output_padding: Any = (0, 0, 0),
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
        self.outpad = extents(self, "output_padding", output_padding, 3)
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
            **{"op_name": "Deconvolution", **kwargs},
            adj=self.outpad,
        )
