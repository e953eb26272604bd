"""Layers of cells over a whole sequence in one operator."""

from __future__ import annotations

import warnings
from math import prod
from typing import Any

from regluon import symbol as sym
from regluon.initializer.fused import GATES, FusedRNN, Vector
from regluon.ndarray import NDArray, zeros
from regluon.rnn.base_cell import Arrays, BaseRNNCell, RNNParams
from regluon.rnn.dropout_cell import DropoutCell
from regluon.rnn.gated_cells import GRUCell, LSTMCell, RNNCell
from regluon.rnn.sequences import normalize
from regluon.rnn.stacked_cells import BidirectionalCell, SequentialRNNCell

__all__ = ["FusedRNNCell"]


class FusedRNNCell(BaseRNNCell):
    """Layers of cells over a whole sequence, by the operator ``RNN``: it has one vector of parameters.

    Parameters
    ----------
    num_hidden
        The size of the states.
    num_layers
        How many layers.
    mode
        "rnn_relu", "rnn_tanh", "lstm" or "gru".
    bidirectional
        Whether each layer goes over the sequence from its end as well; its output is twice as wide then.
    dropout
        The share of elements between layers that is dropped in training.
    get_next_state
        Whether the states after the last step are returned.
    forget_bias
        What an LSTM's forget gates' biases begin with.
    prefix
        What all names begin with; ``lstm_`` for an LSTM if None.
    params
        As of ``BaseRNNCell``.
    """

    def __init__(
        self,
        num_hidden: int,
        num_layers: int = 1,
        mode: str = "lstm",
        bidirectional: bool = False,
        dropout: float = 0.0,
        get_next_state: bool = False,
        forget_bias: float = 1.0,
        prefix: str | None = None,
        params: RNNParams | None = None,
    ) -> None:
        super().__init__(prefix=f"{mode}_" if prefix is None else prefix, params=params)
        self._num_hidden, self._num_layers, self._mode = num_hidden, num_layers, mode
        self._bidirectional, self._dropout = bidirectional, dropout
        self._get_next_state = get_next_state
        self._layout = Vector(num_hidden, num_layers, mode, bidirectional)
        initializer = FusedRNN(None, num_hidden, num_layers, mode, bidirectional, forget_bias)
        self._parameter = self.params.get("parameters", init=initializer)
        self._vector = str(self._parameter.name)

    @property
    def state_info(self) -> list[Any]:
        """Shape and layout of the states of all layers; the batch has 0, which is unknown."""
        shape = (len(self._layout.directions) * self._num_layers, 0, self._num_hidden)
        return [{"shape": shape, "__layout__": "LNC"} for _ in range(1 + (self._mode == "lstm"))]

    @property
    def _gate_names(self) -> tuple[str, ...]:
        return GATES[self._mode]

    # The vector of parameters

    def _slice_weights(self, vector: NDArray, inputs: int) -> Arrays:
        """The weights and biases in the vector, which share its memory."""
        total = self._layout.size(max(inputs, 1))
        if inputs < 1 or total != vector.size:
            raise AssertionError(
                f"Invalid parameters size for FusedRNNCell: {vector.size} numbers, where {self._num_layers} "
                f"layers of {self._num_hidden} have {total} for {max(inputs, 1)} inputs"
            )
        found, start = {}, 0
        for name, shape in self._layout.parts(inputs):
            found[self._prefix + name] = vector[start : start + prod(shape)].reshape(shape)
            start += prod(shape)
        return found

    def unpack_weights(self, args: Arrays) -> Arrays:
        """The parameters with the weights of each layer, direction and gate by themselves."""
        args = dict(args)
        vector = args.pop(self._vector)
        inputs = self._layout.inputs_of(vector.size)
        args.update({name: part.copy() for name, part in self._slice_weights(vector, inputs).items()})
        return args

    def pack_weights(self, args: Arrays) -> Arrays:
        """The inverse of :meth:`unpack_weights`."""
        args = dict(args)
        first = args[f"{self._prefix}l0_i2h{self._gate_names[0]}_weight"]
        inputs = first.shape[1]
        vector = zeros((self._layout.size(inputs),), ctx=first.context, dtype=first.dtype)
        for name, part in self._slice_weights(vector, inputs).items():
            part[:] = args.pop(name)
        args[self._vector] = vector
        return args

    # Computing

    def __call__(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        """Is not there: the operator goes over whole sequences."""
        raise NotImplementedError("FusedRNNCell cannot be stepped. Please use unroll")

    def unroll(
        self,
        length: int,
        inputs: Any,
        begin_state: Any = None,
        layout: str = "NTC",
        merge_outputs: bool | None = None,
    ) -> tuple[Any, list[Any]]:
        """Goes over a sequence: see :meth:`BaseRNNCell.unroll`."""
        self.reset()
        inputs, axis = normalize(length, inputs, layout, True)
        if axis == 1:
            warnings.warn(
                "NTC layout detected. Consider using TNC for FusedRNNCell for faster speed", stacklevel=2
            )
            inputs = sym.swapaxes(inputs, dim1=0, dim2=1)
        elif axis != 0:
            raise AssertionError(f"Unsupported layout {layout}")
        given = self.begin_state() if begin_state is None else begin_state
        found = sym.RNN(
            data=inputs,
            parameters=self._parameter,
            state_size=self._num_hidden,
            num_layers=self._num_layers,
            bidirectional=self._bidirectional,
            p=self._dropout,
            state_outputs=self._get_next_state,
            mode=self._mode,  # type: ignore[arg-type]
            name=self._prefix + "rnn",
            **dict(zip(("state", "state_cell"), given, strict=False)),
        )
        outputs, states = found, []
        if self._get_next_state:
            outputs, *states = found
            for state in states:
                state._set_attr(__layout__="LNC")
        if axis == 1:
            outputs = sym.swapaxes(outputs, dim1=0, dim2=1)
        outputs, _ = normalize(length, outputs, layout, merge_outputs)
        return outputs, states

    def unfuse(self) -> SequentialRNNCell:
        """Cells that compute the same and can be stepped; their weights are these, unpacked and packed."""
        stack = SequentialRNNCell()
        for i in range(self._num_layers):
            cells = [self._cell(f"{self._prefix}{way}{i}_") for way in self._layout.directions]
            if self._bidirectional:
                stack.add(BidirectionalCell(cells[0], cells[1], output_prefix=f"{self._prefix}bi_l{i}_"))
            else:
                stack.add(cells[0])
            if self._dropout > 0 and i != self._num_layers - 1:
                stack.add(DropoutCell(self._dropout, prefix=f"{self._prefix}_dropout{i}_"))
        return stack

    def _cell(self, prefix: str) -> BaseRNNCell:
        if self._mode == "lstm":
            return LSTMCell(self._num_hidden, prefix=prefix)
        if self._mode == "gru":
            return GRUCell(self._num_hidden, prefix=prefix)
        return RNNCell(self._num_hidden, activation=self._mode.removeprefix("rnn_"), prefix=prefix)
