"""Elman's cell, the LSTM's and the GRU's."""

from __future__ import annotations

from typing import Any

from regluon import ndarray
from regluon.context import SHAPES
from regluon.gluon.nn.call import OperatorCall
from regluon.gluon.parameter import ParameterDict
from regluon.gluon.rnn.recurrent_cell import HybridRecurrentCell
from regluon.gluon.rnn.sequences import begin_state_of, check_length, format_sequence, is_merged, steps_of
from regluon.ndarray import NDArray

__all__ = ["GRUCell", "GatedCell", "LSTMCell", "RNNCell"]


class GatedCell(HybridRecurrentCell):
    """A cell of two linear layers, of the input and of the state, each with the rows of all gates.

    Over a whole sequence, :meth:`unroll` computes it by one operator where that is the same.
    """

    i2h_weight: Any
    h2h_weight: Any
    h2r_weight: Any
    i2h_bias: Any
    h2h_bias: Any
    _gates = 1
    _whole: tuple[OperatorCall, OperatorCall] | None = None
    _step: OperatorCall | None = None

    def _add_weights(
        self, hidden_size: int, input_size: int, state_size: int, initializers: dict[str, Any]
    ) -> None:
        """Makes the parameters that have an initializer."""
        rows = self._gates * hidden_size
        shapes = {
            "i2h_weight": (rows, input_size),
            "h2h_weight": (rows, state_size),
            "h2r_weight": (state_size, hidden_size),
            "i2h_bias": (rows,),
            "h2h_bias": (rows,),
        }
        self._hidden_size, self._input_size = hidden_size, input_size
        for name in filter(initializers.__contains__, shapes):
            parameter = self.params.get(
                name, shape=shapes[name], init=initializers[name], allow_deferred_init=True
            )
            setattr(self, name, parameter)

    def _computed_by(self, mode: str, **attributes: Any) -> None:
        """Says that the fused operator of that mode does what this cell does."""
        attributes.update(mode=mode, state_size=self._hidden_size, num_layers=1)
        by_length = {**attributes, "use_sequence_length": True}
        self._whole = OperatorCall("_regluon_rnn", attributes), OperatorCall("_regluon_rnn", by_length)

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        return [{"shape": (batch_size, self._hidden_size), "__layout__": "NC"}]

    def _stepped(self, F: Any, inputs: Any, states: Any, weights: tuple[Any, ...]) -> tuple[Any, list[Any]]:
        """One step by one operator."""
        given = [inputs, *states[: len(self.state_info())], *weights]
        found = self._step(F, *given)  # type: ignore[misc]
        found = found if isinstance(found, list) else [found]
        return found[0], found

    def _noted(self, F: Any, inputs: Any, states: Any, weights: tuple[Any, ...], found: list[Any]) -> None:
        """Tells compiled graphs of the one operator."""
        if F is not ndarray and self._step is not None:
            self._step.stands_for(found, [inputs, *states[: len(self.state_info())], *weights])

    def _linear(
        self,
        F: Any,
        inputs: Any,
        state: Any,
        i2h_weight: Any,
        h2h_weight: Any,
        i2h_bias: Any,
        h2h_bias: Any,
    ) -> tuple[Any, Any]:
        """Both layers: of the input and of the state."""
        prefix, rows = f"t{self._counter}_", self._gates * self._hidden_size
        i2h = F.FullyConnected(inputs, i2h_weight, i2h_bias, num_hidden=rows, name=prefix + "i2h")
        h2h = F.FullyConnected(state, h2h_weight, h2h_bias, num_hidden=rows, name=prefix + "h2h")
        return i2h, h2h

    def __repr__(self) -> str:
        rows, inputs = self.i2h_weight.shape
        return f"{type(self).__name__}({inputs or None} -> {rows})"

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: list[Any] | None = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
        valid_length: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence, as :meth:`RecurrentCell.unroll` says."""
        if self._whole is None or not self._can_fuse(inputs, layout):
            return super().unroll(length, inputs, begin_state, layout, merge_outputs, valid_length)
        self.reset()
        data, _, F, _ = format_sequence(None, inputs, "TNC", True, layout)
        check_length(length, data.shape[0])
        states = begin_state_of(self, F, begin_state, data, data.shape[1])[: len(self.state_info())]
        given = [data, *[F.expand_dims(s, axis=0) for s in states]]
        plain, by_length = self._whole
        if valid_length is None:
            outputs, *last = plain(F, *given, *self._weights(data, states))
        else:
            lengths = valid_length.astype(data.dtype, copy=False)
            outputs, *last = by_length(F, *given, lengths, *self._weights(data, states))
        self._counter = length - 1
        last = [F.reshape(s, shape=(-3, -2)) for s in last]
        if merge_outputs or (merge_outputs is None and valid_length is not None):
            return outputs if layout == "TNC" else F.swapaxes(outputs, dim1=0, dim2=1), last
        return steps_of(F, outputs, length, 0), last

    def _can_fuse(self, inputs: Any, layout: str) -> bool:
        """Whether the inputs are plain sequences of vectors and nobody watches single steps."""
        watched = self._forward_hooks or self._forward_pre_hooks
        if watched or inputs is None or layout not in ("NTC", "TNC") or not len(inputs):
            return False
        merged = is_merged(inputs)
        first = inputs if merged else inputs[0]
        dense = isinstance(first, NDArray) and first.stype == "default"
        return dense and first.ndim == 2 + merged and first.context is not SHAPES

    def _weights(self, data: Any, states: list[Any]) -> list[Any]:
        """The parameters where the data are, in the fused operator's order."""
        names = [name for name in _FUSED_ORDER if name in self._reg_params]
        try:
            ctx = data.context
            if self._asks_parameters:
                raise KeyError
            return [self._reg_params[name]._data[ctx] for name in names]
        except (KeyError, TypeError):
            found = self._slow_params(ctx, (data[0], states))
            return [found[name] for name in names]


