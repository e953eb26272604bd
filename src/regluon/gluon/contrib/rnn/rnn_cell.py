"""Dropout with one mask for a sequence, the LSTM cell with a projection, unrolling to any length."""

from __future__ import annotations

from typing import Any

from regluon.gluon.parameter import ParameterDict
from regluon.gluon.rnn.basic_cells import GatedCell
from regluon.gluon.rnn.modifier_cells import ModifierCell, refuse_bidirectional
from regluon.gluon.rnn.sequences import begin_state_of, format_sequence, is_merged, mask_sequence, steps_of

__all__ = ["LSTMPCell", "VariationalDropoutCell", "dynamic_unroll"]


class VariationalDropoutCell(ModifierCell):
    """Drops the same elements in all steps of a sequence (Gal and Ghahramani, 2016).

    Parameters
    ----------
    base_cell
        The cell around which elements are dropped.
    drop_inputs, drop_states, drop_outputs
        The probabilities of zero: in its inputs, in its first state, in its outputs.
    """

    def __init__(
        self, base_cell: Any, drop_inputs: float = 0.0, drop_states: float = 0.0, drop_outputs: float = 0.0
    ) -> None:
        if drop_states:
            refuse_bidirectional(base_cell, "variational state dropout", "VariationalDropoutCell")
        super().__init__(base_cell)
        self.drop_inputs, self.drop_states, self.drop_outputs = drop_inputs, drop_states, drop_outputs

    def _alias(self) -> str:
        return "vardrop"

    def reset(self) -> None:
        """Forgets what was dropped: the next sequence gets new masks."""
        super().reset()
        self.drop_inputs_mask: Any = None
        self.drop_states_mask: Any = None
        self.drop_outputs_mask: Any = None

    def hybrid_forward(self, F: Any, inputs: Any, states: Any) -> Any:
        """One step"""
        if self.drop_states and self.drop_states_mask is None:
            self.drop_states_mask = F.Dropout(F.ones_like(states[0]), p=self.drop_states)
        if self.drop_inputs and self.drop_inputs_mask is None:
            self.drop_inputs_mask = F.Dropout(F.ones_like(inputs), p=self.drop_inputs)
        if self.drop_states:
            states = [states[0] * self.drop_states_mask, *states[1:]]
        if self.drop_inputs:
            inputs = inputs * self.drop_inputs_mask
        output, states = self.base_cell(inputs, states)
        if self.drop_outputs and self.drop_outputs_mask is None:
            self.drop_outputs_mask = F.Dropout(F.ones_like(output), p=self.drop_outputs)
        return (output * self.drop_outputs_mask if self.drop_outputs else output), states

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p_out = {self.drop_outputs}, p_state = {self.drop_states})"

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
        if self.drop_states:
            return super().unroll(length, inputs, begin_state, layout, merge_outputs, valid_length)
        self.reset()
        inputs, axis, F, batch_size = format_sequence(length, inputs, layout, True)
        states = begin_state_of(self, F, begin_state, inputs, batch_size)
        if self.drop_inputs:
            inputs = F.Dropout(inputs, p=self.drop_inputs, axes=(axis,))
        outputs, states = self.base_cell.unroll(
            length, inputs, states, layout, merge_outputs=True, valid_length=valid_length
        )
        if self.drop_outputs:
            outputs = F.Dropout(outputs, p=self.drop_outputs, axes=(axis,))
        merge = is_merged(outputs) if merge_outputs is None else merge_outputs
        outputs, _, _, _ = format_sequence(length, outputs, layout, merge)
        if valid_length is not None:
            outputs = mask_sequence(F, outputs, length, valid_length, axis, merge)
        return outputs, states


