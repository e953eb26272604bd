"""What recurrent cells with convolutions compute, whatever the number of dimensions."""

from __future__ import annotations

import inspect
from typing import Any

from regluon.gluon.rnn.recurrent_cell import HybridRecurrentCell

__all__ = ["ConvCell", "ConvGRUCell", "ConvLSTMCell", "ConvRNNCell", "Sizes", "described"]

Sizes = int | tuple[int, ...]


def described(first: str | None, formula: type) -> str:
    """A cell's documentation: its first line, its formula, and what all cells have in common."""
    common = inspect.cleandoc(ConvCell.__doc__ or "").partition("\n\n")[2]
    return f"{first}\n\n{formula.__doc__}\n\n{common}"


class ConvCell(HybridRecurrentCell):
    """A cell of two convolutions, of the input and of the state, each with the channels of all gates.

    Parameters
    ----------
    input_shape
        The shape of a sample, in ``conv_layout``.
    hidden_channels
        The number of the state's channels.
    i2h_kernel, h2h_kernel
        The kernels' extents; those of the state are odd, so that it keeps its extents.
    i2h_pad, i2h_dilate, h2h_dilate
        Padding and dilation.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer
        Those of the weights and biases of the input (i2h) and of the state (h2h).
    conv_layout
        The order of batch, channels and space: ``"NCHW"``, ``"NHWC"``...
    activation
        What is applied where plain cells have tanh: a name, or a block.

    Inputs
    ------
    x : (batch, *input_shape)
    states : the state, twice for the LSTM

    Outputs
    -------
    out : the new state
    states : as those given
    """

    i2h_weight: Any
    h2h_weight: Any
    i2h_bias: Any
    h2h_bias: Any
    _gates = 1
    _dims = 0

    def _set_up(
        self,
        input_shape: tuple[int, ...],
        hidden_channels: int,
        kernels: tuple[Sizes, Sizes],
        i2h_pad: Sizes,
        dilates: tuple[Sizes, Sizes],
        initializers: tuple[Any, ...],
        conv_layout: str,
        activation: Any,
    ) -> None:
        self._input_shape, self._hidden_channels = input_shape, hidden_channels
        self._conv_layout, self._activation = conv_layout, activation
        self._i2h_kernel, self._h2h_kernel = [self._sizes(k) for k in kernels]
        self._i2h_dilate, self._h2h_dilate = [self._sizes(d) for d in dilates]
        self._i2h_pad = self._sizes(i2h_pad)
        if any(k % 2 == 0 for k in self._h2h_kernel):
            raise AssertionError(f"Only support odd number, get h2h_kernel= {kernels[1]}")
        self._h2h_pad = tuple(
            d * (k - 1) // 2 for d, k in zip(self._h2h_dilate, self._h2h_kernel, strict=True)
        )
        self._channel_axis = conv_layout.find("C")
        channels, *space = self._channels_first(input_shape)
        windows = zip(space, self._i2h_kernel, self._i2h_pad, self._i2h_dilate, strict=True)
        extents = [x + 2 * p - d * (k - 1) if x else 0 for x, k, p, d in windows]
        self._state_shape = self._in_layout(hidden_channels, extents)
        rows = hidden_channels * self._gates
        shapes = {
            "i2h_weight": (rows, *self._in_layout(channels, self._i2h_kernel)),
            "h2h_weight": (rows, *self._in_layout(hidden_channels, self._h2h_kernel)),
            "i2h_bias": (rows,),
            "h2h_bias": (rows,),
        }
        for (name, shape), init in zip(shapes.items(), initializers, strict=True):
            setattr(self, name, self.params.get(name, shape=shape, init=init, allow_deferred_init=True))

    def _sizes(self, given: Sizes) -> tuple[int, ...]:
        if isinstance(given, int):
            return (given,) * self._dims
        if len(given) != self._dims:
            raise AssertionError(
                f"For {self._dims}D convolution, the convolution settings can only be either int or "
                f"list/tuple of length {self._dims}, not {given}"
            )
        return tuple(given)

    def _channels_first(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The channels, and the extents in space."""
        return tuple(shape) if self._channel_axis == 1 else (shape[-1], *shape[:-1])

    def _in_layout(self, channels: int, space: Any) -> tuple[int, ...]:
        return (channels, *space) if self._channel_axis == 1 else (*space, channels)

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        return [{"shape": (batch_size, *self._state_shape), "__layout__": self._conv_layout}]

    def __repr__(self) -> str:
        rows, *others = self.i2h_weight.shape
        channels = others[0 if self._channel_axis == 1 else -1]
        mapping = f"{channels or None} -> {rows}"
        return f"{type(self).__name__}({mapping}, {self._activation}, {self._conv_layout})"

    def _convolve(
        self,
        F: Any,
        inputs: Any,
        state: Any,
        i2h_weight: Any,
        h2h_weight: Any,
        i2h_bias: Any,
        h2h_bias: Any,
    ) -> tuple[Any, Any]:
        """Both convolutions: of the input and of the state."""
        prefix = f"t{self._counter}_"
        given = {
            "num_filter": self._hidden_channels * self._gates,
            "stride": (1,) * self._dims,
            "layout": self._conv_layout,
        }
        i2h = F.Convolution(
            inputs,
            i2h_weight,
            i2h_bias,
            kernel=self._i2h_kernel,
            pad=self._i2h_pad,
            dilate=self._i2h_dilate,
            name=prefix + "i2h",
            **given,
        )
        h2h = F.Convolution(
            state,
            h2h_weight,
            h2h_bias,
            kernel=self._h2h_kernel,
            pad=self._h2h_pad,
            dilate=self._h2h_dilate,
            name=prefix + "h2h",
            **given,
        )
        return i2h, h2h


class ConvRNNCell(ConvCell):
    """h' = f(W * x + b + R * h + c)"""

    def _alias(self) -> str:
        return "conv_rnn"

    def hybrid_forward(
        self,
        F: Any,
        inputs: Any,
        states: Any,
        i2h_weight: Any,
        h2h_weight: Any,
        i2h_bias: Any,
        h2h_bias: Any,
    ) -> Any:
        """One step"""
        weights = (i2h_weight, h2h_weight, i2h_bias, h2h_bias)
        i2h, h2h = self._convolve(F, inputs, states[0], *weights)
        output = self._get_activation(F, i2h + h2h, self._activation, name=f"t{self._counter}_out")
        return output, [output]


class ConvLSTMCell(ConvCell):
    """i, f, o = σ of W * x + b + R * h + c for each; g = tanh of it; c' = f c + i g; h' = o tanh(c')"""

    _gates = 4

    def _alias(self) -> str:
        return "conv_lstm"

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        return [*super().state_info(batch_size), *super().state_info(batch_size)]

    def hybrid_forward(
        self,
        F: Any,
        inputs: Any,
        states: Any,
        i2h_weight: Any,
        h2h_weight: Any,
        i2h_bias: Any,
        h2h_bias: Any,
    ) -> Any:
        """One step"""
        weights = (i2h_weight, h2h_weight, i2h_bias, h2h_bias)
        i2h, h2h = self._convolve(F, inputs, states[0], *weights)
        prefix = f"t{self._counter}_"
        axis = self._channel_axis
        i, f, g, o = F.SliceChannel(i2h + h2h, num_outputs=4, name=prefix + "slice", axis=axis)
        i = F.Activation(i, act_type="sigmoid", name=prefix + "i")
        f = F.Activation(f, act_type="sigmoid", name=prefix + "f")
        g = self._get_activation(F, g, self._activation, name=prefix + "c")
        o = F.Activation(o, act_type="sigmoid", name=prefix + "o")
        next_c = F.elemwise_add(f * states[1], i * g, name=prefix + "state")
        shown = self._get_activation(F, next_c, self._activation)
        next_h = F.elemwise_mul(o, shown, name=prefix + "out")
        return next_h, [next_h, next_c]


class ConvGRUCell(ConvCell):
    """r, z = σ of W * x + b + R * h + c; n = tanh(W * x + b + r (R * h + c)); h' = (1 - z) n + z h"""

    _gates = 3

    def _alias(self) -> str:
        return "conv_gru"

    def hybrid_forward(
        self,
        F: Any,
        inputs: Any,
        states: Any,
        i2h_weight: Any,
        h2h_weight: Any,
        i2h_bias: Any,
        h2h_bias: Any,
    ) -> Any:
        """One step"""
        weights = (i2h_weight, h2h_weight, i2h_bias, h2h_bias)
        i2h, h2h = self._convolve(F, inputs, states[0], *weights)
        prefix, given = f"t{self._counter}_", {"num_outputs": 3, "axis": self._channel_axis}
        i2h_r, i2h_z, i2h_n = F.SliceChannel(i2h, name=prefix + "i2h_slice", **given)
        h2h_r, h2h_z, h2h_n = F.SliceChannel(h2h, name=prefix + "h2h_slice", **given)
        r = F.Activation(i2h_r + h2h_r, act_type="sigmoid", name=prefix + "r_act")
        z = F.Activation(i2h_z + h2h_z, act_type="sigmoid", name=prefix + "z_act")
        n = self._get_activation(F, i2h_n + r * h2h_n, self._activation, name=prefix + "h_act")
        next_h = F.elemwise_add((1.0 - z) * n, z * states[0], name=prefix + "out")
        return next_h, [next_h]