_FUSED_ORDER = ("i2h_weight", "h2h_weight", "i2h_bias", "h2h_bias", "h2r_weight")


class RNNCell(GatedCell):
    """h' = f(W x + b + R h + c), the output too (Elman, 1990)

    Parameters
    ----------
    hidden_size
        The width of h.
    activation
        f: a name, or a block.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer
        Those of W, R, b and c.
    input_size
        The width of x; found out in the first step if 0.

    Inputs
    ------
    x : (batch, input_size)
    states : [h], (batch, hidden_size)

    Outputs
    -------
    out : (batch, hidden_size)
    states : [out]
    """

    def __init__(
        self,
        hidden_size: int,
        activation: Any = "tanh",
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        input_size: int = 0,
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        initializers = {
            "i2h_weight": i2h_weight_initializer,
            "h2h_weight": h2h_weight_initializer,
            "i2h_bias": i2h_bias_initializer,
            "h2h_bias": h2h_bias_initializer,
        }
        self._add_weights(hidden_size, input_size, hidden_size, initializers)
        self._activation = activation
        if activation in ("tanh", "relu"):
            self._step = OperatorCall("_regluon_rnn_cell", {"act_type": activation})
            if type(self) is RNNCell:
                self._computed_by(f"rnn_{activation}")

    def _alias(self) -> str:
        return "rnn"

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, {self._activation})"

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
        if F is ndarray and self._step is not None and inputs.ndim == 2:
            return self._stepped(F, inputs, states, weights)
        i2h, h2h = self._linear(F, inputs, states[0], *weights)
        prefix = f"t{self._counter}_"
        total = F.elemwise_add(i2h, h2h, name=prefix + "plus0")
        output = self._get_activation(F, total, self._activation, name=prefix + "out")
        self._noted(F, inputs, states, weights, [output])
        return output, [output]


