"""Recurrent layers over whole sequences: all steps, layers and directions in one operator."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

from regluon import ndarray
from regluon.base import DTypeLike
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.nn.call import OperatorCall
from regluon.gluon.parameter import Parameter
from regluon.gluon.rnn.basic_cells import GRUCell, LSTMCell, RNNCell
from regluon.gluon.rnn.modifier_cells import DropoutCell
from regluon.gluon.rnn.stacked_cells import BidirectionalCell, HybridSequentialRNNCell
from regluon.lazy import resolve
from regluon.ndarray import NDArray

__all__ = ["GRU", "LSTM", "RNN"]

_NAME = re.compile(r"([lr])(\d+)_(i2h|h2h|h2r)_(weight|bias)")
_GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}


class _RNNLayer(HybridBlock):
    """What the three layers have in common."""

    l0_i2h_weight: Parameter

    def __init__(
        self,
        hidden_size: int,
        num_layers: int,
        layout: str,
        dropout: float,
        bidirectional: bool,
        input_size: int,
        i2h_weight_initializer: Any,
        h2h_weight_initializer: Any,
        i2h_bias_initializer: Any,
        h2h_bias_initializer: Any,
        mode: str,
        projection_size: int | None,
        h2r_weight_initializer: Any,
        lstm_state_clip_min: float | None,
        lstm_state_clip_max: float | None,
        lstm_state_clip_nan: bool,
        dtype: DTypeLike,
        use_sequence_length: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if layout not in ("TNC", "NTC"):
            raise AssertionError(f"Invalid layout {layout}; must be one of ['TNC' or 'NTC']")
        self._hidden_size, self._num_layers, self._mode, self._layout = hidden_size, num_layers, mode, layout
        self._projection_size = projection_size or None
        self._dropout, self._dir, self._input_size = dropout, 2 if bidirectional else 1, input_size
        self._initializers = {
            "i2h_weight": i2h_weight_initializer,
            "h2h_weight": h2h_weight_initializer,
            "i2h_bias": i2h_bias_initializer,
            "h2h_bias": h2h_bias_initializer,
        }
        self._lstm_state_clip_min, self._lstm_state_clip_max = lstm_state_clip_min, lstm_state_clip_max
        self._lstm_state_clip_nan, self._dtype = lstm_state_clip_nan, dtype
        self._use_sequence_length = use_sequence_length
        self.skip_states: bool | None = None
        self._gates = _GATES[mode]
        self._register_params(h2r_weight_initializer)
        self._kernel = OperatorCall("_regluon_rnn", self._attributes())

    def _register_params(self, h2r_weight_initializer: Any) -> None:
        """Makes the weights, in the operator's order."""
        rows, width = self._gates * self._hidden_size, self._projection_size or self._hidden_size
        inputs = self._input_size
        for layer in range(self._num_layers):
            shapes = {
                "i2h_weight": (rows, inputs),
                "h2h_weight": (rows, width),
                "i2h_bias": (rows,),
                "h2h_bias": (rows,),
            }
            for side, (kind, shape) in product("lr"[: self._dir], shapes.items()):
                self._register_param(f"{side}{layer}_{kind}", shape, self._initializers[kind], self._dtype)
                if self._projection_size and kind == "h2h_bias":
                    name, shape = f"{side}{layer}_h2r_weight", (width, self._hidden_size)
                    self._register_param(name, shape, h2r_weight_initializer, self._dtype)
            inputs = width * self._dir

    def _register_param(self, name: str, shape: tuple[int, ...], init: Any, dtype: DTypeLike) -> Parameter:
        parameter = self.params.get(name, shape=shape, init=init, allow_deferred_init=True, dtype=dtype)
        setattr(self, name, parameter)
        return parameter

    def _attributes(self) -> dict[str, Any]:
        """Those of the operator."""
        return {
            "state_size": self._hidden_size,
            "num_layers": self._num_layers,
            "bidirectional": self._dir == 2,
            "mode": self._mode,
            "p": self._dropout,
            "projection_size": self._projection_size,
            "lstm_state_clip_min": self._lstm_state_clip_min,
            "lstm_state_clip_max": self._lstm_state_clip_max,
            "lstm_state_clip_nan": self._lstm_state_clip_nan,
            "use_sequence_length": self._use_sequence_length,
        }

    def __repr__(self) -> str:
        rows, inputs = self.l0_i2h_weight.shape or (0, 0)
        parts = [f"{inputs or None} -> {rows // self._gates}", self._layout]
        parts += [f"num_layers={self._num_layers}"] if self._num_layers != 1 else []
        parts += [f"dropout={self._dropout}"] if self._dropout != 0 else []
        parts += ["bidirectional"] if self._dir == 2 else []
        return f"{type(self).__name__}({', '.join(parts)})"

    def _collect_params_with_prefix(self, prefix: str = "") -> dict[str, Parameter]:
        """By the places that they have in files: those of the cells that once stood for the layer."""
        prefix = f"{prefix}." if prefix else ""
        found = {}
        for name, parameter in self._reg_params.items():
            match = _NAME.fullmatch(name)
            if match is None:  # one that a subclass has added
                found[prefix + name] = parameter
                continue
            side, layer, gate, kind = match.groups()
            cell = f"{side}_cell." if self._dir == 2 else ""
            found[f"{prefix}_unfused.{layer}.{cell}{gate}_{kind}"] = parameter
        for name, child in self._children.items():
            found.update(child._collect_params_with_prefix(prefix + name))
        return found

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape, layout and type of each state."""
        cells, width = self._num_layers * self._dir, self._projection_size or self._hidden_size
        widths = [width, self._hidden_size] if self._mode == "lstm" else [width]
        return [{"shape": (cells, batch_size, w), "__layout__": "LNC", "dtype": self._dtype} for w in widths]

    def _unfuse(self) -> HybridSequentialRNNCell:
        """The same as a stack of cells, with the same parameters."""
        if self._projection_size:
            raise AssertionError("_unfuse does not support projection layer yet!")
        if self._lstm_state_clip_min or self._lstm_state_clip_max:
            raise AssertionError("_unfuse does not support state clipping yet!")
        stack = HybridSequentialRNNCell(prefix=self.prefix, params=self.params)
        inputs = self._input_size
        with stack.name_scope():
            for layer in range(self._num_layers):
                cells = [self._cell(f"{side}{layer}_", inputs) for side in "lr"[: self._dir]]
                stack.add(cells[0] if self._dir == 1 else BidirectionalCell(*cells))
                if self._dropout > 0 and layer != self._num_layers - 1:
                    stack.add(DropoutCell(self._dropout))
                inputs = self._hidden_size * self._dir
        return stack

    def _cell(self, prefix: str, inputs: int) -> Any:
        """The cell of one layer and direction."""
        given = {f"{kind}_initializer": init for kind, init in self._initializers.items()}
        given.update(input_size=inputs, prefix=prefix)
        if self._mode in ("lstm", "gru"):
            return (LSTMCell if self._mode == "lstm" else GRUCell)(self._hidden_size, **given)
        return RNNCell(self._hidden_size, activation=self._mode.removeprefix("rnn_"), **given)

    def cast(self, dtype: DTypeLike) -> None:
        """Turns its parameters, and the states that it begins with, into another type."""
        super().cast(dtype)
        self._dtype = dtype

    def begin_state(
        self, batch_size: int = 0, func: Callable[..., Any] = ndarray.zeros, **kwargs: Any
    ) -> list[Any]:
        """States to begin with.

        Parameters
        ----------
        batch_size
            The number of samples.
        func
            What makes a state: ``nd.zeros``, ``nd.ones``, ``nd.random.uniform``...
        kwargs
            Given to ``func`` as well: ``ctx``, ``dtype``...
        """
        infos = enumerate(self.state_info(batch_size))
        return [func(name=f"{self.prefix}h0_{i}", **{**(info or {}), **kwargs}) for i, info in infos]

    def __call__(  # type: ignore[override]
        self, inputs: Any, states: Any = None, sequence_length: Any = None, **kwargs: Any
    ) -> Any:
        self.skip_states = states is None
        if states is not None:
            states = list(states) if isinstance(states, (list, tuple)) else [states]
        elif isinstance(inputs, NDArray):
            batch_size = inputs.shape[self._layout.find("N")]
            states = self.begin_state(batch_size, ctx=inputs.context, dtype=inputs.dtype)
        else:  # a symbol, whose shape is found out later
            states = self.begin_state(0, func=resolve("regluon.symbol:zeros"))
        if self._use_sequence_length:
            return super().__call__(inputs, states, sequence_length, **kwargs)
        return super().__call__(inputs, states, **kwargs)

    def hybrid_forward(  # type: ignore[override]
        self, F: Any, inputs: Any, states: Any, sequence_length: Any = None, **params: Any
    ) -> Any:
        """The outputs, and the last states unless the first ones were left out"""
        if F is ndarray:
            self._check_states(inputs, states)
        if self._layout == "NTC":
            inputs = F.swapaxes(inputs, dim1=0, dim2=1)
        lengths = [sequence_length] if self._use_sequence_length else []
        outputs, *states = self._kernel(F, inputs, *states, *lengths, *params.values())
        if self._layout == "NTC":
            outputs = F.swapaxes(outputs, dim1=0, dim2=1)
        return outputs if self.skip_states else (outputs, states)

    def _check_states(self, inputs: Any, states: Any) -> None:
        for state, info in zip(states, self.state_info(inputs.shape[self._layout.find("N")]), strict=False):
            if state.shape != info["shape"]:
                raise ValueError(
                    f"Invalid recurrent state shape. Expecting {info['shape']}, got {state.shape}."
                )


class RNN(_RNNLayer):
    """h' = f(W x + b + R h + c) for each step, in one or several layers (Elman, 1990)

    Parameters
    ----------
    hidden_size
        The width of h.
    num_layers
        How many layers, each on the outputs of the one before.
    activation
        f: ``"relu"`` or ``"tanh"``.
    layout
        ``"TNC"`` or ``"NTC"``: the order of time T, batch N and channels C in inputs and outputs; states
        have the layers first in either case.
    dropout
        While training, elements between layers become 0 with this probability.
    bidirectional
        Whether each layer goes in both directions; their outputs stand beside each other.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer
        Those of W, R, b and c.
    input_size
        The width of x; found out in the first forward pass if 0.
    dtype
        The type of parameters and of first states.
    use_sequence_length
        Whether the layer takes ``sequence_length``.

    Inputs
    ------
    x : (steps, batch, input_size), or as ``layout`` says
    states : [h], (num_layers * directions, batch, hidden_size); zeros if left out
    sequence_length : (batch,), how many steps of each sample count, with ``use_sequence_length=True``

    Outputs
    -------
    out : (steps, batch, directions * hidden_size)
    states : like those given, and only if they were given
    """

    def __init__(
        self,
        hidden_size: int,
        num_layers: int = 1,
        activation: str = "relu",
        layout: str = "TNC",
        dropout: float = 0,
        bidirectional: bool = False,
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        input_size: int = 0,
        dtype: DTypeLike = "float32",
        **kwargs: Any,
    ) -> None:
        initializers = (
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
        )
        sizes = (hidden_size, num_layers, layout, dropout, bidirectional, input_size)
        super().__init__(
            *sizes, *initializers, f"rnn_{activation}", None, None, None, None, False, dtype, **kwargs
        )


class LSTM(_RNNLayer):
    """i, f, o = σ of W x + b + R h + c for each; g = tanh of it; c' = f c + i g; h' = o tanh(c')

    Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997. Rows of weights are those of i, f, g, o.

    Parameters
    ----------
    hidden_size, num_layers, layout, dropout, bidirectional, input_size, dtype, use_sequence_length
        As of :class:`RNN`.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer
        Those of W, R, b and c.
    projection_size
        The output, and the state h, are P h' with that many rows in P.
    h2r_weight_initializer
        That of P.
    state_clip_min, state_clip_max, state_clip_nan
        Keeps c' between two numbers; whether NaN stays NaN.

    Inputs
    ------
    x : (steps, batch, input_size), or as ``layout`` says
    states : [h, c], (num_layers * directions, batch, hidden_size); the width of h is projection_size if there
        is one
    sequence_length : (batch,), with ``use_sequence_length=True``

    Outputs
    -------
    out : (steps, batch, directions * the width of h)
    states : like those given, and only if they were given
    """

    def __init__(
        self,
        hidden_size: int,
        num_layers: int = 1,
        layout: str = "TNC",
        dropout: float = 0,
        bidirectional: bool = False,
        input_size: int = 0,
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        projection_size: int | None = None,
        h2r_weight_initializer: Any = None,
        state_clip_min: float | None = None,
        state_clip_max: float | None = None,
        state_clip_nan: bool = False,
        dtype: DTypeLike = "float32",
        **kwargs: Any,
    ) -> None:
        initializers = (
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
        )
        sizes = (hidden_size, num_layers, layout, dropout, bidirectional, input_size)
        clip = (state_clip_min, state_clip_max, state_clip_nan)
        super().__init__(
            *sizes, *initializers, "lstm", projection_size, h2r_weight_initializer, *clip, dtype, **kwargs
        )


class GRU(_RNNLayer):
    """r, z = σ of W x + b + R h + c for each; n = tanh(W x + b + r (R h + c)); h' = (1 - z) n + z h

    Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014, in cuDNN's form. Rows
    of weights are those of r, z, n.

    Parameters
    ----------
    hidden_size, num_layers, layout, dropout, bidirectional, input_size, dtype, use_sequence_length
        As of :class:`RNN`.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer
        Those of W, R, b and c.

    Inputs
    ------
    x : (steps, batch, input_size), or as ``layout`` says
    states : [h], (num_layers * directions, batch, hidden_size); zeros if left out
    sequence_length : (batch,), with ``use_sequence_length=True``

    Outputs
    -------
    out : (steps, batch, directions * hidden_size)
    states : like those given, and only if they were given
    """

    def __init__(
        self,
        hidden_size: int,
        num_layers: int = 1,
        layout: str = "TNC",
        dropout: float = 0,
        bidirectional: bool = False,
        input_size: int = 0,
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        dtype: DTypeLike = "float32",
        **kwargs: Any,
    ) -> None:
        initializers = (
            i2h_weight_initializer,
            h2h_weight_initializer,
            i2h_bias_initializer,
            h2h_bias_initializer,
        )
        sizes = (hidden_size, num_layers, layout, dropout, bidirectional, input_size)
        super().__init__(*sizes, *initializers, "gru", None, None, None, None, False, dtype, **kwargs)
