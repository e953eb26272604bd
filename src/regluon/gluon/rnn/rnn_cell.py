"""The cells by the module's name in MXNet, with the helpers that other packages take from there."""

from __future__ import annotations

from regluon.gluon.rnn.basic_cells import GRUCell, LSTMCell, RNNCell
from regluon.gluon.rnn.modifier_cells import DropoutCell, ModifierCell, ResidualCell, ZoneoutCell
from regluon.gluon.rnn.recurrent_cell import HybridRecurrentCell, RecurrentCell
from regluon.gluon.rnn.sequences import begin_state_of as _get_begin_state
from regluon.gluon.rnn.sequences import format_sequence as _format_sequence
from regluon.gluon.rnn.sequences import mask_sequence as _mask_sequence_variable_length
from regluon.gluon.rnn.sequences import reverse_sequence as _reverse_sequences
from regluon.gluon.rnn.stacked_cells import BidirectionalCell, HybridSequentialRNNCell, SequentialRNNCell

__all__ = [
    "BidirectionalCell",
    "DropoutCell",
    "GRUCell",
    "HybridRecurrentCell",
    "HybridSequentialRNNCell",
    "LSTMCell",
    "ModifierCell",
    "RNNCell",
    "RecurrentCell",
    "ResidualCell",
    "SequentialRNNCell",
    "ZoneoutCell",
    "_format_sequence",
    "_get_begin_state",
    "_mask_sequence_variable_length",
    "_reverse_sequences",
]
