"""All symbolic cells."""

from __future__ import annotations

from regluon.rnn.base_cell import BaseRNNCell, RNNParams
from regluon.rnn.conv_cells import BaseConvRNNCell, ConvGRUCell, ConvLSTMCell, ConvRNNCell
from regluon.rnn.dropout_cell import DropoutCell
from regluon.rnn.fused_cell import FusedRNNCell
from regluon.rnn.gated_cells import GRUCell, LSTMCell, RNNCell
from regluon.rnn.modifier_cells import ModifierCell, ResidualCell, ZoneoutCell
from regluon.rnn.stacked_cells import BidirectionalCell, SequentialRNNCell

__all__ = [
    "BaseConvRNNCell",
    "BaseRNNCell",
    "BidirectionalCell",
    "ConvGRUCell",
    "ConvLSTMCell",
    "ConvRNNCell",
    "DropoutCell",
    "FusedRNNCell",
    "GRUCell",
    "LSTMCell",
    "ModifierCell",
    "RNNCell",
    "RNNParams",
    "ResidualCell",
    "SequentialRNNCell",
    "ZoneoutCell",
]
