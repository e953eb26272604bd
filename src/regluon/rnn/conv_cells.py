"""Cells over images: the linear layers are convolutions."""

from __future__ import annotations

import functools
from typing import Any

from regluon import symbol as sym
from regluon.initializer.fused import GATES
from regluon.rnn.base_cell import BaseRNNCell, RNNParams, activate
from regluon.rnn.gated_cells import gru_step, lstm_step

__all__ = ["BaseConvRNNCell", "ConvGRUCell", "ConvLSTMCell", "ConvRNNCell"]

Pair = tuple[int, int]
_LEAKY = functools.partial(sym.LeakyReLU, act_type="leaky", slope=0.2)


class BaseConvRNNCell(BaseRNNCell):
    """The base of cells over images.

    Parameters
    ----------
    input_shape
        The shape of the input of one step, with the batch.
    num_hidden
        How many channels the state has.
    h2h_kernel, h2h_dilate
        Of the convolution of the state, whose kernel has odd sizes, so that the state keeps its size.
    i2h_kernel, i2h_stride, i2h_pad, i2h_dilate
        Of the convolution of the input.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer
        Initializers or their names; the module's if None.
    activation
        A name, or a function of symbols.
    prefix, params
        As of ``BaseRNNCell``.
    conv_layout
        The order of the axes.
    """

    def __init__(
        self,
        input_shape: tuple[int, ...],
        num_hidden: int,
        h2h_kernel: Pair,
        h2h_dilate: Pair,
        i2h_kernel: Pair,
        i2h_stride: Pair,
        i2h_pad: Pair,
        i2h_dilate: Pair,
        i2h_weight_initializer: Any,
        h2h_weight_initializer: Any,
        i2h_bias_initializer: Any,
        h2h_bias_initializer: Any,
        activation: Any,
        prefix: str = "",
        params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        if any(size % 2 == 0 for size in h2h_kernel):
            raise AssertionError(f"Only support odd number, get h2h_kernel= {h2h_kernel}")
        self._num_hidden, self._activation, self._conv_layout = num_hidden, activation, conv_layout
        self._of_input: dict[str, Any] = {
            "kernel": i2h_kernel,
            "stride": i2h_stride,
            "pad": i2h_pad,
            "dilate": i2h_dilate,
            "layout": conv_layout,
        }
        self._of_state: dict[str, Any] = {
            "kernel": h2h_kernel,
            "stride": (1, 1),
            "pad": tuple(d * (k - 1) // 2 for d, k in zip(h2h_dilate, h2h_kernel, strict=True)),
            "dilate": h2h_dilate,
            "layout": conv_layout,
        }
        whole = sym.Convolution(sym.var("data"), num_filter=num_hidden, **self._of_input)
        _, (shape,), _ = whole.infer_shape(data=input_shape)
        self._state_shape = (0, *shape[1:])
        self._iW = self.params.get("i2h_weight", init=i2h_weight_initializer)
        self._hW = self.params.get("h2h_weight", init=h2h_weight_initializer)
        self._iB = self.params.get("i2h_bias", init=i2h_bias_initializer)
        self._hB = self.params.get("h2h_bias", init=h2h_bias_initializer)

    @property
    def state_info(self) -> list[Any]:
        """Shape and layout of the state."""
        return [{"shape": self._state_shape, "__layout__": self._conv_layout}]

    def _conv_forward(self, inputs: Any, states: Any, name: str) -> tuple[Any, Any]:
        """Both convolutions, of the input and of the state, for all gates."""
        rows = self._num_hidden * len(self._gate_names)
        i2h = sym.Convolution(
            inputs, self._iW, self._iB, num_filter=rows, name=name + "i2h", **self._of_input
        )
        h2h = sym.Convolution(
            states[0], self._hW, self._hB, num_filter=rows, name=name + "h2h", **self._of_state
        )
        return i2h, h2h


class ConvRNNCell(BaseConvRNNCell):
    """``h' = act(W_i * x + b_i + W_h * h + b_h)`` over images; parameters as of ``BaseConvRNNCell``."""

    def __init__(
        self,
        input_shape: tuple[int, ...],
        num_hidden: int,
        h2h_kernel: Pair = (3, 3),
        h2h_dilate: Pair = (1, 1),
        i2h_kernel: Pair = (3, 3),
        i2h_stride: Pair = (1, 1),
        i2h_pad: Pair = (1, 1),
        i2h_dilate: Pair = (1, 1),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        activation: Any = _LEAKY,
        prefix: str = "ConvRNN_",
        params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ) -> None:
        super().__init__(
            input_shape,
            num_hidden,
            h2h_kernel,
            h2h_dilate,
            i2h_kernel,
            i2h_stride,
            i2h_pad,
            i2h_dilate,
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
            activation,
            prefix,
            params,
            conv_layout,
        )

    @property
    def _gate_names(self) -> tuple[str, ...]:
        return ("",)

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step: see :class:`BaseRNNCell`."""
        name = self._next_name()
        i2h, h2h = self._conv_forward(inputs, states, name)
        output = activate(i2h + h2h, self._activation, name=name + "out")
        return output, [output]


class ConvLSTMCell(BaseConvRNNCell):
    """``LSTMCell`` over images. Shi et al. 2015, https://arxiv.org/abs/1506.04214

    Parameters as of ``BaseConvRNNCell``.
    """

    def __init__(
        self,
        input_shape: tuple[int, ...],
        num_hidden: int,
        h2h_kernel: Pair = (3, 3),
        h2h_dilate: Pair = (1, 1),
        i2h_kernel: Pair = (3, 3),
        i2h_stride: Pair = (1, 1),
        i2h_pad: Pair = (1, 1),
        i2h_dilate: Pair = (1, 1),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        activation: Any = _LEAKY,
        prefix: str = "ConvLSTM_",
        params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ) -> None:
        super().__init__(
            input_shape,
            num_hidden,
            h2h_kernel,
            h2h_dilate,
            i2h_kernel,
            i2h_stride,
            i2h_pad,
            i2h_dilate,
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
            activation,
            prefix,
            params,
            conv_layout,
        )

    @property
    def state_info(self) -> list[Any]:
        """Shape and layout of the output and of the memory."""
        return super().state_info * 2

    @property
    def _gate_names(self) -> tuple[str, ...]:
        return GATES["lstm"]

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step: see :class:`BaseRNNCell`."""
        name = self._next_name()
        i2h, h2h = self._conv_forward(inputs, states, name)
        channels = self._conv_layout.find("C")
        return lstm_step(i2h + h2h, states[1], name, self._activation, axis=channels)


class ConvGRUCell(BaseConvRNNCell):
    """``GRUCell`` over images; parameters as of ``BaseConvRNNCell``."""

    def __init__(
        self,
        input_shape: tuple[int, ...],
        num_hidden: int,
        h2h_kernel: Pair = (3, 3),
        h2h_dilate: Pair = (1, 1),
        i2h_kernel: Pair = (3, 3),
        i2h_stride: Pair = (1, 1),
        i2h_pad: Pair = (1, 1),
        i2h_dilate: Pair = (1, 1),
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        activation: Any = _LEAKY,
        prefix: str = "ConvGRU_",
        params: RNNParams | None = None,
        conv_layout: str = "NCHW",
    ) -> None:
        super().__init__(
            input_shape,
            num_hidden,
            h2h_kernel,
            h2h_dilate,
            i2h_kernel,
            i2h_stride,
            i2h_pad,
            i2h_dilate,
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
            activation,
            prefix,
            params,
            conv_layout,
        )

    @property
    def _gate_names(self) -> tuple[str, ...]:
        return GATES["gru"]

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step: see :class:`BaseRNNCell`."""
        name = self._next_name()
        i2h, h2h = self._conv_forward(inputs, states, name)
        return gru_step(i2h, h2h, states[0], name, self._activation)
