"""``gluon.contrib.rnn``: more recurrent cells."""

from __future__ import annotations

from regluon.gluon.contrib.rnn import conv_rnn_cell, rnn_cell
from regluon.gluon.contrib.rnn.conv_rnn_cell import (
    Conv1DGRUCell,
    Conv1DLSTMCell,
    Conv1DRNNCell,
    Conv2DGRUCell,
    Conv2DLSTMCell,
    Conv2DRNNCell,
    Conv3DGRUCell,
    Conv3DLSTMCell,
    Conv3DRNNCell,
)
from regluon.gluon.contrib.rnn.rnn_cell import LSTMPCell, VariationalDropoutCell
from regluon.reference import absent

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
    "LSTMPCell",
    "VariationalDropoutCell",
    "conv_rnn_cell",
    "rnn_cell",
]

__getattr__ = absent(__name__, "gluon.contrib.rnn")