class LSTMPCell(GatedCell):
    """The LSTM cell whose output, and state, is a projection P h' (Sak et al., 2014)

    Parameters
    ----------
    hidden_size
        The width of c and of h' = o tanh(c').
    projection_size
        The number of rows of P.
    i2h_weight_initializer, h2h_weight_initializer, h2r_weight_initializer
        Those of the weights of the input, of the state, and of P.
    i2h_bias_initializer, h2h_bias_initializer
        Those of the biases.
    input_size
        The width of x; found out in the first step if 0.

    Inputs
    ------
    x : (batch, input_size)
    states : [r, c], (batch, projection_size) and (batch, hidden_size)

    Outputs
    -------
    out : (batch, projection_size)
    states : [out, c']
    """

    _gates = 4

    def __init__(
        self,
        hidden_size: int,
        projection_size: int,
        i2h_weight_initializer: Any = None,
        h2h_weight_initializer: Any = None,
        h2r_weight_initializer: Any = None,
        i2h_bias_initializer: Any = "zeros",
        h2h_bias_initializer: Any = "zeros",
        input_size: int = 0,
        prefix: str | None = None,
        params: ParameterDict | None = None,
    ) -> None:
        super().__init__(prefix=prefix, params=params)
        self._projection_size = projection_size
        initializers = {
            "i2h_weight": i2h_weight_initializer,
            "h2h_weight": h2h_weight_initializer,
            "h2r_weight": h2r_weight_initializer,
            "i2h_bias": i2h_bias_initializer,
            "h2h_bias": h2h_bias_initializer,
        }
        self._add_weights(hidden_size, input_size, projection_size, initializers)
        if type(self) is LSTMPCell:
            self._computed_by("lstm", projection_size=projection_size)

    def state_info(self, batch_size: int = 0) -> list[dict[str, Any]]:
        """Shape and layout of each state."""
        widths = (self._projection_size, self._hidden_size)
        return [{"shape": (batch_size, width), "__layout__": "NC"} for width in widths]

    def _alias(self) -> str:
        return "lstmp"

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]} -> {self.h2r_weight.shape[0]})"

    def hybrid_forward(
        self,
        F: Any,
        inputs: Any,
        states: Any,
        i2h_weight: Any,
        h2h_weight: Any,
        h2r_weight: Any,
        i2h_bias: Any,
        h2h_bias: Any,
    ) -> Any:
        """One step"""
        i2h, h2h = self._linear(F, inputs, states[0], i2h_weight, h2h_weight, i2h_bias, h2h_bias)
        prefix = f"t{self._counter}_"
        i, f, g, o = F.SliceChannel(i2h + h2h, num_outputs=4, name=prefix + "slice")
        i = F.Activation(i, act_type="sigmoid", name=prefix + "i")
        f = F.Activation(f, act_type="sigmoid", name=prefix + "f")
        g = F.Activation(g, act_type="tanh", name=prefix + "c")
        o = F.Activation(o, act_type="sigmoid", name=prefix + "o")
        next_c = F.elemwise_add(f * states[1], i * g, name=prefix + "state")
        hidden = F.elemwise_mul(o, F.Activation(next_c, act_type="tanh"), name=prefix + "hidden")
        next_r = F.FullyConnected(
            hidden, h2r_weight, num_hidden=self._projection_size, no_bias=True, name=prefix + "out"
        )
        return next_r, [next_r, next_c]


def dynamic_unroll(
    cell: Any,
    inputs: Any,
    begin_state: Any,
    drop_inputs: float = 0,
    drop_outputs: float = 0,
    layout: str = "TNC",
    valid_length: Any = None,
) -> tuple[Any, list[Any]]:
    """Goes over a sequence of whatever length it has.

    Parameters
    ----------
    cell
        What computes a step.
    inputs
        One array, with the axes of ``layout``.
    begin_state
        The first states.
    drop_inputs, drop_outputs
        The probabilities of zero. Elements share their fate along the axis that has T's number in
        ``layout``, once T has been brought to the front: as in MXNet.
    layout
        The order of batch N, time T and channels C.
    valid_length
        For each sample how many steps count.

    Returns
    -------
    The outputs in one array like ``inputs``, and the states after the last step that counts.
    """
    if not is_merged(inputs):
        raise AssertionError("dynamic_unroll takes the inputs as one array")
    inputs, axis, F, _ = format_sequence(None, inputs, layout, True)
    if axis:
        inputs = F.swapaxes(inputs, dim1=0, dim2=axis)
    if drop_inputs:
        inputs = F.Dropout(inputs, p=drop_inputs, axes=(axis,))
    states = list(begin_state) if isinstance(begin_state, (list, tuple)) else begin_state
    outputs = []
    for number, step in enumerate(steps_of(F, inputs, inputs.shape[0], 0)):
        output, new = cell(step, states)
        if valid_length is not None:
            runs = valid_length > number
            new = [F.where(runs, n, s) for n, s in zip(new, states, strict=True)]
        outputs.append(output)
        states = new
    merged = F.stack(*outputs, axis=0)
    if drop_outputs:
        merged = F.Dropout(merged, p=drop_outputs, axes=(axis,))
    if axis:
        merged = F.swapaxes(merged, dim1=0, dim2=axis)
    if valid_length is not None:
        merged = mask_sequence(F, merged, len(outputs), valid_length, axis, True)
    return merged, states
