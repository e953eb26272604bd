"""Elman's cell, the LSTM's and the GRU's."""

from __future__ import annotations

from typing import Any

from regluon import symbol as sym
from regluon.initializer import LSTMBias
from regluon.initializer.fused import GATES
from regluon.rnn.base_cell import BaseRNNCell, RNNParams, activate

__all__ = ["GRUCell", "LSTMCell", "RNNCell", "gru_step", "lstm_step"]

# Sums and products that have names of their own.
_PLUS, _TIMES = getattr(sym._internal, "_plus"), getattr(sym._internal, "_mul")  # noqa: B009


class _GatedCell(BaseRNNCell):
    """A cell of two linear layers, of the input and of the state, each with the rows of all gates."""

    def __init__(self, num_hidden: int, prefix: str, params: RNNParams | None, bias: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._num_hidden = num_hidden
        self._iW = self.params.get("i2h_weight")
        self._iB = self.params.get("i2h_bias", init=bias)
        self._hW = self.params.get("h2h_weight")
        self._hB = self.params.get("h2h_bias")

    @property
    def state_info(self) -> list[Any]:
        """Shape and layout of the state."""
        return [{"shape": (0, self._num_hidden), "__layout__": "NC"}]

    def _linear(self, inputs: Any, state: Any, name: str) -> tuple[Any, Any]:
        rows = self._num_hidden * len(self._gate_names)
        i2h = sym.FullyConnected(inputs, self._iW, self._iB, num_hidden=rows, name=name + "i2h")
        h2h = sym.FullyConnected(state, self._hW, self._hB, num_hidden=rows, name=name + "h2h")
        return i2h, h2h


class RNNCell(_GatedCell):
    """``h' = act(W_i x + b_i + W_h h + b_h)``

    Parameters
    ----------
    num_hidden
        The size of the state.
    activation
        A name, or a function of symbols.
    prefix, params
        As of ``BaseRNNCell``.
    """

    def __init__(
        self,
        num_hidden: int,
        activation: Any = "tanh",
        prefix: str = "rnn_",
        params: RNNParams | None = None,
    ) -> None:
        super().__init__(num_hidden, prefix, params)
        self._activation = activation

    @property
    def _gate_names(self) -> tuple[str, ...]:
        return ("",)

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step: see :class:`BaseRNNCell`."""
        name = self._next_name()
        i2h, h2h = self._linear(inputs, states[0], name)
        output = activate(i2h + h2h, self._activation, name=name + "out")
        return output, [output]


class LSTMCell(_GatedCell):
    """The cell of long short-term memory, with gates in the order i, f, c, o

    ``c' = f c + i tanh(g)``, ``h' = o tanh(c')``, where ``(i, f, g, o)`` are ``W_i x + b_i + W_h h + b_h``,
    all but ``g`` through a sigmoid.

    Parameters
    ----------
    num_hidden
        The size of each of the two states.
    prefix, params
        As of ``BaseRNNCell``.
    forget_bias
        What the forget gate's bias begins with.
    """

    def __init__(
        self,
        num_hidden: int,
        prefix: str = "lstm_",
        params: RNNParams | None = None,
        forget_bias: float = 1.0,
    ) -> None:
        super().__init__(num_hidden, prefix, params, LSTMBias(forget_bias=forget_bias))

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
        i2h, h2h = self._linear(inputs, states[0], name)
        return lstm_step(i2h + h2h, states[1], name)


class GRUCell(_GatedCell):
    """The cell of gated recurrent units, with gates in the order r, z, o

    ``h' = (1 - z) tanh(i_o + r h_o) + z h`` with ``r = σ(i_r + h_r)`` and ``z = σ(i_z + h_z)``, where
    the parts ``i_*`` are of ``W_i x + b_i`` and ``h_*`` of ``W_h h + b_h``.

    Parameters
    ----------
    num_hidden
        The size of the state.
    prefix, params
        As of ``BaseRNNCell``.
    """

    def __init__(self, num_hidden: int, prefix: str = "gru_", params: RNNParams | None = None) -> None:
        super().__init__(num_hidden, prefix, params)

    @property
    def _gate_names(self) -> tuple[str, ...]:
        return GATES["gru"]

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """One step: see :class:`BaseRNNCell`."""
        name = self._next_name()
        i2h, h2h = self._linear(inputs, states[0], name + "_")
        return gru_step(i2h, h2h, states[0], name)


def lstm_step(
    gates: Any, memory: Any, name: str, activation: Any = "tanh", **kwargs: Any
) -> tuple[Any, list[Any]]:
    """The output and the states, from all gates before activation; ``kwargs`` say how to split these."""
    parts = sym.SliceChannel(gates, num_outputs=4, name=name + "slice", **kwargs)
    i = sym.Activation(parts[0], act_type="sigmoid", name=name + "i")
    f = sym.Activation(parts[1], act_type="sigmoid", name=name + "f")
    g = activate(parts[2], activation, name=name + "c")
    o = sym.Activation(parts[3], act_type="sigmoid", name=name + "o")
    c = _PLUS(f * memory, i * g, name=name + "state")
    h = _TIMES(o, activate(c, activation), name=name + "out")
    return h, [h, c]


def gru_step(i2h: Any, h2h: Any, state: Any, name: str, activation: Any = "tanh") -> tuple[Any, list[Any]]:
    """The output and the state, from all gates' parts of the input and of the state."""
    i_r, i_z, i_o = sym.SliceChannel(i2h, num_outputs=3, name=name + "_i2h_slice")
    h_r, h_z, h_o = sym.SliceChannel(h2h, num_outputs=3, name=name + "_h2h_slice")
    r = sym.Activation(i_r + h_r, act_type="sigmoid", name=name + "_r_act")
    z = sym.Activation(i_z + h_z, act_type="sigmoid", name=name + "_z_act")
    new = activate(i_o + r * h_o, activation, name=name + "_h_act")
    h = _PLUS((1.0 - z) * new, z * state, name=name + "out")
    return h, [h]
