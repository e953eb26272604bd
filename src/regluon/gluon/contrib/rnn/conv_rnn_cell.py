"""Recurrent cells whose two layers are convolutions: 1D, 2D and 3D, of Elman's kind, LSTM and GRU."""

from __future__ import annotations

from typing import Any

from regluon.gluon.contrib.rnn.convolutional import (
    ConvCell,
    ConvGRUCell,
    ConvLSTMCell,
    ConvRNNCell,
    Sizes,
    described,
)
from regluon.gluon.parameter import ParameterDict

__all__ = [
    "Conv1DGRUCell",
    "Conv1DLSTMCell",
    "Conv1DRNNCell",
    "Conv2DGRUCell",
    "Conv2DLSTMCell",
    "Conv2DRNNCell",
    "Conv3DGRUCell",
    "Conv3DLSTMCell",
    "Conv3DRNNCell",
]


class _Conv1D(ConvCell):
    """What the cells in 1D take."""

    _dims = 1

    def __init__(
        self,
        input_shape: tuple[int, ...],
        hidden_channels: int,
        i2h_kernel: Sizes,
        h2h_kernel: Sizes,
        i2h_pad: Sizes = (0,),
        i2h_dilate: Sizes = (1,),
        h2h_dilate: Sizes = (1,),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        conv_layout: str = "NCW",
        activation: Any = "tanh",
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        weights = (i2h_weight_initializer, h2h_weight_initializer)
        initializers = (*weights, i2h_bias_initializer, h2h_bias_initializer)
        kernels, dilates = (i2h_kernel, h2h_kernel), (i2h_dilate, h2h_dilate)
        sizes = (kernels, i2h_pad, dilates, initializers)
        self._set_up(input_shape, hidden_channels, *sizes, conv_layout, activation)


class _Conv2D(ConvCell):
    """What the cells in 2D take."""

    _dims = 2

    def __init__(
        self,
        input_shape: tuple[int, ...],
        hidden_channels: int,
        i2h_kernel: Sizes,
        h2h_kernel: Sizes,
        i2h_pad: Sizes = (0, 0),
        i2h_dilate: Sizes = (1, 1),
        h2h_dilate: Sizes = (1, 1),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        conv_layout: str = "NCHW",
        activation: Any = "tanh",
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        weights = (i2h_weight_initializer, h2h_weight_initializer)
        initializers = (*weights, i2h_bias_initializer, h2h_bias_initializer)
        kernels, dilates = (i2h_kernel, h2h_kernel), (i2h_dilate, h2h_dilate)
        sizes = (kernels, i2h_pad, dilates, initializers)
        self._set_up(input_shape, hidden_channels, *sizes, conv_layout, activation)


class _Conv3D(ConvCell):
    """What the cells in 3D take."""

    _dims = 3

    def __init__(
        self,
        input_shape: tuple[int, ...],
        hidden_channels: int,
        i2h_kernel: Sizes,
        h2h_kernel: Sizes,
        i2h_pad: Sizes = (0, 0, 0),
        i2h_dilate: Sizes = (1, 1, 1),
        h2h_dilate: Sizes = (1, 1, 1),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        conv_layout: str = "NCDHW",
        activation: Any = "tanh",
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        weights = (i2h_weight_initializer, h2h_weight_initializer)
        initializers = (*weights, i2h_bias_initializer, h2h_bias_initializer)
        kernels, dilates = (i2h_kernel, h2h_kernel), (i2h_dilate, h2h_dilate)
        sizes = (kernels, i2h_pad, dilates, initializers)
        self._set_up(input_shape, hidden_channels, *sizes, conv_layout, activation)


class Conv1DRNNCell(_Conv1D, ConvRNNCell):
    """Elman's cell with convolutions in 1D."""

    __doc__ = described(__doc__, ConvRNNCell)


class Conv1DLSTMCell(_Conv1D, ConvLSTMCell):
    """The LSTM's cell with convolutions in 1D (Shi et al., 2015)."""

    __doc__ = described(__doc__, ConvLSTMCell)


class Conv1DGRUCell(_Conv1D, ConvGRUCell):
    """The GRU's cell with convolutions in 1D."""

    __doc__ = described(__doc__, ConvGRUCell)


class Conv2DRNNCell(_Conv2D, ConvRNNCell):
    """Elman's cell with convolutions in 2D."""

    __doc__ = described(__doc__, ConvRNNCell)


class Conv2DLSTMCell(_Conv2D, ConvLSTMCell):
    """The LSTM's cell with convolutions in 2D (Shi et al., 2015)."""

    __doc__ = described(__doc__, ConvLSTMCell)


class Conv2DGRUCell(_Conv2D, ConvGRUCell):
    """The GRU's cell with convolutions in 2D."""

    __doc__ = described(__doc__, ConvGRUCell)


class Conv3DRNNCell(_Conv3D, ConvRNNCell):
    """Elman's cell with convolutions in 3D."""

    __doc__ = described(__doc__, ConvRNNCell)


class Conv3DLSTMCell(_Conv3D, ConvLSTMCell):
    """The LSTM's cell with convolutions in 3D (Shi et al., 2015)."""

    __doc__ = described(__doc__, ConvLSTMCell)


class Conv3DGRUCell(_Conv3D, ConvGRUCell):
    """The GRU's cell with convolutions in 3D."""

    __doc__ = described(__doc__, ConvGRUCell)