class LSTMCell(GatedCell):
    """i, f, o = σ of W x + b + R h + c for each; g = tanh of it; c' = f c + i g; h' = o tanh(c')

    Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997. Rows of weights are those of i, f, g, o.

    Parameters
    ----------
    hidden_size
        The width of h and c.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer
        Those of the weights and biases of the input (i2h) and of the state (h2h).
    input_size
        The width of x; found out in the first step if 0.
    activation, recurrent_activation
        Names of what stands for tanh and for σ.

    Inputs
    ------
    x : (batch, input_size)
    states : [h, c], both (batch, hidden_size)

    Outputs
    -------
    out : (batch, hidden_size)
    states : [out, c']
    """

    _gates = 4

    def __init__(
        self,
        hidden_size: int,
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        input_size: int = 0,
        prefix: str | None = None,
        params: ParameterDict | None = None,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        initializers = {
            "i2h_weight": i2h_weight_initializer,
            "h2h_weight": h2h_weight_initializer,
            "i2h_bias": i2h_bias_initializer,
            "h2h_bias": h2h_bias_initializer,
        }
        self._add_weights(hidden_size, input_size, hidden_size, initializers)
        self._activation, self._recurrent_activation = activation, recurrent_activation
        if (activation, recurrent_activation) == ("tanh", "sigmoid"):
            self._step = OperatorCall("_regluon_lstm_cell", {})
            if type(self) is LSTMCell:
                self._computed_by("lstm")

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        return [*super().state_info(batch_size), *super().state_info(batch_size)]

    def _alias(self) -> str:
        return "lstm"

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
        if F is ndarray and self._step is not None and inputs.ndim == 2:
            return self._stepped(F, inputs, states, weights)
        i2h, h2h = self._linear(F, inputs, states[0], *weights)
        prefix, gate = f"t{self._counter}_", self._recurrent_activation
        gates = F.elemwise_add(i2h, h2h, name=prefix + "plus0")
        i, f, g, o = F.SliceChannel(gates, num_outputs=4, name=prefix + "slice")
        i = self._get_activation(F, i, gate, name=prefix + "i")
        f = self._get_activation(F, f, gate, name=prefix + "f")
        g = self._get_activation(F, g, self._activation, name=prefix + "c")
        o = self._get_activation(F, o, gate, name=prefix + "o")
        kept = F.elemwise_mul(f, states[1], name=prefix + "mul0")
        taken = F.elemwise_mul(i, g, name=prefix + "mul1")
        next_c = F.elemwise_add(kept, taken, name=prefix + "state")
        shown = F.Activation(next_c, act_type=self._activation, name=prefix + "activation0")
        next_h = F.elemwise_mul(o, shown, name=prefix + "out")
        self._noted(F, inputs, states, weights, [next_h, next_c])
        return next_h, [next_h, next_c]


class GRUCell(GatedCell):
    """r, z = σ of W x + b + R h + c for each; n = tanh(W x + b + r (R h + c)); h' = (1 - z) n + z h

    Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014, in cuDNN's form. Rows
    of weights are those of r, z, n.

    Parameters
    ----------
    hidden_size
        The width of h.
    i2h_weight_initializer, h2h_weight_initializer, i2h_bias_initializer, h2h_bias_initializer
        Those of the weights and biases of the input (i2h) and of the state (h2h).
    input_size
        The width of x; found out in the first step if 0.

    Inputs
    ------
    x : (batch, input_size)
    states : [h], (batch, hidden_size)

    Outputs
    -------
    out : (batch, hidden_size)
    states : [out]
    """

    _gates = 3

    def __init__(
        self,
        hidden_size: int,
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        input_size: int = 0,
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        initializers = {
            "i2h_weight": i2h_weight_initializer,
            "h2h_weight": h2h_weight_initializer,
            "i2h_bias": i2h_bias_initializer,
            "h2h_bias": h2h_bias_initializer,
        }
        self._add_weights(hidden_size, input_size, hidden_size, initializers)
        self._step = OperatorCall("_regluon_gru_cell", {})
        if type(self) is GRUCell:
            self._computed_by("gru")

    def _alias(self) -> str:
        return "gru"

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
        if F is ndarray and self._step is not None and inputs.ndim == 2:
            return self._stepped(F, inputs, states, weights)
        i2h, h2h = self._linear(F, inputs, states[0], *weights)
        prefix = f"t{self._counter}_"
        i2h_r, i2h_z, i2h_n = F.SliceChannel(i2h, num_outputs=3, name=prefix + "i2h_slice")
        h2h_r, h2h_z, h2h_n = F.SliceChannel(h2h, num_outputs=3, name=prefix + "h2h_slice")
        r = F.elemwise_add(i2h_r, h2h_r, name=prefix + "plus0")
        r = F.Activation(r, act_type="sigmoid", name=prefix + "r_act")
        z = F.elemwise_add(i2h_z, h2h_z, name=prefix + "plus1")
        z = F.Activation(z, act_type="sigmoid", name=prefix + "z_act")
        n = F.elemwise_add(i2h_n, F.elemwise_mul(r, h2h_n, name=prefix + "mul0"), name=prefix + "plus2")
        n = F.Activation(n, act_type="tanh", name=prefix + "h_act")
        ones = F.ones_like(z, name=prefix + "ones_like0")
        rest = F.elemwise_sub(ones, z, name=prefix + "minus0")
        new = F.elemwise_mul(rest, n, name=prefix + "mul1")
        kept = F.elemwise_mul(z, states[0], name=prefix + "mul20")
        next_h = F.elemwise_add(new, kept, name=prefix + "out")
        self._noted(F, inputs, states, weights, [next_h])
        return next_h, [next_h]
